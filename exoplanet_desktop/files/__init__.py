"""Files of any kind: written whole or not at all, temporary folders, room on the disk."""

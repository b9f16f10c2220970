"""Files of any kind: whole or not at all, temporary folders, room on the disk, SQLite, steps from older formats."""

"""The help pages, available offline, and the first steps."""

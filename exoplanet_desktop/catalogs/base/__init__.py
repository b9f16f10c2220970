"""What reading, tables and merges share: progress, the database, arrays, places of lines."""

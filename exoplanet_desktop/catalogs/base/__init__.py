"""Shared by reading, tables and merges: progress, the database, arrays, line numbers."""

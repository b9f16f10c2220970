"""Catalogs of objects that do not exist, for demonstrations and tests."""

"""Merging several catalogs into one: which rows are the same, which are kept, what the user is told."""

"""The missions and their columns, and how numbers, units and identifiers are written."""

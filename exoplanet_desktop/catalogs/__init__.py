"""Catalogs as the NASA Exoplanet Archive exports them: reading, tables, merging, simulating."""

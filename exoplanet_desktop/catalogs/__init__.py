"""Catalogs as exported by the NASA Exoplanet Archive: reading, tables, merging, simulating."""

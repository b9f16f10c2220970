"""Exoplanet Desktop: train, predict and merge NASA exoplanet catalogs, with an engine of its own."""

__version__ = "0.1.0"

"""Exoplanet Desktop: train, predict and merge NASA exoplanet catalogs, with its own engine."""

__version__ = "0.1.0"

"""Reuses the fixtures of the catalog tests."""

from tests.catalogs.conftest import no_leftovers, write

__all__ = ["no_leftovers", "write"]

"""Fixtures of the tests of files: those of the catalogs' tests."""

from tests.catalogs.conftest import no_leftovers, write

__all__ = ["no_leftovers", "write"]

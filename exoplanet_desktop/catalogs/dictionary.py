"""Meaning and unit of each column of the archive's three tables, for files without the archive's header block."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from exoplanet_desktop.catalogs.satellites import recognise
from exoplanet_desktop.resources import resource
from exoplanet_desktop.wire.vocabulary import Satellite


@dataclass(frozen=True)
class ColumnInfo:
    """What a column holds.

    Attributes:
        label: its meaning in words.
        unit: its unit as the archive writes it; empty where it has none.
    """

    label: str
    unit: str


@cache
def dictionary(satellite: Satellite) -> Mapping[str, ColumnInfo]:
    """The columns of a satellite's table in the archive's order, by name."""
    with resource(f"columns/{satellite.lower()}.csv").open(encoding="utf-8", newline="") as file:
        return MappingProxyType({row["column"]: ColumnInfo(row["label"], row["unit"]) for row in csv.DictReader(file)})


def describe(columns: Iterable[str]) -> Mapping[str, ColumnInfo]:
    """The known ones among the columns of a file; empty where no satellite's catalog is recognised."""
    names = tuple(columns)
    satellite = recognise(names)
    if satellite is None:
        return {}
    known = dictionary(satellite)
    return {name: known[name] for name in names if name in known}

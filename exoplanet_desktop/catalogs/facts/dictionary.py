"""Meaning, unit and role of each column of the archive's three tables, for files without the archive's header block."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from exoplanet_desktop.catalogs.facts.satellites import recognise
from exoplanet_desktop.resources import resource
from exoplanet_desktop.wire.vocabulary import Satellite

ROLES = ("identifier", "label", "verdict", "measured", "error", "limit", "position", "date", "reference")


@dataclass(frozen=True)
class Range:
    """The typical range of a column.

    Attributes:
        low, high: the 2 % and the 98 % quantile.
        middle: the median.
    """

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class ColumnInfo:
    """What a column means.

    Attributes:
        label: its title.
        unit: its unit as the archive writes it; empty if it has none.
        role: its role in vetting, one of ROLES; empty if unknown.
        meaning: a sentence; empty if unknown.
        known: the range of its values in the archive's table (October 2025); None if a range says nothing about it.
    """

    label: str
    unit: str
    role: str = ""
    meaning: str = ""
    known: Range | None = None


@cache
def dictionary(satellite: Satellite) -> Mapping[str, ColumnInfo]:
    """The columns of a satellite's table in the archive's order, by name."""
    with resource(f"columns/{satellite.lower()}.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return MappingProxyType({row["column"]: _info(row) for row in rows})


def _info(row: Mapping[str, str]) -> ColumnInfo:
    known = Range(float(row["low"]), float(row["middle"]), float(row["high"])) if row["low"] else None
    return ColumnInfo(row["label"], row["unit"], row["role"], row["meaning"], known)


def describe(columns: Iterable[str]) -> Mapping[str, ColumnInfo]:
    """The documented columns of a file; empty if no satellite's catalog is recognised."""
    names = tuple(columns)
    satellite = recognise(names)
    if satellite is None:
        return {}
    known = dictionary(satellite)
    return {name: known[name] for name in names if name in known}

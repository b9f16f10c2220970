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
    """Where a column's values lie.

    Attributes:
        low, high: the 2 % and the 98 % quantile.
        middle: the median.
    """

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class ColumnInfo:
    """What a column holds.

    Attributes:
        label: its title.
        unit: its unit as the archive writes it; empty where it has none.
        role: what it is to a vetter, one of ROLES; empty where it is not known.
        meaning: a sentence; empty where it is not known.
        known: where the values in the archive's table lie (October 2025); None where that says nothing.
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
    """The known ones among the columns of a file; empty where no satellite's catalog is recognised."""
    names = tuple(columns)
    satellite = recognise(names)
    if satellite is None:
        return {}
    known = dictionary(satellite)
    return {name: known[name] for name in names if name in known}

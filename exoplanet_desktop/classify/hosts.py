"""Which rows belong to one star: folds and a model's memory must not count one star as two."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.facts.identity import damaged, object_key, star_key, star_of_object
from exoplanet_desktop.catalogs.facts.satellites import SatelliteInfo


@dataclass(frozen=True)
class Hosts:
    """The stars of rows.

    Attributes:
        groups: number of each row's star; a row without a known star counts as its own star.
        stars, objects: keys of each row's star and object (see catalogs.facts.identity); "" if unknown.
        source: the column that identifies the stars; "" if none does.
        by_name: whether that is the column of the objects' names.
        notes: notes on them for the user.
    """

    groups: NDArray[np.int64]
    stars: tuple[str, ...]
    objects: tuple[str, ...]
    source: str
    by_name: bool
    notes: tuple[str, ...] = ()

    @property
    def protocol(self) -> str:
        """How rows were assigned to folds, for the protocol."""
        if not self.source:
            return "each row by itself, because the file does not say which rows belong to the same star"
        told = f", identified by `{self.source}`" if self.by_name else ""
        return f"all rows of a star in one fold{told}"


def find_hosts(names: Sequence[str | None], hosts: Sequence[str | None], info: SatelliteInfo) -> Hosts:
    """The stars of rows, from the cells that name their objects and their stars (None if missing)."""
    satellite = info.satellite
    objects = tuple(object_key(name, satellite) for name in names)
    stars = [star_key(host, satellite) for host in hosts]
    harm = damaged(hosts, names, satellite)
    if not harm and all(stars):
        return Hosts(_numbers(stars), tuple(stars), objects, info.host, by_name=False)
    of_name = [star_of_object(name, satellite) if key else "" for name, key in zip(names, objects, strict=True)]
    named = any(of_name)
    if harm or not any(stars):
        why = harm.sentence(info.host) if harm else f"No labelled row has a star in `{info.host}`."
        stars = of_name if named else [""] * len(stars)
        notes = [f"{why} {_instead(info, named)}"]
        source = info.name if named else ""
    else:
        stars, notes, source = _completed(stars, of_name), [], info.host
        named = False
    if source and (lone := sum(not star for star in stars)):
        notes.append(
            "1 row has no star and counts as one of its own."
            if lone == 1
            else f"{lone:,} rows have no star; each counts as one of its own."
        )
    return Hosts(_numbers(stars), tuple(stars), objects, source, named, tuple(notes))


def _instead(info: SatelliteInfo, named: bool) -> str:
    if named:
        return f"Stars are identified by the names in `{info.name}` instead."
    return (
        "Rows of one star may be on both sides of a fold, so the accuracy measured here may be too optimistic. Add a "
        f"valid `{info.host}` or `{info.name}`."
    )


def _completed(keys: Sequence[str], of_name: Sequence[str]) -> list[str]:
    """A row without a star gets that of the other rows whose object names imply the same one."""
    told = {name: key for name, key in zip(of_name, keys, strict=True) if name and key}
    return [key or told.get(name, name) for key, name in zip(keys, of_name, strict=True)]


def _numbers(stars: Sequence[str]) -> NDArray[np.int64]:
    """A number for each star, in the order of their keys: folds must not depend on the order of rows.

    Keys sort as numbers if all are numbers, otherwise as the names that they come from.
    """
    lone = [key or f"\uffffrow {row}" for row, key in enumerate(stars)]
    plain = all(key.isdecimal() for key in lone)
    names = sorted(set(lone), key=(lambda key: (len(key), key)) if plain else _as_a_name)
    numbers = {name: number for number, name in enumerate(names)}
    return np.array([numbers[key] for key in lone], dtype=np.int64)


def _as_a_name(key: str) -> str:
    """The sort position of a key among names; a number among them is an EPIC number, as in `EPIC 201912552`."""
    return f"EPIC{key}" if key.isdecimal() else key.upper()

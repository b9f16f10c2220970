"""Sets of columns to show, depending on the satellite of a table."""

from collections.abc import Sequence
from enum import StrEnum

from exoplanet_desktop.catalogs.facts.dictionary import dictionary
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.wire.vocabulary import Features, Satellite


class Preset(StrEnum):
    """A set of columns.

    NAMES: identifiers and labels. MODEL: those and the columns that a model uses. ALL: all columns of the table.
    """

    NAMES = "identifiers and labels"
    MODEL = "what a model uses"
    ALL = "all"


def identifiers(columns: Sequence[str], satellite: Satellite) -> tuple[str, ...]:
    """The columns of a table that identify the object of a row."""
    info = SATELLITES[satellite]
    return tuple(name for name in columns if name in {*info.identifiers, info.host, info.name})


def preset(columns: Sequence[str], satellite: Satellite, which: Preset) -> tuple[str, ...]:
    """The columns of a set, in the order of the table.

    Every set includes the columns that the archive's tables do not have (a prediction, the source of a label).
    """

    if which is Preset.ALL:
        return tuple(columns)
    info = SATELLITES[satellite]
    wanted = {*identifiers(columns, satellite), info.label}
    if which is Preset.MODEL:
        wanted |= {*info.numbers(Features.VETTED), *info.texts(Features.VETTED)}
    known = dictionary(satellite)
    return tuple(name for name in columns if name in wanted or name not in known)

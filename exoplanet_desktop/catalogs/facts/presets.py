"""Sets of columns that a reader may want to see, by the satellite of a table."""

from collections.abc import Sequence
from enum import StrEnum

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.wire.vocabulary import Features, Satellite


class Preset(StrEnum):
    """Which columns.

    NAMES: identifiers and labels. MODEL: those and what a model uses. ALL: all of the table's.
    """

    NAMES = "identifiers and labels"
    MODEL = "what a model uses"
    ALL = "all"


def identifiers(columns: Sequence[str], satellite: Satellite) -> tuple[str, ...]:
    """The columns of a table that say which object a row is."""
    info = SATELLITES[satellite]
    return tuple(name for name in columns if name in {*info.identifiers, info.host, info.name})


def preset(columns: Sequence[str], satellite: Satellite, which: Preset) -> tuple[str, ...]:
    """The columns of a set, in the order of the table.

    A column that the archive's tables do not have (a prediction, where a label is from) is in every set.
    """
    from exoplanet_desktop.catalogs.facts.dictionary import dictionary

    if which is Preset.ALL:
        return tuple(columns)
    info = SATELLITES[satellite]
    wanted = {*identifiers(columns, satellite), info.label}
    if which is Preset.MODEL:
        wanted |= {*info.numbers(Features.VETTED), *info.texts(Features.VETTED)}
    known = dictionary(satellite)
    return tuple(name for name in columns if name in wanted or name not in known)

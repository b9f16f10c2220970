"""Common tables that are not one of the three catalogs, recognised by columns that no other table has."""

from collections.abc import Callable
from dataclasses import dataclass

_PLANET_NAMES = frozenset(("pl_name", "hostname"))
_PLANETS_ONLY = frozenset(
    ("discoverymethod", "disc_year", "disc_facility", "sy_pnum", "pl_refname", "default_flag", "pl_controv_flag")
)
_LIGHT_CURVE = 20  # flux columns


@dataclass(frozen=True)
class ForeignTable:
    """A common table that is not one of the three catalogs.

    Attributes:
        kind: a short name for the program.
        what: its description, to follow "This is".
        remedy: what to do, one sentence.
        fits: whether lower-case column names are those of such a table.
    """

    kind: str
    what: str
    remedy: str
    fits: Callable[[frozenset[str]], bool]


def _flux(there: frozenset[str]) -> bool:
    return sum(name.startswith("flux") for name in there) >= _LIGHT_CURVE


FOREIGN_TABLES = (
    ForeignTable(
        "ps",
        "the archive's table of Planetary Systems, which holds confirmed planets only",
        "Use the archive's “K2 Planets and Candidates” instead: that has the column `disposition`.",
        lambda there: there >= _PLANET_NAMES and bool(there & _PLANETS_ONLY),
    ),
    ForeignTable(
        "planets",
        "the archive's former table of Confirmed Planets, which holds no candidates",
        "Use a table of KOI, K2 or TOI instead.",
        lambda there: there >= {"pl_hostname", "pl_letter"},
    ),
    ForeignTable(
        "k2candidates",
        "the archive's former table of K2 Candidates, whose columns have other names and meanings",
        "Use the archive's “K2 Planets and Candidates” instead.",
        lambda there: "k2c_disp" in there,
    ),
    ForeignTable(
        "tce",
        "a table of Kepler's threshold crossing events (TCE), which are signals before anyone has vetted them",
        "Use the archive's table of Kepler Objects of Interest instead.",
        lambda there: {"kepid", "tce_plnt_num"} <= there or sum(name.startswith("tce_") for name in there) >= 5,
    ),
    ForeignTable(
        "keplerstellar",
        "a table of Kepler's stars, not of planets or candidates",
        "Use the archive's table of Kepler Objects of Interest instead.",
        lambda there: there >= {"kepid", "teff", "logg", "radius"},
    ),
    ForeignTable(
        "k2targets",
        "a list of K2's target stars (EPIC), not of planets or candidates",
        "Use the archive's “K2 Planets and Candidates” instead.",
        lambda there: "epic_number" in there,
    ),
    ForeignTable(
        "exoplanet.eu",
        "the catalog of exoplanet.eu, whose columns have other names and units than the archive's",
        "Use a table of KOI, K2 or TOI from the NASA Exoplanet Archive instead.",
        lambda there: there >= {"planet_status", "star_name"},
    ),
    ForeignTable(
        "lightcurves",
        "a table of light curves, with a column for each measurement of a star's brightness",
        "Use a catalog with a row for each object instead.",
        _flux,
    ),
)


def other_kind(there: frozenset[str]) -> ForeignTable | None:
    """The foreign table that certainly has these columns (names in lower case); None if there is none."""
    return next((kind for kind in FOREIGN_TABLES if kind.fits(there)), None)

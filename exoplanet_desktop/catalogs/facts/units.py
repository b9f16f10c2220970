"""Units that may follow a number, with their spellings in astronomers' tables and in the archive's headers."""

import re
from collections.abc import Mapping
from types import MappingProxyType

# The first of each is its name. Single letters only count in this case: `K` is a unit, `k` is not.
_SPELLINGS = (
    ("d", "day", "days"),
    ("h", "hr", "hrs", "hour", "hours"),
    ("min", "mins", "minute", "minutes"),
    ("s", "sec", "secs", "second", "seconds"),
    ("yr", "yrs", "year", "years"),
    ("BJD", "bjd_tdb"),
    ("BKJD", "bjd-2454833"),
    ("BTJD", "bjd-2457000"),
    ("JD", "hjd"),
    ("ppm",),
    ("ppt",),
    ("%", "percent"),
    ("mmag", "mmags"),
    ("mag", "mags"),
    ("dex", "[dex]"),
    ("K", "kelvin"),
    ("pc", "parsec", "parsecs"),
    ("kpc",),
    ("ly", "lyr"),
    ("au", "a.u.", "astronomical units"),
    ("R_Earth", "rearth", "r_e", "r\u2295", "r_\u2295", "rad_earth", "earth radii", "earth radius", "earthrad"),
    ("R_Jup", "rjup", "rj", "r_j", "r_jupiter", "jupiter radii", "jupiter radius", "jupiterrad"),
    ("R_Sun", "rsun", "r_sol", "rsol", "r\u2609", "r\u2299", "r_\u2609", "r_\u2299", "solar radii", "solar radius"),
    ("M_Earth", "mearth", "m_e", "m\u2295", "m_\u2295", "earth mass", "earth masses", "earthmass"),
    ("M_Jup", "mjup", "mj", "m_j", "m_jupiter", "jupiter mass", "jupiter masses", "jupitermass"),
    ("M_Sun", "msun", "m_sol", "msol", "m\u2609", "m\u2299", "m_\u2609", "m_\u2299", "solar mass", "solar masses"),
    ("L_Sun", "lsun", "l\u2609", "l\u2299", "solar luminosity"),
    ("S_Earth", "searth", "s\u2295", "f\u2295", "earth flux"),
    ("cgs", "log10(cm/s**2)", "cm/s**2", "cm/s2", "cm/s^2", "cm s-2", "log(cgs)"),
    ("deg", "degs", "degree", "degrees", "decimal degrees", "\u00b0"),
    ("arcsec", "arcseconds"),
    ("arcmin", "arcminutes"),
    ("mas",),
    ("mas/yr",),
    ("m/s",),
    ("km/s",),
    ("g/cm3", "g/cm^3", "g/cm**3", "g/cc"),
)
_NAMES: Mapping[str, str] = MappingProxyType(
    {spelling.lower(): spellings[0] for spellings in _SPELLINGS for spelling in spellings}
)
_LETTERS = [names[0] for names in _SPELLINGS if len(names[0]) == 1 and names[0].isalpha()]
_WORDS = sorted((word for word in _NAMES if len(word) > 1 or not word.isalpha()), key=lambda word: (-len(word), word))

# For Python and for RE2.
UNIT_PATTERN = (
    "[" + "".join(_LETTERS) + "]|(?i:" + "|".join(re.escape(word).replace(r"\ ", " ") for word in _WORDS) + ")"
)


def is_unit(text: str) -> bool:
    """Whether a text is one of these units, in any case.

    >>> is_unit("days"), is_unit("k"), is_unit("furlong")
    (True, True, False)
    """
    return text.strip().lower() in _NAMES


def unit_name(text: str) -> str:
    """The canonical name of a unit in any spelling; the text itself if it is not a known unit.

    >>> unit_name("hrs"), unit_name("Solar radii"), unit_name("furlong")
    ('h', 'R_Sun', 'furlong')
    """
    return _NAMES.get(text.strip().lower(), text.strip())

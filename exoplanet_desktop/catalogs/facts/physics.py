"""What the archive's columns hold by definition: numbers, and which of them physics forbids."""

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES

# Written for "missing" by older programs. None of them can be a magnitude either.
SENTINELS = (
    *(-99.0, -99.9, -99.99, -99.999, -999.0, -999.9, -999.99, -999.999, -9999.0, -9999.9, -9999.99),
    *(-99999.0, -999999.0, -9999999.0),
)
HIGHEST_SENTINEL = max(SENTINELS)
# Written for "missing" as well, but each could be a measurement: told where one is the greatest number of a column.
FILLS = (9999.0, 99999.0, 999999.0, 9999999.0, 1e20, 1e30)

_ANY_NUMBER = ("st_pmra", "st_pmdec")  # beside lower errors and limit flags
_PREFIXES = ("koi_", "pl_", "st_", "sy_")  # of the archive's columns

NUMBERS = frozenset(
    name for info in SATELLITES.values() for name in (*info.measured, *info.verdict_numbers)
)  # columns that hold numbers, whatever a file has in them
# Columns in which none of the sentinels can be a measurement.
NEVER_SENTINEL = frozenset(
    ("ra", "dec", *(name for name in NUMBERS if name not in _ANY_NUMBER and not name.endswith(("err2", "lim"))))
)
NEVER_ZERO = frozenset(
    {
        *("koi_period", "koi_duration", "koi_prad", "koi_teq", "koi_srad", "koi_steff"),
        *("pl_orbper", "pl_orbsmax", "pl_trandurh", "pl_rade", "pl_radj", "pl_eqt"),
        *("st_rad", "st_mass", "st_teff", "st_dist", "sy_dist"),
    }
)
# Logarithms, magnitudes, motions and times may be negative, and lower errors are written so.
_MAYBE_NEGATIVE = ("st_met", "logg", "mag", "st_pm", "koi_time0bk", "pl_tranmid")
NEVER_NEGATIVE = frozenset(
    name
    for name in NUMBERS
    if name.endswith("err1") or not (name.endswith(("err2", "lim")) or any(part in name for part in _MAYBE_NEGATIVE))
)


def should_be_numbers(column: str) -> bool:
    """Whether a column with this name is likely to hold numbers: a few of them tell that it does."""
    return column.startswith(_PREFIXES) or column in ("kepid", "tid", "toi", "ra", "dec")


def is_sentinel(column: str, number: float) -> bool:
    """Whether a number stands for "missing" in a column of this name."""
    return number in SENTINELS and column in NEVER_SENTINEL


def sql_branches(column: str) -> str:
    """Branches of the CASE in numbers.sql_kinds for what a column of this name cannot hold."""
    kind = "sentinel" if column in NEVER_SENTINEL else "suspect"
    sentinels = f" WHEN {sql_sentinel('n')} THEN '{kind}' WHEN {sql_fill('n')} THEN 'suspect'"
    negative = " WHEN n < 0 THEN 'negative'" if column in NEVER_NEGATIVE else ""
    return sentinels + negative + (" WHEN n = 0 THEN 'zero'" if column in NEVER_ZERO else "")


def sql_fill(number: str) -> str:
    """SQL that is true of a great number that often stands for "missing"."""
    return f"{number} IN ({', '.join(map(repr, FILLS))})"


def sql_sentinel(number: str) -> str:
    """SQL that is true of a number that stands for "missing"."""
    return f"{number} IN ({', '.join(map(repr, SENTINELS))})"

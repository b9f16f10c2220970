"""What the archive's columns contain by definition: numbers, and which of them physics forbids."""

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES

# Older programs write these for "missing". None of them can be a magnitude either.
SENTINELS = (
    *(-99.0, -99.9, -99.99, -99.999, -999.0, -999.9, -999.99, -999.999, -9999.0, -9999.9, -9999.99),
    *(-99999.0, -999999.0, -9999999.0),
)
HIGHEST_SENTINEL = max(SENTINELS)
# Also written for "missing", but each could be a measurement: reported if it is the largest number of a column.
FILLS = (9999.0, 99999.0, 999999.0, 9999999.0, 1e20, 1e30)

_ANY_NUMBER = ("st_pmra", "st_pmdec")  # besides lower errors and limit flags
_PREFIXES = ("koi_", "pl_", "st_", "sy_")  # the archive's columns

NUMBERS = frozenset(
    name for info in SATELLITES.values() for name in (*info.measured, *info.verdict_numbers)
)  # columns of numbers, whatever a file contains in them
# Columns in which no sentinel can be a measurement.
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
# Logarithms, magnitudes, motions and times may be negative, as may lower errors.
_MAYBE_NEGATIVE = ("st_met", "logg", "mag", "st_pm", "koi_time0bk", "pl_tranmid")
NEVER_NEGATIVE = frozenset(
    name
    for name in NUMBERS
    if name.endswith("err1") or not (name.endswith(("err2", "lim")) or any(part in name for part in _MAYBE_NEGATIVE))
)


def should_be_numbers(column: str) -> bool:
    """Whether a column with this name probably contains numbers."""
    return column.startswith(_PREFIXES) or column in ("kepid", "tid", "toi", "ra", "dec")


def is_sentinel(column: str, number: float) -> bool:
    """Whether a number means "missing" in a column with this name."""
    return number in SENTINELS and column in NEVER_SENTINEL


def sql_branches(column: str) -> str:
    """Branches of the CASE in numbers.sql_kinds for values that a column with this name cannot contain."""
    kind = "sentinel" if column in NEVER_SENTINEL else "suspect"
    sentinels = f" WHEN {sql_sentinel('n')} THEN '{kind}' WHEN {sql_fill('n')} THEN 'suspect'"
    negative = " WHEN n < 0 THEN 'negative'" if column in NEVER_NEGATIVE else ""
    return sentinels + negative + (" WHEN n = 0 THEN 'zero'" if column in NEVER_ZERO else "")


def sql_fill(number: str) -> str:
    """SQL that is true for a large number that often means "missing"."""
    return f"{number} IN ({', '.join(map(repr, FILLS))})"


def sql_sentinel(number: str) -> str:
    """SQL that is true for a number that means "missing"."""
    return f"{number} IN ({', '.join(map(repr, SENTINELS))})"

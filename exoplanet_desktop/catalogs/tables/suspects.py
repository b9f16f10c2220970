"""Columns that seem to be in a different unit: nearly all values lie outside the known range; suggests a factor.

The known range comes from the rows that a model was trained on, or from the archive's own table (see dictionary.py).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exoplanet_desktop.catalogs.facts.dictionary import Range, dictionary
from exoplanet_desktop.catalogs.facts.physics import NEVER_NEGATIVE
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.wire.vocabulary import Satellite

SHARE = 0.9  # of a column's values must be outside the range, on one side
FEWEST = 5  # values, before the test means anything
_MEAN = 0.5  # for standardised values, which need not be the ones that were used for standardising
_FAR = 20.0  # no standardised value is so far below
_SEVERAL = 3  # columns
_SHOWN = 4
LOW, HIGH = 0.02, 0.98  # quantiles that define a range: wider ones miss hours that are given as days

# By the first words of a unit, as the archive writes it: units that it is often confused with.
_HOURS = (24.0, 60.0, 3600.0)
_DAYS = (24.0, 1440.0, 86400.0, 365.25)
_PPM = (1e6, 1e4, 1e3)
_EARTH_RADII = (109.1, 11.21, 6378.1)
_JUPITER_RADII = (11.21, 9.73, 71492.0)
_SOLAR_RADII = (109.1, 9.73, 695_700.0)
_EARTH_MASSES = (317.8, 332_946.0)
_FACTORS: Mapping[str, tuple[float, ...]] = {
    "hour": _HOURS,
    "hrs": _HOURS,
    "day": _DAYS,
    "ppm": _PPM,
    "earth radi": _EARTH_RADII,
    "r_earth": _EARTH_RADII,
    "earth mass": _EARTH_MASSES,
    "jupiter radi": _JUPITER_RADII,
    "solar radi": _SOLAR_RADII,
    "r_sun": _SOLAR_RADII,
}
_ANY = (1e3, 1e6)
_RARE = {1e4: math.log(10)}  # percentages are rarer than fractions
_MOST_POWER = 30
_EPOCHS = (2_454_833.0, 2_457_000.0, 2_400_000.5)  # offset of BKJD, BTJD and MJD from BJD, in days


@dataclass(frozen=True)
class Spread:
    """The values of a column of a file compared with a range.

    Attributes:
        values: how many there are.
        below, above: how many lie outside.
        middle: their median.
        least, most, mean: further statistics; not-a-number if unknown.
    """

    values: int
    below: int
    above: int
    middle: float
    least: float = math.nan
    most: float = math.nan
    mean: float = math.nan


@dataclass(frozen=True)
class Suspect:
    """A column that may be in another unit.

    Attributes:
        column, unit: its name and its expected unit.
        values, outside: how many values there are, and how many lie outside the range.
        below: whether they lie below it; otherwise above.
        known: the range.
        remedy: what brings them into the range, such as "Multiplying by 24"; empty if nothing obvious does.
    """

    column: str
    unit: str
    values: int
    outside: int
    below: bool
    known: Range
    remedy: str

    def sentence(self, who: str = "the archive's table mostly has") -> str:
        """A sentence for the user; `who`: whose values define the range."""
        rows = f"All {self.values:,}" if self.outside == self.values else f"{self.outside:,} of {self.values:,}"
        unit = f" {self.unit}" if self.unit else ""
        side = "below" if self.below else "above"
        fits = f" {self.remedy} fits." if self.remedy else ""
        return (
            f"{rows} values of `{self.column}` are {side} what {who} ({_shown(self.known.low)} to "
            f"{_shown(self.known.high)}{unit}); another unit?{fits}"
        )


@dataclass(frozen=True)
class Scaled:
    """Columns that were scaled for another model: to a mean of 0, or to numbers from 0 to 1.

    Attributes:
        columns: their names.
        how: how they were scaled, in words.
    """

    columns: tuple[str, ...]
    how: str

    def sentence(self) -> str:
        """A sentence for the user."""
        names = ", ".join(f"`{name}`" for name in self.columns[:_SHOWN])
        more = ", …" if len(self.columns) > _SHOWN else ""
        return (
            f"{len(self.columns):,} columns look {self.how} ({names}{more}), so their numbers are not in the archive's "
            "units, and predictions from them are worthless. Use the table as it was before that."
        )


def scaled(spreads: Mapping[str, Spread], ranges: Mapping[str, Range]) -> tuple[Scaled, ...]:
    """Columns scaled in one of two ways, if there are several."""
    zero_mean, unit = [], []
    for name, spread in spreads.items():
        known = ranges.get(name)
        if known is None or known.low < 0 or spread.values < FEWEST:
            continue
        if spread.least < 0 and abs(spread.mean) < _MEAN and spread.least > -_FAR and name in NEVER_NEGATIVE:
            zero_mean.append(name)
        elif spread.least == 0 and spread.most == 1 and known.high > 1:
            unit.append(name)
    found = ((zero_mean, "standardised (to a mean of 0)"), (unit, "scaled to lie between 0 and 1"))
    return tuple(Scaled(tuple(names), how) for names, how in found if len(names) >= _SEVERAL)


def suspects_of(
    spreads: Mapping[str, Spread], ranges: Mapping[str, Range], units: Mapping[str, str]
) -> "tuple[Suspect | Scaled, ...]":
    """The report on columns: first how they were scaled, then the other suspects."""
    all_scaled = scaled(spreads, ranges)
    told = {name for one in all_scaled for name in one.columns}
    # In a scaled table, a factor for one of its columns would mislead.
    rest = () if told else suspects(spreads, ranges, units)
    return (*all_scaled, *rest)


def suspects(
    spreads: Mapping[str, Spread], ranges: Mapping[str, Range], units: Mapping[str, str] | None = None
) -> tuple[Suspect, ...]:
    """Columns with nearly all values outside the range, on one side."""
    found = []
    for column, spread in spreads.items():
        known = ranges.get(column)
        outside = max(spread.below, spread.above)
        if known is None or spread.values < FEWEST or outside < SHARE * spread.values:
            continue
        unit = (units or {}).get(column, "")
        below = spread.below >= spread.above
        found.append(Suspect(column, unit, spread.values, outside, below, known, _remedy(spread.middle, known, unit)))
    return tuple(found)


def table_suspects(table: "Table", satellite: Satellite) -> tuple[Suspect | Scaled, ...]:
    """The same for a whole table, compared with the archive's."""
    known = dictionary(satellite)
    ranges = {name: info.known for name, info in known.items() if info.known is not None and name in table.columns}
    spreads = spreads_of(table, ranges)
    return suspects_of(spreads, ranges, {name: known[name].unit for name in ranges})


def spreads_of(table: "Table", ranges: Mapping[str, Range]) -> dict[str, Spread]:
    """The spread of each of these columns, in one pass of SQL."""
    if not ranges:
        return {}
    parts = []
    for name, known in ranges.items():
        value = table.cells.number(name)
        parts += [
            f"count({value})",
            f"count(*) FILTER ({value} < {known.low!r})",
            f"count(*) FILTER ({value} > {known.high!r})",
            f"approx_quantile({value}, 0.5)",
            f"min({value})",
            f"max({value})",
            f"avg(CASE WHEN isfinite({value}) THEN {value} END)",
        ]
    with table.reading() as cursor:
        row = cursor.execute(f"SELECT {', '.join(parts)} FROM data").fetchone()  # noqa: S608 - names come through Cells
    assert row is not None
    return {name: _spread(row[7 * place : 7 * place + 7]) for place, name in enumerate(ranges)}


def _spread(cells: Iterable[float | None]) -> Spread:
    values, below, above, *figures = cells
    known = [math.nan if figure is None else float(figure) for figure in figures]
    return Spread(int(values or 0), int(below or 0), int(above or 0), *known)


def _remedy(middle: float, known: Range, unit: str) -> str:
    if not math.isfinite(middle) or not known.middle:
        return ""
    for days in _EPOCHS if _is_epoch(known, unit) else ():
        if known.low <= middle - days <= known.high:
            return f"Subtracting {days:,.10g} days"
        if known.low <= middle + days <= known.high:
            return f"Adding {days:,.10g} days"
    lower = unit.lower()
    own = next((factors for start, factors in _FACTORS.items() if start in lower), None)
    fits = [
        (abs(math.log(there / known.middle)) + _RARE.get(factor, 0.0), f"{word} by {factor:,.7g}")
        for factor in own or _ANY
        for there, word in ((middle * factor, "Multiplying"), (middle / factor, "Dividing"))
        if known.low <= there <= known.high and there / known.middle > 0
    ]
    if own is None and abs(middle) < _MOST_POWER and known.low <= 10**middle <= known.high:
        fits.append((abs(math.log(10**middle / known.middle)), "Raising 10 to that power"))
    return min(fits)[1] if fits else ""


def _is_epoch(known: Range, unit: str) -> bool:
    return "bjd" in unit.lower() or "bkjd" in unit.lower() or known.low > 2_400_000


def _shown(value: float) -> str:
    return f"{value:,.3g}" if abs(value) < 1e6 else f"{value:,.0f}"

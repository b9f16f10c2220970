"""Column statistics: missing share, range, quantiles, distribution by class, frequent texts."""

# ruff: noqa: S608 - names in SQL come through Cells, values are bound

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exoplanet_desktop.catalogs.base.database import some_at_once
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, SatelliteInfo, recognise
from exoplanet_desktop.catalogs.tables.labels import layout_disposition
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.catalogs.tables.view import View

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BINS = 40
TOP = 20
_WIDE = 100.0  # if the 99.5th percentile is this many times the 25th, bins have logarithmic steps


@dataclass(frozen=True)
class Histogram:
    """Rows by value.

    Attributes:
        edges: of the bins, ascending, one more than there are bins; a value on an edge belongs to the bin above, the
            largest to the last bin.
        counts: rows of each bin by class, "" for rows without a known label; of all rows under "" if the table
            has no label column.
        logarithmic: the edges are equally spaced in logarithm; values of 0 or less are then in no bin.
        outside: values that are in no bin: those, and infinite ones.
    """

    edges: tuple[float, ...]
    counts: Mapping[str, tuple[int, ...]]
    logarithmic: bool
    outside: int


@dataclass(frozen=True)
class ColumnSummary:
    """Statistics of a column of a view.

    Attributes:
        column: its name.
        rows: of the view.
        missing: how many cells are missing.
        distinct: distinct texts among the others.
        numeric: the column's cells are numbers. Then:
        least, most: the cells with the smallest and the largest number, as written in the file.
        quantiles: number by share, for QUANTILES.
        histogram: the distribution; None if there is no finite number.
        top: for texts, and if there are few values: the most frequent with their counts, at most 20.
        top_classes: rows of each of these by class, as `Histogram.counts` has them.
    """

    column: str
    rows: int
    missing: int
    distinct: int
    numeric: bool
    least: str | None = None
    most: str | None = None
    quantiles: Mapping[float, float] = field(default_factory=dict)
    histogram: Histogram | None = None
    top: tuple[tuple[str, int], ...] = ()
    top_classes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def missing_share(self) -> float:
        return self.missing / self.rows if self.rows else 0.0

    @property
    def constant(self) -> bool:
        """All cells are the same, including missing ones."""
        return self.distinct + (self.missing > 0) <= 1


@dataclass(frozen=True)
class Brief:
    """The basic statistics of a column; see ColumnSummary for the fields."""

    rows: int
    missing: int
    least: str | None
    most: str | None

    @property
    def missing_share(self) -> float:
        return self.missing / self.rows if self.rows else 0.0


def brief(view: "View", column: str) -> Brief:
    """Missing cells and range of a column: one pass, much faster than `summarise`. Raises InputError."""
    text, shown, by = _text_and_order(view, column)
    with view.table.reading() as cursor:
        row: Any = cursor.execute(
            f"SELECT count(*), count({text}), arg_min({shown}, {by}), arg_max({shown}, {by}) FROM {view.source}"
        ).fetchone()
    rows, there, least, most = row
    return Brief(rows, rows - there, least, most)


def without_variety(table: "Table") -> frozenset[str]:
    """Columns of a table that are empty or the same in every row."""
    found = set()
    everything = table.select()
    table.find_kinds(table.columns)
    for part in some_at_once(table.columns):
        texts = [table.cells.text(column) for column in part]
        tests = ", ".join(f"count({text}), min({text}), max({text})" for text in texts)
        with table.reading() as cursor:
            row: Any = cursor.execute(f"SELECT {tests} FROM {everything.source}").fetchone()
        for column, there, low, high in zip(part, row[::3], row[1::3], row[2::3], strict=True):
            if not there or (there == table.row_count and low == high):
                found.add(column)
    return frozenset(found)


def _text_and_order(view: "View", column: str) -> tuple[str, str, str]:
    """SQL for the text of a column's cell; for that text if it can be the minimum or maximum; for the sort value."""
    table = view.table
    cells = table.cells
    text = cells.text(table.known(column))
    # Among values that are equal as doubles, the whole number decides.
    if not cells.kind(column).numeric:
        return text, text, text
    number = cells.number(column)
    shown = f"CASE WHEN {number} IS NOT NULL THEN {text} END" if cells.kind(column).has("unread") else text
    return text, shown, f"({number}, {cells.whole(column)})"


def summarise(view: "View", column: str, split: bool = True) -> ColumnSummary:
    """Statistics of a column of a view. Raises InputError for an unknown column.

    `split`: histogram by class, if the table's satellite is recognised and the label column is present.
    """
    table = view.table
    cells = table.cells
    text, shown, by = _text_and_order(view, column)
    number, numeric = cells.number(column), cells.kind(column).numeric
    label = _label(view) if split else None
    finite = f"CASE WHEN isfinite({number}) THEN {number} END"
    quantiles = f"quantile_cont({finite}, {[*QUANTILES, 0.995]!r})" if numeric else "NULL"
    positive = f"min({finite}) FILTER ({number} > 0)" if numeric else "NULL"
    spread = f"min({finite}), max({finite})" if numeric else "NULL, NULL"
    with table.reading() as cursor:
        row: Any = cursor.execute(
            f"""SELECT count(*), count({text}), count(DISTINCT {text}), arg_min({shown}, {by}), arg_max({shown}, {by}),
                {quantiles}, {positive}, {spread} FROM {view.source}"""
        ).fetchone()
        rows, there, distinct, least, most, found, smallest, low, high = row
        histogram = None
        if numeric and low is not None:
            edges, logarithmic = _edges(low, high, found, smallest)
            histogram = _histogram(cursor, view, number, edges, logarithmic, label)
        top: list[tuple[str, int]] = []
        if distinct and (not numeric or distinct <= TOP):
            top = cursor.execute(
                f"""SELECT {text} AS value, count(*) FROM {view.source} WHERE NOT {cells.missing(column)}
                    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {TOP}"""
            ).fetchall()
        classes = _top_classes(cursor, view, text, [value for value, _ in top], label) if label and top else {}
    shares = dict(zip(QUANTILES, found, strict=False)) if found else {}
    return ColumnSummary(
        column, rows, rows - there, distinct, numeric, least, most, shares, histogram, tuple(top), classes
    )


def _top_classes(
    cursor: Any, view: "View", text: str, values: list[str], label: SatelliteInfo
) -> Mapping[str, Mapping[str, int]]:
    """Rows of some values by class."""
    name, marks = view.table.cells.cell(label.label), ", ".join("?" * len(values))
    found = cursor.execute(
        f"""SELECT {text} AS value, {name} AS label, count(*) FROM {view.source}
            WHERE {text} IN ({marks}) GROUP BY 1, 2""",
        values,
    ).fetchall()
    counts: dict[str, dict[str, int]] = {value: {} for value in values}
    for value, told, count in found:
        group = str(layout_disposition(view.table.layout, label, told) or "")
        counts[value][group] = counts[value].get(group, 0) + count
    return counts


def _edges(low: float, high: float, quantiles: list[float], smallest: float | None) -> tuple[list[float], bool]:
    """The edges of the bins, and whether they are in logarithmic steps."""
    if low == high:
        return [low - 0.5, low + 0.5] if low + 0.5 > low else [math.nextafter(low, -math.inf), low], False
    quarter, last = quantiles[1], quantiles[-1]
    if smallest is not None and low >= 0 and quarter > 0 and last > _WIDE * quarter:
        first = math.log10(smallest)
        step = (math.log10(high) - first) / BINS
        return [smallest, *(10 ** (first + step * place) for place in range(1, BINS)), high], True
    shares = (place / BINS for place in range(1, BINS))
    return [low, *(low * (1 - share) + high * share for share in shares), high], False


def _histogram(
    cursor: Any, view: "View", number: str, edges: list[float], logarithmic: bool, label: SatelliteInfo | None
) -> Histogram:
    """Counts in one pass over the view."""
    low, high, bins = edges[0], edges[-1], len(edges) - 1
    share = "(log10(n) - log10(?)) / (log10(?) - log10(?))" if logarithmic else "(n / 2 - ? / 2) / (? / 2 - ? / 2)"
    fits = "n >= ? AND n <= ?" + (" AND n > 0" if logarithmic else "")
    name = view.table.cells.cell(label.label) if label else "''"
    found = cursor.execute(
        f"""SELECT label, CASE WHEN {fits} THEN least(CAST(floor({share} * {bins}) AS INTEGER), {bins - 1}) END AS bin,
            count(*) FROM (SELECT coalesce({name}, '') AS label, {number} AS n FROM {view.source})
            WHERE n IS NOT NULL GROUP BY 1, 2""",
        [low, high, low, high, low],
    ).fetchall()
    counts: dict[str, list[int]] = {}
    outside = 0
    for text, place, count in found:
        if place is None:
            outside += count
            continue
        group = str(layout_disposition(view.table.layout, label, text) or "") if label else ""
        counts.setdefault(group, [0] * bins)[max(place, 0)] += count
    return Histogram(tuple(edges), {group: tuple(each) for group, each in counts.items()}, logarithmic, outside)


def _label(view: "View") -> SatelliteInfo | None:
    satellite = recognise(view.table.columns)
    info = SATELLITES[satellite] if satellite else None
    return info if info and info.label in view.table.columns else None

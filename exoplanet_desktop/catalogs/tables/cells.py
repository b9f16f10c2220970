"""The cells of a table in SQL: as text, as number, as missing.

`ColumnSurvey` inspects a column's cells once; after that, a plain cast reads a column of plain numbers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from exoplanet_desktop.catalogs.base.database import identifier, literal
from exoplanet_desktop.catalogs.facts.numbers import (
    HUGE,
    MOST_UNREAD,
    sql_cast,
    sql_kinds,
    sql_maybe_strict,
    sql_missing,
    sql_number,
    sql_seems_number,
)
from exoplanet_desktop.catalogs.facts.physics import (
    FILLS,
    HIGHEST_SENTINEL,
    NEVER_NEGATIVE,
    NEVER_SENTINEL,
    NEVER_ZERO,
    SENTINELS,
    should_be_numbers,
    sql_branches,
    sql_fill,
    sql_sentinel,
)

_WHOLE = literal(r"\s*[+-]?[0-9]+\s*")
_LONG = literal(r"\s*[+-]?[0-9]{16,}\s*")


@dataclass(frozen=True)
class KindCount:
    """Cells of one kind (see account.CellIssue) in a column: how many, and row and text of the first one."""

    count: int
    row: int
    example: str


@dataclass(frozen=True)
class ColumnKind:
    """What the cells of a column are.

    Attributes:
        numeric: of the cells that are not missing, at least nine in ten are numbers.
        long: some are whole numbers of 16 digits or more, which a double cannot represent exactly.
        odd: some numbers are not in a computer's notation.
        numbers: how many cells are numbers, if `found` is not empty.
        found: cells by kind, except empty ones and plain numbers.
    """

    numeric: bool
    long: bool = False
    odd: bool = False
    numbers: int = 0
    found: Mapping[str, KindCount] = field(default_factory=dict)

    def has(self, kind: str) -> bool:
        return kind in self.found


@dataclass(frozen=True)
class ColumnSurvey:
    """The result of one quick pass over a column: see `Cells.survey`."""

    filled: int
    cast: int
    least: float | None
    most: float | None
    long: bool
    doubtful: bool

    def texts(self, column: str, missing: int, seeming: int) -> bool:
        """Whether so few of the cells can be numbers that the column is one of texts; see `Cells.look`."""
        filled = self.filled - missing
        most = 1.0 - MOST_UNREAD if should_be_numbers(column) else MOST_UNREAD
        return filled - self.cast - seeming > most * filled

    def mixed(self, missing: int, seeming: int) -> bool:
        """Whether a column of texts contains so many numbers that its texts may just be errors."""
        return 2 * (self.cast + seeming) >= self.filled - missing > 0

    def plain(self, column: str) -> bool:
        """There is nothing to report, and each non-empty cell is a number in a computer's notation."""
        if self.filled != self.cast or self.doubtful:
            return False
        if self.least is None or self.most is None:
            return True
        if not (self.least >= -HUGE and self.most <= HUGE):  # not-a-number sorts above all numbers
            return False
        if column in NEVER_ZERO and self.least <= 0:
            return False
        if column in NEVER_NEGATIVE and self.least < 0:
            return False
        if self.least in SENTINELS or self.most in FILLS:
            return False
        return column not in NEVER_SENTINEL or self.least > HIGHEST_SENTINEL


@dataclass(frozen=True)
class Cells:
    """SQL for the cells of one table's rows.

    Attributes:
        columns: the names.
        decimal: the file's decimal sign.
        kind: returns what a column's cells are.
    """

    columns: tuple[str, ...]
    decimal: str
    kind: Callable[[str], ColumnKind]

    def cell(self, column: str) -> str:
        """The text as in the file; qualified with its table, because the query's own names could be column names."""
        return f"data.{identifier(column)}"

    def missing(self, column: str) -> str:
        kind, cell = self.kind(column), self.cell(column)
        said = sql_missing(cell) if kind.has("missing") else f"({cell} IS NULL)"
        if not kind.has("sentinel"):
            return said
        return f"({said} OR coalesce({sql_sentinel(self._any_number(column))}, false))"

    def text(self, column: str) -> str:
        """The text; NULL if it is missing."""
        kind = self.kind(column)
        if not kind.has("missing") and not kind.has("sentinel"):
            return self.cell(column)
        return f"CASE WHEN {self.missing(column)} THEN NULL ELSE {self.cell(column)} END"

    def number(self, column: str) -> str:
        """A DOUBLE, possibly infinite; NULL if the cell is missing (as a sentinel is) or not a number."""
        number = self._any_number(column)
        if not self.kind(column).has("sentinel"):
            return number
        return f"CASE WHEN {sql_sentinel(number)} THEN NULL ELSE {number} END"

    def whole(self, column: str) -> str:
        """A HUGEINT that orders values that are the same DOUBLE."""
        cell = self.cell(column)
        pointed = f"replace({cell}, ',', '.')" if self.decimal == "," else cell
        return f"try_cast({pointed} AS HUGEINT)"

    def survey(self, column: str) -> str:
        """Aggregates: the fields of ColumnSurvey."""
        cell = self.cell(column)
        cast = sql_cast(cell, self.decimal)
        return (
            f"count({cell}), count({cast}), min({cast}), max({cast}),"
            f" count(CASE WHEN strlen({cell}) >= 16 AND regexp_full_match({cell}, {_LONG}) THEN 1 END),"
            f" bool_or({sql_maybe_strict(cell)})"
        )

    def look(self, column: str) -> str:
        """Two aggregates, for a column whose cells no cast reads: how many mean "missing", how many seem numeric."""
        cell = self.cell(column)
        return (
            f"count(CASE WHEN {cell} IS NOT NULL AND {sql_missing(cell)} THEN 1 END),"
            f" count(CASE WHEN {sql_cast(cell, self.decimal)} IS NULL AND {sql_seems_number(cell)} THEN 1 END)"
        )

    def inspection(self, column: str) -> str:
        """A query for the cells of a column by kind: kind, count, row and text of the first one.

        Empty cells and plain numbers are left out.
        """
        cell, cast = self.cell(column), sql_cast("c", self.decimal)
        odd = [f"{cast} IS NULL", f"NOT abs({cast}) <= {HUGE!r}", sql_maybe_strict("c")]
        odd += [f"{cast} <= {HIGHEST_SENTINEL}", sql_fill(cast)]
        odd += [f"{cast} = 0"] if column in NEVER_ZERO else []
        odd += [f"{cast} < 0"] if column in NEVER_NEGATIVE else []
        # S608: the name comes through identifier().
        source = f"(SELECT {cell} AS c, rowid AS r FROM data) WHERE c IS NOT NULL AND ({' OR '.join(odd)})"  # noqa: S608
        kinds = sql_kinds(source, self.decimal, sql_branches(column))
        return f"SELECT kind, count(*), min(r), arg_min(c, r) FROM ({kinds}) GROUP BY 1"  # noqa: S608

    def all_whole(self, column: str) -> str:
        """An aggregate: all cells that are not missing are whole numbers that a BIGINT can hold."""
        cell = self.cell(column)
        fits = f"regexp_full_match({cell}, {_WHOLE}) AND try_cast({cell} AS BIGINT) IS NOT NULL"
        return f"bool_and({self.missing(column)} OR ({fits}))"

    def sort_keys(self, column: str, descending: bool) -> list[str]:
        """Terms of ORDER BY: numbers by value, then other cells, missing cells last."""
        way = f"{'DESC' if descending else 'ASC'} NULLS LAST"
        kind = self.kind(column)
        if not kind.numeric:
            return [f"{self.text(column)} {way}"]
        keys = [f"{self.number(column)} {way}"]
        if kind.long:
            keys.append(f"{self.whole(column)} {way}")
        if kind.has("unread"):
            number, text = self.number(column), self.text(column)
            keys.append(f"CASE WHEN {number} IS NULL THEN {text} END {way}")
        return keys

    def _any_number(self, column: str) -> str:
        kind, cell = self.kind(column), self.cell(column)
        if kind.numeric and not kind.odd:
            return sql_cast(cell, self.decimal)
        return sql_number(cell, self.decimal)


def kind_of(column: str, survey: ColumnSurvey, rows: Iterable[Any], expected: bool) -> ColumnKind:
    """What a column is, after a closer look; `rows` are those of `Cells.inspection`.

    `expected`: in the archive's tables, it contains numbers.
    """
    found: dict[str, KindCount] = {
        str(kind): KindCount(int(count), int(row), str(text)) for kind, count, row, text in rows
    }
    counts = {kind: each.count for kind, each in found.items()}
    unread, missing = counts.get("unread", 0), counts.get("missing", 0)
    numbers = survey.filled - unread - missing - counts.get("sentinel", 0)
    odd = survey.doubtful or survey.filled - unread - missing != survey.cast
    filled = survey.filled - missing
    most = 1.0 - MOST_UNREAD if should_be_numbers(column) else MOST_UNREAD
    numeric = unread <= most * filled or (expected and numbers > 0)
    return ColumnKind(numeric, survey.long, odd, numbers, found)


def text_kind(survey: ColumnSurvey, missing: int, rows: Iterable[Any] = ()) -> ColumnKind:
    """What a column of texts is if some mean "missing"; `rows` are those of `Cells.inspection` of a mixed one."""
    found = {"missing": KindCount(missing, 0, "")} if missing else {}
    for kind, count, row, text in rows:
        if kind == "unread":
            found["mixed"] = KindCount(int(count), int(row), str(text))
    return ColumnKind(False, survey.long, odd=True, found=found)

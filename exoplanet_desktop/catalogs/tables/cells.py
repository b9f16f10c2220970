"""The cells of a table in SQL: as text, as number, as missing.

What a column's cells are is found out once (`ColumnSurvey`); from then on a plain cast reads a column of plain numbers.
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
    """Cells of one kind (see account.Told) in a column: how many, row and text of the first one."""

    count: int
    row: int
    example: str


@dataclass(frozen=True)
class ColumnKind:
    """What the cells of a column are.

    Attributes:
        numeric: numbers, as far as they are not missing, but for a tenth of them at most.
        long: some are whole numbers of 16 digits or more, of which a double does not hold all.
        odd: some numbers are not spelt as a computer does.
        numbers: how many cells are numbers, where `found` is not empty.
        found: cells by kind, but for empty ones and plain numbers.
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
    """What one quick pass over a column tells: see `Cells.survey`."""

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
        """Whether a column of texts holds so many numbers that its texts may be no more than faults."""
        return 2 * (self.cast + seeming) >= self.filled - missing > 0

    def plain(self, column: str) -> bool:
        """Nothing is to be told of the column, and each cell that is not empty is a number as a computer writes it."""
        if self.filled != self.cast or self.doubtful:
            return False
        if self.least is None or self.most is None:
            return True
        if not (self.least >= -HUGE and self.most <= HUGE):  # not-a-number is above all numbers
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
        kind: tells of a column what its cells are.
    """

    columns: tuple[str, ...]
    decimal: str
    kind: Callable[[str], ColumnKind]

    def cell(self, column: str) -> str:
        """The text as it is in the file; with its table, because names of the query's own could be those of columns."""
        return f"data.{identifier(column)}"

    def missing(self, column: str) -> str:
        kind, cell = self.kind(column), self.cell(column)
        said = sql_missing(cell) if kind.has("missing") else f"({cell} IS NULL)"
        if not kind.has("sentinel"):
            return said
        return f"({said} OR coalesce({sql_sentinel(self._any_number(column))}, false))"

    def text(self, column: str) -> str:
        """The text; NULL where it is missing."""
        kind = self.kind(column)
        if not kind.has("missing") and not kind.has("sentinel"):
            return self.cell(column)
        return f"CASE WHEN {self.missing(column)} THEN NULL ELSE {self.cell(column)} END"

    def number(self, column: str) -> str:
        """A DOUBLE, infinities among them; NULL where the cell is missing (a sentinel is) or no number."""
        number = self._any_number(column)
        if not self.kind(column).has("sentinel"):
            return number
        return f"CASE WHEN {sql_sentinel(number)} THEN NULL ELSE {number} END"

    def whole(self, column: str) -> str:
        """A HUGEINT that orders what is one DOUBLE."""
        cell = self.cell(column)
        pointed = f"replace({cell}, ',', '.')" if self.decimal == "," else cell
        return f"try_cast({pointed} AS HUGEINT)"

    def survey(self, column: str) -> str:
        """Aggregates: what ColumnSurvey has."""
        cell = self.cell(column)
        cast = sql_cast(cell, self.decimal)
        return (
            f"count({cell}), count({cast}), min({cast}), max({cast}),"
            f" count(CASE WHEN strlen({cell}) >= 16 AND regexp_full_match({cell}, {_LONG}) THEN 1 END),"
            f" bool_or({sql_maybe_strict(cell)})"
        )

    def look(self, column: str) -> str:
        """Two aggregates, for a column with cells that no cast reads: how many say "missing", how many seem numbers."""
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
        """An aggregate: all cells are whole numbers that a BIGINT holds, as far as they are not missing."""
        cell = self.cell(column)
        fits = f"regexp_full_match({cell}, {_WHOLE}) AND try_cast({cell} AS BIGINT) IS NOT NULL"
        return f"bool_and({self.missing(column)} OR ({fits}))"

    def sort_keys(self, column: str, descending: bool) -> list[str]:
        """Terms of ORDER BY: numbers as numbers, then what is none, missing cells last."""
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
    """What a column is, after a closer look at it: `rows` are those of `Cells.inspection`.

    `expected`: in the archive's tables, it holds numbers.
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
    """What a column of texts is, some of which say "missing"; `rows` are those of `Cells.inspection` of a mixed one."""
    found = {"missing": KindCount(missing, 0, "")} if missing else {}
    for kind, count, row, text in rows:
        if kind == "unread":
            found["mixed"] = KindCount(int(count), int(row), str(text))
    return ColumnKind(False, survey.long, odd=True, found=found)

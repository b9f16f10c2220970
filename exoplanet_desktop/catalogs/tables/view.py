"""A view of a table: the rows that pass a filter, in sort order."""

# ruff: noqa: S608 - names in SQL come through Cells, values are bound

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from exoplanet_desktop.catalogs.base.progress import ShouldStop, check, never
from exoplanet_desktop.catalogs.tables.expression import Condition, compile_filter, written

_FIRST_ROWS, _MOST_ROWS = 20_000, 500_000  # rows to search in one query: a hit nearby is found soon

if TYPE_CHECKING:
    # A circle: a view shows rows of its table, and `Table.select` makes views.
    from exoplanet_desktop.catalogs.tables.table import Table

Order = Sequence[tuple[str, bool]]
Row = tuple[str | None, ...]
Test = Literal[
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "contains",
    "starts with",
    "ends with",
    "like",
    "is missing",
    "is there",
    "between",
    "one of",
]


@dataclass(frozen=True)
class ColumnFilter:
    """A condition on one column, as entered in the field under its header.

    Attributes:
        column: its name.
        test: the test of its cells.
        value: the value to compare with; nothing for `is missing` and `is there`, least and most for `between`
            (either may be empty), texts for `one of`.
    """

    column: str
    test: Test
    value: str | float | int | tuple[str, ...] = ""

    def expression(self) -> str:
        """The same in the language of expressions."""
        name = written(self.column)
        if isinstance(self.value, tuple):
            return self._of_several(name, [_quoted(each) if each else "" for each in self.value])
        if self.test == "is missing":
            return f"{name} is missing"
        if self.test == "is there":
            return f"{name} is not missing"
        value = self.value
        return f"{name} {self.test} {_quoted(value) if isinstance(value, str) else repr(value)}"

    def _of_several(self, name: str, values: list[str]) -> str:
        if self.test == "one of":
            return f"{name} in ({', '.join(value for value in values if value)})"
        low, high = values
        if low and high:
            return f"{name} between {low} and {high}"
        return f"{name} >= {low}" if low else f"{name} <= {high}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class RowNumbers:
    """Selected rows of the file.

    Attributes:
        numbers: their numbers, from 0; numbers without a row are ignored.
        words: a description of these rows.
    """

    numbers: tuple[int, ...]
    words: str
    column: str = ""  # applies to no column

    def condition(self) -> Condition:
        return Condition("data.rowid IN (SELECT unnest(CAST(? AS BIGINT[])))", (list(self.numbers),))


Where = str | Sequence["ColumnFilter | RowNumbers | str"] | None


class View:
    """Some rows of a table, in a given order; made by `Table.select`. Ends with its table or its last reference.

    Attributes:
        table: the table.
        row_count: rows of the view.
        order: columns, each with True for descending.
    """

    def __init__(self, table: "Table", name: str | None, row_count: int, order: Order) -> None:
        """`name`: of the temporary table with the row numbers; None for all rows in the file's order."""
        self.table = table
        self.row_count = row_count
        self.order = tuple(order)
        self._name = name
        if name is not None:
            weakref.finalize(self, table.forgotten.append, name).atexit = False

    @property
    def name(self) -> str | None:
        """The table of row numbers (`number`, in the order of its `rowid`); None for all rows in the file's order."""
        return self._name

    @property
    def source(self) -> str:
        """SQL to follow FROM: the rows of the view as `data`, in no order."""
        return "data" if self._name is None else f"data SEMI JOIN {self._name} AS chosen ON data.rowid = chosen.number"

    def page(self, offset: int, limit: int) -> list[Row]:
        """Rows `offset` to `offset + limit` of the view."""
        return self.table.rows(self.numbers(offset, limit))

    def numbers(self, offset: int, limit: int) -> Sequence[int]:
        """The same rows' numbers in the file, from 0."""
        begin = min(max(offset, 0), self.row_count)
        end = min(begin + max(limit, 0), self.row_count)
        if self._name is None:
            return range(begin, end)
        with self.table.reading() as cursor:
            sql = f"SELECT number FROM {self._name} WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
            return [number for (number,) in cursor.execute(sql, [begin, end]).fetchall()]

    def place_of(self, number: int) -> int | None:
        """The position of a row of the file (from 0) in this view; None if it is not among its rows."""
        if self._name is None:
            return number if 0 <= number < self.row_count else None
        with self.table.reading() as cursor:
            row = cursor.execute(f"SELECT rowid FROM {self._name} WHERE number = ?", [number]).fetchone()
        return None if row is None else int(row[0])

    def counts(self, column: str) -> dict[str, int]:
        """How often each text occurs in a column, the most frequent first; empty cells count as ''."""
        cell = self.table.cells.cell(self.table.known(column))
        sql = f"SELECT coalesce({cell}, ''), count(*) FROM {self.source} GROUP BY 1 ORDER BY 2 DESC, 1"
        with self.table.reading() as cursor:
            return dict(cursor.execute(sql).fetchall())

    def find(
        self,
        text: str,
        start_row: int = 0,
        columns: Sequence[str] | None = None,
        *,
        backwards: bool = False,
        should_stop: ShouldStop | None = None,
    ) -> tuple[int, str] | None:
        """The first cell that contains a text, ignoring case: its row in this view, and its column.

        Args:
            text: the text to find.
            start_row: the first row to search; the search ends at the view's last row (first, if backwards).
            columns: where to search, in display order; all if None.
        """
        names = [self.table.known(name) for name in (columns if columns is not None else self.table.columns)]
        if not text or not names or not 0 <= start_row < self.row_count:
            return None
        size, begin = _FIRST_ROWS, start_row
        while 0 <= begin < self.row_count:
            check(should_stop or never)
            low, high = (begin - size + 1, begin + 1) if backwards else (begin, begin + size)
            if (row := self._first(text, max(low, 0), high, names, backwards)) is not None:
                cells = dict(zip(self.table.columns, self.page(row, 1)[0], strict=True))
                return row, next((name for name in names if text.lower() in (cells[name] or "").lower()), names[0])
            begin = low - 1 if backwards else high
            size = min(2 * size, _MOST_ROWS)
        return None

    def _first(self, text: str, low: int, high: int, names: Sequence[str], backwards: bool) -> int | None:
        """The first (last, if backwards) row from `low` to before `high` that has the text in one of the columns."""
        chosen = self._name is not None
        place = "chosen.rowid" if chosen else "data.rowid"
        source = f"data JOIN {self._name} AS chosen ON data.rowid = chosen.number" if chosen else "data"
        hit = " OR ".join(f"contains(lower({self.table.cells.cell(name)}), lower(?))" for name in names)
        sql = f"""SELECT {"max" if backwards else "min"}({place}) FROM {source}
            WHERE {place} >= ? AND {place} < ? AND ({hit})"""
        with self.table.reading() as cursor:
            row = cursor.execute(sql, [low, high, *[text] * len(names)]).fetchone()
        return None if row is None or row[0] is None else int(row[0])


def condition(table: "Table", where: Where) -> Condition | None:
    """The condition of a filter; None if it has none. Raises ExpressionError and InputError."""
    parts = [where] if isinstance(where, str) else where or ()
    found = []
    for part in parts:
        if isinstance(part, RowNumbers):
            found.append(part.condition())
            continue
        if isinstance(part, ColumnFilter):
            table.known(part.column)
            part = part.expression()
        if part.strip():
            found.append(compile_filter(part, table.cells))
    if not found:
        return None
    values = tuple(value for one in found for value in one.values)
    return Condition(" AND ".join(f"({one.sql})" for one in found), values)

"""A CSV file of any size as a table: read once into a temporary database, then paged, sorted, counted and streamed."""

# ruff: noqa: S608 - names in SQL come through identifier(), values are bound

import tempfile
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from exoplanet_desktop.catalogs.database import discard, identifier, literal, lock, open_database
from exoplanet_desktop.catalogs.loading import Loaded, load
from exoplanet_desktop.catalogs.progress import Report, ShouldStop, never, silent
from exoplanet_desktop.catalogs.reading import MISSING_TEXTS, sniff
from exoplanet_desktop.catalogs.records import BadLine
from exoplanet_desktop.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from duckdb import DuckDBPyConnection

_MISSING = ", ".join(literal(text) for text in MISSING_TEXTS)
_CELLS_AT_ONCE = 4_000_000
_COLUMNS_AT_ONCE = 200  # each expression of a query takes memory of its own


class Table:
    """The cells of a CSV file as texts, exactly as in the file and in its order; an empty cell is None.

    Threads may share a table. A `cursor()` belongs to one thread; SQL sees the cells as VARCHAR columns of the table
    `data`, whose `rowid` is the row's number from 0. After opening, SQL reaches no file outside the folders given.

    Attributes:
        layout: how the file was read, with notes on what was changed or guessed.
        columns: names.
        row_count: rows in the table.
        bad_lines: what was left out: the first 1,000 of `bad_count`.
        bad_count: records that were left out. `row_count + bad_count` is every record of the file.
    """

    def __init__(self, connection: "DuckDBPyConnection", folder: Path, loaded: Loaded) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._orders: dict[tuple[tuple[str, bool], ...], str] = {}
        self._finalizer = weakref.finalize(self, discard, connection, folder)
        self.layout = loaded.layout
        self.columns = loaded.layout.columns
        self.row_count = loaded.rows
        self.bad_count = loaded.bad_count
        self.bad_lines: tuple[BadLine, ...] = tuple(loaded.bad_lines)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        report: Report | None = None,
        should_stop: ShouldStop | None = None,
        exports: Sequence[Path] = (),
    ) -> Self:
        """Reads a file into a new table.

        Args:
            path: a CSV file.
            report, should_stop: see progress.
            exports: folders that COPY may write to, through a `cursor()`.

        Raises UnreadableFile, UnavailableError (disk or memory full) and Cancelled.
        """
        layout = sniff(path)
        folder = Path(tempfile.mkdtemp(prefix="exoplanet-desktop-table-"))
        connection = None
        try:
            connection = open_database(folder, len(layout.columns))
            loaded = load(connection, layout, folder, "data", report=report or silent, should_stop=should_stop or never)
            lock(connection, exports)
            return cls(connection, folder, loaded)
        except BaseException:
            discard(connection, folder)
            raise

    def close(self) -> None:
        """Removes the temporary files. Cursors are closed with it."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def cursor(self) -> "DuckDBPyConnection":
        """A DuckDB cursor for one thread."""
        with self._lock:
            return self._connection.cursor()

    def page(self, offset: int, limit: int, order: Sequence[tuple[str, bool]] = ()) -> list[tuple[str | None, ...]]:
        """Rows `offset` to `offset + limit` in an order: columns, each with True for descending.

        Numeric columns sort as numbers, others as texts, missing cells last; what is equal keeps the file's order.
        """
        with closing(self.cursor()) as cursor:
            if not order:
                sql = "SELECT * FROM data WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
            else:
                name = self._order(cursor, tuple(order))
                sql = f"""SELECT data.* FROM data JOIN (
                    SELECT rowid AS place, number FROM {name} WHERE rowid >= ? AND rowid < ?
                ) AS part ON data.rowid = part.number ORDER BY part.place"""
            rows: list[tuple[str | None, ...]] = cursor.execute(sql, [offset, offset + limit]).fetchall()
        return rows

    def counts(self, column: str) -> dict[str, int]:
        """How often each text stands in a column, the most frequent first; empty cells count as ''."""
        name = self._known(column)
        sql = f"SELECT coalesce({name}, ''), count(*) FROM data GROUP BY 1 ORDER BY 2 DESC, 1"
        with closing(self.cursor()) as cursor:
            return dict(cursor.execute(sql).fetchall())

    def texts(self, column: str) -> list[str | None]:
        """All cells of a column, in the file's order."""
        with closing(self.cursor()) as cursor:
            return [text for (text,) in cursor.execute(f"SELECT {self._known(column)} FROM data").fetchall()]

    def numbers(self, columns: Sequence[str], offset: int = 0, limit: int | None = None) -> "np.ndarray":
        """Numbers of some columns: float64, (rows, columns). What is missing, infinite or no number is NaN.

        A column that the table does not have is all NaN.
        """
        import numpy as np

        begin, end = self._range(offset, limit)
        numbers = np.empty((end - begin, len(columns)))
        done = 0
        size = max(1_000, _CELLS_AT_ONCE // max(1, len(columns)))
        for part, _ in self.batches(columns, (), offset, limit, size):
            numbers[done : done + len(part)] = part
            done += len(part)
        return numbers

    def batches(
        self,
        numbers: Sequence[str],
        texts: Sequence[str] = (),
        offset: int = 0,
        limit: int | None = None,
        size: int = 50_000,
    ) -> "Iterator[tuple[np.ndarray, list[np.ndarray]]]":
        """The table in parts of at most `size` rows, in order and in constant memory.

        Each part: an array as `numbers` gives it, and for each of `texts` an array of str or None (None throughout
        where the table has no such column).
        """
        begin, end = self._range(offset, limit)
        there = set(self.columns)
        wanted = {f"n{i}": self._as_number(name) for i, name in enumerate(numbers) if name in there}
        wanted |= {f"t{i}": _cell(name) for i, name in enumerate(texts) if name in there}
        chosen = ", ".join(f"{sql} AS {key}" for key, sql in wanted.items()) or "1"
        sql = f"SELECT {chosen} FROM data WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
        with closing(self.cursor()) as cursor:
            for start in range(begin, end, size):
                found = cursor.execute(sql, [start, min(start + size, end)]).fetchnumpy()
                rows = min(start + size, end) - start
                yield (
                    _matrix(rows, [found.get(f"n{i}") for i in range(len(numbers))]),
                    [_objects(rows, found.get(f"t{i}")) for i in range(len(texts))],
                )

    @cached_property
    def numeric(self) -> frozenset[str]:
        """Columns whose cells are numbers, as far as they are not missing."""
        parts = range(0, len(self.columns), _COLUMNS_AT_ONCE)
        return frozenset().union(*(self._numeric(self.columns[start : start + _COLUMNS_AT_ONCE]) for start in parts))

    def _numeric(self, columns: Sequence[str]) -> frozenset[str]:
        tests = ", ".join(
            f"bool_and({self._as_number(name)} IS NOT NULL OR coalesce({_cell(name)}, '') IN ({_MISSING}))"
            for name in columns
        )
        with closing(self.cursor()) as cursor:
            row: Any = cursor.execute(f"SELECT {tests} FROM data").fetchone()
        return frozenset(name for name, all_numbers in zip(columns, row, strict=True) if all_numbers)

    def _range(self, offset: int, limit: int | None) -> tuple[int, int]:
        begin = min(max(offset, 0), self.row_count)
        return begin, self.row_count if limit is None else min(begin + max(limit, 0), self.row_count)

    def _known(self, column: str) -> str:
        if column not in self.columns:
            raise InputError(f"{self.layout.path.name} has no column `{column}`. Choose one of its columns.")
        return _cell(column)

    def _as_number(self, column: str) -> str:
        text = _cell(column)
        if self.layout.decimal == ",":
            text = f"replace({text}, ',', '.')"
        return f"try_cast({text} AS DOUBLE)"

    def _order(self, cursor: "DuckDBPyConnection", order: tuple[tuple[str, bool], ...]) -> str:
        """The name of a table with the row numbers in an order; made once, for all its pages."""
        keys = ", ".join(f"{self._sort_key(column)} {'DESC' if down else 'ASC'} NULLS LAST" for column, down in order)
        with self._lock:
            if order not in self._orders:
                name = f"order_{len(self._orders)}"
                cursor.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT rowid AS number FROM data ORDER BY {keys}, 1")
                self._orders[order] = name
            return self._orders[order]

    def _sort_key(self, column: str) -> str:
        name = self._known(column)
        value = self._as_number(column) if column in self.numeric else name
        return f"CASE WHEN {name} IN ({_MISSING}) THEN NULL ELSE {value} END"


def _cell(column: str) -> str:
    """A column in SQL; with its table, because names of the query's own could be those of columns."""
    return f"data.{identifier(column)}"


def _matrix(rows: int, columns: "list[np.ndarray | None]") -> "np.ndarray":
    import numpy as np

    matrix = np.full((rows, len(columns)), np.nan)
    for place, values in enumerate(columns):
        if values is not None:
            matrix[:, place] = np.ma.filled(values, np.nan)
    matrix[np.isinf(matrix)] = np.nan
    return matrix


def _objects(rows: int, values: "np.ndarray | None") -> "np.ndarray":
    import numpy as np

    if values is None:
        return np.full(rows, None, dtype=object)
    objects = np.asarray(values.data if isinstance(values, np.ma.MaskedArray) else values, dtype=object)
    if isinstance(values, np.ma.MaskedArray):
        objects[np.ma.getmaskarray(values)] = None
    return objects

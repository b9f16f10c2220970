"""A CSV file of any size as a table: read once into a temporary database, then paged, sorted, counted and streamed."""

# ruff: noqa: S608 - names in SQL come through identifier(), values are bound

import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from exoplanet_desktop.catalogs.base.database import (
    MEMORY_MB,
    ROOMY_MB,
    discard,
    lock,
    open_database,
    roomy,
    run,
    settle,
    some_at_once,
)
from exoplanet_desktop.catalogs.base.lines import Lines
from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check, never, silent
from exoplanet_desktop.catalogs.facts.physics import NUMBERS
from exoplanet_desktop.catalogs.reading.layout import Layout, sniff
from exoplanet_desktop.catalogs.reading.records import BadLine
from exoplanet_desktop.catalogs.tables.account import CellIssue, account_of
from exoplanet_desktop.catalogs.tables.cells import Cells, ColumnKind, ColumnSurvey, kind_of, text_kind
from exoplanet_desktop.catalogs.tables.loading import Loaded, load
from exoplanet_desktop.catalogs.tables.view import Order, Row, View, Where, condition
from exoplanet_desktop.errors import BugError, Cancelled, InputError
from exoplanet_desktop.files.temporary import need_space, own_folder

if TYPE_CHECKING:
    import numpy as np
    from duckdb import DuckDBPyConnection

    # A circle: a summary is made of a table, and a table gives its summaries by `summary`.
    from exoplanet_desktop.catalogs.tables.summary import ColumnSummary


_CELLS_AT_ONCE = 4_000_000
_POLL_S = 0.02
_LONGEST_END_S = 10.0  # that an interrupted statement takes to end
_ROW_BYTES = 24  # for a row's number and for each of its keys, while rows are sorted


class Table:
    """The cells of a CSV file as texts, exactly as in the file and in its order; an empty cell is None.

    Threads may share a table. A `cursor()` belongs to one thread; SQL sees the cells as VARCHAR columns of the table
    `data`, whose `rowid` is the row's number from 0. After opening, SQL reaches no file outside the folders given.

    Attributes:
        layout: how the file was read, with notes on what was changed or guessed.
        columns: names.
        row_count: rows in the table.
        bad_lines: the first 1,000 of the records that were left out.
        bad_count: records that were left out. `row_count + bad_count` is every record of the file.
        partial: reading was stopped; this is what had been read by then.
        cells: SQL for the cells.
        exports: the folder that queries may write to, inside the temporary one.
        forgotten: tables of unreferenced views, dropped when the next view is made.
    """

    def __init__(self, connection: "DuckDBPyConnection", folder: Path, loaded: Loaded) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._ended = threading.Condition(self._lock)
        self._reading: list[DuckDBPyConnection] = []
        self._closed = False
        self._making = threading.Lock()  # only one view is made at a time, while reading pages continues
        self._writing = threading.Lock()
        self._made = 0
        self.forgotten: deque[str] = deque()
        self._kinds: dict[str, ColumnKind] = {}
        self._index = loaded.index
        self._lines = Lines(loaded.layout.first_row, loaded.index, loaded.shifts)
        self.exports = export_folder(folder)
        self._finalizer = weakref.finalize(self, discard, connection, folder)
        self.layout = loaded.layout
        self.columns = loaded.layout.columns
        self.row_count = loaded.rows
        self.bad_count = loaded.bad_count
        self.bad_lines: tuple[BadLine, ...] = tuple(loaded.bad_lines)
        self.partial = loaded.partial
        self._columns_there = frozenset(self.columns)
        kind = weakref.WeakMethod(self._kind)
        self.cells = Cells(self.columns, self.layout.decimal, lambda column: _alive(kind())(column))

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        report: Report | None = None,
        should_stop: ShouldStop | None = None,
        exports: Sequence[Path] = (),
        layout: Layout | None = None,
        keep_partial: bool | Callable[[], bool] = False,
        lean: bool = False,
        roomy_mb: int = ROOMY_MB,
    ) -> Self:
        """Reads a file into a new table.

        Args:
            path: a CSV file, plain or compressed with gzip.
            report, should_stop: see progress; the share counts the file's bytes.
            exports: folders that COPY may write to, through a `cursor()`.
            layout: how to read it, instead of detecting it: `sniff(path, ReadingOptions(...))`.
            keep_partial: whether to keep what was read when `should_stop` returns true; the table is then `partial`.
            lean: for a window that keeps tables open: keep little in memory once it is read (96 MB in place of 384),
                and take more while it is read, as only one is read at a time.
            roomy_mb: how much more (MB of DuckDB's own memory).

        Raises UnreadableFile, UnavailableError (disk or memory full) and Cancelled.
        """
        layout = layout or sniff(path)
        if layout.path != path:
            raise BugError(f"The layout is that of {layout.path.name}, not of {path.name}.")
        keep = keep_partial if callable(keep_partial) else lambda: bool(keep_partial)
        folder = own_folder("table")
        connection = None
        try:
            connection = open_database(folder, len(layout.columns), memory_mb=roomy_mb if lean else MEMORY_MB)
            loaded = load(
                connection,
                layout,
                folder,
                "data",
                report=report or silent,
                should_stop=should_stop or never,
                keep_partial=keep,
            )
            if lean:
                settle(connection, len(layout.columns))
            lock(connection, [*exports, export_folder(folder)])
            return cls(connection, folder, loaded)
        except BaseException:
            discard(connection, folder)
            raise

    def close(self) -> None:
        """Removes the temporary files. Other threads that are still reading or sorting get Cancelled."""
        with self._ended:
            self._closed = True
            until = time.monotonic() + _LONGEST_END_S
            while self._reading and time.monotonic() < until:
                for cursor in self._reading:
                    cursor.interrupt()  # repeatedly: an interrupt before a statement starts is lost
                self._ended.wait(_POLL_S)
            self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def cursor(self) -> "DuckDBPyConnection":
        """A DuckDB cursor for one thread. Raises Cancelled if the table is closed."""
        with self._lock:
            if self._closed:
                raise Cancelled("The table was closed.")
            return self._connection.cursor()

    @contextmanager
    def reading(self) -> "Iterator[DuckDBPyConnection]":
        """A cursor that is closed at the end of the block, which ends with Cancelled if the table is closed."""
        cursor = self.cursor()
        with self._lock:
            self._reading.append(cursor)
        try:
            yield cursor
        except Exception:
            if self._closed:
                raise Cancelled("The table was closed.") from None
            raise
        finally:
            with self._ended:
                self._reading = [each for each in self._reading if each is not cursor]
                cursor.close()
                self._ended.notify_all()

    @contextmanager
    def writing(self) -> "Iterator[DuckDBPyConnection]":
        """A cursor with memory for work on all rows; only one at a time."""
        with self._writing, self.reading() as cursor, roomy(cursor, len(self.columns)):
            yield cursor

    def select(
        self,
        where: Where = None,
        order: Order = (),
        *,
        report: Report | None = None,
        should_stop: ShouldStop | None = None,
    ) -> View:
        """The rows that satisfy a condition, in a given order.

        Args:
            where: an expression (see expression), or filters of columns and expressions that must all hold; None for
                all rows.
            order: columns, each with True for descending. Numeric columns sort as numbers, whole ones exactly; others
                as texts; missing cells come last; ties keep the file's order.

        Raises ExpressionError, InputError for an unknown column, UnavailableError and Cancelled.
        """
        terms = [key for column, down in order for key in self.cells.sort_keys(self.known(column), down)]
        found = condition(self, where)
        if found is None and not terms:
            return View(self, None, self.row_count, ())
        needed = self.row_count * _ROW_BYTES * (1 + len(terms))
        need_space(self.exports, needed, "The sorted table" if terms else "The filtered table")
        with self._making, self.reading() as cursor:
            while self.forgotten:
                cursor.execute(f"DROP TABLE IF EXISTS {self.forgotten.popleft()}")
            name = f"view_{self._made}"
            self._made += 1
            sql = f"CREATE TABLE {name} AS SELECT data.rowid AS number FROM data"
            sql += f" WHERE {found.sql}" if found else ""
            sql += f" ORDER BY {', '.join([*terms, '1'])}" if terms else ""
            listeners: Any = {"report": report or silent, "should_stop": should_stop or never}
            run(cursor, sql, found.values if found else (), stage="sorting" if terms else "filtering", **listeners)
            row: Any = cursor.execute(f"SELECT count(*) FROM {name}").fetchone()
        return View(self, name, int(row[0]), order)

    def filtered(self, where: Where) -> View:
        """The rows that satisfy a condition, in the file's order; see `select`."""
        return self.select(where)

    def rows(self, numbers: Sequence[int]) -> list[Row]:
        """The rows with the given numbers (from 0), in the order requested."""
        if self._index is not None and (found := self._index.read(numbers)) is not None:
            return found
        if not numbers:
            return []
        low, high = min(numbers), max(numbers) + 1
        with self.reading() as cursor:
            if isinstance(numbers, range):
                sql = "SELECT * FROM data WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
                rows: list[Row] = cursor.execute(sql, [low, high]).fetchall()
                return rows
            listed = ", ".join(str(int(number)) for number in numbers)
            numbered = cursor.execute(
                f"""SELECT data.rowid, data.* FROM data JOIN (SELECT unnest([{listed}]) AS wanted) AS part
                    ON data.rowid = part.wanted"""
            ).fetchall()
        by_number = {row[0]: row[1:] for row in numbered}
        return [by_number[number] for number in numbers]

    def page(self, offset: int, limit: int) -> list[Row]:
        """Rows `offset` to `offset + limit`, in the file's order."""
        return self.select().page(offset, limit)

    def summary(self, column: str, where: "View | None" = None, split: bool = True) -> "ColumnSummary":
        """Statistics of a column: see summary.summarise."""
        from exoplanet_desktop.catalogs.tables.summary import summarise

        return summarise(where or self.select(), column, split)

    def counts(self, column: str) -> dict[str, int]:
        """How often each text occurs in a column, the most frequent first; empty cells count as ''."""
        return self.select().counts(column)

    def texts(self, column: str) -> list[str | None]:
        """All cells of a column, in the file's order."""
        with closing(self.cursor()) as cursor:
            return [
                text for (text,) in cursor.execute(f"SELECT {self.cells.cell(self.known(column))} FROM data").fetchall()
            ]

    def numbers(self, columns: Sequence[str], offset: int = 0, limit: int | None = None) -> "np.ndarray":
        """Numbers of some columns: float64, (rows, columns). NaN for cells that are missing, infinite or not numbers.

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
        read = [name for name in numbers if name in there and name not in self.layout.texts]
        self.find_kinds(read)
        wanted = {f"n{i}": self.cells.number(name) for i, name in enumerate(numbers) if name in read}
        wanted |= {f"t{i}": self.cells.cell(name) for i, name in enumerate(texts) if name in there}
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
        """Columns whose cells are numbers, except missing ones; see numbers.MOST_UNREAD."""
        self.find_kinds(self.columns)
        return frozenset(column for column in self.columns if self._kinds[column].numeric)

    def account(
        self, columns: Sequence[str] | None = None, *, should_stop: ShouldStop | None = None
    ) -> tuple[CellIssue, ...]:
        """Cells that were not read as written, by column; of all columns if None.

        Columns of texts are skipped, unless they contain numbers in the archive's tables; a column that
        the table does not have is skipped. Raises Cancelled.
        """
        chosen = [name for name in (self.columns if columns is None else columns) if name in self._columns_there]
        self.find_kinds(chosen, should_stop or never)
        kinds = {name: self._kinds[name] for name in dict.fromkeys(chosen) if name not in self.layout.texts}
        return account_of(kinds, self.layout.units, self.lines_of)

    def line_of(self, row: int) -> int:
        """The line of the file, from 1, at which a row (from 0) begins."""
        return self.lines_of([row])[0]

    def lines_of(self, rows: Sequence[int]) -> list[int]:
        """The lines of the file, from 1, at which some rows (from 0) begin."""
        return self._lines.of(rows)

    def _kind(self, column: str) -> ColumnKind:
        if column not in self._kinds:
            self._learn([column])
        return self._kinds[column]

    def find_kinds(self, columns: Sequence[str], should_stop: ShouldStop = never) -> None:
        """Surveys some columns at once, so that the kinds of their cells are known. Raises Cancelled."""
        unknown = [column for column in dict.fromkeys(columns) if column not in self._kinds]
        for some in some_at_once(unknown):
            check(should_stop)
            self._learn(some, should_stop)

    def _learn(self, columns: Sequence[str], should_stop: ShouldStop = never) -> None:
        surveys = ", ".join(self.cells.survey(column) for column in columns)
        with self.reading() as cursor:
            row: Any = cursor.execute(f"SELECT {surveys} FROM data").fetchone()
            for place, name in enumerate(columns):
                filled, cast, least, most, long, doubtful = row[6 * place : 6 * place + 6]
                survey = ColumnSurvey(filled, cast, least, most, bool(long), bool(doubtful))
                self._kinds[name] = self._kind_of(cursor, name, survey)
                check(should_stop)

    def _kind_of(self, cursor: "DuckDBPyConnection", column: str, survey: ColumnSurvey) -> ColumnKind:
        as_text, expected = column in self.layout.texts, column in NUMBERS
        if survey.plain(column):
            return ColumnKind(not as_text, survey.long)
        if as_text or not expected:
            look: Any = cursor.execute(f"SELECT {self.cells.look(column)} FROM data").fetchone()
            if as_text or survey.texts(column, *look):
                mixed = not as_text and survey.mixed(*look)
                rows = cursor.execute(self.cells.inspection(column)).fetchall() if mixed else ()
                return text_kind(survey, look[0], rows)
        return kind_of(column, survey, cursor.execute(self.cells.inspection(column)).fetchall(), expected)

    def _range(self, offset: int, limit: int | None) -> tuple[int, int]:
        begin = min(max(offset, 0), self.row_count)
        return begin, self.row_count if limit is None else min(begin + max(limit, 0), self.row_count)

    def known(self, column: str) -> str:
        """The column's exact name. Raises InputError if the table has no such column."""
        if column not in self._columns_there:
            raise InputError(f"{self.layout.path.name} has no column `{column}`. Choose one of its columns.")
        return column


def export_folder(folder: Path) -> Path:
    """The folder that a table's queries may write to, inside its temporary folder."""
    place = folder / "out"
    place.mkdir(exist_ok=True)
    return place


def _alive(kind: "Callable[[str], ColumnKind] | None") -> "Callable[[str], ColumnKind]":
    if kind is None:
        raise BugError("The table is closed.")
    return kind


def _matrix(rows: int, columns: "list[np.ndarray | None]") -> "np.ndarray":
    """float64, (rows, columns): what is NULL or infinite, and a column that is None, is NaN."""
    import numpy as np

    numbers = np.full((rows, len(columns)), np.nan)
    for place, values in enumerate(columns):
        if values is not None:
            numbers[:, place] = np.ma.filled(values, np.nan)
    numbers[np.isinf(numbers)] = np.nan
    return numbers


def _objects(rows: int, values: "np.ndarray | None") -> "np.ndarray":
    """str or None; None throughout where there are no values."""
    import numpy as np

    if values is None:
        return np.full(rows, None, dtype=object)
    cells = np.asarray(values.data if isinstance(values, np.ma.MaskedArray) else values, dtype=object)
    if isinstance(values, np.ma.MaskedArray):
        cells[np.ma.getmaskarray(values)] = None
    return cells

"""A temporary DuckDB database on disk: opened with little memory, interruptible, locked down."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check, never, silent
from exoplanet_desktop.errors import Cancelled, UnavailableError
from exoplanet_desktop.files.temporary import discard_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_MB = 384  # DuckDB's limit, not the process's: measured peak 330 MB for 1 M rows of 49 columns
ROOMY_MB = 1000  # measured process peak 930 MB, 257 MB after `settle`
_SETTLED_MB = 96
_NARROW = 200  # this memory suffices for so many columns
_COLUMN_MB = 0.4
_THREADS = 4
_COLUMNS_AT_ONCE = 16  # query planning takes longer than linear time: for 5,000 columns, 19 s by 200, 4 s by 16
_POLL_S = 0.05


def identifier(name: str) -> str:
    """A column name, quoted for SQL.

    >>> print(identifier('one "two" three'))
    "one ""two"" three"
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text, quoted for SQL."""
    return "'" + text.replace("'", "''") + "'"


def some_at_once(columns: Sequence[str]) -> Iterator[Sequence[str]]:
    """Columns, or an expression for each, in parts that suit one statement.

    >>> [len(part) for part in some_at_once(["koi_period"] * 40)]
    [16, 16, 8]
    """
    for start in range(0, len(columns), _COLUMNS_AT_ONCE):
        yield columns[start : start + _COLUMNS_AT_ONCE]


def open_database(folder: Path, columns: int, *, memory_mb: int = MEMORY_MB) -> "DuckDBPyConnection":
    """Open a new database in its own folder, which also holds data that exceeds the memory.

    Reading needs some memory for each column, however few rows there are. `memory_mb`: DuckDB's memory limit until
    `settle` lowers it; with `ROOMY_MB` a long file is read a third faster.
    """
    import duckdb

    connection = duckdb.connect(
        str(folder / "table.duckdb"),
        config={
            "threads": min(_THREADS, os.cpu_count() or 1),
            "memory_limit": _limit(memory_mb, columns),
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        },
    )
    # Compressing texts takes half of the reading time, and the digits of a good catalog hardly shrink.
    connection.execute("PRAGMA force_compression = 'uncompressed'")
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    return connection


def settle(connection: "DuckDBPyConnection", columns: int) -> None:
    """After reading: lower the memory limit and release the memory that reading used."""
    connection.execute("CHECKPOINT")
    connection.execute(f"SET memory_limit = '{_limit(_SETTLED_MB, columns)}'")


@contextmanager
def roomy(connection: "DuckDBPyConnection", columns: int) -> Iterator[None]:
    """Allow as much memory as for reading, for work on all rows; afterwards restore the limit."""
    (before,) = connection.execute("SELECT current_setting('memory_limit')").fetchone() or ("",)
    connection.execute(f"SET memory_limit = '{_limit(MEMORY_MB, columns)}'")
    try:
        yield
    finally:
        connection.execute(f"SET memory_limit = '{before}'")


def _limit(memory_mb: int, columns: int) -> str:
    return f"{memory_mb + max(0, columns - _NARROW) * _COLUMN_MB:.0f}MB"


def discard(connection: "DuckDBPyConnection | None", folder: Path) -> None:
    """Closes a database and removes its folder, which `own_folder` made."""
    try:
        if connection is not None:
            connection.close()
    finally:
        discard_folder(folder)


def lock(connection: "DuckDBPyConnection", folders: Sequence[Path]) -> None:
    """From now on, SQL can read and write only in these folders, and cannot undo that.

    Other settings stay free, because the memory limit changes with the work.
    """
    allowed = ", ".join(literal(str(folder.resolve())) for folder in folders)
    connection.execute(f"SET allowed_directories = [{allowed}]")
    connection.execute("SET enable_external_access = false")


def run(
    connection: "DuckDBPyConnection",
    sql: str,
    parameters: Sequence[object] = (),
    *,
    stage: str = "working",
    report: Report = silent,
    should_stop: ShouldStop = never,
) -> int:
    """Executes a statement in its own thread, so that the caller's can report and check for cancellation.

    Returns the number of rows written. Raises Cancelled, UnavailableError if disk or memory is full, and
    duckdb.Error for other failures.
    """
    return run_all([(connection, sql, parameters)], stage=stage, report=report, should_stop=should_stop)[0]


def run_all(
    statements: "Sequence[tuple[DuckDBPyConnection, str, Sequence[object]]]",
    *,
    stage: str,
    report: Report = silent,
    should_stop: ShouldStop = never,
) -> list[int]:
    """Executes statements concurrently, each with its own connection (cursor); see `run`."""
    import duckdb

    report(0.0, stage)
    check(should_stop)
    works = [_Work(*statement) for statement in statements]
    done = 0.0
    try:
        while not all(work.done.wait(_POLL_S / len(works)) for work in works):
            check(should_stop)
            if any(work.failure for work in works):
                break
            done = max(done, sum(work.progress for work in works) / len(works))  # DuckDB removes it on exit
            report(done, stage)
    finally:
        for work in works:
            work.end()
    # The error that stopped the others takes precedence over their interruptions.
    failures = [work.failure for work in works if work.failure is not None]
    failures.sort(key=lambda failure: isinstance(failure, duckdb.InterruptException))
    if failures and isinstance(failures[0], duckdb.InterruptException):
        raise Cancelled("Stopped, as asked.") from None
    if failures:
        raise full(failures[0]) or failures[0]
    return [work.written for work in works]


class _Work:
    """A statement running in its own thread."""

    def __init__(self, connection: "DuckDBPyConnection", sql: str, parameters: Sequence[object]) -> None:
        self.done = threading.Event()
        self.failure: BaseException | None = None
        self.written = 0
        self._connection = connection
        self._thread = threading.Thread(target=self._execute, args=(sql, list(parameters)), name="duckdb", daemon=True)
        self._thread.start()

    def _execute(self, sql: str, parameters: list[object]) -> None:
        try:
            row = self._connection.execute(sql, parameters).fetchone()
            if row and isinstance(row[0], int):
                self.written = row[0]
        except BaseException as error:  # passed to the caller's thread
            self.failure = error
        finally:
            self.done.set()

    @property
    def progress(self) -> float:
        return 1.0 if self.done.is_set() else max(self._connection.query_progress(), 0.0) / 100

    def end(self) -> None:
        """Interrupts the statement if it is still running."""
        while not self.done.is_set():  # repeatedly: an interrupt before the statement starts is lost
            self._connection.interrupt()
            self.done.wait(_POLL_S)
        self._thread.join()


def full(error: BaseException) -> UnavailableError | None:
    """The message for exhausted memory or disk; None for any other error."""
    import duckdb

    if isinstance(error, duckdb.OutOfMemoryException):
        return UnavailableError("There is not enough memory for this table. Close other programs or use fewer columns.")
    if "No space left" in str(error):
        return UnavailableError("The disk with the temporary files is full. Free some space and try again.")
    return None

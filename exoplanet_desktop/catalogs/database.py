"""A temporary DuckDB database on disk: opened with little memory, filled from a CSV file, then locked."""

# ruff: noqa: S608 - names in SQL come through identifier() or literal(), values are bound

import csv
import os
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.catalogs.progress import Report, ShouldStop, check, never, silent, within
from exoplanet_desktop.catalogs.reading import Layout, read_records
from exoplanet_desktop.catalogs.records import BadLine
from exoplanet_desktop.catalogs.scan import Scan
from exoplanet_desktop.errors import BugError, Cancelled, UnavailableError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_BAD_LINES = 1_000  # that are kept; the rest is counted
_MEMORY = "384MB"  # DuckDB's own, not that of the process: measured peak 330 MB for 1 M rows of 49 columns
_THREADS = 4
_POLL_S = 0.05
_CHECK_ROWS = 20_000


@dataclass
class Loaded:
    """What came out of reading a file: rows in the table, and what was left out."""

    rows: int = 0
    bad_count: int = 0
    bad_lines: list[BadLine] = field(default_factory=list)


def identifier(name: str) -> str:
    """A column's name as SQL wants it.

    >>> print(identifier('one "two" three'))
    "one ""two"" three"
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL wants it."""
    return "'" + text.replace("'", "''") + "'"


def open_database(folder: Path) -> "DuckDBPyConnection":
    """A new database in a folder of its own, which also takes what does not fit the memory."""
    import duckdb

    connection = duckdb.connect(
        str(folder / "table.duckdb"),
        config={
            "threads": min(_THREADS, os.cpu_count() or 1),
            "memory_limit": _MEMORY,
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        },
    )
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    return connection


def lock(connection: "DuckDBPyConnection", folders: Sequence[Path]) -> None:
    """From here on, SQL may read and write in these folders alone, and cannot undo that."""
    allowed = ", ".join(literal(str(folder.resolve())) for folder in folders)
    connection.execute(f"SET allowed_directories = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def run(
    connection: "DuckDBPyConnection",
    sql: str,
    parameters: Sequence[object] = (),
    *,
    stage: str = "working",
    report: Report = silent,
    should_stop: ShouldStop = never,
) -> None:
    """Executes one statement in a thread of its own, so that this one can report and be asked to stop.

    Raises Cancelled, UnavailableError where disk or memory is full, and duckdb.Error for the rest.
    """
    import duckdb

    failure: list[BaseException] = []
    done = threading.Event()

    def work() -> None:
        try:
            connection.execute(sql, list(parameters))
        except BaseException as error:  # handed to the caller's thread below
            failure.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=work, name="duckdb", daemon=True)
    thread.start()
    try:
        while not done.wait(_POLL_S):
            check(should_stop)
            report(max(connection.query_progress(), 0.0) / 100, stage)
    finally:
        while not done.is_set():  # again and again: an interrupt before the statement starts is lost
            connection.interrupt()
            done.wait(_POLL_S)
        thread.join()
    if failure and isinstance(failure[0], duckdb.InterruptException):
        raise Cancelled("Stopped, as asked.") from None
    if failure:
        raise full(failure[0]) or failure[0]


def full(error: BaseException) -> UnavailableError | None:
    """What to tell where memory or disk ran out; None where the error is another one."""
    import duckdb

    if isinstance(error, duckdb.OutOfMemoryException):
        return UnavailableError("There is not enough memory for this table. Close other programs or use fewer columns.")
    if "No space left" in str(error):
        return UnavailableError("The disk with the temporary files is full. Free some space and try again.")
    return None


def load_clean(
    connection: "DuckDBPyConnection", layout: Layout, scan: Scan, *, report: Report, should_stop: ShouldStop
) -> Loaded | None:
    """Fills the table `data` by DuckDB's reader; None where that does not find exactly the records of the scan."""
    import duckdb

    try:
        _read_csv(connection, layout, layout.path, layout.first_row - 1, scan.breaks, report, should_stop)
    except duckdb.Error:
        rows = -1
    else:
        rows = _count(connection)
    if rows != scan.records:
        connection.execute("DROP TABLE IF EXISTS data")
        return None
    return Loaded(rows)


def load_careful(
    connection: "DuckDBPyConnection", layout: Layout, folder: Path, *, report: Report, should_stop: ShouldStop
) -> Loaded:
    """Fills the table `data` from records read one by one, and keeps what is none of them."""
    copy = folder / "clean.csv"
    loaded = Loaded()
    try:
        with copy.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=layout.delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerows(_good(layout, loaded, within(report, 0, 0.6), should_stop))
        _read_csv(connection, layout, copy, 0, True, within(report, 0.6, 1), should_stop)
    except OSError as error:
        raise full(error) or error from None
    finally:
        copy.unlink(missing_ok=True)
    if _count(connection) != loaded.rows:
        raise BugError(f"{layout.path.name} has {loaded.rows:,} rows, but {_count(connection):,} were stored.")
    return loaded


def _good(layout: Layout, loaded: Loaded, report: Report, should_stop: ShouldStop) -> Iterator[tuple[str, ...]]:
    size = max(layout.path.stat().st_size, 1)
    characters = 0
    for number, record in enumerate(read_records(layout)):
        if number % _CHECK_ROWS == 0:
            check(should_stop)
            report(characters / size, "reading line by line")
        if isinstance(record, BadLine):
            loaded.bad_count += 1
            if loaded.bad_count <= MAX_BAD_LINES:
                loaded.bad_lines.append(record)
        else:
            loaded.rows += 1
            characters += sum(map(len, record.cells)) + len(record.cells)
            yield record.cells


def _read_csv(
    connection: "DuckDBPyConnection",
    layout: Layout,
    path: Path,
    skip: int,
    breaks: bool,
    report: Report,
    should_stop: ShouldStop,
) -> None:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in layout.columns)
    # DuckDB takes a path for a pattern. Line breaks in cells can be cut wrongly by its parallel reader.
    pattern = re.sub(r"([*?\[])", r"[\1]", str(path.resolve()))
    sql = f"""
        CREATE TABLE data AS SELECT * FROM read_csv(?, auto_detect = false, header = false, skip = {skip},
            delim = ?, quote = '"', escape = '"', columns = {{{columns}}}, compression = 'none',
            hive_partitioning = false, parallel = {str(not breaks).lower()})"""
    run(connection, sql, [pattern, layout.delimiter], stage="reading", report=report, should_stop=should_stop)


def _count(connection: "DuckDBPyConnection") -> int:
    row: Any = connection.execute("SELECT count(*) FROM data").fetchone()
    return int(row[0])

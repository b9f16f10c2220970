"""From a CSV file to a table of texts in a database, with every record of the file accounted for."""

# ruff: noqa: S608 - names in SQL come through identifier() or literal(), values are bound

import csv
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.catalogs.database import full, literal, run
from exoplanet_desktop.catalogs.progress import Report, ShouldStop, check, within
from exoplanet_desktop.catalogs.reading import Layout, as_latin1, no_rows, read_records, readable
from exoplanet_desktop.catalogs.records import BadLine
from exoplanet_desktop.catalogs.scan import Scan, scan
from exoplanet_desktop.errors import BugError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_BAD_LINES = 1_000  # that are kept; the rest is counted
_CHECK_ROWS = 20_000

log = logging.getLogger(__name__)


@dataclass
class Loaded:
    """What came out of reading a file.

    Attributes:
        layout: how it was read in the end.
        rows: rows in the table.
        bad_count: records that were left out; `rows + bad_count` is every record of the file.
        bad_lines: the first 1,000 of them.
    """

    layout: Layout
    rows: int = 0
    bad_count: int = 0
    bad_lines: list[BadLine] = field(default_factory=list)


def load(
    connection: "DuckDBPyConnection",
    layout: Layout,
    folder: Path,
    table: str,
    *,
    report: Report,
    should_stop: ShouldStop,
) -> Loaded:
    """Makes a table of VARCHAR columns from a file; `rowid` is the row's number, an empty cell is NULL.

    Raises UnreadableFile, UnavailableError (disk or memory full) and Cancelled.
    """
    with readable(layout.path):
        try:
            found = scan(layout, report=within(report, 0.0, 0.1), should_stop=should_stop)
        except UnicodeError:
            layout, found = as_latin1(layout), Scan(clean=False)
        target = _Target(connection, table, folder, within(report, 0.1, 1.0), should_stop)
        loaded = _load_clean(target, layout, found) if found.clean else None
        if loaded is None:
            log.info("%s is read line by line", layout.path.name)
            try:
                loaded = _load_careful(target, layout)
            except UnicodeError:
                loaded = _load_careful(target, as_latin1(layout))
    if not loaded.rows:
        raise no_rows(layout, loaded.bad_lines[0] if loaded.bad_lines else None)
    report(1.0, "read")
    return loaded


@dataclass(frozen=True)
class _Target:
    """Where the rows go, and who listens."""

    connection: "DuckDBPyConnection"
    table: str
    folder: Path
    report: Report
    should_stop: ShouldStop

    def count(self) -> int:
        row: Any = self.connection.execute(f"SELECT count(*) FROM {self.table}").fetchone()
        return int(row[0])

    def fill(self, layout: Layout, path: Path, skip: int, scan: Scan, report: Report) -> None:
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in layout.columns)
        # DuckDB takes a path for a pattern, and line ends inside cells for those of the file where it is left to guess;
        # its parallel reader may cut a file inside a cell.
        pattern = re.sub(r"([*?\[])", r"[\1]", str(path.resolve()))
        sql = f"""
            CREATE TABLE {self.table} AS SELECT * FROM read_csv(?, auto_detect = false, header = false, skip = {skip},
                delim = ?, quote = '"', escape = '"', new_line = ?, columns = {{{columns}}}, compression = 'none',
                hive_partitioning = false, parallel = {str(not scan.breaks).lower()})"""
        values = [pattern, layout.delimiter, "\\r\\n" if scan.returns else "\\n"]
        run(self.connection, sql, values, stage="reading", report=report, should_stop=self.should_stop)


def _load_clean(target: _Target, layout: Layout, scan: Scan) -> Loaded | None:
    """Lets DuckDB read the file; None where it does not find exactly the records of the scan."""
    import duckdb

    try:
        target.fill(layout, layout.path, layout.first_row - 1, scan, target.report)
        rows = target.count()
    except duckdb.Error:
        rows = -1
    if rows != scan.records:
        target.connection.execute(f"DROP TABLE IF EXISTS {target.table}")
        return None
    return Loaded(layout, rows)


def _load_careful(target: _Target, layout: Layout) -> Loaded:
    """Reads record by record into a clean copy, for DuckDB to read, and keeps what is no record."""
    copy = target.folder / "clean.csv"
    loaded = Loaded(layout)
    try:
        with copy.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=layout.delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerows(_rows(target, loaded))
        target.fill(layout, copy, 0, Scan(clean=True, breaks=True), within(target.report, 0.6, 1.0))
    except OSError as error:
        raise full(error) or error from None
    finally:
        copy.unlink(missing_ok=True)
    if target.count() != loaded.rows:
        raise BugError(f"{layout.path.name} has {loaded.rows:,} rows, but {target.count():,} were stored.")
    return loaded


def _rows(target: _Target, loaded: Loaded) -> Iterator[tuple[str, ...]]:
    report = within(target.report, 0.0, 0.6)
    size = max(loaded.layout.path.stat().st_size, 1)
    characters = 0
    for number, record in enumerate(read_records(loaded.layout)):
        if number % _CHECK_ROWS == 0:
            check(target.should_stop)
            report(characters / size, "reading line by line")
        if isinstance(record, BadLine):
            loaded.bad_count += 1
            if loaded.bad_count <= MAX_BAD_LINES:
                loaded.bad_lines.append(record)
        else:
            loaded.rows += 1
            characters += sum(map(len, record.cells)) + len(record.cells)
            yield record.cells

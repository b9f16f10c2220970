"""From a CSV file to a table of texts in a database, accounting for every record of the file."""

# ruff: noqa: S608 - names in SQL come through identifier() or literal(), values are bound

import csv
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.catalogs.base.database import full, literal, run
from exoplanet_desktop.catalogs.base.lines import Shifts
from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check, never, within
from exoplanet_desktop.catalogs.base.rowindex import RowIndex, signature
from exoplanet_desktop.catalogs.reading.decimals import settle_decimal
from exoplanet_desktop.catalogs.reading.layout import Layout, as_latin1, no_rows, read_records, readable
from exoplanet_desktop.catalogs.reading.naming import Conversion
from exoplanet_desktop.catalogs.reading.packing import open_bytes
from exoplanet_desktop.catalogs.reading.records import BadLine
from exoplanet_desktop.catalogs.reading.scan import Scan, scan
from exoplanet_desktop.errors import BugError, Cancelled, UnreadableFile
from exoplanet_desktop.files.temporary import need_space

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_BAD_LINES = 1_000  # of these, so many are kept; the rest is only counted
_CHECK_ROWS = 20_000
_BLOCK = 4_194_304  # bytes
CLEAN_COPY = Scan(clean=True, breaks=True)
GROWTH = 1.6  # bytes in the database per byte of the file: measured 1.45 for 49 columns of short cells

log = logging.getLogger(__name__)


@dataclass
class Loaded:
    """The result of reading a file.

    Attributes:
        layout: the layout finally used.
        rows: rows in the table.
        bad_count: records that were left out; `rows + bad_count` is every record of the file.
        bad_lines: the first 1,000 of them.
        index: where the rows begin in the file; None if it was read line by line.
        partial: reading was stopped; this is what had been read by then.
        quoted: cells may be in quotation marks.
        shifts: if it was read line by line: (row, line) wherever a row is not one line below the previous one.
    """

    layout: Layout
    rows: int = 0
    bad_count: int = 0
    bad_lines: list[BadLine] = field(default_factory=list)
    index: RowIndex | None = None
    partial: bool = False
    quoted: bool = True
    shifts: Shifts = field(default_factory=Shifts)


def load(
    connection: "DuckDBPyConnection",
    layout: Layout,
    folder: Path,
    table: str,
    *,
    report: Report,
    should_stop: ShouldStop,
    keep_partial: Callable[[], bool] = lambda: False,
) -> Loaded:
    """Makes a table of VARCHAR columns from a file; `rowid` is the row's number, an empty cell is NULL.

    `keep_partial`: called when reading is stopped: whether to keep what was read by then.

    Raises UnreadableFile, UnavailableError (disk or memory full) and Cancelled.
    """
    with readable(layout.path):
        given = layout
        layout = unpacked(layout, folder, within(report, 0.0, 0.1), should_stop)
        need_space(folder, int(layout.path.stat().st_size * GROWTH), f"The table {given.path.name}")
        target = _Target(connection, table, folder, within(report, 0.2, 1.0), should_stop, keep_partial)
        loaded = _load(target, layout, within(report, 0.1, 0.2))
        if loaded.rows:
            stop = (
                never if loaded.partial else should_stop
            )  # the rows read so far are kept, so they must be read correctly
            loaded.layout = settle_decimal(connection, table, loaded.layout, stop, quoted=loaded.quoted)
        loaded.layout = replace(
            loaded.layout,
            path=given.path,
            packed=given.packed,
            notes=(*loaded.layout.notes, *_partial_note(given, loaded)),
        )
    if not loaded.rows:
        raise no_rows_of(loaded)
    report(1.0, "read")
    return loaded


def _partial_note(layout: Layout, loaded: Loaded) -> tuple[str, ...]:
    note = f"Reading was stopped: these are the first {loaded.rows:,} rows of {layout.path.name}, not all."
    return (note,) if loaded.partial else ()


def unpacked(layout: Layout, folder: Path, report: Report, should_stop: ShouldStop, name: str = "data") -> Layout:
    """The layout of the decompressed copy of a file, in a folder; the layout itself if the file is not compressed."""
    if not layout.packed:
        return layout
    copy = folder / f"{name}.csv"
    size = max(layout.path.stat().st_size, 1)
    shown = layout.path.name
    need_space(folder, size, f"The file {shown}, unpacked,")
    try:
        with layout.path.open("rb") as raw, open_bytes(layout.path, layout.packed) as packed, copy.open("wb") as target:
            while block := packed.read(_BLOCK):
                check(should_stop)
                need_space(folder, len(block), f"The file {shown}, unpacked,")
                target.write(block)
                report(min(raw.tell() / size, 1.0), "unpacking")
    except OSError as error:
        raise full(error) or error from None
    return replace(layout, path=copy, packed="")


def no_rows_of(loaded: Loaded) -> UnreadableFile:
    """The error for a file without a row."""
    return no_rows(loaded.layout, loaded.bad_lines[0] if loaded.bad_lines else None, loaded.bad_count)


def _load(target: "_Target", layout: Layout, report: Report) -> Loaded:
    starts = target.folder / f"{target.table}.starts"
    with layout.path.open("rb") as file:
        index = RowIndex(layout.path, starts, layout.delimiter, len(layout.columns), signature(file))
    try:
        found = scan(layout, starts=starts, report=report, should_stop=target.should_stop)
    except UnicodeError:
        layout, found = as_latin1(layout), Scan(clean=False)
    loaded = _load_clean(target, layout, found, index) if found.clean else None
    if loaded is None:
        log.info("%s is read line by line", layout.path.name)
        starts.unlink(missing_ok=True)
        try:
            loaded = _load_careful(target, layout)
        except UnicodeError:
            loaded = _load_careful(target, as_latin1(layout))
    return loaded


@dataclass(frozen=True)
class _Target:
    """The destination of the rows, and the progress callbacks."""

    connection: "DuckDBPyConnection"
    table: str
    folder: Path
    report: Report
    should_stop: ShouldStop
    keep_partial: Callable[[], bool]

    def count(self) -> int:
        row: Any = self.connection.execute(f"SELECT count(*) FROM {self.table}").fetchone()
        return int(row[0])

    def fill(self, layout: Layout, path: Path, skip: int, scan: Scan, report: Report, limit: int | None = None) -> None:
        sql = f"CREATE TABLE {self.table} AS SELECT * FROM {csv_source(layout, path, skip, scan)}"
        if limit is not None:
            sql += f" LIMIT {limit}"
        stop = self.should_stop if limit is None else never
        run(self.connection, sql, stage="reading", report=report, should_stop=stop)


def csv_source(layout: Layout, path: Path, skip: int, scan: Scan) -> str:
    """SQL that reads a clean file: VARCHAR columns, rows in order."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in layout.columns)
    # DuckDB would take the path for a glob pattern, and guess line ends inside cells as those of the file; its parallel
    # reader may split a file inside a cell.
    pattern = re.sub(r"([*?\[])", r"[\1]", str(path.resolve()))
    end = "\\r\\n" if scan.returns else "\\n"
    return f"""read_csv({literal(pattern)}, auto_detect = false, header = false, skip = {skip},
        delim = {literal(layout.delimiter)}, quote = '"', escape = '"', new_line = {literal(end)},
        columns = {{{columns}}}, compression = 'none', hive_partitioning = false,
        parallel = {str(not scan.breaks).lower()})"""


def _load_clean(target: _Target, layout: Layout, scan: Scan, index: RowIndex) -> Loaded | None:
    """Lets DuckDB read the file; None if it does not find exactly the records of the scan."""
    import duckdb

    skip, share = layout.first_row - 1, 0.0

    def listen(done: float, stage: str) -> None:
        nonlocal share
        share = done
        target.report(done, stage)

    wanted = scan.records
    try:
        target.fill(layout, layout.path, skip, scan, listen)
        rows = target.count()
    except Cancelled:
        wanted = int(scan.records * share)
        if not wanted or not target.keep_partial():
            raise
        # A stopped statement loses what it read: that much is read again.
        target.connection.execute(f"DROP TABLE IF EXISTS {target.table}")
        target.fill(layout, layout.path, skip, scan, target.report, wanted)
        rows = target.count()
    except duckdb.Error:
        rows = -1
    if rows != wanted:
        target.connection.execute(f"DROP TABLE IF EXISTS {target.table}")
        return None
    return Loaded(layout, rows, index=index, partial=wanted != scan.records, quoted=not scan.plain)


def _load_careful(target: _Target, layout: Layout) -> Loaded:
    """Reads record by record into a clean copy for DuckDB, and keeps the lines that are not records."""
    copy = target.folder / f"{target.table}.clean.csv"
    size = int(layout.path.stat().st_size * GROWTH)
    need_space(target.folder, 2 * size, f"The table {layout.path.name}")  # the copy, and the database
    try:
        loaded = clean_copy(
            layout, copy, within(target.report, 0.0, 0.6), target.should_stop, keep_partial=target.keep_partial
        )
        rest = within(target.report, 0.6, 1.0)
        limit = loaded.rows if loaded.partial else None
        target.fill(layout, copy, 0, CLEAN_COPY, rest, limit)
    finally:
        copy.unlink(missing_ok=True)
    if target.count() != loaded.rows:
        raise BugError(f"{layout.path.name} has {loaded.rows:,} rows, but {target.count():,} were stored.")
    return loaded


def clean_copy(
    layout: Layout,
    copy: Path,
    report: Report,
    should_stop: ShouldStop,
    keep_partial: Callable[[], bool] = lambda: False,
) -> Loaded:
    """Writes the records of a file as UTF-8, every cell quoted and in the archive's unit; keeps the lines that are not
    records.

    Raises UnicodeError.
    """
    loaded = Loaded(layout)
    try:
        with copy.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=layout.delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerows(_rows(loaded, report, should_stop, keep_partial))
    except OSError as error:
        raise full(error) or error from None
    return loaded


def _rows(
    loaded: Loaded, report: Report, should_stop: ShouldStop, keep_partial: Callable[[], bool]
) -> Iterator[tuple[str, ...]]:
    layout = loaded.layout
    size = max(layout.path.stat().st_size, 1)
    convert = [
        (place, layout.conversions[name]) for place, name in enumerate(layout.columns) if name in layout.conversions
    ]
    characters = 0
    for number, record in enumerate(read_records(layout)):
        if number % _CHECK_ROWS == 0:
            if should_stop():
                loaded.partial = bool(loaded.rows) and keep_partial()
                if loaded.partial:
                    return
                check(should_stop)
            report(characters / size, "reading line by line")
        if isinstance(record, BadLine):
            loaded.bad_count += 1
            if loaded.bad_count <= MAX_BAD_LINES:
                loaded.bad_lines.append(record)
        else:
            loaded.shifts.add(loaded.rows, record.line)
            loaded.rows += 1
            characters += sum(map(len, record.cells)) + len(record.cells)
            yield converted(record.cells, convert, layout.decimal) if convert else record.cells


def converted(cells: tuple[str, ...], convert: Sequence[tuple[int, Conversion]], decimal: str) -> tuple[str, ...]:
    """A record with some of its cells, by position, in the archive's unit."""
    changed = list(cells)
    for place, conversion in convert:
        changed[place] = conversion.cell(changed[place], decimal)
    return tuple(changed)

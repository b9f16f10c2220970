"""Prepares a CSV file so that SQL can read it directly, without storing it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from exoplanet_desktop.catalogs.base.database import discard, open_database
from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, within
from exoplanet_desktop.catalogs.base.rowindex import RowIndex, signature
from exoplanet_desktop.catalogs.reading.decimals import needs_vote, settle_decimal
from exoplanet_desktop.catalogs.reading.layout import Layout, as_latin1, readable
from exoplanet_desktop.catalogs.reading.scan import Scan, scan
from exoplanet_desktop.catalogs.tables.loading import (
    CLEAN_COPY,
    GROWTH,
    Loaded,
    clean_copy,
    csv_source,
    no_rows_of,
    unpacked,
)
from exoplanet_desktop.files.temporary import need_space, own_folder

_BLOCK = 4_194_304  # bytes


@dataclass
class Prepared:
    """A file that SQL can read without storing it.

    Attributes:
        relation: SQL that reads its rows, in order; check its result against the number of rows.
        loaded: what is known about it.
        direct: the relation reads the file itself, not a copy made record by record.
        plain: no cell needs quotation marks in a comma-separated file.
        lines: every line after the header is a row that ends with `\\n`, except for blank lines.
    """

    relation: str
    loaded: Loaded
    direct: bool
    plain: bool
    lines: bool
    _layout: Layout
    _copy: Path

    def read_lines(self) -> Iterator[list[bytes]]:
        """The rows as written, one block at a time; only for a file with `lines`.

        Raises UnreadableFile.
        """
        with readable(self._layout.path), self._layout.path.open("rb") as file:
            for _ in range(self._layout.first_row - 1):
                file.readline()
            while some := file.readlines(_BLOCK):
                if not some[-1].endswith(b"\n"):
                    some[-1] += b"\n"
                yield [line for line in some if line != b"\n"]

    def carefully(self, report: Report, should_stop: ShouldStop) -> "Prepared":
        """Reads the file record by record, for when DuckDB does not find the expected rows."""
        layout, copy = self._layout, self._copy
        need_space(copy.parent, int(layout.path.stat().st_size * GROWTH), f"The file {layout.path.name}")
        try:
            loaded = clean_copy(layout, copy, report, should_stop)
        except UnicodeError:
            loaded = clean_copy(as_latin1(layout), copy, report, should_stop)
        given = self.loaded.layout
        loaded.layout = replace(loaded.layout, path=given.path, packed=given.packed)
        if not loaded.rows:
            raise no_rows_of(loaded)
        relation = csv_source(layout, copy, 0, CLEAN_COPY)
        loaded.layout = _voted(relation, loaded.layout, should_stop, quoted=True)
        return Prepared(relation, loaded, False, False, False, layout, copy)


def prepare(layout: Layout, folder: Path, name: str, *, report: Report, should_stop: ShouldStop) -> Prepared:
    """Determines how SQL reads a file; `name` is that of its temporary files.

    Raises UnreadableFile, UnavailableError and Cancelled.
    """
    copy = folder / f"{name}.clean.csv"
    source = unpacked(layout, folder, within(report, 0.0, 0.5), should_stop, name)
    starts = folder / f"{name}.starts"
    with source.path.open("rb") as file:
        index = RowIndex(source.path, starts, source.delimiter, len(source.columns), signature(file))
    try:
        found = scan(source, starts=starts, report=within(report, 0.5, 1.0), should_stop=should_stop)
    except UnicodeError:
        source, found = as_latin1(source), Scan(clean=False)
    loaded = Loaded(replace(source, path=layout.path, packed=layout.packed), found.records, index=index)
    relation = csv_source(source, source.path, source.first_row - 1, found)
    plain = found.plain and source.delimiter == ","
    prepared = Prepared(relation, loaded, True, plain, plain and not found.returns, source, copy)
    if found.clean and not found.records:
        raise no_rows_of(loaded)
    if not found.clean or layout.conversions:  # cells of other units are converted record by record
        return prepared.carefully(report, should_stop)
    loaded.layout = _voted(relation, loaded.layout, should_stop, quoted=not found.plain)
    return prepared


def _voted(relation: str, layout: Layout, should_stop: ShouldStop, *, quoted: bool) -> Layout:
    """The layout with the decimal sign that the rows vote for."""
    import duckdb

    if not needs_vote(layout, quoted):
        return layout
    folder = own_folder("vote")
    connection = open_database(folder, len(layout.columns))
    try:
        return settle_decimal(connection, relation, layout, should_stop, quoted=quoted)
    except duckdb.Error:
        return layout  # the reader of these rows will notice the same, and read them carefully
    finally:
        discard(connection, folder)

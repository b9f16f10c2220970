"""Arbitrary bytes give a correct table or one clear error, and every line is accounted for.

700 examples, always the same; `FUZZ=10 pytest …` runs ten times as many, different each time.
"""

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exoplanet_desktop.catalogs.reading.layout import Layout, as_latin1, preview, read_records, sniff
from exoplanet_desktop.catalogs.reading.records import BadLine, CsvRecord
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import UnreadableFile

CELLS = st.text(st.sampled_from("ab1.,;|\t\"'# \n\réλ\u2028"), max_size=6)
TIMES = int(os.environ.get("FUZZ", "1"))
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


def fuzz(examples: int) -> settings:
    return settings(
        max_examples=examples * TIMES,
        deadline=None,
        database=None,
        derandomize=TIMES == 1,
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str, bytes]:
    """Rows with a header, the delimiter, and their bytes as written by Python's csv module."""
    width = draw(st.integers(2, 5))
    cells = st.lists(CELLS, min_size=width, max_size=width).filter(lambda row: any(cell.strip(" ") for cell in row))
    rows = [[f"c{number}" for number in range(width)], *draw(st.lists(cells, min_size=1, max_size=8))]
    delimiter = draw(st.sampled_from(",;\t|"))
    end = draw(st.sampled_from(("\n", "\r\n")))
    quoting = draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
    if end == "\n" and any("\r" in cell for row in rows for cell in row):
        quoting = csv.QUOTE_ALL  # otherwise the csv module writes a bare carriage return, which is invalid CSV
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows(rows)
    comments = "".join(draw(st.lists(st.just('# a "comment, of the archive\n'), max_size=2)))
    return rows, delimiter, (comments + text.getvalue()).encode(draw(st.sampled_from(ENCODINGS)))


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A table with bytes inserted, removed or overwritten."""
    content = bytearray(draw(tables())[2])
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 3))
        content[place : place + length] = draw(
            st.sampled_from(
                (b'"', b"\0", b"\n", b"\r", b"\r\n", b",", b",,", b"\xff", b"\xef\xbb\xbf", b' "', b'" ', b"")
            )
        )
    return bytes(content)


def records_of(layout: Layout) -> list[CsvRecord | BadLine]:
    try:
        return list(read_records(layout))
    except UnicodeError:
        return list(read_records(as_latin1(layout)))


def lines_of(path: Path, layout: Layout) -> list[str]:
    encoding = {"utf-8": "utf-8-sig"}.get(layout.encoding, layout.encoding)
    try:
        with path.open(encoding=encoding, newline="") as file:
            return list(file)
    except UnicodeError:
        with path.open(encoding="latin-1", newline="") as file:
            return list(file)


@fuzz(250)
@given(table=tables())
def test_well_formed_text_gives_the_cells_that_the_csv_module_wrote(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[list[list[str]], str, bytes]
) -> None:
    rows, delimiter, content = table
    path = tmp_path_factory.mktemp("fuzz") / "table.csv"
    path.write_bytes(content)
    layout = sniff(path)
    assert layout.columns == tuple(rows[0])
    assert layout.delimiter == delimiter
    assert [record.cells for record in records_of(layout)] == [tuple(row) for row in rows[1:]]
    assert preview(path).rows == [tuple(row) for row in rows[1:]]


@fuzz(100)
@given(table=tables())
def test_a_table_holds_the_cells_that_the_csv_module_wrote(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[list[list[str]], str, bytes]
) -> None:
    rows, _, content = table
    path = tmp_path_factory.mktemp("fuzz") / "table.csv"
    path.write_bytes(content)
    with Table.open(path) as opened:
        assert opened.bad_count == 0
        expected = [tuple(cell or None for cell in row) for row in rows[1:]]
        assert opened.page(0, 100) == expected  # from the file, if that is clean
        opened._index = None
        assert opened.page(0, 100) == expected  # from the database


@fuzz(250)
@given(content=st.one_of(broken(), st.binary(max_size=200)))
def test_every_line_of_any_bytes_is_a_row_or_reported(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "table.csv"
    path.write_bytes(content)
    try:
        layout = sniff(path)
    except UnreadableFile as error:
        assert str(error).endswith(".")
        return
    lines = lines_of(path, layout)
    covered = [line for record in records_of(layout) for line in range(record.line, record.end + 1)]
    assert covered == sorted(set(covered))
    blanks = "\r\n" if len(layout.columns) == 1 else "\r\n\t ".replace(layout.delimiter, "")
    left = set(range(layout.first_row, len(lines) + 1)) - set(covered)
    assert all(not lines[number - 1].strip(blanks) for number in left)


@fuzz(100)
@given(content=broken())
def test_a_table_of_any_bytes_has_the_rows_that_reading_line_by_line_finds(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "table.csv"
    path.write_bytes(content)
    try:
        layout = sniff(path)
        records = records_of(layout)
        opened = Table.open(path)
    except UnreadableFile as error:
        assert str(error).endswith(".")
        return
    with opened:
        good = [record for record in records if isinstance(record, CsvRecord)]
        assert opened.row_count == len(good)
        assert opened.row_count + opened.bad_count == len(records)
        expected = [tuple(cell or None for cell in record.cells) for record in good]
        assert opened.page(0, 100) == expected  # from the file, if that is clean
        opened._index = None
        assert opened.page(0, 100) == expected  # from the database

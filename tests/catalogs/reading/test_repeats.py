"""Lines among the rows that are not objects: repeated column names, and empty cells only."""

import pytest

from exoplanet_desktop.catalogs.merging.merge import merge_many
from exoplanet_desktop.catalogs.reading.layout import preview
from exoplanet_desktop.catalogs.reading.records import BadLine, CsvRecord
from exoplanet_desktop.catalogs.reading.repeats import AGAIN, EMPTY, REORDERED, RepeatFinder, without_repeats
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.wire.vocabulary import Duplicates

NAMES = ("kepid", "koi_period", "koi_depth")
HEADER = ",".join(NAMES)
ROWS = ("1,10.5,100", "2,20.5,200", "3,30.5,300")


def read(path):
    with Table.open(path) as table:
        numbers = table.numbers(NAMES).tolist()
        lines = table.lines_of(range(table.row_count))
        return numbers, [(bad.line, bad.reason) for bad in table.bad_lines], lines


@pytest.mark.parametrize(
    ("again", "rows", "reason"),
    [
        (HEADER, ROWS, AGAIN),
        ('"kepid","koi_period","koi_depth"', ROWS, AGAIN),
        ("KEPID, koi_period ,koi_depth", ROWS, AGAIN),
        ("KEPID,KOI_PERIOD,KOI_DEPTH", ROWS, AGAIN),
        ("koi_depth,kepid,koi_period", ("100,1,10.5", "200,2,20.5", "300,3,30.5"), REORDERED),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_column_names_among_the_rows_are_no_row(write, again, rows, reason, end):
    numbers, bad, lines = read(write(end.join([HEADER, *ROWS, again, *rows]) + end))
    assert numbers == 2 * [[1, 10.5, 100], [2, 20.5, 200], [3, 30.5, 300]]
    assert bad == [(5, reason)]
    assert lines == [2, 3, 4, 6, 7, 8]


def test_the_first_order_can_come_back(write):
    other = "koi_depth,kepid,koi_period"
    numbers, bad, _ = read(write("\n".join([HEADER, ROWS[0], other, "200,2,20.5", HEADER, ROWS[2]])))
    assert numbers == [[1, 10.5, 100], [2, 20.5, 200], [3, 30.5, 300]]
    assert bad == [(3, REORDERED), (5, AGAIN)]


@pytest.mark.parametrize("empty", [",,", '"","",""', " , , ", ",,,,"])
@pytest.mark.parametrize("place", [1, 2, 4])
def test_rows_of_empty_cells_are_no_rows(write, empty, place):
    lines = [HEADER, *ROWS]
    lines.insert(place, empty)
    numbers, bad, _ = read(write("\n".join(lines)))
    assert numbers == [[1, 10.5, 100], [2, 20.5, 200], [3, 30.5, 300]]
    assert bad == [(place + 1, EMPTY)]


def test_a_preview_and_a_merge_leave_them_out(write, tmp_path):
    path = write("\n".join([HEADER, *ROWS, HEADER, ",,", "4,40.5,400"]))
    other = write("\n".join([HEADER, "5,50.5,500"]), "other.csv")
    assert len(preview(path).rows) == 4
    summary = merge_many([path, other], tmp_path / "out.csv", rule=Duplicates.EXACT)
    assert summary.rows == 5
    assert any("2 lines of table.csv are left out" in note for note in summary.notes)


def test_rows_that_hold_a_name_of_a_column_stay():
    rows = [CsvRecord(2, 2, ("kepid", "of a star", "1")), CsvRecord(3, 3, ("kepid", "", ""))]
    assert list(without_repeats(iter(rows), NAMES)) == rows


def test_names_of_a_table_without_some_of_them_are_found():
    found = list(without_repeats(iter([CsvRecord(9, 9, ("", "a", "b", "c"))]), ("column_1", "a", "b", "c")))
    assert [isinstance(each, BadLine) for each in found] == [True]


@pytest.mark.parametrize("cut", range(1, 55))
def test_the_bytes_tell_wherever_a_block_ends(cut):
    for line in (HEADER, HEADER.upper(), "koi_depth,kepid,koi_period", ",,", '"","",""', f'"{HEADER}"', f" ,{HEADER}"):
        text = "\n".join([*ROWS, line]).encode()
        finder = RepeatFinder(NAMES, ",")
        assert any([finder.found_in(text[:cut]), finder.found_in(text[cut:]), finder.found_in(b"\n")])
    finder = RepeatFinder(NAMES, ",")
    text = "\n".join([*ROWS, ",20.5,", "1,,", '"2",,1', "kepler,1,2"]).encode()
    assert not any([finder.found_in(text[:cut]), finder.found_in(text[cut:]), finder.found_in(b"\n")])


def test_a_line_over_three_blocks_is_found_however_long_it_is():
    finder = RepeatFinder(NAMES, ",")
    assert not finder.found_in(f"{ROWS[0]}\n{' ' * 100_000}".encode())
    assert not finder.found_in(b" " * 100_000)
    assert finder.found_in(f"{HEADER}\n{ROWS[1]}\n".encode())

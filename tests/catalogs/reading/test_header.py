"""Finding the column names, the lines around them, and the delimiter."""

import csv
import io
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.facts.known import known_names
from exoplanet_desktop.catalogs.reading.header import Header, find_header
from exoplanet_desktop.catalogs.reading.layout import Layout, preview, sniff
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import UnreadableFile
from exoplanet_desktop.wire.reading_options import ReadingOptions

NAMES = ["kepid", "kepoi_name", "koi_disposition", "koi_period", "koi_depth"]
ROWS = [
    ["10797460", "K00752.01", "CONFIRMED", "9.488", "615.8"],
    ["10811496", "K00753.01", "FALSE POSITIVE", "19.89", ""],
    ["10848459", "K00754.01", "CANDIDATE", "1.736", "8079.2"],
    ["10854555", "K00755.01", "CONFIRMED", "2.525", "603.3"],
]
Rows = Sequence[Sequence[str]]


def text(rows: Rows, delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    return file.getvalue()


def numbered(rows: Rows, first: int = 1) -> list[list[str]]:
    return [[str(number), *row] for number, row in enumerate(rows, first)]


def columns_of(layout: Layout, rows: Rows) -> tuple[tuple[str, ...], list[list[str]]]:
    """Names and cells without the columns that merely number the rows."""
    kept = [place for place, name in enumerate(layout.columns) if name not in layout.counters]
    return tuple(layout.columns[place] for place in kept), [[row[place] for place in kept] for row in rows]


def assert_the_table(path: Path) -> Layout:
    """A preview shows the table of NAMES and ROWS, and so does reading."""
    found = preview(path)
    assert columns_of(found.layout, found.rows) == (tuple(NAMES), ROWS)
    with Table.open(path) as table:
        rows = [[cell or "" for cell in row] for row in table.page(0, 100)]
        assert columns_of(table.layout, rows) == (tuple(NAMES), ROWS)
        assert table.bad_count == 0
    return found.layout


TABLE = text([NAMES, *ROWS])
WIDTHS = [max(len(row[place]) for row in [NAMES, *ROWS]) for place in range(len(NAMES))]


def padded(row: Sequence[str], between: str = " ") -> str:
    return between.join(cell.ljust(width) for cell, width in zip(row, WIDTHS, strict=True))


BEFORE = {
    "a block with a blank line": "# From the archive\n#\n\n# COLUMN kepid: KepID\n",
    "comments with exclamation marks": "! From the archive\n! COLUMN kepid: KepID\n",
    "comments with slashes": "// From the archive, in October\n",
    "quoted comments": '"# From the archive, in October"\n"#"\n',
    "comments that a spreadsheet widened": "# From the archive,,,,\n#,,,,\n# COLUMN kepid: KepID,,,,\n",
    "a byte order mark behind the block": "# From the archive\n\ufeff",
    "two byte order marks": "\ufeff\ufeff",
    "the delimiter for Excel": "sep=,\n",
    "the delimiter for Excel, quoted": '"sep=,"\n',
}


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE.keys())
def test_comments_and_marks_before_the_names_are_passed_without_a_word(write, before: str) -> None:
    assert assert_the_table(write(before + TABLE)).notes == ()


TITLES = {
    "a title": ("Kepler Objects of Interest\n", "1 line"),
    "titles and a blank line": ("NASA Exoplanet Archive\nKepler Objects of Interest\n\n", "2 lines"),
    "a sentence with commas": ("***PLEASE READ*** No longer updated, see the service: it has it, and more\n", "1 line"),
    "a sentence with names of columns": (
        "The columns kepid, kepoi_name, koi_period and koi_depth, as asked\n",
        "1 line",
    ),
    "a title that a spreadsheet widened": ("My list,,,,\n,,,,\n", "1 line"),
    "a small table of keys": ("key,value\nauthor,me\ndate,2025\n\n", "3 lines"),
    "many sentences": ("A sentence, which has, commas; and more\n" * 300, "300 lines"),
    "a quotation mark that never closes": ('A 24" telescope, or\n" so\n', "2 lines"),
}


@pytest.mark.parametrize(("before", "counted"), TITLES.values(), ids=TITLES.keys())
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_lines_of_words_before_the_names_are_counted_and_quoted(
    write, before: str, counted: str, delimiter: str
) -> None:
    layout = assert_the_table(write(before + text([NAMES, *ROWS], delimiter)))
    (note,) = layout.notes
    assert counted in note
    assert f"“{before[:7].rstrip()}" in note
    assert layout.skip == before.count("\n")


def test_without_known_names_the_widths_tell(write) -> None:
    found = preview(write("A list of things, by me\n\nname;alpha;beta\nx;1;2\ny;3;4\nz;5;6\n"))
    assert (found.layout.columns, found.layout.delimiter) == (("name", "alpha", "beta"), ";")
    assert found.rows == [("x", "1", "2"), ("y", "3", "4"), ("z", "5", "6")]
    assert "1 line" in found.layout.notes[0]


@pytest.mark.parametrize("sign", ["# ", "#", "% "])
def test_names_in_a_comment(write, sign: str) -> None:
    assert "comment" in assert_the_table(write(sign + TABLE)).notes[0]


def test_unknown_names_in_a_comment_over_values(write) -> None:
    found = preview(write("# by me\n# alpha, beta\n1,2\n3,4\n"))
    assert (found.layout.columns, found.rows) == (("alpha", "beta"), [("1", "2"), ("3", "4")])


def test_of_names_in_a_comment_and_names_below_it_those_below_are_the_header(write) -> None:
    assert assert_the_table(write("# " + TABLE.splitlines()[0] + "\n" + TABLE)).skip == 1


def test_a_name_that_begins_with_a_percent_sign_keeps_it(write) -> None:
    assert sniff(write("% of light,b\n1,2\n")).columns == ("% of light", "b")


def test_comments_behind_the_names_are_left_out_and_counted(write) -> None:
    first, *rest = TABLE.splitlines(keepends=True)
    layout = assert_the_table(write(f"{first}# now the data starts\n# here\n{''.join(rest)}"))
    assert "2 lines" in layout.notes[0]
    with Table.open(write(TABLE + "# end of table\n")) as table:
        assert (table.row_count, table.bad_count) == (4, 1)
        assert table.bad_lines[0].reason == "a comment"


BELOW = {
    "units": (["", "", "", "days", "ppm"], "units"),
    "units in brackets": (["[]", "", "", "[d]", "[ppm]"], "units"),
    "types": (["int", "string", "string", "double", "float64"], "types"),
    "descriptions": (["KepID", "KOI Name", "Disposition", "Orbital Period", "Transit Depth"], "descriptions"),
}


@pytest.mark.parametrize(("row", "kind"), BELOW.values(), ids=BELOW.keys())
def test_a_row_of_words_below_the_names_is_no_object(write, row: list[str], kind: str) -> None:
    layout = assert_the_table(write(text([NAMES, row, *ROWS])))
    assert layout.notes == (f"Line 2 holds {kind} and no object: it is left out.",)
    assert layout.first_row == 3


def test_units_below_the_names_are_those_of_the_columns(write) -> None:
    rows = [NAMES, ["", "", "", "[hours]", "mmag"], ["int", "char", "char", "float", "float"], *ROWS]
    layout = assert_the_table(write(text(rows)))
    assert (layout.units["koi_period"], layout.units["koi_depth"]) == ("hours", "mmag")


@pytest.mark.parametrize("first", [["", "", "CANDIDATE", "", ""], ["1", "K1", "CANDIDATE", "NA", "NaN"]])
def test_a_row_with_missing_numbers_is_an_object(write, first: list[str]) -> None:
    assert preview(write(text([NAMES, first, *ROWS]))).rows[0] == tuple(first)


def test_a_spectral_type_is_no_unit(write) -> None:
    rows = [["K", "5"], ["G", "6"], ["M", "7"]]
    assert len(preview(write(text([["type", "koi_period"], *rows]))).rows) == 3


COUNTED = {
    "a nameless index": [["", *NAMES], *numbered(ROWS, 0)],
    "the index of pandas": [["Unnamed: 0", *NAMES], *numbered(ROWS, 0)],
    "the index of pandas, shuffled": [["Unnamed: 0", *NAMES], *(["7310"[n], *row] for n, row in enumerate(ROWS))],
    "a row number of the archive": [["rowid", *NAMES], *numbered(ROWS)],
    "a row number of Kaggle": [["loc_rowid", *NAMES], *numbered(ROWS)],
    "names of rows by R": [NAMES, *numbered(ROWS)],
    "names of rows that are words": [NAMES, *([f"row {row[1]}", *row] for row in ROWS)],
}


@pytest.mark.parametrize("rows", COUNTED.values(), ids=COUNTED.keys())
def test_what_only_counts_rows_is_kept_and_told(write, rows: Rows) -> None:
    layout = assert_the_table(write(text(rows)))
    (counter,) = layout.counters
    assert layout.columns[0] == counter
    assert sum("only counts the rows" in note for note in layout.notes) == 1


@pytest.mark.parametrize("name", ["kepid", "index", ""])
def test_what_does_not_count_is_no_counter(write, name: str) -> None:
    rows = [["10797460", "1.5"], ["10811496", "2.5"], ["757076", "3"]]
    assert sniff(write(text([[name, "koi_period"], *rows]))).counters == frozenset()


def test_half_a_decimal_comma_is_no_name_of_a_row(write) -> None:
    with pytest.raises(UnreadableFile, match=r"none of its 3 lines below .* has 3 cells where the header has 2"):
        preview(write("kepid,koi_period\n1,9,488\n2,54,418\n3,1,5\n"))


@pytest.mark.parametrize("ends", [(",", ""), (",,", ""), (",", ","), ("", ",,")])
def test_delimiters_at_the_end_of_lines_make_no_column(write, ends: tuple[str, str]) -> None:
    head, *rows = TABLE.splitlines()
    assert_the_table(write("".join(f"{line}\n" for line in [head + ends[0], *(row + ends[1] for row in rows)])))


def test_a_column_without_a_name_that_says_something_is_kept(write) -> None:
    head, *rows = TABLE.splitlines()
    layout = sniff(write("\n".join([f"{head},", *(f"{row}," for row in rows[:-1]), f"{rows[-1]},a remark\n"])))
    assert layout.columns == (*NAMES, "column_6")


@pytest.mark.parametrize("form", ["\xa0{} ", "'{}'", "“{}”", "\ufeff{}"])
def test_what_stands_around_names_is_no_part_of_them(write, form: str) -> None:
    assert_the_table(write(text([[form.format(name) for name in NAMES], *ROWS])))


def test_blanks_behind_each_delimiter_are_no_part_of_cells(write) -> None:
    assert_the_table(write("".join(", ".join(row) + "\n" for row in [NAMES, *ROWS])))


def table_with_bars(edge: str, rule: str | None, top: bool = False) -> str:
    lines = [f"{edge} {padded(row, ' | ')} {edge}".strip() + "\n" for row in [NAMES, *ROWS]]
    drawn = "" if rule is None else rule.join("-" * (width + 2) for width in WIDTHS)
    drawn = f"{edge and rule}{drawn}{edge and rule}\n" if rule else ""
    return (drawn if top else "") + lines[0] + drawn + "".join(lines[1:]) + (drawn if top else "")


FORMS = {
    "bars": text([NAMES, *ROWS], "|"),
    "Markdown": table_with_bars("|", "|"),
    "psql": table_with_bars("", "+") + "(4 rows)\n",
    "MySQL and TOPCAT": table_with_bars("|", "+", top=True),
    "bars without a rule": table_with_bars("|", None),
    "blanks and quoted cells": text([NAMES, *ROWS], " "),
    "blanks, missing as two quotation marks": text([NAMES, *ROWS], " ").replace("  ", ' "" ').replace(" \n", ' ""\n'),
    "a comment with names over runs of blanks": "# "
    + " ".join(NAMES)
    + "\n"
    + "".join(
        "  " + "  ".join(f'"{cell}"' if " " in cell or not cell else cell for cell in row) + "\n" for row in ROWS
    ),
    "blanks before quotation marks": text([NAMES, *ROWS], ",", csv.QUOTE_ALL).replace(",", ", "),
    "tabs": text([NAMES, *ROWS], "\t"),
    "a fixed width": "".join(padded(row) + "\n" for row in [NAMES, *ROWS]),
    "a fixed width over dashes": "\n".join(
        [padded(NAMES), padded(["-" * width for width in WIDTHS]), *map(padded, ROWS), ""]
    ),
    "dashes below each name": text([NAMES, ["-" * len(name) for name in NAMES], *ROWS]),
    "units and dashes, as VizieR writes": text(
        [NAMES, ["", "", "", "d", "ppm"], ["-" * 5] * 5, *([cell.rjust(12) for cell in row] for row in ROWS)], "\t"
    ),
    "lines quoted as a whole": "".join(
        '"' + line.replace('"', '""') + '"\n' for line in text([NAMES, *ROWS], ",", csv.QUOTE_NONNUMERIC).splitlines()
    ),
    "an ECSV table": "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: kepid, datatype: int64}\n"
    + text([NAMES, *ROWS], " "),
    "an ECSV table with commas": "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n" + TABLE,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_forms_of_a_table(write, form: str) -> None:
    assert_the_table(write(form, "table.txt"))


def test_runs_of_blanks_and_tabs(write) -> None:
    found = preview(write("  kepid \t koi_period   koi_depth\n 1   2.5\t\t3 \n  10  20.5  30\n"))
    assert found.layout.columns == ("kepid", "koi_period", "koi_depth")
    assert found.rows == [("1", "2.5", "3"), ("10", "20.5", "30")]


def test_ecsv_says_what_its_columns_are(write) -> None:
    block = (
        "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: koi_period, unit: d, datatype: float64, description: 'A period'}\n"
    )
    layout = sniff(write(block + text([NAMES, *ROWS], " ")))
    assert (layout.labels["koi_period"], layout.units["koi_period"]) == ("A period", "d")


IPAC = (
    "\\fixlen = T\n\\ From the archive\n"
    + "".join("|" + padded(row, "|") + "|\n" for row in [NAMES, ["int", "char", "char", "double", "double"]])
    + "|" + padded(["", "", "", "days", "ppm"], "|") + "|\n"
    + "|" + padded(["null"] * 5, "|") + "|\n"
)  # fmt: skip


@pytest.mark.parametrize("name", ["koi.tbl", "koi.csv"])
def test_an_ipac_table(write, name: str) -> None:
    rows = "".join(" " + padded([cell or "null" for cell in row]) + " \n" for row in ROWS)
    layout = assert_the_table(write(IPAC + rows, name))
    assert layout.units["koi_period"] == "days"


def test_a_row_of_an_ipac_table_that_crosses_an_edge_is_told(write) -> None:
    rows = [" " + padded(row) + "\n" for row in ROWS]
    with Table.open(write(IPAC + rows[0] + rows[1].replace("POSITIVE  ", "POSITIVES!"))) as table:
        assert table.row_count == 1
        assert table.bad_lines[0].reason == "text across the edge of a column"


def test_what_the_user_says_wins(write) -> None:
    path = write("Title\n" + TABLE)
    assert sniff(path, ReadingOptions(skip=0)).columns == ("Title",)
    assert sniff(path, ReadingOptions(skip=1)).columns == tuple(NAMES)
    assert sniff(path, ReadingOptions(delimiter=";")).delimiter == ";"
    assert sniff(write("a b\n1 2\n"), ReadingOptions(delimiter=" ")).columns == ("a", "b")


def test_rows_that_are_all_of_another_width_are_told_as_such(write) -> None:
    with pytest.raises(UnreadableFile, match=r"none of its 4 lines below .*: line 2 has 1 cell where the header has 5"):
        preview(write(TABLE.splitlines()[0] + "\n" + text(ROWS, ";")))


def test_a_title_over_rows_without_names(write) -> None:
    with pytest.raises(UnreadableFile, match=r"no column names: the rows have 5 cells, and line 1 is “My title”"):
        preview(write("My title\n" + text(ROWS)))


@pytest.mark.parametrize(
    "content",
    [
        "Some words of a sentence, which go on; and so\n" * 400,
        "Some words of a sentence, which go on and on\nand more, and more of them all\n" * 200,
        "This is a text about the planets of other stars.\nIt has several lines, of words, and no table.\nNone.\n",
    ],
)
def test_a_text_is_no_table(write, content: str) -> None:
    with pytest.raises(UnreadableFile, match="is text, not a table"):
        preview(write(content, "readme.txt"))


@pytest.mark.parametrize("rows", ["kepid\n10797460\n10811496\n", "pl_name\nKepler-1 b\nKepler-2 b\n"])
def test_a_table_of_one_column_is_one(write, rows: str) -> None:
    found = preview(write(rows))
    assert len(found.layout.columns) == 1
    assert len(found.rows) == 2


def test_the_archives_names_are_known() -> None:
    assert {"kepid", "tfopwg_disp", "pl_orbper"} <= known_names()


@pytest.mark.parametrize("unit", ["a sentence, with commas; and so on\n", '"a", b | c\n', "# comment\n", "1,2,3\n"])
def test_a_long_beginning_is_answered_quickly(write, unit: str) -> None:
    path = write(unit * (8_000_000 // len(unit)))
    start = time.monotonic()
    try:
        sniff(path)
    except UnreadableFile as error:
        assert str(error).endswith(".")
    assert time.monotonic() - start < 5  # measured: well below one second


# The same with real rows, in formats that users have

AS_BASE = """h_all_quoted.csv h_bang.csv h_blank_in_block.csv h_bom_behind_block.csv h_comment_after_header.csv
h_index.csv h_r_rownames.csv h_read_me.csv h_rowid.csv h_savetxt.csv h_sep.csv h_spaces.csv h_title_lines.csv
h_units_row.csv s_cr_only.csv s_header_trailing.csv s_mixed_ends.csv s_multi.csv.gz s_no_end.csv s_quote_all.csv
s_tab.tsv s_trailing_delims.csv s_utf16.csv s_utf8bom.csv s_zip.csv.zip x_ecsv.ecsv x_pipe.csv x_space.txt"""


@pytest.fixture
def cases(shared_data: Path) -> Path:
    folder = shared_data.parent / "cases" / "reading"
    if not folder.is_dir():
        pytest.skip("the small real files are not here (../shared/cases)")
    return folder


def read(path: Path) -> tuple[tuple[str, ...], list[list[str]]]:
    with Table.open(path) as table:
        rows = [[cell or "" for cell in row] for row in table.page(0, table.row_count)]
        return columns_of(table.layout, rows)


@pytest.mark.parametrize("name", AS_BASE.split())
def test_a_real_file_in_another_form_is_the_same_table(cases: Path, name: str) -> None:
    assert read(cases / name) == read(cases / "base_small.csv")


@pytest.mark.parametrize("name", ["v_ipac.tbl", "v_ecsv.ecsv", "v_commented.csv", "x_ipac.tbl"])
def test_a_real_file_of_astropy_is_the_same_table(cases: Path, name: str) -> None:
    def plain(cell: str) -> object:
        try:
            return float(cell)
        except ValueError:
            return cell

    columns, rows = read(cases / name)
    base = read(cases / "base_small.csv")
    assert columns == base[0]
    assert len(rows) == 60
    assert [list(map(plain, row)) for row in rows] == [list(map(plain, row)) for row in base[1][:60]]


def test_of_two_tables_the_first_is_taken_if_half_of_the_rows_are_its_own() -> None:
    lines = ["a;b;c", "1;2;3", "4;5;6", "7;8;9", "k;l", "7;8", "9;8"]
    found = find_header([f"{line}\n" for line in lines])
    assert isinstance(found, Header)
    assert (found.line, found.cells) == (0, ("a", "b", "c"))


def test_a_comment_that_half_of_the_rows_fit_is_rather_the_header_than_a_line_that_fits_fewer() -> None:
    lines = ["# kepid,koi_period,koi_depth", "kepid,koi_period,koi_depth,koi_prad", "1,2,3", "4,5,6", "7,8,9,10"]
    found = find_header([f"{line}\n" for line in lines])
    assert isinstance(found, Header)
    assert (found.line, found.commented, found.width) == (0, True, 3)


def test_blanks_around_few_cells_do_not_make_a_table_an_aligned_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(" note,flag\n x,\n y,\n z,\n")
    with Table.open(tmp_path / "a.csv") as table:
        assert table.page(0, 3) == [(" x", None), (" y", None), (" z", None)]
    (tmp_path / "c.csv").write_text(" note,flag,more\n x,1,2\n y,2,3\n z,3,4\n")
    with Table.open(tmp_path / "c.csv") as table:
        assert table.page(0, 3) == [(" x", "1", "2"), (" y", "2", "3"), (" z", "3", "4")]
    (tmp_path / "b.csv").write_text(" note, flag\n x, 1\n y, 2\n z, 3\n")
    with Table.open(tmp_path / "b.csv") as table:
        assert table.page(0, 3) == [("x", "1"), ("y", "2"), ("z", "3")]

"""The account of cells: what is reported, at which line, and that all parts of a table read cells the same way."""

import csv
from pathlib import Path

import duckdb
import numpy as np
import pytest

from exoplanet_desktop.catalogs.reading.layout import COMMA_NOTE, sniff
from exoplanet_desktop.catalogs.tables.account import CellIssue, cell_counts, sentence, sentences
from exoplanet_desktop.catalogs.tables.export import Format, export
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import Cancelled
from exoplanet_desktop.wire.reading_options import ReadingOptions

KOI = "kepid,koi_disposition,koi_period,koi_duration,koi_depth,koi_prad\n"


@pytest.fixture(scope="module")
def reading(shared_data: Path) -> Path:
    folder = shared_data.parent / "cases" / "reading"
    if not folder.is_dir():
        pytest.skip("the small files that went wrong are not here (../shared/cases)")
    return folder


def told(table: Table) -> dict[tuple[str, str], tuple[int, int, str]]:
    return {(each.column, each.kind): (each.count, each.line, each.example) for each in table.account()}


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        first = file.readline()
        file.seek(0)
        return list(csv.reader(file, delimiter=";" if first.count(";") > 5 else ","))


# --- files as users have them

SPELT = ["n_thousands", "n_thousands_few", "n_fortran", "n_unit", "n_unit_all", "n_pm"]
COMMAS = ["d_comma", "d_comma_one_point", "d_comma_point_id", "d_comma_quoted"]
WORDS = ["NAN_", "NULL", "None", "backslashN", "blank", "dash", "dots", "hashNA", "minus999", "nslasha", "question"]


@pytest.mark.parametrize("name", [*SPELT, *COMMAS, "h_spaces"])
def test_a_file_in_another_spelling_has_the_numbers_of_the_plain_one(reading: Path, name: str) -> None:
    with Table.open(reading / "base_small.csv") as base, Table.open(reading / f"{name}.csv") as table:
        columns = [column for column in base.columns if column in base.numeric]
        assert np.array_equal(table.numbers(columns), base.numbers(columns), equal_nan=True)
        assert set(columns) <= table.numeric
        assert (COMMA_NOTE in table.layout.notes) is (name in COMMAS)
        assert base.account() == ()


@pytest.mark.parametrize("name", WORDS)
def test_a_word_for_missing_is_missing_in_models_filters_sorting_and_statistics(reading: Path, name: str) -> None:
    path = reading / f"m_{name}.csv"
    spelt, plain = rows_of(path), rows_of(reading / "base_small.csv")
    columns = ["koi_score", "koi_teq", "koi_srad"]
    with Table.open(path) as table:
        assert set(columns) <= table.numeric
        numbers = table.numbers(columns)
        for place, column in enumerate(columns):
            at = plain[0].index(column)
            gone = np.array([a[at] != b[at] or not b[at] for a, b in zip(spelt[1:], plain[1:], strict=True)])
            assert np.array_equal(np.isnan(numbers[:, place]), gone)
            assert numbers[~gone, place].tolist() == [float(row[at]) for row in np.array(plain[1:])[~gone]]
            assert table.select(f"{column} is missing").row_count == gone.sum()
            assert table.summary(column).missing == gone.sum()
            last = table.select(order=[(column, True)]).page(120 - int(gone.sum()), 120)
            assert len(last) == gone.sum()
            assert {row[at] for row in last} <= {spelt[1:][row][at] or None for row in np.flatnonzero(gone)}
        kinds = {kind for _, kind in told(table)}
        assert kinds == ({"sentinel", "mixed"} if name == "minus999" else set())  # mixed: planet names among -999


def test_commas_that_begin_late_count_from_there(reading: Path) -> None:
    with Table.open(reading / "base_small.csv") as base, Table.open(reading / "d_comma_late.csv") as table:
        columns = [column for column in base.columns if column in base.numeric]
        assert np.array_equal(table.numbers(columns, 60), base.numbers(columns, 60), equal_nan=True)
        assert COMMA_NOTE in table.layout.notes


def test_what_is_certain_but_lost_or_impossible_is_told_with_line_and_example(reading: Path) -> None:
    expected = {
        "n_pm": {("koi_prad", "error"): (57, 3, "0.81 \u00b1 0.3")},
        "n_unit": {("koi_period", "unit"): (60, 3, "1.231405220 d")},
        "n_unit_all": {},
        "n_inf": {("koi_depth", "infinite"): (24, 2, "inf")},
        "n_zero": {("koi_period", "zero"): (24, 2, "0"), ("koi_srad", "zero"): (24, 2, "0")},
    }
    for name, account in expected.items():
        with Table.open(reading / f"{name}.csv") as table:
            assert told(table) == account, name


@pytest.mark.parametrize("name", ["koi_cumulative", "k2pandc", "toi", "koi_train", "k2_test"])
def test_there_is_nothing_to_tell_of_the_archives_own_files(shared_data: Path, name: str) -> None:
    with Table.open(shared_data / f"{name}.csv") as table:
        assert table.account() == ()
        assert table.layout.decimal == "."


# --- kinds


def test_one_stray_word_makes_no_column_of_texts_and_sorts_behind_the_numbers(write) -> None:
    cells = ["3", "n.d.", "20", "NA", "1e3", "", "7", "8", "9", "10", "11", "12", "13", "14"]
    with Table.open(write("x,y\n" + "".join(f"{cell},{row}\n" for row, cell in enumerate(cells)))) as table:
        assert "x" in table.numeric
        assert told(table) == {("x", "unread"): (1, 3, "n.d.")}
        for descending, numbers in ((False, ["3", "7"]), (True, ["1e3", "20"])):
            column = [row[0] for row in table.select(order=[("x", descending)]).page(0, 20)]
            assert column[:2] == numbers
            assert column[-3:] == ["n.d.", "NA", None]
        assert table.select("x > 10").row_count == 6
        found = table.summary("x")
        assert (found.least, found.most, found.missing) == ("3", "1e3", 2)


def test_a_column_of_texts_is_one_and_nothing_is_told_of_it(write) -> None:
    with Table.open(write("x,y\n" + "".join(f"{cell},1\n" for cell in ["a", "b", "c", "1", "-"]))) as table:
        assert "x" not in table.numeric
        assert table.account() == ()
        assert table.select("x is missing").row_count == 1


def test_a_column_that_holds_numbers_in_the_archive_is_one_with_a_single_number(write) -> None:
    rows = [f"1,CONFIRMED,{cell},2,3,4\n" for cell in ["bad", "worse", "5.5"]]
    with Table.open(write(KOI + "".join(rows))) as table:
        assert "koi_period" in table.numeric
        assert told(table) == {("koi_period", "unread"): (2, 2, "bad")}
    with Table.open(write(KOI + rows[0])) as table:
        assert "koi_period" not in table.numeric
        assert told(table) == {("koi_period", "unread"): (1, 2, "bad")}


def test_texts_among_as_many_numbers_are_told_though_the_column_is_one_of_texts(write) -> None:
    with Table.open(write("x,y\n" + "".join(f"{cell},1\n" for cell in ["a", "b", "1", "2", "-"]))) as table:
        assert "x" not in table.numeric
        assert told(table) == {("x", "mixed"): (2, 2, "a")}


def test_a_column_named_as_the_archives_are_is_one_of_numbers_with_a_few_of_them(write) -> None:
    with Table.open(write("koi_rmag,y\n" + "".join(f"{cell},1\n" for cell in ["x", "y", "z", "1", "2"]))) as table:
        assert "koi_rmag" in table.numeric
        assert told(table) == {("koi_rmag", "unread"): (3, 2, "x")}


def test_a_sentinel_counts_as_missing_only_where_physics_forbids_it(write) -> None:
    text = "koi_period,koi_period_err2,koi_slogg,own\n5,-1,4,1\n-999,-999,-999,-999\n-99.9,-2,4,2\n-5,-2,4,3\n"
    with Table.open(write(text)) as table:
        assert told(table) == {
            ("koi_period", "sentinel"): (2, 3, "-999"),
            ("koi_period", "negative"): (1, 5, "-5"),
            ("koi_period_err2", "suspect"): (1, 3, "-999"),
            ("koi_slogg", "sentinel"): (1, 3, "-999"),
            ("own", "suspect"): (1, 3, "-999"),
        }
        assert np.isnan(table.numbers(table.columns)).sum() == 3
        assert table.select("koi_period is missing").row_count == 2
        assert table.select("koi_period < 0").row_count == 1
        assert table.summary("koi_period").least == "-5"


def test_what_duckdb_takes_for_a_number_and_no_reader_does_is_none(write) -> None:
    cells = ["1"] * 30 + ["2014_12", " +-9", "1_000", " 7 ", "+8"]
    with Table.open(write("x,y\n" + "".join(f"{cell},1\n" for cell in cells))) as table:
        assert told(table) == {("x", "unread"): (2, 32, "2014_12")}
        assert table.numbers(["x"])[32:, 0].tolist() == [1000.0, 7.0, 8.0]
        assert np.isnan(table.numbers(["x"])).sum() == 2


def test_limits_and_grouped_numbers_are_read_and_told(write) -> None:
    with Table.open(write('a,b\n<0.96,"1,234"\n2,"1,234.5"\n3,7\n')) as table:
        assert table.numbers(["a", "b"]).tolist() == [[0.96, 1234.0], [2.0, 1234.5], [3.0, 7.0]]
        assert told(table) == {("a", "limit"): (1, 2, "<0.96"), ("b", "grouped"): (1, 2, "1,234")}


def test_a_unit_that_is_not_the_columns_own_is_told_though_all_cells_have_it(write) -> None:
    rows = "".join(f"1,CONFIRMED,{n} h,{n} hours,3,4\n" for n in (1, 2))
    with Table.open(write(KOI + rows)) as table:
        assert told(table) == {("koi_period", "unit"): (2, 2, "1 h")}
        assert "(days)" in sentence(table.account()[0], table.layout.units["koi_period"])


def test_whole_numbers_that_no_double_holds_stay_exact_beside_a_stray_word(write) -> None:
    ids = [str(2**60 + n) for n in range(12)]
    with Table.open(write("x,y\n" + "".join(f"{each},1\n" for each in [*ids[::-1], "n.d."]))) as table:
        assert [row[0] for row in table.select(order=[("x", False)]).page(0, 13)] == [*ids, "n.d."]
        assert table.select(f"x = {ids[3]}").row_count == 1


def test_a_column_that_the_user_calls_text_is_text_everywhere(write, tmp_path: Path) -> None:
    path = write("id,y\n007,1\n12,2\nNA,3\n")
    with Table.open(path, layout=sniff(path, ReadingOptions(texts=("id",)))) as table:
        assert table.numeric == {"y"}
        assert table.account() == ()
        assert np.isnan(table.numbers(["id"])).all()
        assert table.select("id contains '00'").row_count == 1
        assert table.select("id is missing").row_count == 1
        assert [row[0] for row in table.select(order=[("id", False)]).page(0, 3)] == ["007", "12", "NA"]
        export(table.select(), tmp_path / "out.parquet", Format.PARQUET)
        assert duckdb.sql(f"SELECT id FROM '{tmp_path / 'out.parquet'}'").fetchall() == [("007",), ("12",), (None,)]


def test_parquet_has_numbers_where_cells_are_spelt_oddly(write, tmp_path: Path) -> None:
    with Table.open(write('x,y\n"1,234.5",1\n\u22120.5,2\nN/A,3\n')) as table:
        export(table.select(), tmp_path / "out.parquet", Format.PARQUET)
        found = duckdb.sql(f"SELECT x FROM '{tmp_path / 'out.parquet'}'").fetchall()
    assert found == [(1234.5,), (-0.5,), (None,)]


# --- the decimal sign


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a;b\n1,234;x\n2,500;y\n", [1.234, 2.5]),  # no evidence: such files come from countries with decimal commas
        ("a\tb\n1,234\tx\n2,500\ty\n", [1234.0, 2500.0]),
        ("a;b\n1.234;x\n2.500;y\n", [1.234, 2.5]),
        ("a;b\n1.234;1\n2.500,5;2\n", [1234.0, 2500.5]),
        ('a,b\n"1,234",x\n"2,5",y\n', [1.234, 2.5]),
        ('a,b\n"1,234",0.5\n"2,500",0.25\n', [1234.0, 2500.0]),
    ],
)
def test_what_could_be_either_is_read_as_the_others_say(write, text: str, numbers: list[float]) -> None:
    with Table.open(write(text)) as table:
        assert table.numbers(["a"])[:, 0].tolist() == numbers


def test_a_guess_about_the_decimal_sign_is_told(write) -> None:
    with Table.open(write("a;b\n1,234;x\n2,500;y\n")) as table:
        assert "No cell shows what the commas in numbers mean; they are read as decimal signs." in table.layout.notes


def test_the_users_word_on_the_decimal_sign_wins(write) -> None:
    path = write("a;b\n1,5;0,5\n2,25;0,75\n1,234;1,5\n")
    with Table.open(path, layout=sniff(path, ReadingOptions(decimal="."))) as table:
        assert table.layout.decimal == "."
        assert table.numbers(["a"])[:, 0].tolist() == [1.5, 2.25, 1234.0]


def test_a_column_of_lists_has_no_vote(write) -> None:
    with Table.open(write('a,sectors\n0.5,"1,28"\n1.5,"1,2,3"\n2.5,14\n')) as table:
        assert table.layout.notes == ()
        assert "sectors" not in table.numeric


# --- lines


def test_lines_count_broken_cells_blank_lines_and_what_was_left_out(write) -> None:
    clean = '# block\nx,y\n1,"two\nlines"\n\nbad,"a\n\nb"\n2,c\nworse,d\n' + "".join(f"{n},e\n" for n in range(30))
    with Table.open(write(clean)) as table:
        assert table.bad_count == 0
        assert table.lines_of([3, 0, 1, 2]) == [10, 3, 6, 9]
        assert told(table) == {("x", "unread"): (2, 6, "bad")}
    ragged = "x,y\n1,a\n2,b,c,d\n\nbad,a\n" + "".join(f"{n},e\n" for n in range(30))
    with Table.open(write(ragged)) as table:
        assert table.bad_count == 1
        assert table.line_of(1) == 5
        assert told(table) == {("x", "unread"): (1, 5, "bad")}


def test_lines_of_a_packed_file_are_those_of_the_unpacked_one(tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"x,y\n\n1,a\n2,b\n"))
    with Table.open(path) as table:
        assert table.lines_of([0, 1]) == [3, 4]


# --- words


def test_an_account_stops_when_it_is_asked_to(write) -> None:
    with Table.open(write("x,y\n1,2\n")) as table, pytest.raises(Cancelled):
        table.account(should_stop=lambda: True)


def test_sentences_say_how_many_of_what_and_where() -> None:
    one = CellIssue("koi_depth", "unread", 1, 214, "n.d.")
    many = CellIssue("koi_depth", "unread", 1_200, 214, "n.d.")
    assert sentence(one) == (
        "1 cell of `koi_depth` is neither a number nor missing and counts as missing (line 214, \u201cn.d.\u201d)."
    )
    assert sentence(many) == (
        "1,200 cells of `koi_depth` are neither numbers nor missing and count as missing"
        " (first: line 214, \u201cn.d.\u201d)."
    )
    assert sentences([one, many, many], {}, most=1)[1:] == ["2,400 more cells of 1 column were not read as written."]


def test_the_account_is_sent_with_its_sentence(write) -> None:
    with Table.open(write("x,y\n" + "1,2\n" * 20 + "n.d.,2\n")) as table:
        (count,) = cell_counts(table.account(["x", "no such column"]), table.layout.units)
    assert (count.column, count.kind, count.count, count.line, count.example) == ("x", "unread", 1, 22, "n.d.")
    assert count.sentence == sentence(CellIssue("x", "unread", 1, 22, "n.d."))


def test_a_long_example_is_cut(write) -> None:
    with Table.open(write("x,y\n" + "1,2\n" * 20 + "z" * 500 + ",2\n")) as table:
        assert len(table.account()[0].example) == 41


def test_a_number_below_zero_that_cannot_be_is_told(write) -> None:
    rows = "\n".join(f"{number}.5,{number},-{number},0.1" for number in range(1, 9))
    path = write(f"koi_period,koi_teq,koi_period_err2,st_met\n{rows}\n-1,-1,-1,-1\n")
    with Table.open(path) as table:
        assert {(one.column, one.count, one.line) for one in table.account() if one.kind == "negative"} == {
            ("koi_period", 1, 10),
            ("koi_teq", 1, 10),
        }
        assert table.numbers(["koi_period"])[-1, 0] == -1.0


def test_a_great_fill_is_told_and_used_as_it_stands(write) -> None:
    with Table.open(write("koi_depth,own\n10,1\n1e20,2\n20,99999\n")) as table:
        assert told(table) == {("koi_depth", "suspect"): (1, 3, "1e20"), ("own", "suspect"): (1, 4, "99999")}
        assert np.isnan(table.numbers(table.columns)).sum() == 0

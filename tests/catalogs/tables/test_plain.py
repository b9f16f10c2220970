"""A plain copy has the same content as the table, in a form that any program reads."""

import csv
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.tables.plain import plain_copy
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import Cancelled, UnreadableFile
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Satellite
from tests.conftest import CHECKOUT

CASES = CHECKOUT.parent / "shared" / "cases"
HEADER = "kepid,kepoi_name,koi_disposition,koi_period,koi_duration,koi_depth,koi_prad"


def case(name: str) -> Path:
    if not CASES.is_dir():
        pytest.skip("the collected cases are not here (../shared/cases)")
    return CASES / name


def rows_of(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    return list(csv.reader(content.decode("utf-8").splitlines()))


def dicts(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("name", ["koi_spaces", "koi_semicolon", "koi_tab"])
def test_what_a_plain_backend_misreads_becomes_the_same_table(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    made = plain_copy(case(f"backend/{name}.csv"), copy)
    truth = {row["kepoi_name"]: row for row in dicts(case("backend/koi_half_blank.csv"))}
    found = dicts(copy)
    assert (made.rows, made.same, len(found)) == (100, False, 100)
    for row in found:
        expected = truth[row["kepoi_name"]]
        assert list(row) == list(expected)
        assert {name: row[name] for name in row if name != "koi_disposition"} == {
            name: expected[name] for name in row if name != "koi_disposition"
        }


def test_a_line_that_does_not_fit_is_left_out_and_told(tmp_path: Path) -> None:
    made = plain_copy(case("backend/koi_ragged.csv"), tmp_path / "copy.csv")
    assert made.rows == 99
    assert any("1 line that does not fit the header is not in the copy (line 41)." in note for note in made.notes)
    assert len(rows_of(tmp_path / "copy.csv")) == 100


@pytest.mark.parametrize(
    "name", ["n_thousands", "n_minus", "n_fortran", "n_pm", "d_comma_quoted", "m_NULL", "m_dash", "s_utf16"]
)
def test_the_numbers_of_the_copy_are_those_of_the_table(name: str, tmp_path: Path) -> None:
    copy, other = tmp_path / "copy.csv", tmp_path / "again.csv"
    plain_copy(case(f"reading/{name}.csv"), copy)
    with Table.open(case(f"reading/{name}.csv")) as base, Table.open(copy) as table:
        numeric = [name for name in base.columns if name in base.numeric]
        ours, truth = table.numbers(numeric), base.numbers(numeric)
    assert ((ours == truth) | ((ours != ours) & (truth != truth))).all()
    assert plain_copy(copy, other).same, "what is plain stays as it is"


def test_a_plain_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "koi.csv"
    path.write_text(f'{HEADER}\n1,K00001.01,CONFIRMED,1.50,2,,3\n2,"K, 2",,1e3,2,4,5\n')
    assert plain_copy(path, tmp_path / "copy.csv").same


def test_names_dispositions_and_own_columns_as_the_user_says(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "# my notes\n kepid ;verdict;Days;koi_duration;koi_depth;koi_prad;remark\n"
        "007;yes;1,5;2;3;4; good \n8;no;1.234,5;2;3;n/a;\n9;?;2,5;2;x;4;second\n",
        encoding="latin-1",
    )
    choice = ReadingOptions(
        delimiter=";",
        decimal=",",
        texts=("kepid",),
        rename={"Days": "koi_period"},
        label="verdict",
        labels={"yes": "CONFIRMED", "no": "FALSE POSITIVE", "?": ""},
    )
    made = plain_copy(path, tmp_path / "copy.csv", choice, satellite=Satellite.KOI)
    assert rows_of(tmp_path / "copy.csv") == [
        ["kepid", "koi_disposition", "koi_period", "koi_duration", "koi_depth", "koi_prad", "remark"],
        ["007", "CONFIRMED", "1.5", "2", "3", "4", "good"],
        ["8", "FALSE POSITIVE", "1234.5", "2", "3", "", ""],
        ["9", "", "2.5", "2", "", "4", "second"],
    ]
    assert any("1 cell that is not a number is empty in the copy: 1 in `koi_depth`." in note for note in made.notes)


def test_a_catalog_with_codes_of_its_own_gets_these(tmp_path: Path) -> None:
    path = tmp_path / "toi.csv"
    header = "toi,tid,tfopwg_disp,pl_orbper,pl_trandurh,pl_trandep,pl_rade"
    path.write_text(f"{header}\n101.01,1,good,1,2,3,4\n102.01,2,bad,1,2,3,4\n103.01,3,pc,1,2,3,4\n")
    choice = ReadingOptions(labels={"good": "CONFIRMED", "bad": "FALSE POSITIVE"})
    plain_copy(path, tmp_path / "copy.csv", choice)
    assert [row[2] for row in rows_of(tmp_path / "copy.csv")] == ["tfopwg_disp", "CP", "FP", "PC"]


def test_a_cell_of_several_lines_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "koi.csv"
    path.write_bytes(f"{HEADER},remark\r\n".encode() + b'1,K1,CONFIRMED,1,2,3,4,"two\r\nlines"\r\n')
    plain_copy(path, tmp_path / "copy.csv")
    assert rows_of(tmp_path / "copy.csv")[1][-1] == "two lines"


def test_one_column_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text('kepid\n1\nNA\n""\n3\n')
    made = plain_copy(path, tmp_path / "copy.csv")
    with Table.open(tmp_path / "copy.csv") as table:
        assert table.row_count == made.rows == 4


def test_it_can_be_stopped_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "koi.csv"
    path.write_text(f"{HEADER}\n1,K1,CONFIRMED,1,2,3,4\n")
    with pytest.raises(Cancelled):
        plain_copy(path, tmp_path / "copy.csv", should_stop=lambda: True)
    with pytest.raises(UnreadableFile):
        plain_copy(tmp_path / "none.csv", tmp_path / "copy.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["koi.csv"]

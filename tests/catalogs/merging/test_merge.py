import csv
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.merging.merge import merge
from exoplanet_desktop.catalogs.merging.merging import Merging
from exoplanet_desktop.catalogs.tables.plain import plain_copy
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import Cancelled, InputError, UnavailableError, UnreadableFile


def rows_of(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(line for line in file if not line.startswith("#")))


def merged(write, tmp_path: Path, a: str, b: str, **options: bool):
    out = tmp_path / "out.csv"
    summary = merge(write(a, "a.csv"), write(b, "b.csv"), out, **options)
    return summary, rows_of(out)


def test_the_two_parts_of_the_koi_table_are_united_in_order_with_their_texts(shared_data: Path, tmp_path: Path) -> None:
    a, b, out = shared_data / "koi_train.csv", shared_data / "koi_test_raw.csv", tmp_path / "out.csv"
    summary = merge(a, b, out)
    assert (summary.rows, summary.rows_a, summary.rows_b, summary.duplicates) == (9564, 9464, 100, 0)
    header, *rows = rows_of(out)
    assert header == rows_of(a)[0]
    assert tuple(header) == summary.columns
    source, *expected = rows_of(a)
    expected += rows_of(b)[1:]
    order = [source.index(name) for name in header]
    assert rows == [[row[place] for place in order] for row in expected]


def test_rows_that_differ_in_the_spelling_of_numbers_only_are_the_same(shared_data: Path, tmp_path: Path) -> None:
    archive, out = shared_data / "koi_cumulative.csv", tmp_path / "out.csv"
    summary = merge(archive, shared_data / "koi_train.csv", out)
    assert (summary.rows, summary.duplicates) == (9564, 9464)
    header, *rows = rows_of(out)
    source, *expected = rows_of(archive)
    order = [source.index(name) for name in header]
    assert rows == [[row[place] for place in order] for row in expected]


def test_merging_a_file_with_itself(shared_data: Path, tmp_path: Path) -> None:
    k2 = shared_data / "k2pandc.csv"
    assert merge(k2, k2, tmp_path / "out.csv").rows == 4004
    assert merge(k2, k2, tmp_path / "out.csv", dedupe=False).rows == 8008


def test_two_satellites_are_united_and_told(shared_data: Path, tmp_path: Path) -> None:
    summary = merge(shared_data / "toi.csv", shared_data / "k2pandc.csv", tmp_path / "out.csv")
    assert summary.rows == 7703 + 4004
    assert summary.columns[:6] == ("toi", "tid", "tfopwg_disp", "rastr", "ra", "decstr")
    assert "is a TOI catalog" in summary.notes[0]
    assert summary.notes[1].startswith("Only toi.csv has ")


def test_columns_are_united_and_gaps_are_empty(write, tmp_path: Path) -> None:
    summary, rows = merged(write, tmp_path, "b,a\n1,2\n", "c,A\n3,4\n")
    assert rows == [["b", "a", "c"], ["1", "2", ""], ["", "4", "3"]]
    assert summary.columns == ("b", "a", "c")
    assert summary.notes == (
        "Only a.csv has `b`; rows of b.csv are empty there.",
        "Only b.csv has `c`; rows of a.csv are empty there.",
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.0", "1", True),
        ("0.146", "0.1460", True),
        ("2.4790000e-04", "0.0002479", True),
        ("-0", "0.0", True),
        ("", "NaN", True),
        ("NA", "null", True),
        ("a", "A", False),
        ("1", "", False),
        ("0", "", False),
        ("0.1", "0.10000001", False),
        ("4109811934545838720", "4109811934545838721", False),
        ("K00752.01", "K00752.010", False),
        ("1234.5", '"1,234.5"', True),
        ("-0.3", "\u22120.3", True),
        ("1.5e3", "1.5D+03", True),
        ("", "None", True),
        ("-", " N/A ", True),
        ("1_0", "10", False),
    ],
)
def test_what_counts_as_the_same_cell(write, tmp_path: Path, one: str, other: str, same: bool) -> None:
    summary, rows = merged(write, tmp_path, f"a,b\nx,{one}\n", f"a,b\nx,{other}\n")
    assert summary.duplicates == (1 if same else 0)
    assert rows[1:] == ([["x", one]] if same else [["x", one], ["x", other]])


def test_cells_do_not_run_together(write, tmp_path: Path) -> None:
    assert merged(write, tmp_path, "a,b\nxy,z\n", "a,b\nx,yz\n")[0].duplicates == 0
    assert merged(write, tmp_path, "a,b\nx,\n", "a,b\n,x\n")[0].duplicates == 0


def test_repeated_rows_go_once_and_the_first_stays(write, tmp_path: Path) -> None:
    summary, rows = merged(write, tmp_path, "a,b\n1,x\n2,y\n1.0,x\n", "a,b\n3,z\n2.0,y\n3,z\n")
    assert rows[1:] == [["1", "x"], ["2", "y"], ["3", "z"]]
    assert summary.duplicates == 3
    kept = merged(write, tmp_path, "a,b\n1,x\n1,x\n", "a,b\n1,x\n", dedupe=False)
    assert (kept[0].rows, kept[0].duplicates) == (3, 0)


KOI = "kepid,koi_period,koi_duration,koi_depth,koi_prad"
PREDICTION = "Predicted_Class,Prob_CONFIRMED"


def test_a_prediction_fills_the_gaps_of_the_label_and_its_columns_go(write, tmp_path: Path) -> None:
    a = f"{KOI},koi_disposition\n1,1,1,1,1,CONFIRMED\n"
    b = (
        f"{KOI},koi_disposition,Predicted_Class,Confidence,Match,Prob_CANDIDATE,Prob_FALSE POSITIVE\n"
        "2,1,1,1,1,CANDIDATE,CONFIRMED,0.9,No,0.1,0.2\n3,1,1,1,1,,FALSE POSITIVE,0.8,N/A,0.1,0.2\n4,1,1,1,1,NA,,,,,\n"
    )
    summary, rows = merged(write, tmp_path, a, b)
    assert rows == [
        [*KOI.split(","), "koi_disposition", "label_source"],
        ["1", "1", "1", "1", "1", "CONFIRMED", "catalog"],
        ["2", "1", "1", "1", "1", "CANDIDATE", "catalog"],
        ["3", "1", "1", "1", "1", "FALSE POSITIVE", "model"],
        ["4", "1", "1", "1", "1", "NA", ""],
    ]
    assert any(note.startswith("1 rows of b.csv had no `koi_disposition`") for note in summary.notes)
    assert any("`Predicted_Class`, `Confidence`" in note for note in summary.notes)


def test_a_prediction_becomes_the_label_where_there_is_none(write, tmp_path: Path) -> None:
    a = f"{KOI},{PREDICTION}\n1,1,1,1,1,CONFIRMED,0.9\n"
    _, rows = merged(write, tmp_path, a, f"{KOI}\n2,1,1,1,1\n")
    assert rows[0] == [*KOI.split(","), "koi_disposition", "label_source"]
    assert [row[5:] for row in rows[1:]] == [["CONFIRMED", "model"], ["", ""]]
    k2 = "pl_name,hostname,pl_orbper,pl_rade,st_teff,st_rad,actual_class,pred_label,pred_index,Confidence,match\n"
    _, rows = merged(write, tmp_path, k2 + "p,h,1,1,1,1,,CANDIDATE,0,0.9,N/A\n", "pl_name,disposition\nq,REFUTED\n")
    assert rows[0] == [
        *("pl_name", "hostname", "pl_orbper", "pl_rade", "st_teff", "st_rad", "disposition", "label_source")
    ]
    assert [row[6:] for row in rows[1:]] == [["CANDIDATE", "model"], ["REFUTED", "catalog"]]


def test_the_origin_of_a_label_survives_a_second_merge(write, tmp_path: Path) -> None:
    a = f"{KOI},{PREDICTION}\n1,1,1,1,1,CONFIRMED,0.9\n"
    merge(write(a, "a.csv"), write(f"{KOI},koi_disposition\n2,1,1,1,1,CANDIDATE\n", "b.csv"), tmp_path / "first.csv")
    third = write(f"{KOI},koi_disposition\n3,1,1,1,1,CANDIDATE\n", "c.csv")
    merge(tmp_path / "first.csv", third, tmp_path / "second.csv")
    header, *rows = rows_of(tmp_path / "second.csv")
    assert [row[header.index("label_source")] for row in rows] == ["model", "catalog", "catalog"]


def test_the_origin_of_a_label_is_told_whatever_the_case_of_its_column(write, tmp_path: Path) -> None:
    header = f"{KOI},koi_disposition,Label_Source,{PREDICTION}\n"
    a = header + "1,1,1,1,1,,,CONFIRMED,0.9\n2,1,1,1,1,CANDIDATE,Model,,\n"
    b = f"{KOI},koi_disposition\n3,1,1,1,1,CANDIDATE\n"
    merge(write(a, "a.csv"), write(b, "b.csv"), tmp_path / "merged.csv")
    header, *rows = rows_of(tmp_path / "merged.csv")
    assert [row[header.index("label_source")] for row in rows] == ["model", "Model", "catalog"]
    loud = write("kepid,LABEL_SOURCE\n1,model\n2,catalog\n", "loud.csv")
    assert plain_copy(loud, tmp_path / "left.csv", model_labels=False).left_out == 1
    assert [row[0] for row in rows_of(tmp_path / "left.csv")] == ["kepid", "2"]


def test_a_row_that_says_the_same_is_dropped_whoever_labelled_it(write, tmp_path: Path) -> None:
    a = f"{KOI},koi_disposition\n1,1,1,1,1,CONFIRMED\n"
    summary, rows = merged(write, tmp_path, a, f"{KOI},koi_disposition,{PREDICTION}\n1,1,1,1,1,,CONFIRMED,1\n")
    assert summary.duplicates == 1
    assert len(rows) == 2


def test_different_delimiters_encodings_and_decimal_signs(write, tmp_path: Path) -> None:
    a = write("name;x\nGröße;1,5\nb;1,5 pc\n".encode("latin-1"), "a.csv")
    b = write("name,x\nc,2.5\n", "b.csv")
    summary = merge(a, b, tmp_path / "out.csv")
    assert rows_of(tmp_path / "out.csv") == [["name", "x"], ["Größe", "1.5"], ["b", "1,5 pc"], ["c", "2.5"]]
    assert "Numbers are read with a decimal comma." in summary.notes


def test_cells_with_quotes_and_line_breaks_come_through(write, tmp_path: Path) -> None:
    merged(write, tmp_path, 'a,b\n"x ""y""","1\n2"\n', "a,b\n#1,&#x131;\n")
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file))[1:] == [['x "y"', "1\n2"], ["#1", "&#x131;"]]


def test_lines_that_were_left_out_are_told(write, tmp_path: Path) -> None:
    summary, _ = merged(write, tmp_path, "a,b\n1,2\n3\n", "a,b\n4,5\n")
    assert summary.notes[0] == ("1 line of a.csv is left out: line 3 has 1 cell where the header has 2.")


def test_a_column_of_blanks_alone_stays_rows(write, tmp_path: Path) -> None:
    summary, _ = merged(write, tmp_path, 'a\nx\n""\n', "a\ny\n")
    assert summary.rows == 3
    with Table.open(tmp_path / "out.csv") as table:
        assert table.texts("a") == ["x", None, "y"]


def test_wrong_input_leaves_the_old_file_and_nothing_else(write, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")
    good = write("a,b\n1,2\n", "good.csv")
    for other, error, said in (
        (write("", "empty.csv"), UnreadableFile, "is empty"),
        (write("a,b\n", "header.csv"), UnreadableFile, "no rows"),
        (write("c,d\n1,2\n", "other.csv"), InputError, "no column in common"),
        (tmp_path / "gone.csv", UnreadableFile, "There is no file"),
    ):
        with pytest.raises(error, match=said):
            merge(good, other, out)
        with pytest.raises(error, match=said):
            merge(other, good, out)
    with pytest.raises(UnavailableError, match="There is no folder"):
        merge(good, good, tmp_path / "nowhere" / "out.csv")
    assert out.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["out.csv", "good.csv", "empty.csv", "header.csv", "other.csv"]
    )


def test_cancelling_leaves_nothing(shared_data: Path, tmp_path: Path) -> None:
    stages: list[str] = []
    source = shared_data / "k2pandc.csv"
    for stage in ("reading", "looking for repeated rows", "writing"):
        stages.clear()
        with pytest.raises(Cancelled):
            merge(
                source,
                source,
                tmp_path / "out.csv",
                report=lambda _, at: stages.append(at),
                should_stop=lambda stage=stage: stage in stages or len(stages) > 60,
            )
    assert list(tmp_path.iterdir()) == []


def test_progress_never_goes_back(shared_data: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    source = shared_data / "koi_test_raw.csv"
    merge(source, source, tmp_path / "out.csv", report=lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_columns_may_be_called_as_the_queries_own_names(write, tmp_path: Path) -> None:
    header = "a,b,cell,digest,place,repeated,object\n"
    summary, rows = merged(write, tmp_path, header + "1,2,3,4,5,6,7\n", header + "1.0,2,3,4,5,6,7\n8,2,3,4,5,6,7\n")
    assert rows[1:] == [["1", "2", "3", "4", "5", "6", "7"], ["8", "2", "3", "4", "5", "6", "7"]]
    assert summary.duplicates == 1


HEAD = "kepoi_name,koi_period,koi_depth\n"


@pytest.mark.parametrize(
    ("one", "other", "copied"),
    [
        (HEAD + "K00001.01,1.50,\nK00002.01,2,9\n", HEAD + "K00001.01,1.5,\nK00003.01,3,7", (True, True)),
        ("# said\n\n" + HEAD + "K00001.01, 1,\n\nK00002.01,é,9\n\n", HEAD.upper() + "K00003.01,3,7\n", (True, True)),
        (HEAD + "K00001.01,1,\n", "koi_depth,kepoi_name,koi_period\n5,K00003.01,3\n", (True, False)),
        (HEAD + 'K00001.01,1,"a,b"\n', HEAD + "K00003.01,3,7\n", (False, True)),
        (HEAD + "K00001.01,1,2\n", HEAD.replace("\n", "\r\n") + "K00003.01,3,7\r\n", (True, False)),
        (HEAD + "K00001.01,1 234,2\n", HEAD + "K00003.01,3,7\n", (False, True)),
        (HEAD + "K00001.01,1\nK00002.01,1,2\n", HEAD + "K00003.01,3,7\n", (False, True)),
    ],
    ids=["repeated", "blank lines", "other order", "quotes", "returns", "odd numbers", "short line"],
)
def test_lines_that_stay_as_written_are_what_their_cells_would_give(
    write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one: str, other: str, copied: tuple[bool, bool]
) -> None:
    a, b, out = write(one, "a.csv"), write(other, "b.csv"), tmp_path / "out.csv"
    asked = Merging._stays_as_written
    found: list[bool] = []

    def told(self: Merging, number: int) -> bool:
        found.append(asked(self, number))
        return found[-1]

    monkeypatch.setattr(Merging, "_stays_as_written", told)
    summary = merge(a, b, out)
    fast = out.read_bytes()
    monkeypatch.setattr(Merging, "_stays_as_written", lambda *_: False)
    assert merge(a, b, out) == summary
    assert tuple(found) == copied
    assert fast == out.read_bytes()

import csv
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.merging import merging
from exoplanet_desktop.catalogs.merging.merge import merge, merge_many
from exoplanet_desktop.catalogs.merging.preview import preview_merge
from exoplanet_desktop.errors import Cancelled, InputError, UnavailableError, UnreadableFile
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Duplicates

A = "name,x,y,Predicted_Class,Prob_CONFIRMED\np,1,,CONFIRMED,1\nq,2,2,,\n,3,3,,\n"
B = "name,x,z\nq,2.0,5\nr,abc,6\np,1,7\n,3,3\n"
C = "name,x\nr,4\nq,2\nq,2.000\n"


@pytest.fixture
def files(write) -> list[Path]:
    return [write(text, f"{name}.csv") for name, text in (("a", A), ("b", B), ("c", C))]


def names(path: Path) -> list[tuple[str, str]]:
    with path.open(newline="") as file:
        return [(row["name"], row["x"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Duplicates.NONE, "p1 q2 3 q2.0 rabc p1 3 r4 q2 q2.000"),
        (Duplicates.EXACT, "p1 q2 3 q2.0 rabc p1 3 r4 q2"),
        (Duplicates.BY_IDENTIFIER_FIRST, "p1 q2 3 rabc 3"),
        (Duplicates.BY_IDENTIFIER_LAST, "3 p1 3 r4 q2.000"),
        (Duplicates.BY_IDENTIFIER_MOST_COMPLETE, "p1 q2 3 rabc 3"),
    ],
)
def test_three_files_by_every_rule(files: list[Path], tmp_path: Path, rule: Duplicates, expected: str) -> None:
    identifier = "name" if rule.by_identifier else None
    summary = merge_many(files, tmp_path / "out.csv", rule=rule, identifier=identifier)
    found = names(tmp_path / "out.csv")
    assert " ".join(name + x for name, x in found) == expected
    assert summary.rows == len(found) == 10 - summary.duplicates
    assert summary.rows_each == (3, 4, 3)
    assert sum(summary.dropped_each) == summary.duplicates
    preview = preview_merge(files, rule, identifier=identifier)
    assert preview.rows == summary.rows
    assert preview.columns == summary.columns
    assert preview.notes == summary.notes
    assert tuple(file.dropped for file in preview.files) == summary.dropped_each


def test_a_preview_tells_what_would_happen(files: list[Path]) -> None:
    preview = preview_merge(files, Duplicates.BY_IDENTIFIER_FIRST, identifier="NAME")
    assert preview.identifier == "name"
    assert preview.repeated_identifiers == 3
    first, second, third = preview.files
    assert (first.gained, first.lost, first.filled) == (("z",), ("Predicted_Class", "Prob_CONFIRMED"), 1)
    assert (second.gained, third.gained) == (("y", "disposition"), ("y", "disposition", "z"))
    (clash,) = preview.type_clashes
    assert (clash.column, clash.numbers, clash.texts) == ("x", ("a.csv", "c.csv"), ("b.csv",))
    told = {(conflict.identifier, conflict.column): conflict for conflict in preview.conflicts}
    assert set(told) == {("r", "x")}  # a column that one of two files lacks causes no conflict
    conflict = told["r", "x"]
    assert (conflict.files, conflict.numbers, conflict.values) == (("b.csv", "c.csv"), (2, 1), ("abc", "4"))
    assert conflict.stays == (True, False)
    assert preview.unlike_identifiers == 3


def test_a_conflict_is_found_wherever_it_is(write, tmp_path: Path) -> None:
    rows = [f"n{n},{n}.50,{n}" for n in range(5000)]
    a = write("\n".join(["name,x,y", *rows, ""]), "a.csv")
    same = [row.replace(".50", ".5") for row in rows]  # same value, different spelling
    b = write("\n".join(["name,x,y", *same[:4321], "n4321,4321.5,other", *same[4322:], ""]), "b.csv")
    preview = preview_merge([a, b], identifier="name")
    (conflict,) = preview.conflicts
    assert (conflict.identifier, conflict.column, conflict.values) == ("n4321", "y", ("4321", "other"))
    assert (conflict.numbers, conflict.stays) == ((4322, 4322), (True, True))
    assert (preview.repeated_identifiers, preview.unlike_identifiers, preview.rows) == (5000, 5000, 5001)


def test_the_satellite_tells_which_column_names_the_object(shared_data: Path, tmp_path: Path) -> None:
    k2, out = shared_data / "k2pandc.csv", tmp_path / "out.csv"
    summary = merge_many([k2, shared_data / "k2_test.csv"], out, rule=Duplicates.BY_IDENTIFIER_MOST_COMPLETE)
    with out.open(newline="") as file:
        planets = [row["pl_name"] for row in csv.DictReader(file)]
    assert len(planets) == len(set(planets)) == summary.rows == 1806
    preview = preview_merge([k2, shared_data / "k2_test.csv"])
    assert (preview.identifier, len(preview.conflicts)) == ("pl_name", 100)
    assert preview.files[1].dropped == 100


def test_what_cannot_be_told_apart_by_an_identifier_is_told(files: list[Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Choose a column"):
        merge_many(files, tmp_path / "out.csv", rule=Duplicates.BY_IDENTIFIER_LAST)
    with pytest.raises(InputError, match=r"a\.csv has no column `z`"):
        merge_many(files, tmp_path / "out.csv", rule=Duplicates.BY_IDENTIFIER_LAST, identifier="z")
    with pytest.raises(InputError, match="two files"):
        merge_many(files[:1], tmp_path / "out.csv")
    assert preview_merge(files).identifier == ""


def test_the_parts_of_the_koi_table_come_together(shared_data: Path, tmp_path: Path) -> None:
    parts = [shared_data / name for name in ("koi_train.csv", "koi_test_raw.csv", "koi_cumulative.csv")]
    summary = merge_many(parts, tmp_path / "out.csv")
    assert summary.dropped_each == (0, 0, 9564)
    assert preview_merge(parts).conflicts == ()


def test_files_that_need_care_are_merged_too(write, tmp_path: Path) -> None:
    a = write('name,x\n"two\nlines",1\nragged\n"say ""so""",2\n', "a.csv")
    b = write('name;x\n"two\nlines";1,0\nGröße;3,5\n'.encode("latin-1"), "b.csv")
    summary = merge(a, b, tmp_path / "out.csv")
    assert names(tmp_path / "out.csv") == [("two\nlines", "1"), ('say "so"', "2"), ("Größe", "3.5")]
    assert summary.duplicates == 1
    assert preview_merge([a, b]).files[0].bad_lines == 1


def test_duplicates_are_right_where_every_probed_cell_is_the_same(write, tmp_path: Path) -> None:
    header = ",".join(f"c{n:02}" for n in range(30))
    rows = [",".join("7" if n != place else spelt for n in range(30)) for place in range(30) for spelt in ("8", "8.0")]
    a, b = write("\n".join([header, *rows[::2], ""]), "a.csv"), write("\n".join([header, *rows[1::2], ""]), "b.csv")
    assert merge(a, b, tmp_path / "out.csv").rows == 30
    assert merge(a, a, tmp_path / "out.csv").rows == 30


def test_a_file_that_changes_meanwhile_is_told(write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = write("a,b\n1,2\n3,4\n", "a.csv"), write("a,b\n5,6\n", "b.csv")
    compare = merging.Merging.compare

    def changed(self: merging.Merging, start: float, end: float) -> None:
        compare(self, start, end)
        a.write_text("a,b\n1,2\n")

    monkeypatch.setattr(merging.Merging, "compare", changed)
    with pytest.raises(UnavailableError, match=r"a\.csv changed"):
        merge(a, b, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_preview_can_be_stopped_and_refuses_what_a_merge_refuses(write, shared_data: Path) -> None:
    stages: list[str] = []
    k2 = shared_data / "k2pandc.csv"
    with pytest.raises(Cancelled):
        preview_merge([k2, k2], report=lambda _, at: stages.append(at), should_stop=lambda: "reading" in stages)
    with pytest.raises(UnreadableFile):
        preview_merge([k2, write("", "empty.csv")])
    with pytest.raises(InputError, match="no column in common"):
        preview_merge([k2, write("c,d\n1,2\n", "c.csv")])


def test_names_that_need_quotation_marks_and_cells_that_need_none(write, tmp_path: Path) -> None:
    a = write('"a,b","c ""d""",e\n1,2,\n,2,\n', "a.csv")
    b = write('"a,b","c ""d""",e\n3,4' + ",5\n3,4" * 100 + ",x\x1fy\n", "b.csv")
    c = write('"a,b","c ""d""",e\n3,"p,q",x\n', "c.csv")
    summary = merge_many([a, b, c], tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == summary.columns == ("a,b", 'c "d"', "e")
    assert rows == [["1", "2", ""], ["", "2", ""], ["3", "4", "5"], ["3", "4", "x\x1fy"], ["3", "p,q", "x"]]


def of(shared_data: Path, name: str) -> Path:
    return shared_data.parent / "cases" / name


@pytest.mark.parametrize(
    "name",
    [
        *("i_padded_id", "i_excel_protect", "i_topcat_id", "i_trailing_blank", "n_thousands", "n_fortran"),
        *("l_under", "l_nbsp", "h_rowid"),
    ],
)
def test_the_same_objects_in_other_spellings_are_no_conflict(shared_data: Path, tmp_path: Path, name: str) -> None:
    files = [of(shared_data, "reading/base_small.csv"), of(shared_data, f"reading/{name}.csv")]
    preview = preview_merge(files, Duplicates.BY_IDENTIFIER_FIRST)
    assert (preview.repeated_identifiers, preview.conflicts, preview.label_changes) == (120, (), 0)
    summary = merge_many(files, tmp_path / "out.csv", rule=Duplicates.BY_IDENTIFIER_LAST)
    assert (summary.rows, summary.duplicates, summary.label_changes) == (120, 120, 0)


def test_row_counters_take_no_part_and_changed_labels_come_first(shared_data: Path, tmp_path: Path) -> None:
    old, new = shared_data / "koi_cumulative_2019-01.csv.gz", shared_data / "koi_cumulative.csv"
    preview = preview_merge([old, new], Duplicates.BY_IDENTIFIER_LAST)
    assert (preview.repeated_identifiers, preview.label, preview.label_changes) == (9564, "koi_disposition", 447)
    assert {conflict.column for conflict in preview.conflicts[:100]} == {"koi_disposition"}
    summary = merge_many([old, new], tmp_path / "out.csv")
    assert (summary.duplicates, summary.label_changes) == (9114, 447)
    assert "9,564 objects are in several of the files, 447 of them with different dispositions." in summary.notes
    assert not {"rowid", "loc_rowid"}.intersection(summary.columns)


def test_the_row_with_values_is_the_fuller_one(shared_data: Path, tmp_path: Path) -> None:
    files = [of(shared_data, f"reading/fullest_{number}.csv") for number in (1, 2)]
    merge_many(files, tmp_path / "out.csv", rule=Duplicates.BY_IDENTIFIER_MOST_COMPLETE)
    with (tmp_path / "out.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["koi_period"], row["koi_depth"]) == ("3.1", "400")


def test_a_file_with_more_columns_is_not_the_fuller_one_for_that(write, tmp_path: Path) -> None:
    a, b = write("name,x,y\np,,5\n", "a.csv"), write("name,x\np,1\n", "b.csv")
    merge_many([a, b], tmp_path / "out.csv", rule=Duplicates.BY_IDENTIFIER_MOST_COMPLETE, identifier="name")
    assert names(tmp_path / "out.csv") == [("p", "1")]


def test_a_users_own_columns_are_no_prediction(shared_data: Path, tmp_path: Path) -> None:
    own = of(shared_data, "reading/p_own_columns.csv")
    summary = merge_many([own, of(shared_data, "reading/base_small.csv")], tmp_path / "out.csv")
    assert {"Confidence", "match", "Prob_FP", "row_number"} < set(summary.columns)
    assert not any("prediction" in note for note in summary.notes)


def test_only_a_known_class_fills_a_label(write, tmp_path: Path) -> None:
    header = "kepid,koi_period,koi_duration,koi_depth,koi_prad,koi_disposition,Predicted_Class,Prob_CONFIRMED\n"
    a = write(header + "1,1,1,1,1,,planet,0.9\n2,1,1,1,1,,CONFIRMED,0.9\n", "a.csv")
    summary = merge_many([a, write("kepid,koi_disposition\n3,CANDIDATE\n", "b.csv")], tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = [(row["koi_disposition"], row["label_source"]) for row in csv.DictReader(file)]
    assert rows == [("", ""), ("CONFIRMED", "model"), ("CANDIDATE", "catalog")]
    assert summary.filled == 1


def test_numbers_of_a_file_with_decimal_commas_become_plain(write, tmp_path: Path) -> None:
    a = write("name;x;y\np;1,5;2,5\nq;1.234,5;3,5\nr;2.000;4,5\n", "a.csv")
    b = write('name,x,y\ns,1,2\nt,\u22123,"1,234"\n', "b.csv")
    merge_many([a, b], tmp_path / "out.csv", choices=[ReadingOptions(decimal=",")])
    assert names(tmp_path / "out.csv") == [("p", "1.5"), ("q", "1234.5"), ("r", "2000.0"), ("s", "1"), ("t", "-3.0")]


def test_a_way_to_read_that_was_chosen_is_used(write, tmp_path: Path) -> None:
    a, b = write("a note\nname,x\np,1\n", "a.csv"), write("name,x\nq,2\n", "b.csv")
    choices = (ReadingOptions(skip=1, delimiter=","), None)
    assert merge_many([a, b], tmp_path / "out.csv", choices=choices).rows == 2
    assert preview_merge([a, b], choices=choices).rows == 2

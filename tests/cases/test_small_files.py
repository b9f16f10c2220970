"""Small real files in formats that users have, and the right result for each (../shared/cases)."""

import csv
from pathlib import Path

import numpy as np
import pytest

from exoplanet_desktop.catalogs.facts.satellites import recognise
from exoplanet_desktop.catalogs.merging.merge import merge_many
from exoplanet_desktop.catalogs.merging.preview import preview_merge
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import AppError, UnreadableFile
from exoplanet_desktop.wire.vocabulary import Duplicates, Satellite
from tests.cases.lab import Lab, dataset_of

ROWS = 120


def named(*names: str) -> list[str]:
    return [name for name in " ".join(names).split() if name]


# The table of base_small.csv in another format: the same numbers, predictions, folds and objects.
AS_BASE = named(
    "n_thousands.csv n_thousands_few.csv n_minus.csv n_fortran.csv n_unit.csv n_unit_all.csv n_pm.csv",
    "m_None.csv m_NULL.csv m_NAN_.csv m_nslasha.csv m_dash.csv m_dots.csv m_question.csv m_backslashN.csv m_blank.csv",
    "m_hashNA.csv m_minus999.csv h_spaces.csv",
    "d_comma.csv d_comma_one_point.csv d_comma_point_id.csv d_comma_quoted.csv",
    "h_bang.csv h_all_quoted.csv h_blank_in_block.csv h_bom_behind_block.csv h_comment_after_header.csv h_read_me.csv",
    "h_title_lines.csv h_savetxt.csv h_sep.csv h_index.csv h_rowid.csv h_r_rownames.csv s_header_trailing.csv",
    "h_units_row.csv h_upper.csv h_dup.csv",
    "i_padded_id.csv i_float_id.csv i_float2_id.csv i_excel_protect.csv i_topcat_id.csv i_trailing_blank.csv",
    "l_lower.csv l_nbsp.csv l_under.csv",
    "x_pipe.csv x_space.txt x_ecsv.ecsv s_tab.tsv",
    "s_cr_only.csv s_formula.csv s_latin1.csv s_mixed_ends.csv s_multi.csv.gz s_newline_cell.csv",
    "s_no_end.csv s_quote_all.csv s_trailing_delims.csv s_u2028.csv s_utf16.csv s_utf8bom.csv s_zip.csv.zip",
    "p_own_columns.csv",
)
# The same for its first 60 rows.
AS_ITS_FIRST_ROWS = named("v_astropy.csv v_commented.csv v_ecsv.ecsv v_ipac.tbl x_ipac.tbl")
# A sentence that says what the file is; these words must be in it.
NO_TABLE = {
    "x_lfs.csv": "Git LFS",
    "x_tap_error.csv": "is not a valid table",
    "x_tap_error2.csv": "unable to parse ADQL query",
    "x_votable_error.xml": "",
    "x_json_indent.csv": "JSON",
    "x_html.csv": "Just a moment",
    "s_cut.csv.gz": "damaged",
}
# Reported on opening: the column, and the count.
TOLD = {
    "n_inf.csv": ("koi_depth", 24),
    "n_unit.csv": ("koi_period", 60),
    "m_minus999.csv": ("koi_teq", 16),
    "n_zero.csv": ("koi_period", 24),
}


def truth_of(lab: Lab, path: Path, rows: int) -> np.ndarray:
    """The base file's numbers, except for cells that deliberately say "missing" or have another sign."""
    truth = lab.numbers[:rows].copy()
    if path.name.startswith(("m_", "n_minus")):
        with path.open(encoding="utf-8", newline="") as file:
            cells = list(csv.DictReader(file))
        for at, name in enumerate(lab.numeric):
            for row, line in enumerate(cells):
                if line[name].strip() in ("None", "NULL", "NAN", "n/a", "-", "...", "?", "\\N", "", "#N/A", "-999"):
                    truth[row, at] = np.nan
                elif line[name].startswith("\u2212"):
                    truth[row, at] = -float(line[name][1:])
    return truth


def same_as_base(lab: Lab, path: Path, rows: int = ROWS) -> None:
    with Table.open(path) as table:
        assert recognise(table.columns) is Satellite.KOI
        assert table.row_count == rows
        assert table.bad_count == (path.name == "h_comment_after_header.csv")  # a comment between the rows is reported
        assert set(lab.columns) <= set(table.columns)
        chosen = [at for at, name in enumerate(lab.numeric) if name != "kepid"]
        names = [lab.numeric[at] for at in chosen]
        truth = truth_of(lab, path, rows)[:, chosen]
        np.testing.assert_allclose(table.numbers(names), truth, rtol=1e-13)
        assert table.numeric.issuperset(names)
        if rows == ROWS:
            data = dataset_of(table)
            np.testing.assert_array_equal(data.groups, lab.dataset.groups)
            np.testing.assert_array_equal(data.y, lab.dataset.y)
    if np.array_equal(truth, lab.numbers[:rows, chosen], equal_nan=True):
        said = lab.predicted(path)
        assert [{key: (cell or "").replace(",", ".") for key, cell in row.items()} for row in said] == lab.base_rows[
            :rows
        ]


@pytest.mark.parametrize("name", AS_BASE)
def test_a_file_in_another_form_is_the_same_table(lab, reading, name):
    same_as_base(lab, reading / name)


@pytest.mark.parametrize("name", AS_ITS_FIRST_ROWS)
def test_a_shorter_file_in_another_form_is_the_same_table(lab, reading, name):
    same_as_base(lab, reading / name, 60)


@pytest.mark.parametrize("name", [name for name in AS_BASE if name not in ("v_ipac.tbl", "p_own_columns.csv")])
def test_a_file_in_another_form_holds_the_same_objects(reading, tmp_path, name):
    paths = [reading / "base_small.csv", reading / name]
    summary = merge_many(paths, tmp_path / "out.csv", rule=Duplicates.BY_IDENTIFIER_FIRST)
    assert (summary.rows, summary.duplicates) == (ROWS, ROWS)
    preview = preview_merge(paths, Duplicates.BY_IDENTIFIER_FIRST)
    unlike = {
        "s_formula.csv",
        "s_newline_cell.csv",
        "s_u2028.csv",
        "s_latin1.csv",
        "n_inf.csv",
        "n_minus.csv",
    }  # deliberately other texts
    if name not in unlike:
        assert [(c.identifier, c.column, c.values) for c in preview.conflicts] == []


@pytest.mark.parametrize(("name", "words"), NO_TABLE.items())
def test_what_is_no_table_is_named(reading, name, words):
    with pytest.raises(UnreadableFile) as caught:
        Table.open(reading / name).close()
    assert words in str(caught.value)
    assert "no rows" not in str(caught.value)


@pytest.mark.parametrize(("name", "told"), TOLD.items())
def test_what_is_not_read_as_it_stands_is_told(reading, name, told):
    with Table.open(reading / name) as table:
        found = {(entry.column, entry.count) for entry in table.account()}
        assert told in found


def test_rounded_identifiers_are_told_and_no_protocol_is_claimed_on_them(lab, reading):
    with Table.open(reading / "i_excel_id.csv") as table:
        data = dataset_of(table)
    # Grouped by the star in the object's name: other numbers, but the same rows together.
    assert len(set(zip(data.groups, lab.dataset.groups, strict=True))) == lab.dataset.group_count == data.group_count
    assert "119 stars became 98" in " ".join(data.hosts.notes)


def test_numbers_for_labels_are_a_question(reading):
    with Table.open(reading / "l_num.csv") as table, pytest.raises(AppError) as caught:
        dataset_of(table)
    assert all(word in str(caught.value) for word in ("0", "1", "2", "koi_disposition"))


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("u_days.csv", "koi_duration"),
        ("u_fraction.csv", "koi_depth"),
        ("u_real_days.csv", "koi_duration"),
        ("u_real_fraction.csv", "koi_depth"),
    ],
)
def test_another_unit_is_told(lab, reading, name, column):
    lab.predicted(reading / name)
    assert [note for note in lab.said.notes if f"`{column}`" in note and "unit" in note]


def test_the_users_own_columns_stay_in_a_result(lab, reading):
    lab.predicted(reading / "p_own_columns.csv")
    with (lab.folder / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert (rows[0]["Confidence"], rows[0]["match"], rows[0]["Prob_FP"]) == ("high", "K00001", "0.0")
    assert len(rows[0]) == len(set(rows[0])) and "Predicted_Class" in rows[0]


def test_the_most_complete_row_is_the_one_with_numbers(reading, tmp_path):
    out = tmp_path / "out.csv"
    paths = [reading / "fullest_1.csv", reading / "fullest_2.csv"]
    merge_many(paths, out, rule=Duplicates.BY_IDENTIFIER_MOST_COMPLETE)
    with out.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["koi_period"] == "3.1"


@pytest.mark.parametrize(
    ("name", "satellite"),
    [("t_toi_no_duration.csv", Satellite.TOI), ("t_exofop.csv", Satellite.TOI), ("t_pscomppars.csv", None)],
)
def test_a_catalog_is_recognised_by_what_is_its_own(reading, name, satellite):
    assert recognise(sniff(reading / name).columns) is satellite

"""Real catalog extracts as users have them, and the right result for each (../shared/cases)."""

import csv
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.facts.identity import object_key, star_of_object
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, recognise
from exoplanet_desktop.catalogs.merging.merge import merge_many
from exoplanet_desktop.catalogs.merging.preview import preview_merge
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.labels import label_reader
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Disposition, Duplicates, Satellite
from tests.cases.lab import dataset_of, told, trained

RECOGNISED = {
    "exofop_2022-11_with_banner.csv": Satellite.TOI,
    "exofop_direct_no_banner.csv": Satellite.TOI,
    "tev_toi_2021.csv": Satellite.TOI,
    "koi_without_error_columns.csv": Satellite.KOI,
    "koi_candidates_15_columns.csv": Satellite.KOI,
    "kaggle_cut_without_kepid.csv": Satellite.KOI,
    "kaggle2017_with_rowid.csv": Satellite.KOI,
    "k2pandc_2022_without_star_columns.csv": Satellite.K2,
    "kaggle_labels_0_1_2.csv": Satellite.KOI,
}
RENAMED = ("exofop_2022-11_with_banner.csv", "exofop_direct_no_banner.csv", "tev_toi_2021.csv")


@pytest.mark.parametrize(("name", "satellite"), RECOGNISED.items())
def test_a_catalog_is_recognised(catalogs, name, satellite):
    assert recognise(sniff(catalogs / name).columns) is satellite


@pytest.mark.parametrize("name", ["ps_2025_tess_planets.csv", "koi_renamed_as_ps.csv"])
def test_another_catalog_is_not_taken_for_k2(catalogs, name):
    assert recognise(sniff(catalogs / name).columns) is None


def objects(path: Path, column: str, satellite: Satellite) -> list[str]:
    with Table.open(path) as table:
        return [object_key(name, satellite) for name in table.texts(column)]


@pytest.mark.parametrize("name", RENAMED)
def test_a_list_of_tois_under_other_names_meets_the_archive_by_number(catalogs, shared_data, tmp_path, name):
    paths = [catalogs / name, shared_data / "toi.csv"]
    mine, theirs = (objects(path, "toi", Satellite.TOI) for path in paths)
    summary = merge_many(paths, tmp_path / "out.csv", rule=Duplicates.BY_IDENTIFIER_FIRST)
    assert summary.duplicates == len(mine) + len(theirs) - len({*mine, *theirs}) > 0
    with Table.open(paths[0]) as table:
        assert [note for note in table.layout.notes if "is read as" in note or "are read as" in note]


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        ("koi_without_error_columns.csv", "koi_period_err1"),
        ("koi_candidates_15_columns.csv", "koi_period_err1"),
        ("k2_under_koi_names_empty_columns.csv", "koi_depth"),
    ],
)
def test_what_absent_columns_cost_is_said_before_any_class(lab, catalogs, name, absent):
    lab.predicted(catalogs / name)
    assert lab.said.worth.is_felt
    assert absent in lab.said.worth.absent
    assert lab.said.notes[0].startswith("Accuracy about 0.")


def test_the_measured_worth_is_what_the_whole_table_then_shows(lab, shared_data, tmp_path):
    bare = tmp_path / "bare.csv"
    with (shared_data / "koi_cumulative.csv").open(newline="") as source, bare.open("w", newline="") as target:
        rows = csv.DictReader(line for line in source if not line.startswith("#"))
        kept = [name for name in rows.fieldnames or () if "_err" not in name]
        writer = csv.DictWriter(target, kept, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    said = told(bare, lab.classifier, lab.executor, tmp_path / "out.csv")
    agreement = said.agreement["matches"] / said.agreement["known"]
    assert said.agreement["known"] == said.total == 9_564
    assert abs(said.worth.accuracy - agreement) < 0.03
    own = trained(bare, Satellite.KOI, lab.executor, tmp_path)
    assert own.card["metrics"]["cv_mean"] > 0.925


def test_a_star_without_its_number_is_known_by_the_names_of_its_objects(catalogs, tmp_path):
    cut = tmp_path / "cut.csv"
    lines = (catalogs / "kaggle_cut_without_kepid.csv").read_text().splitlines(keepends=True)
    cut.write_text("".join(lines[:30]) + "".join(line.replace("CONFIRMED", "CANDIDATE") for line in lines[30:]))
    with Table.open(cut) as table:
        data = dataset_of(table)
        stars = [star_of_object(name, Satellite.KOI) for name in table.texts("kepoi_name")]
    together = set(zip(stars, data.groups.tolist(), strict=True))
    assert len(together) == len(set(stars)) == data.group_count < len(stars)


def test_a_row_counter_is_no_column_and_other_dispositions_come_first(catalogs, shared_data):
    old, new = paths = [catalogs / "kaggle2017_with_rowid.csv", shared_data / "koi_cumulative.csv"]
    said = []
    for path in paths:
        with Table.open(path) as table:
            names = (object_key(name, Satellite.KOI) for name in table.texts("kepoi_name"))
            said.append(dict(zip(names, table.texts("koi_disposition"), strict=True)))
    changed = [name for name in said[0] if name in said[1] and said[0][name] != said[1][name]]
    preview = preview_merge(paths, Duplicates.BY_IDENTIFIER_FIRST)
    assert preview.label_changes == len(changed) > 0
    assert [conflict.column for conflict in preview.conflicts[: len(changed)]] == ["koi_disposition"] * len(changed)
    assert preview.files[0].lost == ("rowid_2",) and not [name for name in preview.columns if name.startswith("rowid")]
    assert preview.files[0].path == old and preview.rows == len({*said[0], *said[1]})
    assert preview.files[1].path == new


def test_numbers_for_dispositions_mean_what_the_user_says(catalogs):
    path = catalogs / "kaggle_labels_0_1_2.csv"
    with Table.open(path) as table, pytest.raises(AppError, match="koi_disposition"):
        dataset_of(table)
    meant = {"0": "CONFIRMED", "1": "CANDIDATE", "2": "FALSE POSITIVE"}
    layout = sniff(path, ReadingOptions(labels=meant))
    read = label_reader(layout, SATELLITES[Satellite.KOI])
    with Table.open(path, layout=layout) as table:
        cells = table.texts("koi_disposition")
    assert [str(read(cell)) for cell in cells] == [meant[cell] for cell in cells]


def test_a_disposition_under_another_name_is_chosen(catalogs):
    path = catalogs / "koi_columns_label_disposition.csv"
    with Table.open(path, layout=sniff(path, ReadingOptions(label="disposition"))) as table:
        data = dataset_of(table)
        assert len(data.y) == table.row_count
    assert {str(label) for label in data.labels} <= set(map(str, Disposition))


def test_a_depth_as_a_fraction_is_told(lab, catalogs):
    lab.predicted(catalogs / "koi_sample_depth_as_fraction.csv")
    assert [note for note in lab.said.notes if "`koi_depth`" in note]


def test_a_k2_table_without_stars_columns_trains_on_what_it_has(lab, shared_data, catalogs, tmp_path):
    kept = sniff(catalogs / "k2pandc_2022_without_star_columns.csv").columns
    cut = tmp_path / "k2.csv"
    with Table.open(shared_data / "k2pandc.csv") as table, cut.open("w", newline="") as file:
        names = [name for name in kept if name in table.columns]
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(zip(*(table.texts(name) for name in names), strict=True))
    classifier = trained(cut, Satellite.K2, lab.executor, tmp_path)
    assert classifier.card["absent"] or classifier.features.left_out
    assert classifier.card["metrics"]["cv_mean"] > 0.9

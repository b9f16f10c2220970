"""The archive's own catalogs, from the command line to numbers that a vetter would trust."""

import csv

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("file", "satellite", "least"),
    [("koi_train.csv", "KOI", 0.928), ("k2pandc.csv", "K2", 0.95), ("toi.csv", "TOI", 0.75)],
)
def test_each_catalog_is_trained_on_as_the_archive_exports_it(run, shared_data, tmp_path, file, satellite, least):
    done = run(
        "train", shared_data / file, "--satellite", satellite, "--model", "xgb", "--json", "--data-dir", tmp_path
    )
    assert done.code == 0, done.err
    result = done.json["result"]
    assert done.json["status"] == "SUCCEEDED"
    assert result["cv_mean"] >= least
    for url in (result["cm_image_url"], result["cm_norm_image_url"], result["model_url"]):
        assert (tmp_path / url.removeprefix("/media/")).stat().st_size > 1000


def test_a_prediction_agrees_with_the_labels_it_was_trained_on(run, shared_data, tmp_path):
    koi, out = shared_data / "koi_train.csv", tmp_path / "out.csv"
    done = run(
        *("predict", koi, "--satellite", "KOI", "--model", "xgb", "--train-on", koi, "-o", out, "--json"),
        *("--data-dir", tmp_path / "data"),
    )
    assert done.code == 0, done.err
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert done.json["total_predicted"] == len(rows) == 9464
    assert sum(row["Predicted_Class"] == row["koi_disposition"] for row in rows) / len(rows) >= 0.93
    assert done.json["agreement"]["matches"] == sum(row["Predicted_Class"] == row["koi_disposition"] for row in rows)


def test_the_two_parts_of_the_koi_table_merge_to_the_whole(run, shared_data, tmp_path):
    parts = (shared_data / "koi_train.csv", shared_data / "koi_test_raw.csv")
    done = run("merge", *parts, "--json", "--data-dir", tmp_path)
    assert done.code == 0, done.err
    assert done.json["merged_rows"] == 9564

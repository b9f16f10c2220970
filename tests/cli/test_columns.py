"""Files that lack columns: their cost is reported first, and one option trains on the columns present."""

import csv
import json

import pytest

ABSENT = ("koi_score", "koi_fpflag_nt", "koi_fpflag_ss", "koi_fpflag_co", "koi_depth_err1")


@pytest.fixture
def less(catalog, tmp_path):
    """The catalog without some columns, and with another one empty."""
    path = tmp_path / "less.csv"
    with catalog.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    names = [name for name in rows[0] if name not in ABSENT]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**row, "koi_teq": ""} for row in rows)
    return path


def test_a_prediction_says_first_what_absent_columns_cost(run, less, trained):
    done = run("predict", less, "--model", "dt", "--data-dir", trained)
    assert done.code == 0, done.err
    reply = run("predict", less, "--model", "dt", "--data-dir", trained, "--json").json
    assert set(reply["worth"]["absent"]) == {*ABSENT, "koi_teq"}
    assert reply["seen"] == 400 and reply["known_rows"] == "held-out"
    if reply["worth"]["with_all"] - reply["worth"]["accuracy"] > 0.02:
        lines = [line.split()[0] for line in done.out.splitlines()]
        assert lines.index("careful") < lines.index("candidate")
        assert "Accuracy about" in done.out and reply["notes"][0].startswith("Accuracy about")
        saved = less.with_name("saved.csv")
        told = run("predict", less, "--model", "dt", "--data-dir", trained, "-o", saved)
        assert reply["notes"][0] in saved.with_name("saved.csv.note.txt").read_text(encoding="utf-8")
        assert "saved.csv.note.txt" in told.out


def test_a_model_of_the_columns_that_are_there_answers_without_becoming_the_default(run, catalog, less, trained):
    done = run(
        *("predict", less, "--model", "dt", "--data-dir", trained, "--json"),
        *("--train-on", catalog, "--match-columns"),
    )
    assert done.code == 0, done.err
    assert set(done.json["without"]) == {*ABSENT, "koi_teq"} and done.json["worth"] is None
    after = run("predict", catalog, "--model", "dt", "--data-dir", trained, "--json").json
    before = json.loads((trained / "reply.json").read_text())["result"]
    assert after["without"] == [] and after["model_version"] == before["model_version"]


def test_columns_are_left_out_of_a_training_by_name(run, catalog, tmp_path):
    done = run("train", catalog, "--model", "dt", "--without", "koi_score,koi_teq", "--data-dir", tmp_path)
    assert done.code == 0, done.err
    assert "Trained without 2 columns, as asked: koi_teq, koi_score." in done.out
    refused = run("train", catalog, "--model", "dt", "--without", "kepid", "--data-dir", tmp_path)
    assert refused.code == 2 and "kepid" in refused.sentence


def test_the_options_for_known_rows_and_columns_are_held_together(run, catalog, tmp_path):
    alone = run("predict", catalog, "--match-columns", "--data-dir", tmp_path)
    assert alone.code == 2 and "--train-on" in alone.sentence
    unknown = run("predict", catalog, "--known-rows", "perhaps", "--data-dir", tmp_path)
    assert unknown.code == 2 and "held-out, model" in unknown.sentence

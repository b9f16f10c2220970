"""Each task from a command line to its result, with the real engine."""

import csv
import json
import os
import signal
import subprocess
import sys

import pytest


def table(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def test_training_ends_with_metrics_pictures_and_a_model(trained):
    status = json.loads((trained / "reply.json").read_text())
    result = status["result"]
    assert status["status"] == "SUCCEEDED"
    assert 0.3 < result["cv_mean"] <= 1
    for url in (result["cm_image_url"], result["cm_norm_image_url"], result["model_url"]):
        assert (trained / url.removeprefix("/media/")).stat().st_size > 1000


def test_several_catalogs_are_merged_then_trained_on_and_the_result_is_told(run, rows, write, tmp_path):
    half = len(rows) // 2
    a = write(tmp_path / "a.csv", rows[:half])
    b = write(tmp_path / "b.csv", [rows[0], *rows[half - 5 :]])  # both files have five rows in common
    c = write(tmp_path / "c.csv", [rows[0], *rows[1:4]])
    done = run(
        *("train", a, b, c, "--model", "DT", "--features", "blind", "--balance", "balanced"),
        *("--data-dir", tmp_path / "data"),
    )
    assert done.code == 0, done.err
    assert "Decision tree on KOI, blind features" in done.out
    assert "accuracy over 5 folds" in done.out
    assert "protocol" in done.out
    assert f"rows used       {len(rows) - 1}, seed 42" in done.out
    stages = done.err.splitlines()
    assert stages[0] == "Reading through 3 files"
    assert (
        stages.index("Reading through 3 files") < stages.index("Merging 3 files") < stages.index("Starting the engine")
    )
    assert len(stages) == len({*stages}), "each stage is told once"


def test_a_prediction_counts_its_rows_and_keeps_them_in_a_file(run, catalog, trained, tmp_path):
    out = tmp_path / "out.csv"
    done = run("predict", catalog, "--satellite", "KOI", "--model", "dt", "--data-dir", trained, "-o", out, "--json")
    assert done.code == 0, done.err
    reply = done.json
    assert "results" not in reply
    assert reply["total_predicted"] == sum(reply["class_counts"].values()) == len(table(out)) == 400
    assert "Predicted_Class" in table(out)[0]


def test_rows_of_a_prediction_count_from_0_and_include_both_ends(run, catalog, trained, tmp_path):
    out = tmp_path / "out.csv"
    done = run(
        *("predict", catalog, "--satellite", "KOI", "--model", "dt", "--data-dir", trained, "-o", out),
        *("--from-row", 3, "--to-row", 7),
    )
    assert done.code == 0, done.err
    assert "5 rows, 3 to 7, KOI, dt" in done.out
    assert "known labels" in done.out
    assert [row["kepoi_name"] for row in table(out)] == [row["kepoi_name"] for row in table(catalog)[3:8]]


def test_predicting_after_training_on_another_catalog_needs_nothing_before(run, catalog, tmp_path):
    done = run(
        *("predict", catalog, "--satellite", "KOI", "--model", "dt", "--train-on", catalog, "--features", "blind"),
        *("--data-dir", tmp_path, "--json"),
    )
    assert done.code == 0, done.err
    assert done.json["features"] == "blind"


@pytest.fixture
def served(command, tmp_path):
    """An engine that serves others: its address and its token file."""
    process = subprocess.Popen(
        [*command, "serve", "--port", "0", "--data-dir", str(tmp_path / "served")], stdout=subprocess.PIPE, text=True
    )
    with process:
        line = process.stdout.readline()
        yield line
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_served_engine_merges_for_commands_that_know_its_token(run, served, catalog, rows, write, tmp_path):
    address = served.split()[2]
    token = tmp_path / "served" / "token"
    assert f"token in {token}" in served
    if os.name == "posix":
        assert token.stat().st_mode & 0o077 == 0
    here = ("--backend", address, "--data-dir", tmp_path / "data")
    again, out = write(tmp_path / "again.csv", rows[:11]), tmp_path / "out.csv"
    refused = run("merge", catalog, again, *here)
    assert (refused.code, "requires a token" in refused.sentence) == (2, True)
    done = run("merge", catalog, again, *here, "--token-file", token, "-o", out, "--json")
    assert done.code == 0, done.err
    assert done.json["merged_url"].startswith(address)
    assert done.json["merged_rows"] == len(table(out)) == 400
    done = run("merge", catalog, again, *here, "--token-file", token, "--no-dedupe")
    assert "410 rows" in done.out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_right_after_the_ready_line_ends_the_server(command, tmp_path, number):
    process = subprocess.Popen(
        [*command, "serve", "--port", "0", "--data-dir", str(tmp_path / "served")], stdout=subprocess.PIPE, text=True
    )
    with process:
        process.stdout.readline()
        process.send_signal(number)
        assert process.wait(20) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a console of its own is needed to send Ctrl+C there")
def test_ctrl_c_cancels_the_job_and_leaves_nothing(command, catalog, tmp_path):
    # A process started by a background shell inherits that Ctrl+C is ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with subprocess.Popen(
            [*command, "train", str(catalog), "--model", "svm", "--data-dir", str(tmp_path)],
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            for line in process.stderr:
                if line.startswith("Working"):
                    break
            os.killpg(process.pid, signal.SIGINT)  # like a terminal: to the whole group
            rest = process.stderr.read()
            assert process.wait(20) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert rest.strip().splitlines()[-1] == "Stopped."
    assert "Traceback" not in rest
    import sqlite3

    with sqlite3.connect(tmp_path / "engine.sqlite3") as database:
        states = database.execute("SELECT status FROM jobs").fetchall()
    database.close()
    assert states == [("CANCELLED",)]


def test_three_catalogs_are_merged_by_a_rule(run, catalog, rows, write, tmp_path):
    part = write(tmp_path / "part.csv", rows[:4])
    out = tmp_path / "out.csv"
    done = run(*("merge", catalog, part, part, "--rule", "last", "--data-dir", tmp_path / "data", "-o", out, "--json"))
    assert done.code == 0, done.err
    assert (done.json["merged_rows"], done.json["dropped_each"]) == (len(rows) - 1, [3, 3, 0])
    assert len(out.read_text().splitlines()) == len(rows)
    for arguments, why in (
        ((catalog,), "at least two files"),
        ((catalog, part, "--rule", "newest"), "no rule for duplicates"),
        ((catalog, part, "--rule", "first", "--no-dedupe"), "contradict each other"),
    ):
        refused = run("merge", *arguments)
        assert refused.code == 2 and why in refused.err


def test_a_votable_is_merged_like_a_csv(run, catalog, rows, write, tmp_path):
    astropy_table = pytest.importorskip("astropy.table", reason="needs the extra vo")
    read = astropy_table.Table.read(catalog, format="ascii.csv", comment="#")
    read.write(tmp_path / "koi.vot", format="votable")
    more = write(tmp_path / "more.csv", [rows[0], *rows[1:4]])

    done = run(
        *("merge", tmp_path / "koi.vot", more, "--rule", "first", "--data-dir", tmp_path / "data", "--json"),
        *("-o", tmp_path / "merged.csv"),
    )

    assert done.code == 0, done.err
    assert done.json["merged_rows"] == len(table(tmp_path / "merged.csv")) == 400


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a process of Windows at once")
def test_sigterm_leaves_no_part_of_a_file(command, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("old")
    with subprocess.Popen(
        [*command, "simulate", "--satellite", "KOI", "--rows", "3000000", "-o", str(out), "--data-dir", str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        next(process.stderr)  # it is writing
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
        assert process.wait(20) == 143
    assert rest.strip().splitlines()[-1] == "Stopped."
    assert out.read_text() == "old"
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.skipif(sys.platform == "win32", reason="/dev/stdout is one of POSIX")
def test_a_result_can_go_to_standard_output_and_the_summary_then_does_not(run, tmp_path):
    done = run("simulate", "--satellite", "KOI", "--rows", "3", "-o", "-", "--data-dir", tmp_path)
    assert done.code == 0, done.err
    assert len([line for line in done.out.splitlines() if not line.startswith("#")]) == 4
    assert "3 rows of a KOI catalog" in done.err


def test_the_same_object_with_two_labels_is_not_learnt_from_in_silence(run, rows, write, tmp_path):
    place = list(rows[0]).index("koi_disposition")
    changed = [list(row) for row in rows[:31]]
    for row in changed[1:]:
        row[place] = "CANDIDATE" if row[place] == "CONFIRMED" else "CONFIRMED"
    a, b = write(tmp_path / "a.csv", rows), write(tmp_path / "b.csv", changed)
    refused = run("train", a, b, "--model", "dt", "--data-dir", tmp_path)
    assert refused.code == 2
    assert "30 objects are in several of the files, 30 with different dispositions. Use --rule" in refused.sentence
    done = run("train", a, b, "--model", "dt", "--rule", "last", "--no-sentinel", "--data-dir", tmp_path, "--json")
    assert done.code == 0, done.err
    assert "30 rows are duplicates by the rule `last`" in done.err

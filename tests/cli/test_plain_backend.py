"""A plain backend's flaws are told on the command line without being asked for, and the exit code shows them."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exoplanet_desktop.record.record import Record
from tests.reference_server.field import FieldBackend
from tests.reference_server.stage import Stage

Do = Callable[..., Any]


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_model_that_contradicts_its_score_is_told_at_once_and_ever_after(
    run: Do, stage: Stage, catalog: Path, tmp_path: Path
) -> None:
    backend = FieldBackend(accuracy=0.889, right=0.1).mount(stage)
    here = ("--satellite", "KOI", "--model", "dt", "--backend", stage.base, "--data-dir", tmp_path / "data")

    done = run("train", catalog, *here)
    assert done.code == 1
    assert "Warning: The backend reports accuracy 0.89, and its model agrees with " in done.err
    assert "contradict each other. Do not use this model's labels." in done.out, "where the number stands"

    out = tmp_path / "out.csv"
    done = run("predict", catalog, *here, "-o", out)
    assert done.code == 1
    assert "contradict each other" in done.err
    assert "Warning: Only " in done.err and "reported accuracy 0.89 for this model" in done.err
    assert "; the backend reported 0.889" in done.out
    assert "contradict each other" in (tmp_path / "out.csv.note.txt").read_text(encoding="utf-8")
    with Record(tmp_path / "data" / "record") as record:
        (entry,) = record.runs()
    assert "contradict each other" in (entry.objection or "")

    backend.accuracy, backend.right = 0.97, 0.73
    done = run("train", catalog, *here, "--json")
    assert done.code == 1
    assert "It may still answer with a model that it trained earlier: restart it" in done.err
    assert done.json["result"]["parity"]["contradiction"] is True

    backend.right = 1.0
    done = run("train", catalog, *here)
    assert done.code == 0, done.err
    assert "which is consistent" in done.out
    done = run("predict", catalog, *here, "-o", out)
    assert done.code == 0, done.err
    assert not (tmp_path / "out.csv.note.txt").exists()


def test_a_model_that_this_machine_did_not_train_is_held_against_one_class(
    run: Do, stage: Stage, catalog: Path, tmp_path: Path
) -> None:
    backend = FieldBackend(right=0.05, never="CANDIDATE").mount(stage)
    here = ("--satellite", "KOI", "--backend", stage.base, "--data-dir", tmp_path / "data")
    done = run("predict", catalog, *here, "--json")
    assert done.code == 1
    assert "fewer than if all rows were called" in done.json["notes"][0]
    assert "No row was predicted as CANDIDATE" in done.err
    backend.right = 0.9
    done = run("predict", catalog, *here)
    assert "is not recorded here, so the agreement cannot be held against it." in done.out


def test_k2_rows_have_their_class_though_the_table_has_none(run: Do, stage: Stage, tmp_path: Path) -> None:
    FieldBackend(class_in_table=False).mount(stage)
    catalog, out = tmp_path / "k2.csv", tmp_path / "out.csv"
    data = ("--data-dir", tmp_path / "data")
    assert run("simulate", "--satellite", "K2", "--rows", 60, "-o", catalog, *data).code == 0
    done = run("predict", catalog, "--satellite", "K2", "--backend", stage.base, *data, "-o", out, "--json")
    assert done.code == 0, done.err
    assert "Warning" not in done.err
    rows = table_of(out)
    assert {(row["pred_label"], row["match"]) for row in rows if row["disposition"]} <= {
        (row["disposition"], "Yes") for row in rows
    }
    assert sum(done.json["class_counts"].values()) == len(rows) == 60


def test_only_the_rows_asked_for_are_saved_and_counted(run: Do, stage: Stage, catalog: Path, tmp_path: Path) -> None:
    FieldBackend(whole_table=True).mount(stage)
    out = tmp_path / "out.csv"
    here = ("--satellite", "KOI", "--backend", stage.base, "--data-dir", tmp_path / "data")
    done = run("predict", catalog, *here, "--from-row", 10, "--to-row", 19, "-o", out)
    assert done.code == 0, done.err
    assert "10 rows, 10 to 19" in done.out and "10 of 10 known labels" in done.out
    rows = table_of(out)
    assert len(rows) == 10 and all(row["Predicted_Class"] for row in rows)

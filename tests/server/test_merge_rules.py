"""Merging by a rule, with more than two files, in a job: our engine's extensions of the contract."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HEADER = "kepid,kepoi_name,koi_disposition,koi_duration,koi_prad,koi_period"
A = f"{HEADER},koi_depth\n1,K1,CONFIRMED,,,1.0,\n2,K2,,,,2.0,5\n"
B = f"{HEADER},Predicted_Class,Prob_CANDIDATE\n1,K1,CONFIRMED,,,1.5,CONFIRMED,0\n3,K3,,,,3,CANDIDATE,1\n"
TWO = {"file_a": ("a.csv", A), "file_b": ("b.csv", B)}
C = f"{HEADER}\n2,K2,FALSE POSITIVE,,,2.0\n2,K2,FALSE POSITIVE,,,2.00\n"


@pytest.fixture(scope="module")
def engine(live_engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    engine = live_engine(tmp_path_factory.mktemp("store"), real_tasks=True, warm=())
    yield engine
    engine.stop()


def merge(engine: Any, *contents: str, **fields: str) -> Any:
    files = {f"file_{'abcdef'[n]}": (f"{'abcdef'[n]}.csv", text) for n, text in enumerate(contents)}
    return engine.post("/api/merge", data=fields, files=files)


@pytest.mark.parametrize(
    ("rule", "rows", "dropped"),
    [("none", 6, [0, 0, 0]), ("exact", 5, [0, 0, 1]), ("first", 3, [0, 1, 2]), ("last", 3, [2, 0, 1])],
)
def test_three_files_by_each_rule(engine: Any, rule: str, rows: int, dropped: list[int]) -> None:
    reply = merge(engine, A, B, C, rule=rule, identifier="kepid").json()
    assert reply["merged_rows"] == rows
    assert (reply["rule"], reply["rows_each"], reply["dropped_each"]) == (rule, [2, 2, 2], dropped)
    assert (reply["rows_a"], reply["rows_b"], reply["duplicates"], reply["filled"]) == (2, 2, sum(dropped), 1)
    assert {"merge-rules", "merge-many"} <= set(engine.get("/api/health").json()["extensions"])


def test_as_a_job_with_a_status_and_labels_that_tell_who_gave_them(engine: Any) -> None:
    accepted = merge(engine, A, B, rule="most-complete", identifier="kepid", **{"async": "true"})
    assert accepted.status_code == 202
    status = engine.ended(accepted.json()["job_id"])
    assert status["params"]["rule"] == "most-complete"
    result = status["result"]
    assert (result["merged_rows"], result["filled"]) == (3, 1)
    lines = engine.get(result["merged_url"]).text.splitlines()
    assert lines[0] == f"{HEADER},koi_depth,label_source"
    assert lines[1:] == ["1,K1,CONFIRMED,,,1.0,,catalog", "2,K2,,,,2.0,5,", "3,K3,CANDIDATE,,,3,,model"]


def test_what_cannot_be_meant_is_refused(engine: Any) -> None:
    for reply, why in (
        (merge(engine, A, B, rule="newest"), "no rule for duplicates"),
        (merge(engine, A, B, rule="first", dedupe="false"), "contradict each other"),
        (merge(engine, A, B, rule="none", dedupe="true"), "contradict each other"),
        (merge(engine, A), "two files"),
        (engine.post("/api/merge", files={"file_a": ("a.csv", A), "file_c": ("c.csv", C)}), "two files"),
        (engine.post("/api/merge", data={"file_d": "a.csv"}, files=TWO), "no gap"),
        (merge(engine, A, B, rule="first", identifier="nobody"), "no column `nobody`"),
        (merge(engine, "x,y\n1,2\n", "x,z\n1,3\n", rule="first"), "not of one satellite"),
    ):
        body = reply.json()
        assert 400 <= reply.status_code < 500 and why in body["error"], body
    assert merge(engine, A, B, rule="none", dedupe="false").json()["merged_rows"] == 4
    assert merge(engine, A, B, rule="first").json()["merged_rows"] == 3  # its objects have KOI names
    assert merge(engine, A, B, rule="first", identifier="KEPID").json()["merged_rows"] == 3


def test_a_training_leaves_labels_of_models_out_unless_they_are_asked_for(engine: Any, tmp_path: Path) -> None:
    from exoplanet_desktop.catalogs.simulate.catalog import simulate

    simulate("KOI", 400, 7, tmp_path / "koi.csv")
    lines = (tmp_path / "koi.csv").read_text().splitlines()
    header, *rows = [line for line in lines if not line.startswith("#")]
    sources = ["model" if number % 10 == 0 else "catalog" for number in range(len(rows))]
    marked = "\n".join([f"{header},label_source", *(f"{row},{said}" for row, said in zip(rows, sources, strict=True))])
    used = {}
    for wish in ("leave out", "use", ""):
        accepted = engine.train("dt", marked, sentinel="false", **({"model_labels": wish} if wish else {}))
        status = engine.ended(accepted.json()["job_id"])
        used[wish] = status["result"]["evaluation"]
        assert status["params"]["model_labels"] == (wish or "leave out")
    assert used["use"]["rows_used"] - used["leave out"]["rows_used"] == 40 == used["use"]["model_labels_used"]
    assert used[""]["model_labels_left_out"] == 40 and used[""]["model_labels_used"] == 0
    assert "model" in json.dumps(used[""]["rows_left_out"])
    assert engine.train("dt", marked, model_labels="maybe").status_code == 400

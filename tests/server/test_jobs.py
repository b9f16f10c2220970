"""Jobs in their own processes: progress, queue, cancel, and every way to end."""

import os
import signal
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.errors import TooLarge
from exoplanet_desktop.server.job import Job, Order
from exoplanet_desktop.server.joblog import JobLog
from exoplanet_desktop.server.jobs import JobRunner
from exoplanet_desktop.server.settings import EngineSettings
from exoplanet_desktop.server.store import Store
from exoplanet_desktop.wire.vocabulary import Status


@pytest.fixture
def engine(workshop: Any) -> Any:
    return workshop


def test_a_training_succeeds_with_its_files_in_place(engine: Any) -> None:
    accepted = engine.train().json()
    status = engine.ended(accepted["job_id"])
    assert status["status"] == "SUCCEEDED"
    assert status["error"] is None and status["progress"] == 1.0
    assert status["created_at"] <= status["started_at"] <= status["finished_at"]
    result = status["result"]
    assert result["accuracy"] == pytest.approx(8 / 12)
    assert result["auc_score"] is None  # it was NaN, which JSON does not have
    for key in ("cm_image", "cm_norm_image", "model", "held_out"):
        assert not Path(result[f"{key}_path"]).is_absolute()
        assert result[f"{key}_url"] == f"/media/{result[f'{key}_path']}"
        assert engine.get(result[f"{key}_url"]).status_code == 200
    assert status["params"]["data_path"].startswith("uploads/koi__")
    assert not list((engine.data_dir / "work").iterdir())


def test_progress_stage_and_log_are_told_while_it_runs(engine: Any) -> None:
    job_id = engine.train("svm").json()["job_id"]
    status = engine.running(job_id)
    assert (status["status"], status["progress"], status["stage"]) == ("RUNNING", 0.5, "Read 12 rows")
    assert status["queue_position"] is None and status["result"] is None
    assert "Starting train" in engine.get(f"/api/train/{job_id}/logs").json()["logs"]


def test_jobs_wait_in_order_and_predictions_do_not_wait_for_trainings(engine: Any) -> None:
    engine.ended(engine.train().json()["job_id"])
    first, second, third = (engine.train(model).json()["job_id"] for model in ("svm", "xgb", "xgb"))
    engine.running(first)
    assert [engine.status(job)["queue_position"] for job in (second, third)] == [1, 2]
    assert engine.predict().status_code == 200
    assert engine.status(second)["status"] == "PENDING"
    engine.post(f"/api/train/{first}/cancel")
    assert engine.ended(third)["status"] == "SUCCEEDED"
    assert engine.status(second)["finished_at"] <= engine.status(third)["started_at"]


def test_a_full_queue_refuses_more(start_engine: Any) -> None:
    engine = start_engine(queue=2)
    running = engine.train("svm").json()["job_id"]
    engine.running(running)
    assert [engine.train("xgb").status_code for _ in range(3)] == [202, 202, 429]
    assert engine.post(f"/api/train/{running}/cancel").json()["status"] == "CANCELLED"


@pytest.mark.parametrize("model", ["svm", "gb"])
def test_cancel_ends_a_job_within_a_second_and_leaves_nothing(engine: Any, model: str) -> None:
    before = engine.made()
    job_id = engine.train(model).json()["job_id"]
    engine.running(job_id)
    process = engine.job_process()
    started = time.monotonic()
    status = engine.post(f"/api/train/{job_id}/cancel").json()
    assert time.monotonic() - started < 1.0
    assert status["status"] == "CANCELLED"
    engine.wait_until_gone([process], 1.0)
    assert engine.made() == before
    assert engine.ended(engine.train().json()["job_id"])["status"] == "SUCCEEDED"


def test_cancel_before_the_start_and_after_the_end(engine: Any) -> None:
    running, waiting = (engine.train(model).json()["job_id"] for model in ("svm", "xgb"))
    assert engine.post(f"/api/train/{waiting}/cancel").json()["status"] == "CANCELLED"
    engine.post(f"/api/train/{running}/cancel")
    finished = engine.train().json()["job_id"]
    engine.ended(finished)
    assert engine.post(f"/api/train/{finished}/cancel").json()["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("model", "words", "code"),
    [
        ("lr", "one class", "input"),
        ("rf", "disk is full", "unavailable"),
        ("dt", "internal error (RuntimeError)", "bug"),
    ],
)
def test_a_job_that_fails_says_why_and_leaves_no_file(engine: Any, model: str, words: str, code: str) -> None:
    before, models = engine.made(), engine.get("/api/models").json()["count"]
    status = engine.ended(engine.train(model).json()["job_id"])
    assert status["status"] == "FAILED" and status["result"] is None
    assert status["error_code"] == code
    assert words in status["error"] and "Traceback" not in status["error"]
    logs = engine.get(f"/api/train/{status['job_id']}/logs").json()["logs"]
    assert words in logs and ("Traceback" in logs) == (model == "dt")
    assert engine.made() == before
    assert engine.get("/api/models").json()["count"] == models


def test_a_reply_over_256_mebibytes_fails_its_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = str(uuid.uuid4())
    with closing(Store(tmp_path)) as store, closing(JobRunner(store, EngineSettings(tmp_path))) as runner:
        monkeypatch.setattr(runner, "warm_up", lambda: None)
        job = Job(Order("predict", {}, {}), JobLog(store.log_path(job_id)), job_id)
        runner.succeed(job, {}, bytes(256 * 1024 * 1024 + 1))
    assert job.status is Status.FAILED and isinstance(job.failure, TooLarge)
    assert "`results_limit`" in str(job.failure)


@pytest.mark.parametrize(
    ("number", "words"),
    [(signal.SIGKILL, "killed"), (signal.SIGSEGV, "crashed"), (signal.SIGTERM, "ended from outside")],
)
def test_the_death_of_a_job_process_is_a_failed_job(engine: Any, number: int, words: str) -> None:
    before = engine.made()
    job_id = engine.train("gb").json()["job_id"]
    engine.running(job_id)
    os.kill(engine.job_process(), number)
    status = engine.ended(job_id, 5)
    assert status["status"] == "FAILED"
    assert words in status["error"]
    assert engine.made() == before
    assert engine.ended(engine.train().json()["job_id"])["status"] == "SUCCEEDED"


def test_a_process_serves_again_after_a_success_and_after_wrong_input(engine: Any) -> None:
    engine.ended(engine.train().json()["job_id"])
    process = engine.job_process()
    engine.ended(engine.train("lr").json()["job_id"])
    engine.ended(engine.train().json()["job_id"])
    assert engine.children() == [process]


def test_a_spare_that_died_does_not_fail_the_next_job(engine: Any) -> None:
    engine.ended(engine.train().json()["job_id"])
    process = engine.job_process()
    os.kill(process, signal.SIGKILL)
    engine.wait_until_gone([process])
    assert engine.ended(engine.train().json()["job_id"])["status"] == "SUCCEEDED"


def test_every_training_is_a_version_and_the_newest_answers(engine: Any) -> None:
    before = engine.get("/api/models").json()["count"]
    versions = [engine.ended(engine.train().json()["job_id"])["result"]["model_version"] for _ in range(2)]
    versions.append(engine.ended(engine.train(features="blind").json()["job_id"])["result"]["model_version"])
    assert len(set(versions)) == 3
    listed = engine.get("/api/models").json()
    assert listed["count"] == before + 3
    assert [model["model_version"] for model in listed["models"][:3]] == versions[::-1]
    assert engine.get(listed["models"][0]["url"]).status_code == 200
    assert engine.predict().json()["model_version"] == versions[2]
    assert engine.predict(features="vetted").json()["model_version"] == versions[1]
    assert engine.predict(model_version=versions[0]).json()["model_version"] == versions[0]
    assert engine.predict(model_version="KOI_xgb_none").status_code == 400
    assert engine.predict(model_version=versions[0], features="blind").status_code == 400


def test_a_caller_that_goes_away_cancels_its_prediction(engine: Any) -> None:
    engine.ended(engine.train().json()["job_id"])
    process, before = engine.job_process(), engine.made()
    with pytest.raises(Exception, match="timed out"):
        engine.session.post(
            engine.base + "/api/predict",
            data={"satellite": "KOI", "explain": "7"},
            files={"file": ("koi.csv", engine.csv)},
            timeout=1.0,
        )
    engine.wait_until_gone([process], 5)
    engine.wait_until(lambda: not list((engine.data_dir / "work").iterdir()), "the work folder to be cleared")
    assert engine.made() == before


def test_predict_and_merge_as_jobs(engine: Any) -> None:
    engine.ended(engine.train().json()["job_id"])
    accepted = engine.predict(**{"async": "true"})
    assert accepted.status_code == 202
    status = engine.ended(accepted.json()["job_id"])
    assert status["kind"] == "predict" and status["result"]["total_predicted"] == 12
    assert engine.get(status["result"]["csv_file"]).text == engine.csv.replace("\n", "\r\n")
    merged = engine.post(
        "/api/merge", data={"async": "1"}, files={"file_a": ("a.csv", engine.csv), "file_b": ("b.csv", engine.csv)}
    )
    assert merged.status_code == 202
    result = engine.ended(merged.json()["job_id"])["result"]
    assert result["merged_rows"] == 12 and result["expires_in"] == 1800
    jobs = engine.get("/api/train").json()
    assert [job["kind"] for job in jobs["jobs"][:3]] == ["merge", "predict", "train"]


def test_logs_by_offset_and_tail(engine: Any) -> None:
    job_id = engine.train().json()["job_id"]
    engine.ended(job_id)
    url = f"/api/train/{job_id}/logs"
    whole = engine.get(url).json()
    assert whole["tail"] is None and whole["next_offset"] == len(whole["logs"].encode())
    first = whole["logs"].splitlines(keepends=True)[0]
    rest = engine.get(url, params={"offset": len(first.encode())}).json()
    assert first + rest["logs"] == whole["logs"] and rest["next_offset"] == whole["next_offset"]
    for far in (10**9, 2**53):
        assert engine.get(url, params={"offset": far}).json()["logs"] == ""
    assert engine.get(url, params={"tail": 1}).json()["logs"] == whole["logs"].splitlines(keepends=True)[-1]
    assert engine.get(url, params={"tail": -1}).status_code == 400
    assert engine.get(url, params={"offset": "x"}).status_code == 400

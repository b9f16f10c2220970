"""What must never damage a store: kills at any moment, two engines, full and read-only disks."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def test_a_killed_engine_takes_its_jobs_along_and_says_so_at_the_next_start(start_engine: Any) -> None:
    engine = start_engine()
    kept = engine.ended(engine.train().json()["job_id"])
    running, waiting = (engine.train(model).json()["job_id"] for model in ("gb", "xgb"))
    engine.running(running)
    process = engine.job_process()
    engine.kill()
    engine.wait_until_gone([process], 2)
    again = start_engine()
    for job_id in (running, waiting):
        status = again.status(job_id)
        assert status["status"] == "FAILED" and "interrupted" in status["error"]
    assert again.status(kept["job_id"]) == {**kept, "stage": None}
    assert again.get(kept["result"]["model_url"]).status_code == 200
    assert again.predict().status_code == 200
    assert not list((again.data_dir / "work").iterdir())


def test_sigterm_ends_in_order(start_engine: Any) -> None:
    engine = start_engine()
    running, waiting = (engine.train(model).json()["job_id"] for model in ("gb", "xgb"))
    engine.running(running)
    processes = engine.children()
    assert engine.stop() == 0
    engine.wait_until_gone(processes, 1)
    again = start_engine()
    for job_id in (running, waiting):
        assert "interrupted" in again.status(job_id)["error"]


ASK = """
import requests, sys
form = {"satellite": "KOI", "explain": "7"}
reply = requests.post(sys.argv[1] + "/api/predict", data=form, files={"file": ("a.csv", sys.argv[2])})
print(reply.status_code, reply.json()["error"])
"""


def test_sigterm_answers_a_caller_that_waits(start_engine: Any) -> None:
    engine = start_engine()
    engine.ended(engine.train().json()["job_id"])
    arguments = [sys.executable, "-c", ASK, engine.base, engine.csv]
    asker = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    engine.wait_until(lambda: list((engine.data_dir / "work").glob("*/started")), "the prediction to start")
    assert engine.stop() == 0
    out, _ = asker.communicate(timeout=10)
    assert out.startswith("503") and "interrupted" in out


def test_one_engine_for_a_data_folder(engine: Any, start_engine: Any) -> None:
    second = start_engine(engine.data_dir)
    assert second.process.wait(10) == 1
    assert "Another engine already uses the data folder" in second.first_line
    assert engine.get("/api/health").status_code == 200


def test_files_of_an_interrupted_success_are_removed(start_engine: Any) -> None:
    """The engine is killed after moving the files but before recording the success."""
    engine = start_engine()
    result = engine.ended(engine.train().json()["job_id"])["result"]
    engine.kill()
    with sqlite3.connect(engine.data_dir / "engine.sqlite3") as record:
        record.execute("UPDATE jobs SET status = 'RUNNING', result = NULL")
        record.execute("DELETE FROM models")
    record.close()
    again = start_engine()
    assert again.get(result["model_url"]).status_code == 404
    assert {name for name in again.files() if not name.startswith("uploads/")} == set()


def test_a_damaged_or_newer_record_is_refused_in_words(start_engine: Any, tmp_path: Path) -> None:
    for name, words in (("damaged", "is damaged"), ("newer", "newer version")):
        folder = tmp_path / name
        folder.mkdir()
        if name == "damaged":
            (folder / "engine.sqlite3").write_bytes(b"this is no database" * 1000)
        else:
            record = sqlite3.connect(folder / "engine.sqlite3")
            record.execute("PRAGMA user_version = 99")
            record.close()
        engine = start_engine(folder)
        assert engine.process.wait(10) == 1
        assert words in engine.first_line


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small disk needs root")
class TestSmallDisk:
    @pytest.fixture
    def disk(self, tmp_path: Path) -> Any:
        folder = tmp_path / "disk"
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=70m", "tmpfs", str(folder)]
        if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("this machine allows no mount")
        yield folder
        subprocess.run(["umount", "-l", str(folder)], check=True)

    def test_a_full_disk_is_one_clear_error_and_no_damage(self, start_engine: Any, disk: Path) -> None:
        engine = start_engine(disk / "store")
        kept = engine.ended(engine.train().json()["job_id"])
        filler = _fill(disk)
        reply = engine.train(csv=engine.csv * 2)
        assert reply.status_code == 503 and "disk" in reply.json()["error"]
        assert engine.status(kept["job_id"])["status"] == "SUCCEEDED"
        assert engine.get("/api/models").json()["count"] == 1
        filler.unlink()
        assert engine.ended(engine.train().json()["job_id"])["status"] == "SUCCEEDED"
        assert engine.stop() == 0

    def test_a_disk_that_fills_up_while_a_job_runs(self, start_engine: Any, disk: Path) -> None:
        engine = start_engine(disk / "store")
        job_id = engine.train("svm").json()["job_id"]
        engine.running(job_id)
        filler = _fill(disk)
        status = engine.post(f"/api/train/{job_id}/cancel").json()
        assert status["status"] == "CANCELLED"  # reported, although the disk may not have stored it
        filler.unlink()
        assert engine.ended(engine.train().json()["job_id"])["status"] == "SUCCEEDED"

    def test_a_read_only_disk(self, start_engine: Any, disk: Path) -> None:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        engine = start_engine(disk / "store")
        assert engine.process.wait(10) == 1
        assert "cannot be written to" in engine.first_line


def _fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(b"0" * 4096)
    return filler


def test_a_data_folder_that_cannot_be_one(start_engine: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    engine = start_engine(tmp_path / "file")
    assert engine.process.wait(10) == 1
    assert "cannot be used" in engine.first_line


def test_a_second_sigterm_does_no_harm(start_engine: Any) -> None:
    engine = start_engine()
    engine.running(engine.train("gb").json()["job_id"])
    engine.process.send_signal(signal.SIGTERM)
    assert engine.stop() == 0

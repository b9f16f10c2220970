"""A clock that jumps while the engine runs: order, names and tokens do not depend on it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HOUR_S = 3600


class Clock:
    """An engine's clock; `set` takes the seconds by which it is ahead of the true one."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.set(0)

    def set(self, seconds: float) -> None:
        other = self.file.with_suffix(".new")
        other.write_text(str(seconds))
        other.replace(self.file)  # the engine never reads a half-written number


@pytest.fixture(scope="module")
def _shifted(live_engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Clock]]:
    clock = Clock(tmp_path_factory.mktemp("clock"))
    engine = live_engine(tmp_path_factory.mktemp("shifted"), clock=str(clock.file))
    yield engine, clock
    engine.stop()


@pytest.fixture
def clock(_shifted: tuple[Any, Clock]) -> Clock:
    _shifted[1].set(0)
    return _shifted[1]


@pytest.fixture
def engine(_shifted: tuple[Any, Clock]) -> Any:
    _shifted[0].come_to_rest()
    return _shifted[0]


def trained(engine: Any, **fields: str) -> dict[str, Any]:
    status: dict[str, Any] = engine.ended(engine.train(**fields).json()["job_id"])
    assert status["status"] == "SUCCEEDED", status
    return status


def merged(engine: Any) -> dict[str, Any]:
    files = {"file_a": ("a.csv", engine.csv), "file_b": ("b.csv", engine.csv)}
    reply: dict[str, Any] = engine.post("/api/merge", files=files).json()
    return reply


@pytest.mark.parametrize("jump_s", [-48 * HOUR_S, 48 * HOUR_S])
def test_the_last_job_and_model_are_the_newest_whatever_the_clock_says(
    engine: Any, clock: Clock, jump_s: float
) -> None:
    first = trained(engine)
    clock.set(jump_s)
    second = trained(engine)
    assert (second["created_at"] < first["created_at"]) == (jump_s < 0)  # the clock did jump
    clock.set(0)
    third = trained(engine)
    jobs = [first, second, third]
    assert [job["job_id"] for job in engine.get("/api/train").json()["jobs"][:3]] == [
        job["job_id"] for job in jobs[::-1]
    ]
    versions = [job["result"]["model_version"] for job in jobs]
    assert [model["model_version"] for model in engine.get("/api/models").json()["models"][:3]] == versions[::-1]
    assert engine.predict().json()["model_version"] == versions[2]


def test_a_clock_set_back_while_jobs_run_and_wait_harms_neither(engine: Any, clock: Clock) -> None:
    running, waiting = (engine.train(model).json()["job_id"] for model in ("svm", "xgb"))
    engine.running(running)
    clock.set(-48 * HOUR_S)
    assert engine.status(waiting)["queue_position"] == 1
    assert engine.post(f"/api/train/{running}/cancel").json()["status"] == "CANCELLED"
    assert engine.ended(waiting)["status"] == "SUCCEEDED"


def test_a_time_that_comes_twice_gives_no_file_a_name_that_another_has(engine: Any, clock: Clock) -> None:
    start, replies, versions = time.time(), [], []
    for _ in range(4):
        clock.set(start - time.time())  # the same moment again
        replies.append(merged(engine))
    assert len({reply["merged_filename"] for reply in replies}) == 4
    assert all(engine.get(reply["merged_url"]).text == engine.csv for reply in replies)
    for _ in range(3):
        clock.set(start - time.time())
        versions.append(trained(engine)["result"]["model_version"])
    assert len(set(versions)) == 3


@pytest.mark.parametrize(("jump_s", "good"), [(-2 * HOUR_S, False), (-30, True), (20 * 60, True), (2 * HOUR_S, False)])
def test_a_merge_token_is_refused_in_words_where_its_age_cannot_be_told(
    engine: Any, clock: Clock, jump_s: float, good: bool
) -> None:
    body = {"satellite": "KOI", "model": "xgb", "merge_token": merged(engine)["merge_token"]}
    clock.set(jump_s)
    reply = engine.post("/api/train", json=body)
    if good:
        assert reply.status_code == 202
        return
    assert reply.status_code == 400 and "expired" in reply.json()["error"]
    # The list has a new one, issued by the current clock.
    fresh = engine.get("/api/merge").json()["files"][0]["merge_token"]
    assert engine.post("/api/train", json={**body, "merge_token": fresh}).status_code == 202


def test_a_store_from_the_future_opens_and_goes_on(start_engine: Any, tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    clock.set(400 * 24 * HOUR_S)
    before = start_engine(clock=str(clock.file))
    kept = trained(before)
    running = before.train("svm").json()["job_id"]
    before.running(running)
    before.kill()
    clock.set(0)
    after = start_engine(clock=str(clock.file))
    assert "interrupted" in after.status(running)["error"]
    assert after.status(kept["job_id"])["result"] == kept["result"]
    again = trained(after)
    assert after.predict().json()["model_version"] == again["result"]["model_version"]

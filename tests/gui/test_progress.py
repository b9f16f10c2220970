"""What the progress of a run tells while its backend is silent, still, or done."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.errors import NoAnswer, NotFound
from exoplanet_desktop.gui.base.workers.poller import Connection, PollerThread, PollResult
from exoplanet_desktop.gui.runs import result_words as words
from exoplanet_desktop.gui.runs import watch as watch_module
from exoplanet_desktop.gui.runs.watch import JobWatch
from exoplanet_desktop.wire.payloads import Evaluation, JobStatus, LeftOut, Logs, TrainAccepted, TrainResult

ACCEPTED = TrainAccepted(job_id="j", status_url="/api/train/j/status", logs_url="/api/train/j/logs")


class Scripted:
    """A backend that gives one answer after the other, the last one for ever."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), 0

    def has(self, extension: str) -> bool:
        return extension == "logs-offset"

    def status(self, _url: str, *, repeat: bool = True, should_stop: Any = None) -> JobStatus:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return JobStatus(job_id="j", **answer)

    def logs(self, _url: str, offset: int | None = None, *, repeat: bool = True, should_stop: Any = None) -> Logs:
        return Logs(job_id="j", logs=f"line {offset}\n", next_offset=(offset or 0) + 1)


@pytest.fixture
def poller() -> Iterator[PollerThread]:
    poller = PollerThread()
    yield poller
    poller.begin_to_end()
    assert poller.wait_ended(10)


def watch(poller: PollerThread, *answers: Any) -> JobWatch:
    return JobWatch(Connection(Scripted(*answers), "scripted", embedded=False), ACCEPTED, poller)


def test_a_job_is_followed_over_silence_to_its_end(
    loop: QEventLoop, poller: PollerThread, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "QUIET_S", 0.0)
    seen: list[tuple[str | None, bool]] = []
    followed = watch(
        poller,
        {"status": "RUNNING", "progress": 0.1},
        NoAnswer("Nothing listens there."),
        {"status": "RUNNING", "progress": 0.6},
        {"status": "SUCCEEDED", "result": {"accuracy": 0.9}},
    )
    followed.changed.connect(
        lambda: seen.append((followed.status.status if followed.status else None, followed.silent_s > 0))
    )
    ended = asyncio.ensure_future(followed.ended())

    qtbot.waitUntil(ended.done, timeout=15_000)

    assert ended.result().result == {"accuracy": 0.9}
    assert ("RUNNING", True) in seen
    assert seen[-1] == ("SUCCEEDED", False)


def test_a_job_that_the_backend_forgot_ends_the_watch(loop: QEventLoop, poller: PollerThread, qtbot: QtBot) -> None:
    ended = asyncio.ensure_future(watch(poller, NotFound("There is no such job.")).ended())

    qtbot.waitUntil(ended.done, timeout=15_000)

    with pytest.raises(NotFound):
        ended.result()


def test_stillness_is_measured_from_the_last_move(loop: QEventLoop, poller: PollerThread, qtbot: QtBot) -> None:
    followed = watch(poller, {"status": "RUNNING"})
    followed._moved -= 2 * watch_module.STALLED_AFTER_S
    assert followed.is_stalled
    assert "train again" in followed.stalled_words

    followed._take(PollResult(followed._key, JobStatus(job_id="j", status="RUNNING", progress=0.5)))

    assert not followed.is_stalled
    followed.leave()
    ended = asyncio.ensure_future(followed.ended())
    qtbot.waitUntil(ended.done, timeout=5_000)
    assert ended.exception() is not None


def test_a_job_that_stands_still_after_its_backend_was_away_is_called_stalled_sooner(
    loop: QEventLoop, poller: PollerThread, qtbot: QtBot
) -> None:
    followed = watch(poller, {"status": "RUNNING"})
    told: list[str] = []
    followed.came_back.connect(told.append)
    running = JobStatus(job_id="j", status="RUNNING")
    followed._take(PollResult(followed._key, running))
    followed._take(PollResult(followed._key, running, away_s=40.0))
    followed._moved -= watch_module.STALLED_AFTER_GAP_S + 10

    assert told == ["The backend is answering again, after 40 s without a reply. The job is still at: running."]
    assert followed.is_stalled
    assert followed.stalled_words.startswith("No progress for 2 minutes, since the backend was away.")
    followed.leave()
    ended = asyncio.ensure_future(followed.ended())
    qtbot.waitUntil(ended.done, timeout=5_000)
    assert ended.exception() is not None


def test_numbers_in_words() -> None:
    result = TrainResult(
        accuracy=0.92345,
        cv_mean=0.9331,
        cv_std=0.0021,
        auc_score=float("nan"),
        elapsed_sec=3.14,
        intervals={"accuracy": (0.91, 0.94)},
        evaluation=Evaluation(
            protocol="5 folds by star",
            folds=5,
            holdout=0.2,
            groups="kepid",
            seed=42,
            rows_used=10,
            rows_left_out=[LeftOut(reason="no known disposition", count=1234)],
        ),
    )

    assert words.cards(result) == [
        ("0.923", "accuracy, hold-out\n95 %: 0.910 to 0.940"),
        ("0.933 ± 0.002", "accuracy, mean of 5 folds"),
        ("–", "AUC"),
        ("3.1 s", "took"),
    ]
    assert words.protocol(result) == "5 folds by star. 1,234 rows left out: no known disposition."
    assert words.clock(7) == "00:07"
    assert words.clock(3723) == "1:02:03"

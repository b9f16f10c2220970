"""The progress of a run while its backend is silent or stalled, and once it is done."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.client.jobs.events import CameBack, JobEvent, Progressed, Silent, Stalled
from exoplanet_desktop.client.jobs.tracker import WINDOW
from exoplanet_desktop.errors import Cancelled, NoAnswer, NotFound, UnavailableError
from exoplanet_desktop.gui.base.workers import lane as lane_module
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection, PollerThread
from exoplanet_desktop.gui.runs import result_words as words
from exoplanet_desktop.gui.runs.job_run import JobRun
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.runs.run_state import RunSnapshot, RunState
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.wire.payloads import Evaluation, JobStatus, LeftOut, Logs, TrainAccepted, TrainResult
from exoplanet_desktop.wire.vocabulary import Model, Satellite

ACCEPTED = TrainAccepted(job_id="j", status_url="/api/train/j/status", logs_url="/api/train/j/logs")


class Scripted:
    """A backend that gives its answers in turn, the last one forever."""

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


@pytest.fixture
def follow(poller: PollerThread) -> Callable[..., JobRun]:
    """A run whose job gives these answers."""
    workers = Workers()

    def begin(*answers: Any) -> JobRun:
        connection = Connection(Scripted(*answers), "scripted", embedded=False)  # type: ignore[arg-type]
        return JobRun("predict", "a job", {}, connection, workers, poller)

    return begin


def test_a_job_is_followed_over_silence_to_its_end(
    loop: QEventLoop, follow: Callable[..., JobRun], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_module, "WINDOW", replace(WINDOW, quiet_s=0.0))
    seen: list[RunSnapshot] = []
    run = follow(
        {"status": "RUNNING", "progress": 0.1},
        NoAnswer("Nothing listens there."),
        {"status": "RUNNING", "progress": 0.6},
        {"status": "SUCCEEDED", "result": {"accuracy": 0.9}},
    )
    run.changed.connect(seen.append)
    ended = asyncio.ensure_future(run.follow(ACCEPTED))

    qtbot.waitUntil(ended.done, timeout=15_000)

    assert ended.result().result == {"accuracy": 0.9}
    # Silence may be told more than once, with its time.
    assert [key for key, _ in groupby(seen, key=lambda one: (one.state, one.share))] == [
        (RunState.PENDING, None),
        (RunState.RUNNING, 0.1),
        (RunState.SILENT, None),
        (RunState.RUNNING, 0.6),
    ]
    silent = seen[2]
    assert silent.status == "RUNNING"
    assert silent.words.startswith("No answer for ") and silent.words.endswith(", trying again …")


def test_a_job_that_the_backend_forgot_ends_the_watch(
    loop: QEventLoop, follow: Callable[..., JobRun], qtbot: QtBot
) -> None:
    ended = asyncio.ensure_future(follow(NotFound("There is no such job.")).follow(ACCEPTED))

    qtbot.waitUntil(ended.done, timeout=15_000)

    with pytest.raises(NotFound):
        ended.result()


def test_a_job_that_is_left_is_no_longer_followed(
    loop: QEventLoop, follow: Callable[..., JobRun], poller: PollerThread, qtbot: QtBot
) -> None:
    run = follow({"status": "RUNNING"})
    ended = asyncio.ensure_future(run.follow(ACCEPTED))
    qtbot.waitUntil(lambda: run.state is RunState.RUNNING, timeout=15_000)

    run.leave()

    qtbot.waitUntil(ended.done, timeout=5_000)
    assert isinstance(ended.exception(), Cancelled)
    assert run.should_stop()
    before = run.snapshot
    poller.happened.emit(run._key, [Progressed(JobStatus(job_id="j", status="RUNNING", progress=0.9), True)])
    assert run.snapshot is before


@pytest.fixture
def training(window: MainWindow) -> TrainingRun:
    """One that a backend runs."""
    services = window.services
    asked = TrainTask(Satellite.KOI, Model.DT, paths=(Path("/koi.csv"),))
    run = TrainingRun(asked, None, False, services.workers, services.poller, services.recorder)
    run._become(RunState.RUNNING)
    return run


RUNNING = JobStatus(job_id="j", status="RUNNING")
IN_LINE = JobStatus(job_id="j", status="PENDING", queue_position=3)
FOLD = JobStatus(job_id="j", status="RUNNING", progress=0.5, stage="fold 3 of 5")
LOST = "If the backend was restarted, this job is lost: train again. If not, the job may still be running."

EVENTS: list[tuple[JobEvent, RunState, str, float | None, str]] = [
    (Progressed(RUNNING, True), RunState.RUNNING, "RUNNING", None, "Working"),
    (Progressed(FOLD, True), RunState.RUNNING, "RUNNING", 0.5, "fold 3 of 5"),
    (Progressed(IN_LINE, True), RunState.PENDING, "PENDING", None, "Number 3 in the queue"),
    (Silent(40.0, None), RunState.SILENT, "RUNNING", None, "No answer for 40 s, trying again …"),
    (Silent(40.0, NoAnswer("Gone.")), RunState.SILENT, "RUNNING", None, "No answer for 40 s, trying again …"),
    (Silent(4.0, UnavailableError("It fails.")), RunState.SILENT, "RUNNING", None, "It fails. Trying again …"),
    (Stalled(FOLD, 310.0, False, True), RunState.STALLED, "RUNNING", 0.5, f"No progress for 5 minutes. {LOST}"),
    (
        Stalled(RUNNING, 130.0, True, True),
        RunState.STALLED,
        "RUNNING",
        None,
        f"No progress for 2 minutes, since the backend was away. {LOST.replace('the backend', 'it')}",
    ),
]


@pytest.mark.parametrize(("event", "state", "status", "share", "words"), EVENTS)
def test_what_a_training_shows_of_an_event(
    training: TrainingRun, event: JobEvent, state: RunState, status: str, share: float | None, words: str
) -> None:
    training._take(event)
    shown = training.snapshot
    assert (shown.state, shown.status, shown.share, shown.words) == (state, status, share, words)


def test_stillness_is_over_with_the_next_move(training: TrainingRun) -> None:
    training._take(Stalled(RUNNING, 310.0, False, True))
    training._take(Progressed(FOLD, True))
    assert training.snapshot.state is RunState.RUNNING
    assert training.snapshot.words == "fold 3 of 5"


def test_who_was_away_is_told_what_happened(training: TrainingRun) -> None:
    told: list[str] = []
    training.came_back.connect(told.append)
    training._take(CameBack(40.0, False, RUNNING, RUNNING, has_ended=False))
    assert told == ["The backend is answering again, after 40 s without a reply. The job is still at: running."]


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
    ]
    assert words.protocol(result) == "5 folds by star. 1,234 rows left out: no known disposition."
    assert words.clock(7) == "00:07"
    assert words.clock(3723) == "1:02:03"

"""Ten jobs on three backends: one poller, one request at a time per backend, and a silent one delays no other."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.timeouts import CallLimits, Timeouts
from exoplanet_desktop.client.jobs.events import CameBack, JobEvent, LogGrew, Progressed, Silent
from exoplanet_desktop.client.jobs.tracker import WINDOW, JobTracker
from exoplanet_desktop.errors import NoAnswer
from exoplanet_desktop.gui.base.workers import poller as poller_module
from exoplanet_desktop.gui.base.workers.poller import Connection, PollerThread, Watch
from exoplanet_desktop.gui.runs.job_run import came_back_words
from exoplanet_desktop.wire.payloads import JobStatus
from tests.reference_server.acts import silent
from tests.reference_server.stage import Handler, Reply, Stage

Event = TypeVar("Event")

SILENCE_S = 2.0
TIMEOUTS = Timeouts(quick=CallLimits(silence_s=SILENCE_S, total_s=10, reply_bytes=1_000_000), connect_s=2.0)


@pytest.fixture
def poller(loop: QEventLoop) -> Iterator[PollerThread]:
    poller = PollerThread()
    yield poller
    start = time.monotonic()
    poller.begin_to_end()
    assert poller.wait_ended(10)
    assert time.monotonic() - start < 1.0, "a question under way is given up at once"
    assert not lanes()


def lanes() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("poller-lane")]


class Lab:
    """A backend with running jobs; it counts overlapping requests."""

    def __init__(self, stage: Stage, jobs: int, *, is_silent: bool = False) -> None:
        self.stage = stage
        self.connection = Connection(Backend(stage.base, timeouts=TIMEOUTS), stage.base, embedded=False)
        self.overlapping = self._open = 0
        self._lock = threading.Lock()
        for job in range(jobs):
            stage.on("GET", f"/{job}/status", silent if is_silent else self._status(job))
            stage.on("GET", f"/{job}/logs", Reply({"ok": True, "job_id": str(job), "logs": "a line\n"}))
        stage.on("GET", "/api/get-uploads-file", Reply({"ok": True, "count": 0, "files": []}))
        self.connection.backend.health()
        self.questions = lambda: Counter(path for path in stage.paths() if path.endswith("/status"))

    def _status(self, job: int) -> Callable[[Handler], None]:
        def act(handler: Handler) -> None:
            with self._lock:
                self._open += 1
                self.overlapping = max(self.overlapping, self._open)
            Reply({"ok": True, "job_id": str(job), "status": "RUNNING"})(handler)
            with self._lock:
                self._open -= 1

        return act


class Heard:
    """What the poller tells of each job, and when."""

    def __init__(self, poller: PollerThread) -> None:
        self.events: list[JobEvent] = []
        self.moments: dict[int, list[float]] = {}
        self.silent: set[int] = set()
        poller.happened.connect(self.take)

    def take(self, key: int, events: list[JobEvent]) -> None:
        self.events += events
        self.moments.setdefault(key, []).append(time.monotonic())
        if any(isinstance(event, Silent) for event in events):
            self.silent.add(key)

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


def at_once() -> JobTracker:
    """One that does not wait before it calls a backend silent."""
    return JobTracker(replace(WINDOW, quiet_s=0.0), time.monotonic())


def test_a_silent_backend_delays_only_its_own_jobs(
    poller: PollerThread, stages: Callable[[], Stage], qtbot: QtBot
) -> None:
    labs = [Lab(stages(), 3), Lab(stages(), 3), Lab(stages(), 4, is_silent=True)]
    heard, keys = Heard(poller), []
    poller.unanswered.connect(lambda connection: unanswered.append(connection))
    unanswered: list[Connection] = []
    threads = len(threading.enumerate())
    start = time.monotonic()
    for lab in labs:
        for job in range(4 if lab is labs[2] else 3):
            keys.append(len(keys))
            base = f"{lab.stage.base}/{job}"
            poller.add(Watch(keys[-1], lab.connection, f"{base}/status", f"{base}/logs", tracker=at_once()))
    good, mute = keys[:6], keys[6:]

    qtbot.waitUntil(lambda: all(len(heard.moments.get(key, ())) >= 6 for key in good), timeout=20_000)
    took = time.monotonic() - start
    at_most = len(threading.enumerate())
    qtbot.waitUntil(lambda: all(key in heard.moments for key in mute), timeout=20_000)

    assert took < 6, "six questions a job, one each third of a second"
    gaps = [b - a for key in good for a, b in zip(heard.moments[key], heard.moments[key][1:], strict=False)]
    assert max(gaps) < SILENCE_S, "no gap is as long as the silence of the other backend"
    assert [lab.overlapping for lab in labs[:2]] == [1, 1]
    # A silent backend is not asked for each of its jobs: a round costs one timeout. The first job had a round to
    # itself.
    first = [heard.moments[key][0] for key in mute]
    assert max(first) - min(first) < SILENCE_S + 0.5
    assert labs[2].questions().total() <= 3
    assert unanswered and all(connection is labs[2].connection for connection in unanswered)
    # One lane and one exchange per backend, and the server's own threads.
    assert len(lanes()) == 3
    assert at_most - threads < 3 * 4
    assert heard.silent == set(mute)
    assert all(isinstance(event.problem, NoAnswer) for event in heard.of(Silent))


def test_a_lane_ends_with_its_last_job(poller: PollerThread, stage: Stage, qtbot: QtBot) -> None:
    lab, heard = Lab(stage, 1), Heard(poller)
    poller.add(Watch(1, lab.connection, f"{stage.base}/0/status", f"{stage.base}/0/logs"))
    qtbot.waitUntil(lambda: bool(heard.events), timeout=10_000)
    assert heard.of(LogGrew) == [LogGrew("a line\n", True)]
    poller.drop(1)
    qtbot.waitUntil(lambda: not lanes(), timeout=5_000)


def test_a_job_is_asked_at_once_on_request(poller: PollerThread, stage: Stage, qtbot: QtBot) -> None:
    poller.set_interval(30_000)
    lab, heard = Lab(stage, 1), Heard(poller)
    poller.add(Watch(1, lab.connection, f"{stage.base}/0/status", f"{stage.base}/0/logs"))
    qtbot.waitUntil(lambda: bool(heard.events), timeout=10_000)
    qtbot.wait(400)
    assert len(heard.of(Progressed)) == 1
    poller.ask_now(1)
    qtbot.waitUntil(lambda: len(heard.of(Progressed)) == 2, timeout=5_000)


def test_after_a_sleep_the_job_is_asked_at_once_and_the_sleep_is_told(
    poller: PollerThread, stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    poller.set_interval(30_000)
    lab, heard = Lab(stage, 1), Heard(poller)
    poller.add(Watch(1, lab.connection, f"{stage.base}/0/status", f"{stage.base}/0/logs"))
    qtbot.waitUntil(lambda: bool(heard.events), timeout=10_000)
    awake = poller_module.awake_or_not
    monkeypatch.setattr(poller_module, "awake_or_not", lambda: awake() + 720)

    qtbot.waitUntil(lambda: len(heard.of(Progressed)) == 2, timeout=5_000)
    (back,) = heard.of(CameBack)
    assert back.was_asleep
    assert came_back_words(back) == "This computer was asleep for 12 minutes. The job is still at: running."


def test_its_end_is_not_lost_while_the_poller_is_busy(
    loop: QEventLoop, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise another thread would have to stop its timer, and its lanes would never end."""
    monkeypatch.setattr(poller_module, "INTERVAL_S", 0.01)
    poller = PollerThread()
    inside, go_on, rearm = threading.Event(), threading.Event(), poller._poller._rearm

    def slow(now: float) -> None:
        rearm(now)
        if hold.is_set():
            inside.set()
            go_on.wait(5)

    hold = threading.Event()
    monkeypatch.setattr(poller._poller, "_rearm", slow)
    lab = Lab(stage, 1)
    poller.add(Watch(1, lab.connection, f"{stage.base}/0/status", f"{stage.base}/0/logs"))
    while not lab.questions():
        inside.wait(0.01)
    hold.set()
    assert inside.wait(10)
    poller.begin_to_end()
    go_on.set()
    assert poller.wait_ended(10)
    timer = poller._poller._timer
    assert timer is not None
    assert not timer.isActive()
    assert not lanes()


def test_what_happened_while_a_backend_was_away_is_told() -> None:
    before = JobStatus(job_id="j", status="RUNNING", stage="fold 1 of 5")
    after = JobStatus(job_id="j", status="RUNNING", stage="fold 4 of 5")
    assert came_back_words(CameBack(40.0, False, before, after, has_ended=False)) == (
        "The backend is answering again, after 40 s without a reply. The job has moved on to: fold 4 of 5."
    )
    ended = JobStatus(job_id="j", status="SUCCEEDED")
    assert came_back_words(CameBack(9000.0, False, before, ended, has_ended=True)) == (
        "The backend is answering again, after 2.5 hours without a reply. The job has finished in the meantime."
    )

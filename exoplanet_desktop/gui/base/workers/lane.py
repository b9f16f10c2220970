"""Polls one backend, one request at a time, in its own thread: a silent backend delays no other."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exoplanet_desktop.client.jobs.tracker import WINDOW, JobReply, JobTracker
from exoplanet_desktop.errors import AppError, BugError, Cancelled, NoAnswer
from exoplanet_desktop.gui.base.text import tr

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend
    from exoplanet_desktop.client.jobs.jobs import LogReader
    from exoplanet_desktop.client.profiles.route import Route
    from exoplanet_desktop.wire.payloads import Health

log = logging.getLogger("exoplanet_desktop.gui.poller")

SILENCE_S = 1.0  # a failure after longer than this means a silent backend, not a broken connection


@dataclass
class Connection:
    """The backend in use. After a restart the embedded engine has another address, so `backend` is then replaced.

    Attributes:
        health: our engine's health reply; None for a plain-contract backend, or before the first request.
        route: the route to the backend.
    """

    backend: "Backend"
    title: str
    embedded: bool
    health: "Health | None" = None
    route: "Route | None" = None

    def has(self, extension: str) -> bool:
        return self.health is not None and extension in self.health.extensions


@dataclass
class Watch:
    """A job to poll. Once handed over, only the poller's thread touches it; `reader` belongs to its lane.

    Attributes:
        due: when it may be asked next (monotonic).
    """

    key: int
    connection: Connection
    status_url: str
    logs_url: str
    started: float = field(default_factory=time.monotonic)
    due: float = 0.0
    failures: int = 0
    tracker: JobTracker = field(default_factory=lambda: JobTracker(WINDOW, time.monotonic()))
    reader: "LogReader | None" = None


@dataclass(frozen=True)
class PollResult:
    """What one question about the job of a Watch brought."""

    key: int
    news: JobReply | AppError


class Lane:
    """A daemon thread that polls one backend. It calls `told` with the answers of each round."""

    def __init__(self, number: int, told: "Callable[[Lane, list[PollResult]], None]") -> None:
        self._told = told
        self._rounds: queue.SimpleQueue[Sequence[Watch] | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self.busy = False  # set only by the poller's thread
        self._thread = threading.Thread(target=self._run, name=f"poller-lane-{number}", daemon=True)
        self._thread.start()

    def ask(self, watches: Sequence[Watch]) -> None:
        """Start a round; never while another one is running."""
        self.busy = True
        self._rounds.put(watches)

    def close(self) -> None:
        """End the thread; an ongoing request is abandoned."""
        self._stop.set()
        self._rounds.put(None)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def wait_closed(self, end: float) -> bool:
        """Whether the thread has ended by `end` (monotonic)."""
        self._thread.join(max(0.0, end - time.monotonic()))
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (watches := self._rounds.get()) is not None and not self._stop.is_set():
            answers = self._round(watches)
            if not self._stop.is_set():
                self._told(self, answers)

    def _round(self, watches: Sequence[Watch]) -> list[PollResult]:
        """Poll each job once. After a backend stays silent, its remaining jobs are skipped."""
        answers: list[PollResult] = []
        for watch in watches:
            began = time.monotonic()
            answer = self._ask(watch)
            answers.append(answer)
            if isinstance(answer.news, NoAnswer) and time.monotonic() - began > SILENCE_S:
                answers += [PollResult(other.key, answer.news) for other in watches[len(answers) :]]
                break
            if self._stop.is_set():
                break
        return answers

    def _ask(self, watch: Watch) -> PollResult:
        try:
            # Read the log after the status: with a final status, the log is then complete.
            status = watch.connection.backend.status(watch.status_url, repeat=False, should_stop=self._stop.is_set)
            return PollResult(watch.key, JobReply(status, self._new_log(watch)))
        except AppError as error:
            return PollResult(watch.key, error)
        except Exception as error:
            log.exception("asking for job %s failed", watch.status_url)
            return PollResult(watch.key, BugError(tr("The answer could not be understood ({error}).", error=error)))

    def _new_log(self, watch: Watch) -> str:
        """The part of the log not read yet; an unavailable log does not hide the status."""
        from exoplanet_desktop.client.jobs.jobs import LogReader

        backend = watch.connection.backend
        try:
            if watch.reader is None:
                watch.reader = LogReader(backend, watch.logs_url, repeat=False, should_stop=self._stop.is_set)
            watch.reader.backend = backend  # it changes when the embedded engine restarts
            return watch.reader.new()
        except Cancelled:
            raise
        except AppError as error:
            log.info("no log for %s: %s", watch.logs_url, error)
            return ""

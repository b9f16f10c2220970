"""The questions to one backend, put one after another on a thread of their own: a silent one holds up no other."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exoplanet_desktop.errors import AppError, BugError, Cancelled, NoAnswer
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.clock import awake_or_not

if TYPE_CHECKING:
    from exoplanet_desktop.client.backend import Backend
    from exoplanet_desktop.client.jobs import LogReader
    from exoplanet_desktop.client.route import Route
    from exoplanet_desktop.wire.payloads import Health, JobStatus

log = logging.getLogger("exoplanet_desktop.gui.poller")

SILENCE_S = 1.0  # no answer that took longer is the backend's silence, not a line that broke


@dataclass
class Connection:
    """Who answers. The embedded engine comes back at another address after a restart; then `backend` is replaced.

    Attributes:
        health: what our own engine says of itself; None for a backend of the plain contract, or before it was asked.
        route: the way to it.
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
    """One job that is watched. Only the poller's thread touches it after it was handed over; `reader` is its lane's.

    Attributes:
        due: when it may be asked next (monotonic).
        heard: when it was heard of last, by the clock that goes on in sleep.
    """

    key: int
    connection: Connection
    status_url: str
    logs_url: str
    started: float = field(default_factory=time.monotonic)
    due: float = 0.0
    failures: int = 0
    heard: float = field(default_factory=awake_or_not)
    reader: "LogReader | None" = None


@dataclass(frozen=True)
class PollResult:
    """What one question brought: a status with the new part of the log, or an error.

    Attributes:
        away_s: how long nothing had been heard before this status, where that was long; else 0.
        asleep: whether that was because this computer slept.
    """

    key: int
    status: "JobStatus | None" = None
    final: bool = False
    new_log: str = ""
    error: AppError | None = None
    away_s: float = 0.0
    asleep: bool = False


class Lane:
    """A daemon thread that asks one backend. `told` is called in it with the answers of a round."""

    def __init__(self, number: int, told: "Callable[[Lane, list[PollResult]], None]") -> None:
        self._told = told
        self._rounds: queue.SimpleQueue[Sequence[Watch] | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self.busy = False  # the poller's thread alone sets it
        self._thread = threading.Thread(target=self._run, name=f"poller-lane-{number}", daemon=True)
        self._thread.start()

    def ask(self, watches: Sequence[Watch]) -> None:
        """Begin a round; never while one is under way."""
        self.busy = True
        self._rounds.put(watches)

    def close(self) -> None:
        """End the thread; a question under way is given up."""
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
        """One question a job. A backend that keeps silent is not asked for its other jobs as well."""
        answers: list[PollResult] = []
        for watch in watches:
            began = time.monotonic()
            answer = self._ask(watch)
            answers.append(answer)
            if isinstance(answer.error, NoAnswer) and time.monotonic() - began > SILENCE_S:
                answers += [PollResult(other.key, error=answer.error) for other in watches[len(answers) :]]
                break
            if self._stop.is_set():
                break
        return answers

    def _ask(self, watch: Watch) -> PollResult:
        from exoplanet_desktop.client.jobs import is_final

        try:
            # The log after the status: with a final status the log is then complete.
            status = watch.connection.backend.status(watch.status_url, repeat=False, should_stop=self._stop.is_set)
            return PollResult(watch.key, status, is_final(status), self._new_log(watch))
        except AppError as error:
            return PollResult(watch.key, error=error)
        except Exception as error:
            log.exception("asking for job %s failed", watch.status_url)
            return PollResult(
                watch.key, error=BugError(tr("The answer could not be understood ({error}).", error=error))
            )

    def _new_log(self, watch: Watch) -> str:
        """The part of the log that was not seen yet; a log that cannot be had does not hide the status."""
        from exoplanet_desktop.client.jobs import LogReader

        backend = watch.connection.backend
        try:
            if watch.reader is None:
                watch.reader = LogReader(backend, watch.logs_url, repeat=False, should_stop=self._stop.is_set)
            watch.reader.backend = backend  # another one after the embedded engine was started again
            return watch.reader.new()
        except Cancelled:
            raise
        except AppError as error:
            log.info("no log for %s: %s", watch.logs_url, error)
            return ""

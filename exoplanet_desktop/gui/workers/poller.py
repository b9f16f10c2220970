"""Asks backends how their jobs are getting on: a QTimer on a thread of its own, never overlapping."""

import logging
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from exoplanet_desktop.errors import AppError, BugError, NoAnswer

if TYPE_CHECKING:
    from exoplanet_desktop.client.backend import Backend
    from exoplanet_desktop.client.jobs import LogReader
    from exoplanet_desktop.wire.payloads import JobStatus

log = logging.getLogger("exoplanet_desktop.gui.poller")

INTERVAL_MS = 300
SLOWEST_S = 5.0  # what a job of hours is asked
SLOWDOWN = 60  # after a minute a job is asked each second, after five each fifth
LONGEST_WAIT_S = 15.0


@dataclass
class Connection:
    """Who answers. The embedded engine comes back at another address after a restart; then `backend` is replaced."""

    backend: "Backend"
    title: str
    embedded: bool


@dataclass
class Watch:
    """One job that is watched. Only the poller's thread touches it after it was handed over."""

    key: int
    connection: Connection
    status_url: str
    logs_url: str
    started: float = field(default_factory=time.monotonic)
    due: float = 0.0
    failures: int = 0
    reader: "LogReader | None" = None


@dataclass(frozen=True)
class Answer:
    """What one question brought: a status with the new part of the log, or an error."""

    key: int
    status: "JobStatus | None" = None
    final: bool = False
    new_log: str = ""
    error: AppError | None = None
    silent_s: float = 0.0


class Poller(QObject):
    """Signals:
    answered: an Answer, from the poller's thread.
    """

    answered = Signal(object)
    unanswered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._watches: dict[int, Watch] = {}
        self._last_answer: dict[int, float] = {}
        self._timer: QTimer | None = None

    @Slot(object)
    def add(self, watch: Watch) -> None:
        self._watches[watch.key] = watch
        self._last_answer[watch.key] = time.monotonic()
        self._rearm(0)

    @Slot(int)
    def drop(self, key: int) -> None:
        self._watches.pop(key, None)
        self._last_answer.pop(key, None)

    @Slot()
    def stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._watches.clear()

    def _rearm(self, milliseconds: int) -> None:
        # Made here, not in __init__: a timer belongs to the thread that starts it.
        if self._timer is None:
            self._timer = QTimer(self, singleShot=True)
            self._timer.timeout.connect(self._ask_all)
        self._timer.start(milliseconds)

    @Slot()
    def _ask_all(self) -> None:
        now = time.monotonic()
        for watch in [watch for watch in self._watches.values() if watch.due <= now]:
            self._ask(watch)
        if self._watches:
            self._rearm(INTERVAL_MS)

    def _ask(self, watch: Watch) -> None:
        from exoplanet_desktop.client.jobs import is_final

        backend = watch.connection.backend
        try:
            # The log after the status: with a final status the log is then complete.
            status = backend.status(watch.status_url, repeat=False)
            new_log = self._new_log(watch)
        except AppError as error:
            self._failed(watch, error)
            return
        except Exception as error:
            log.exception("asking for job %s failed", watch.status_url)
            self._failed(watch, BugError(f"The answer could not be understood ({error})."))
            return
        now = time.monotonic()
        watch.failures = 0
        watch.due = now + min((now - watch.started) / SLOWDOWN, SLOWEST_S)
        self._last_answer[watch.key] = now
        self.answered.emit(Answer(watch.key, status, is_final(status), new_log))

    def _failed(self, watch: Watch, error: AppError) -> None:
        watch.failures += 1
        now = time.monotonic()
        # Jitter, so that many clients of one backend do not all come back at one moment.
        watch.due = now + min(LONGEST_WAIT_S, 0.5 * 2 ** min(watch.failures, 6)) * random.uniform(0.7, 1.3)  # noqa: S311
        silent = now - self._last_answer.get(watch.key, now)
        if isinstance(error, NoAnswer):
            self.unanswered.emit(watch.connection)
        self.answered.emit(Answer(watch.key, error=error, silent_s=silent))

    @staticmethod
    def _new_log(watch: Watch) -> str:
        """The part of the log that was not seen yet; a log that cannot be had does not hide the status."""
        from exoplanet_desktop.client.jobs import LogReader

        if watch.reader is None:
            watch.reader = LogReader(watch.connection.backend, watch.logs_url, repeat=False)
        try:
            return watch.reader.new()
        except AppError as error:
            log.info("no log for %s: %s", watch.logs_url, error)
            return ""


class PollerThread(QObject):
    """Owns the poller and its thread; lives in the GUI thread.

    Signals:
        answered: an Answer, in the GUI thread.
        unanswered: the Connection of a backend that did not answer.
    """

    answered = Signal(object)
    unanswered = Signal(object)
    _added = Signal(object)
    _dropped = Signal(int)
    _stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._thread = QThread()
        self._thread.setObjectName("poller")
        self._poller = Poller()
        self._poller.moveToThread(self._thread)
        self._added.connect(self._poller.add)
        self._dropped.connect(self._poller.drop)
        self._stopped.connect(self._poller.stop)
        self._poller.answered.connect(self.answered)
        self._poller.unanswered.connect(self.unanswered)
        self._thread.start()

    def add(self, watch: Watch) -> None:
        self._added.emit(watch)

    def drop(self, key: int) -> None:
        self._dropped.emit(key)

    def begin_to_end(self) -> None:
        """Let the thread end once the question under way is answered, or is given up."""
        self._stopped.emit()
        self._thread.quit()

    def wait_ended(self, seconds: float) -> bool:
        """Whether it has ended within so long. Blocking: call it in a worker."""
        return self._thread.wait(int(seconds * 1000))

"""Polls backends for the state of their jobs: one thread with one timer decides which are due; polls never overlap.

Each backend is polled in a lane of its own, so a silent backend delays only its own jobs. What replies,
errors and silence mean is up to the JobTracker of each job, which is fed here.
"""

import random
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from exoplanet_desktop.client.jobs.tracker import JobReply, News, Slept
from exoplanet_desktop.errors import AppError, Cancelled, NoAnswer
from exoplanet_desktop.gui.base.workers.clock import awake_or_not
from exoplanet_desktop.gui.base.workers.lane import Connection, Lane, PollResult, Watch

if TYPE_CHECKING:
    from exoplanet_desktop.client.jobs.events import JobEvent

__all__ = ["Connection", "Poller", "PollerThread", "Watch"]

INTERVAL_S = 0.3
SLOWEST_S = 5.0  # what a job of hours is asked; `tracker.WINDOW.late_s` is longer
SLOWDOWN = 60  # after a minute a job is asked each second, after five each fifth
FIRST_WAIT_S = 1.0  # after a failure; it doubles with each, up to LONGEST_WAIT_S
LONGEST_WAIT_S = 15.0
LOOK_MS = 1000  # how often it is looked whether the computer slept, and a job is silent
ASLEEP_S = 10.0


class Poller(QObject):
    """Signals:
    happened: the key of a Watch, and the list of JobEvents that are new; from the poller's thread.
    unanswered: the Connection of a backend that did not answer.
    """

    happened = Signal(int, object)
    unanswered = Signal(object)
    _told = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._watches: dict[int, Watch] = {}
        self._lanes: dict[int, Lane] = {}  # by id of the connection
        self._numbers = 0
        self.interval_s = INTERVAL_S
        self._timer: QTimer | None = None
        self._looked = awake_or_not(), time.monotonic()
        self._waited = time.monotonic()
        self.closed: list[Lane] = []
        self._told.connect(self._take)

    @Slot(object)
    def add(self, watch: Watch) -> None:
        if not self._watches:
            self._looked = awake_or_not(), time.monotonic()
        self._watches[watch.key] = watch
        self._ask_due()

    @Slot(int)
    def drop(self, key: int) -> None:
        watch = self._watches.pop(key, None)
        if watch is None:
            return
        lane_id = id(watch.connection)
        if all(id(other.connection) != lane_id for other in self._watches.values()) and lane_id in self._lanes:
            self._close(self._lanes.pop(lane_id))

    @Slot(int)
    def ask_now(self, key: int) -> None:
        """Poll at once, ignoring any pause after a failure."""
        if (watch := self._watches.get(key)) is not None:
            watch.due = 0.0
            self._ask_due()

    @Slot()
    def stop(self) -> None:
        """End the lanes, the timer and the thread. An external quit could otherwise come first and leave them all."""
        if self._timer is not None:
            self._timer.stop()
        self._watches.clear()
        while self._lanes:
            self._close(self._lanes.popitem()[1])
        self.thread().quit()

    def _close(self, lane: Lane) -> None:
        lane.close()
        self.closed = [other for other in self.closed if other.alive] + [lane]

    @Slot()
    def _ask_due(self) -> None:
        self._notice_sleep()
        now = time.monotonic()
        if now - self._waited >= LOOK_MS / 1000:
            self._waited = now
            for watch in list(self._watches.values()):
                self._feed(watch, None)
        due: dict[int, list[Watch]] = {}
        for watch in self._watches.values():
            if watch.due <= now:
                due.setdefault(id(watch.connection), []).append(watch)
        for lane_id, watches in due.items():
            lane = self._lanes.get(lane_id)
            if lane is None:
                self._numbers += 1
                lane = self._lanes[lane_id] = Lane(self._numbers, self._tell)
            if not lane.busy:
                lane.ask(watches)
        self._rearm(now)

    def _tell(self, lane: Lane, answers: list[PollResult]) -> None:
        """Pass the answers from the lane's thread to the poller's."""
        with suppress(RuntimeError):  # the window has closed in the meantime
            self._told.emit(lane, answers)

    def _rearm(self, now: float) -> None:
        """Set the timer to the next due job whose backend is not being polled already."""
        if not self._watches:
            return
        # Created here, not in __init__: a timer belongs to the thread that starts it.
        if self._timer is None:
            self._timer = QTimer(self, singleShot=True)
            self._timer.timeout.connect(self._ask_due)
        free = [watch.due for watch in self._watches.values() if not self._is_busy(watch)]
        pause = min((max(0.0, due - now) * 1000 for due in free), default=LOOK_MS)
        self._timer.start(max(10, min(LOOK_MS, round(pause))))

    def _is_busy(self, watch: Watch) -> bool:
        lane = self._lanes.get(id(watch.connection))
        return lane is not None and lane.busy

    def _notice_sleep(self) -> None:
        """Poll at once after the computer has slept: failures before the sleep no longer count."""
        before, self._looked = self._looked, (awake_or_not(), time.monotonic())
        gap_s, seen_s = (now - then for now, then in zip(self._looked, before, strict=True))
        # The timer fires each second, so a longer gap means that the whole process was suspended.
        if gap_s > ASLEEP_S:
            for watch in self._watches.values():
                watch.due = 0.0
                self._feed(watch, Slept(max(0.0, gap_s - seen_s)))

    def _feed(self, watch: Watch, news: News) -> None:
        events: list[JobEvent] = watch.tracker.feed(news, time.monotonic())
        if events:
            self.happened.emit(watch.key, events)

    @Slot(object, object)
    def _take(self, lane: Lane, answers: list[PollResult]) -> None:
        lane.busy = False
        for answer in answers:
            watch = self._watches.get(answer.key)
            if watch is None or isinstance(answer.news, Cancelled):
                continue
            self._set_due(watch, answer.news)
            self._feed(watch, answer.news)
        self._ask_due()

    def _set_due(self, watch: Watch, news: JobReply | AppError) -> None:
        now = time.monotonic()
        if isinstance(news, JobReply):
            watch.failures = 0
            watch.due = now + max(self.interval_s, min((now - watch.started) / SLOWDOWN, SLOWEST_S))
            return
        watch.failures += 1
        # Jitter keeps clients of one backend from all returning at the same moment.
        pause = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(watch.failures - 1, 5)) * random.uniform(0.7, 1.3)  # noqa: S311
        watch.due = now + pause
        if isinstance(news, NoAnswer):
            self.unanswered.emit(watch.connection)


class PollerThread(QObject):
    """Owns the poller and its thread; lives in the GUI thread.

    Signals:
        happened: see `Poller`; in the GUI thread.
        unanswered: the Connection of a backend that did not answer.
    """

    happened = Signal(int, object)
    unanswered = Signal(object)
    _added = Signal(object)
    _dropped = Signal(int)
    _asked_now = Signal(int)
    _stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._thread = QThread()
        self._thread.setObjectName("poller")
        self._poller = Poller()
        self._poller.moveToThread(self._thread)
        self._added.connect(self._poller.add)
        self._dropped.connect(self._poller.drop)
        self._asked_now.connect(self._poller.ask_now)
        self._stopped.connect(self._poller.stop)
        self._poller.happened.connect(self.happened)
        self._poller.unanswered.connect(self.unanswered)
        self._thread.start()

    def add(self, watch: Watch) -> None:
        self._added.emit(watch)

    def drop(self, key: int) -> None:
        self._dropped.emit(key)

    def ask_now(self, key: int) -> None:
        self._asked_now.emit(key)

    def set_interval(self, milliseconds: int) -> None:
        """The pause between an answer and the next poll of a job; applies from the next answer on."""
        self._poller.interval_s = milliseconds / 1000

    def begin_to_end(self) -> None:
        """Ask the thread to end; an ongoing request is abandoned."""
        self._stopped.emit()

    def wait_ended(self, seconds: float) -> bool:
        """Whether the thread has ended within that time. Blocking: call it in a worker."""
        end = time.monotonic() + seconds
        ended = self._thread.wait(int(seconds * 1000))
        return ended and all(lane.wait_closed(end) for lane in self._poller.closed)

"""Asks backends how their jobs are getting on: one thread with one timer decides who is due, never overlapping.

The questions themselves wait in a lane for each backend, so that a silent one delays its own jobs alone.
"""

import random
import time
from contextlib import suppress

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from exoplanet_desktop.errors import Cancelled, NoAnswer
from exoplanet_desktop.gui.base.workers.clock import awake_or_not
from exoplanet_desktop.gui.base.workers.lane import Connection, Lane, PollResult, Watch

__all__ = ["Connection", "PollResult", "Poller", "PollerThread", "Watch"]

INTERVAL_S = 0.3
SLOWEST_S = 5.0  # what a job of hours is asked
SLOWDOWN = 60  # after a minute a job is asked each second, after five each fifth
FIRST_WAIT_S = 1.0  # after a failure; it doubles with each, up to LONGEST_WAIT_S
LONGEST_WAIT_S = 15.0
AWAY_S = 20.0  # over the pause between two questions; whoever was away for so long wants to know what happened
LOOK_MS = 1000  # how often it is looked whether the computer slept
ASLEEP_S = 10.0


class Poller(QObject):
    """Signals:
    answered: a PollResult, from the poller's thread.
    unanswered: the Connection of a backend that did not answer.
    """

    answered = Signal(object)
    unanswered = Signal(object)
    _told = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._watches: dict[int, Watch] = {}
        self._lanes: dict[int, Lane] = {}  # by the id of the connection
        self._numbers = 0
        self.interval_s = INTERVAL_S
        self._timer: QTimer | None = None
        self._looked = awake_or_not()
        self._slept_at = float("-inf")
        self.closed: list[Lane] = []
        self._told.connect(self._take)

    @Slot(object)
    def add(self, watch: Watch) -> None:
        if not self._watches:
            self._looked = awake_or_not()
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
        """Ask at once, whatever pause a failure has brought."""
        if (watch := self._watches.get(key)) is not None:
            watch.due = 0.0
            self._ask_due()

    @Slot()
    def stop(self) -> None:
        """End the lanes, the timer, and the thread. A quit from outside could come before this, and leave them all."""
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
        """Brings the answers from the lane's thread to the poller's."""
        with suppress(RuntimeError):  # the window has closed meanwhile
            self._told.emit(lane, answers)

    def _rearm(self, now: float) -> None:
        """Wake up when the next one is due whose backend is not being asked already."""
        if not self._watches:
            return
        # Made here, not in __init__: a timer belongs to the thread that starts it.
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
        """A computer that has slept asks at once: whatever failed before its sleep counts no longer."""
        before, self._looked = self._looked, awake_or_not()
        # The timer looks each second, so a longer pause is one of the whole process.
        if self._looked - before > ASLEEP_S:
            self._slept_at = self._looked
            for watch in self._watches.values():
                watch.due = 0.0

    @Slot(object, object)
    def _take(self, lane: Lane, answers: list[PollResult]) -> None:
        lane.busy = False
        for answer in answers:
            watch = self._watches.get(answer.key)
            if watch is None or isinstance(answer.error, Cancelled):
                continue
            self.answered.emit(self._failed(watch, answer) if answer.error else self._heard(watch, answer))
        self._ask_due()

    def _heard(self, watch: Watch, answer: PollResult) -> PollResult:
        now, heard = time.monotonic(), awake_or_not()
        away = heard - watch.heard
        asleep = self._slept_at > watch.heard
        watch.failures, watch.heard = 0, heard
        watch.due = now + max(self.interval_s, min((now - watch.started) / SLOWDOWN, SLOWEST_S))
        if away < AWAY_S:
            return answer
        return PollResult(answer.key, answer.status, answer.final, answer.new_log, away_s=away, asleep=asleep)

    def _failed(self, watch: Watch, answer: PollResult) -> PollResult:
        watch.failures += 1
        # Jitter, so that many clients of one backend do not all come back at one moment.
        pause = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(watch.failures - 1, 5)) * random.uniform(0.7, 1.3)  # noqa: S311
        watch.due = time.monotonic() + pause
        if isinstance(answer.error, NoAnswer):
            self.unanswered.emit(watch.connection)
        return answer


class PollerThread(QObject):
    """Owns the poller and its thread; lives in the GUI thread.

    Signals:
        answered: a PollResult, in the GUI thread.
        unanswered: the Connection of a backend that did not answer.
    """

    answered = Signal(object)
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
        self._poller.answered.connect(self.answered)
        self._poller.unanswered.connect(self.unanswered)
        self._thread.start()

    def add(self, watch: Watch) -> None:
        self._added.emit(watch)

    def drop(self, key: int) -> None:
        self._dropped.emit(key)

    def ask_now(self, key: int) -> None:
        self._asked_now.emit(key)

    def set_interval(self, milliseconds: int) -> None:
        """How long to wait after an answer before a job is asked again; from the next answer on."""
        self._poller.interval_s = milliseconds / 1000

    def begin_to_end(self) -> None:
        """Let the thread end; a question under way is given up."""
        self._stopped.emit()

    def wait_ended(self, seconds: float) -> bool:
        """Whether it has ended within so long. Blocking: call it in a worker."""
        end = time.monotonic() + seconds
        ended = self._thread.wait(int(seconds * 1000))
        return ended and all(lane.wait_closed(end) for lane in self._poller.closed)

"""One job on a backend, watched until it has ended."""

import asyncio
import itertools
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exoplanet_desktop.errors import AppError, Cancelled, NotAllowed, NotFound
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.poller import SLOWEST_S, Connection, PollerThread, PollResult, Watch
from exoplanet_desktop.gui.runs import away

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import JobStatus, TrainAccepted

_keys = itertools.count(1)

TICK_MS = 1000
QUIET_S = 3.0  # of a backend that failed to answer; shorter gaps are not worth a word
LATE_S = SLOWEST_S + 5.0  # of one that just does not answer: no pause between two questions is as long
STOP_S = 10.0  # how long a backend that has taken a cancel may keep silent about the end
STALLED_AFTER_S = 300.0  # a training of a reference backend says nothing for over a minute
STALLED_AFTER_GAP_S = 120.0  # the same after the backend was away, as one that restarts is


class JobWatch(QObject):
    """Signals:
    changed: another status, or another silence.
    log_grew: the new part of the log.
    came_back: what happened while nothing was heard, in a sentence.
    """

    changed = Signal()
    log_grew = Signal(str)
    came_back = Signal(str)

    def __init__(self, connection: Connection, accepted: "TrainAccepted", poller: PollerThread) -> None:
        super().__init__()
        self.status: JobStatus | None = None
        self._state: object = None
        self._moved = self._heard = time.monotonic()
        self._problem: AppError | None = None
        self._was_away = False
        self._key = next(_keys)
        self._poller = poller
        self._end: asyncio.Future[JobStatus] = asyncio.get_running_loop().create_future()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._tell_silence)
        self._tick.start()
        poller.answered.connect(self._take)
        poller.add(Watch(self._key, connection, accepted.status_url, accepted.logs_url))

    @property
    def silent_s(self) -> float:
        """For how long the backend has not answered; 0 where it does."""
        quiet = time.monotonic() - self._heard
        return quiet if quiet > (QUIET_S if self._problem else LATE_S) else 0.0

    @property
    def silent_words(self) -> str:
        """That the backend does not answer, or what is wrong with its answers."""
        return away.no_answer(self.silent_s, self._problem)

    @property
    def still_s(self) -> float:
        """For how long the answers have been the same. A reference backend that was restarted says RUNNING for ever."""
        return time.monotonic() - self._moved

    @property
    def is_stalled(self) -> bool:
        """Whether nothing has moved for so long that the job is probably lost."""
        return self.still_s > (STALLED_AFTER_GAP_S if self._was_away else STALLED_AFTER_S)

    @property
    def stalled_words(self) -> str:
        """What a user can make of a job in which nothing moves."""
        return away.stalled(self.still_s, self._was_away)

    def ask_now(self) -> None:
        """Ask at once, not when the next question is due."""
        self._poller.ask_now(self._key)

    async def ended(self) -> "JobStatus":
        """The final status. Raises AppError where the backend no longer knows the job, Cancelled after `leave`."""
        try:
            return await self._end
        finally:
            self._tick.stop()
            self._poller.drop(self._key)
            self._poller.answered.disconnect(self._take)
            # Here and now: the garbage collector might delete it in another thread, under the timer's feet.
            self.deleteLater()

    def leave(self) -> None:
        """Watch no longer; the job on the backend goes on."""
        if not self._end.done():
            self._end.set_exception(Cancelled(tr("The job is no longer watched; it continues on the backend.")))

    async def stopping(self) -> None:
        """Wait for the end of a job that was asked to stop, but not for ever."""
        self.ask_now()
        await asyncio.wait({self._end}, timeout=STOP_S)
        if not self._end.done():
            self._end.set_exception(
                Cancelled(tr("The backend was asked to stop the job, but has not confirmed that it stopped."))
            )

    @Slot(object)
    def _take(self, answer: PollResult) -> None:
        if answer.key != self._key or self._end.done():
            return
        if answer.error is not None:
            self._take_error(answer.error)
            return
        before, self.status = self.status, answer.status
        self._heard, self._problem = time.monotonic(), None
        if answer.away_s:
            self._was_away = True
            self.came_back.emit(away.came_back(answer, before))
        self._notice_moves(answer)
        if answer.new_log:
            self.log_grew.emit(answer.new_log)
        self.changed.emit()
        if answer.status is not None and answer.final:
            self._end.set_result(answer.status)

    def _notice_moves(self, answer: PollResult) -> None:
        status = answer.status
        state = (status.status, status.progress, status.stage, status.queue_position) if status else None
        if answer.new_log or state != self._state:
            if self._state is not None:
                self._was_away = False  # it moves, so it was not lost in a restart
            self._state, self._moved = state, time.monotonic()

    def _take_error(self, error: AppError) -> None:
        if isinstance(error, NotFound | NotAllowed):
            self._end.set_exception(error)  # asking again would bring the same answer
            return
        self._problem = error
        self.changed.emit()

    @Slot()
    def _tell_silence(self) -> None:
        if self.silent_s or self.is_stalled:
            self.changed.emit()

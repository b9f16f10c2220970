"""One job on a backend, watched until it has ended."""

import asyncio
import itertools
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from exoplanet_desktop.errors import AppError, Cancelled, NotAllowed, NotFound
from exoplanet_desktop.gui.workers.poller import Answer, Connection, PollerThread, Watch

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import JobStatus, TrainAccepted

_keys = itertools.count(1)


class JobWatch(QObject):
    """Signals:
    changed: another status, or another silence.
    log_grew: the new part of the log.
    """

    changed = Signal()
    log_grew = Signal(str)

    def __init__(self, connection: Connection, accepted: "TrainAccepted", poller: PollerThread) -> None:
        super().__init__()
        self.status: JobStatus | None = None
        self.silent_s = 0.0
        self._state: object = None
        self._moved = time.monotonic()
        self._key = next(_keys)
        self._poller = poller
        self._end: asyncio.Future[JobStatus] = asyncio.get_running_loop().create_future()
        poller.answered.connect(self._take)
        poller.add(Watch(self._key, connection, accepted.status_url, accepted.logs_url))

    @property
    def still_s(self) -> float:
        """For how long the answers have been the same. A reference backend that was restarted says RUNNING for ever."""
        return time.monotonic() - self._moved

    async def ended(self) -> "JobStatus":
        """The final status. Raises AppError where the backend no longer knows the job, Cancelled after `leave`."""
        try:
            return await self._end
        finally:
            self._poller.drop(self._key)
            self._poller.answered.disconnect(self._take)

    def leave(self) -> None:
        """Watch no longer; the job on the backend goes on."""
        if not self._end.done():
            self._end.set_exception(Cancelled("The job is no longer watched; on the backend it goes on."))

    @Slot(object)
    def _take(self, answer: Answer) -> None:
        if answer.key != self._key or self._end.done():
            return
        if answer.error is not None:
            self._take_error(answer.error, answer.silent_s)
            return
        self.status, self.silent_s = answer.status, 0.0
        self._notice_moves(answer)
        if answer.new_log:
            self.log_grew.emit(answer.new_log)
        self.changed.emit()
        if answer.status is not None and answer.final:
            self._end.set_result(answer.status)

    def _notice_moves(self, answer: Answer) -> None:
        status = answer.status
        state = (status.status, status.progress, status.stage, status.queue_position) if status else None
        if answer.new_log or state != self._state:
            self._state, self._moved = state, time.monotonic()

    def _take_error(self, error: AppError, silent_s: float) -> None:
        if isinstance(error, NotFound | NotAllowed):
            self._end.set_exception(error)  # asking again would bring the same answer
            return
        self.silent_s = silent_s
        self.changed.emit()

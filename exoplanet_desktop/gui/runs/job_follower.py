"""Work that a backend does as a job, watched to its end: predictions and merges."""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.runs.watch import JobWatch

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import JobStatus, TrainAccepted

log = logging.getLogger("exoplanet_desktop.gui")

Tell = Callable[[float | None, str], None]


@dataclass
class JobFollower:
    """Attributes:
    connection: the backend; `can_cancel` says whether it can stop a job.
    tell: takes a share and words; called in workers too.
    stop: set when the user has thought better of it; whatever is done before there is a job asks it.
    """

    services: Services
    connection: Connection
    can_cancel: bool
    tell: Tell
    stop: threading.Event = field(default_factory=threading.Event)
    _watch: JobWatch | None = None
    _job_id: str = ""

    async def to_end(self, accepted: "TrainAccepted") -> "JobStatus":
        """The final status of a job. Raises AppError; Cancelled after `leave`."""
        self._job_id = accepted.job_id
        self._watch = watch = JobWatch(self.connection, accepted, self.services.poller)
        watch.changed.connect(self._tell_status)
        ended = asyncio.ensure_future(watch.ended())
        if self.stop.is_set():
            await self.cancel()
        return await ended

    async def cancel(self) -> None:
        """Stop sending, or ask the backend to stop the job; where that cannot be, or fails, wait no longer."""
        self.stop.set()
        if (watch := self._watch) is None:
            return
        try:
            if not self.can_cancel:
                watch.leave()
                return
            await self.services.workers.call(self.connection.backend.cancel, self._job_id)
            await watch.stopping()
        except AppError as error:
            log.warning("the job could not be cancelled: %s", error)
            watch.leave()

    def leave(self) -> None:
        """Wait no longer; the job on the backend goes on."""
        self.stop.set()
        if self._watch is not None:
            self._watch.leave()

    def _tell_status(self) -> None:
        watch = self._watch
        if watch is None:
            return
        if watch.silent_s:
            self.tell(None, watch.silent_words)
        elif watch.status is not None:
            self.tell(watch.status.progress, watch.status.stage or tr("Queued …"))

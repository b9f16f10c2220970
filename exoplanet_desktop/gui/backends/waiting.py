"""Work that waits for a backend: jobs from the last session to watch again, and trainings that could not be sent."""

import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.backends.engine_supervisor import EMBEDDED
from exoplanet_desktop.gui.backends.session import Session, State
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.workers.poller import Connection

log = logging.getLogger("exoplanet_desktop.gui")

LOOK_MS = 2_000
FIRST_S, LONGEST_S = 15.0, 300.0  # pause after a failed try; it doubles

Work = Callable[[Connection], Coroutine[Any, Any, None]]


@dataclass(eq=False)
class Queue:
    """The work that waits for one backend.

    Attributes:
        tried_at, why: time of the last failed try, and its reason.
    """

    title: str
    address: str
    works: list[Work] = field(default_factory=list)
    due: float = 0.0
    pause_s: float = FIRST_S
    trying: bool = False
    tried_at: datetime | None = None
    why: str = ""


class WaitingRoom(QObject):
    """Retries each backend that has waiting work at increasing intervals, and at once when it comes into use.

    Signals:
        tried: a Queue whose backend still does not answer.
    """

    tried = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._queues: dict[tuple[str, str], Queue] = {}
        self._closed = False
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        session.changed.connect(self._look_at_session)

    def report_error(self, error: AppError) -> None:
        log.warning("waiting for a backend: %s", error)

    @property
    def is_empty(self) -> bool:
        return not any(queue.works for queue in self._queues.values())

    def wait(self, title: str, address: str, work: Work, *, pause_s: float = 0.0) -> Queue:
        """Do a piece of work once the backend with this title and address answers, but not before `pause_s` seconds."""
        # The embedded engine has a new address at each start.
        queue = self._queues.setdefault(_key(title, address), Queue(title, address))
        queue.works.append(work)
        if not queue.trying:
            queue.due = time.monotonic() + pause_s
        if self._closed:
            return queue
        self._timer.start()
        if pause_s == 0.0:
            self._look()
        return queue

    def forget(self, work: Work) -> None:
        """Stop waiting for it."""
        for queue in self._queues.values():
            queue.works = [other for other in queue.works if other is not work]

    def try_now(self, queue: Queue) -> None:
        """Retry at once, at the user's request."""
        queue.due, queue.pause_s = 0.0, FIRST_S
        self._look()

    def close(self) -> None:
        """Stop retrying; work added from now on waits for the next start."""
        self._closed = True
        self._timer.stop()
        self._queues.clear()

    @Slot()
    def _look_at_session(self) -> None:
        connection = self._session.connection
        if connection is None or self._session.state is not State.READY:
            return
        queue = self._queues.get(_key(connection.title, connection.backend.base_url))
        if queue is not None:
            queue.due = 0.0
        self._look()

    @Slot()
    def _look(self) -> None:
        if self.is_empty:
            self._timer.stop()
            return
        now = time.monotonic()
        for queue in list(self._queues.values()):
            if queue.works and not queue.trying and queue.due <= now and self._may_ask(queue):
                self._try(queue)

    def _may_ask(self, queue: Queue) -> bool:
        """The supervisor starts the embedded engine; waiting work must not."""
        return queue.title != EMBEDDED or self._session.engine.alive

    @aio.slot(object)
    async def _try(self, queue: Queue) -> None:
        queue.trying = True
        try:
            connection = await self._session.reach(queue.title, queue.address)
        except AppError as error:
            queue.tried_at, queue.why = datetime.now(UTC), str(error)
            queue.due = time.monotonic() + queue.pause_s
            queue.pause_s = min(2 * queue.pause_s, LONGEST_S)
            self.tried.emit(queue)
            return
        finally:
            queue.trying = False
        queue.pause_s = FIRST_S
        works, queue.works = queue.works, []
        for work in works:
            self._do(work, connection)

    @aio.slot(object, object)
    async def _do(self, work: Work, connection: Connection) -> None:
        await work(connection)


def _key(title: str, address: str) -> tuple[str, str]:
    return (title, "") if title == EMBEDDED else ("", address)

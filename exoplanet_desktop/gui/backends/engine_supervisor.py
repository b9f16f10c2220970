"""Keeps the embedded engine alive until the window closes, even if another backend is in use: jobs may still run."""

import asyncio
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exoplanet_desktop.errors import AppError, Cancelled, UnavailableError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.widgets.notices import Notices

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend
    from exoplanet_desktop.client.profiles.engine import EmbeddedEngine

log = logging.getLogger("exoplanet_desktop.gui")

WATCH_MS = 1000
MOST_RESTARTS = 3
RESTARTS_WITHIN_S = 60.0

EMBEDDED = "Embedded engine"


class EngineSupervisor(QObject):
    """Attributes:
        connection: to the engine; None until its first start.

    Signals:
        starting: the engine is starting.
        failed: it could not start, or keeps stopping.
        started: it runs, perhaps at a new address.
    """

    starting = Signal()
    failed = Signal()
    started = Signal()

    def __init__(self, workers: Workers, notices: Notices, data_dir: Path) -> None:
        super().__init__()
        self._workers, self._notices, self._data_dir = workers, notices, data_dir
        self.engine: EmbeddedEngine | None = None
        self.connection: Connection | None = None
        self._restarts: list[float] = []
        self._closing = False
        self._lock = asyncio.Lock()
        self._watch = QTimer(self, interval=WATCH_MS)
        self._watch.timeout.connect(self._look)

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    @property
    def alive(self) -> bool:
        return self.engine is not None and self.engine.alive

    async def running(self) -> Connection:
        """The engine's connection; starts the engine if needed. Raises AppError."""
        async with self._lock:
            if self.connection is not None and self.alive:
                return self.connection
            self.starting.emit()
            try:
                backend = await self._workers.call(self._start)
                health = await self._workers.call(backend.health)
            except AppError:
                self.failed.emit()
                raise
            if self.connection is None:
                self.connection = Connection(backend, EMBEDDED, embedded=True)
            self.connection.backend, self.connection.health = backend, health
            if not self._closing:
                self._watch.start()
            self.started.emit()
            return self.connection

    async def close(self) -> None:
        """Shut the engine down."""
        self._closing = True
        self._watch.stop()
        if self.engine is not None:
            await self._workers.call(self.engine.stop)

    def _start(self) -> "Backend":
        from exoplanet_desktop.client.profiles.engine import EmbeddedEngine

        self._refuse_while_closing()
        if self.engine is None:
            self.engine = EmbeddedEngine(self._data_dir)
        backend = self.engine.start()
        try:
            self._refuse_while_closing()
        except Cancelled:
            # It was asked to stop before it had started; a child left alive would keep this process alive.
            self.engine.stop()
            raise
        return backend

    def _refuse_while_closing(self) -> None:
        if self._closing:
            raise Cancelled(tr("The window is closing."))

    @Slot()
    def _look(self) -> None:
        if self.engine is not None and not self._closing and not self.engine.alive:
            self._watch.stop()
            self._restart()

    @aio.slot()
    async def _restart(self) -> None:
        now = time.monotonic()
        self._restarts = [moment for moment in self._restarts if now - moment < RESTARTS_WITHIN_S] + [now]
        if len(self._restarts) > MOST_RESTARTS:
            self.failed.emit()
            raise UnavailableError(
                tr(
                    "The embedded engine stopped several times within a minute and will not be restarted. Start it "
                    "with Backend, Choose backend; the log shows why it stopped."
                )
            )
        log.warning("the embedded engine ended; starting it again")
        await self.running()
        self._notices.information(tr("The embedded engine had stopped and was restarted; interrupted jobs say so."))

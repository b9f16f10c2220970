"""Who answers: the embedded engine, kept alive, or a backend at an address."""

import asyncio
import logging
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exoplanet_desktop.errors import AppError, UnavailableError
from exoplanet_desktop.gui import aio
from exoplanet_desktop.gui.notices import Notices
from exoplanet_desktop.gui.workers.calls import Workers
from exoplanet_desktop.gui.workers.poller import Connection

if TYPE_CHECKING:
    from exoplanet_desktop.client.backend import Backend
    from exoplanet_desktop.client.engine import EmbeddedEngine
    from exoplanet_desktop.wire.payloads import Health

log = logging.getLogger("exoplanet_desktop.gui")

WATCH_MS = 1000
RECHECK_MS = 5000
MOST_RESTARTS = 3
RESTARTS_WITHIN_S = 60.0

EMBEDDED = "Embedded engine"
PRESETS = ("http://203.190.12.138:8001",)


class State(Enum):
    """Whether work can be sent."""

    STARTING = "starting"
    READY = "ready"
    DOWN = "not available"


class Session(QObject):
    """The backend in use. The embedded engine runs from start to close, also while another backend is in use, because
    its jobs may still run.

    Signals:
        changed: backend, state or extensions are other ones now.
    """

    changed = Signal()

    def __init__(self, workers: Workers, notices: Notices, data_dir: Path) -> None:
        super().__init__()
        self.workers = workers
        self.notices = notices
        self.state = State.STARTING
        self.connection: Connection | None = None
        self.health: Health | None = None
        self._data_dir = data_dir
        self._engine: EmbeddedEngine | None = None
        self._embedded: Connection | None = None
        self._restarts: list[float] = []
        self._closing = False
        self._starting = asyncio.Lock()
        self._watch = QTimer(self, interval=WATCH_MS)
        self._watch.timeout.connect(self._look_at_engine)
        self._recheck = QTimer(self, interval=RECHECK_MS)
        self._recheck.timeout.connect(self._check_again)

    def tell(self, error: AppError) -> None:
        self.notices.failure(error)

    @property
    def title(self) -> str:
        return self.connection.title if self.connection else EMBEDDED

    def has(self, extension: str) -> bool:
        """Whether the backend in use offers an extension of the contract."""
        return self.health is not None and extension in self.health.extensions

    def backend(self) -> "Backend":
        """The backend in use. Raises UnavailableError, in words, where none answers yet."""
        if self.connection is None or self.state is not State.READY:
            doing = "is still starting" if self.state is State.STARTING else "does not answer"
            raise UnavailableError(f"{self.title} {doing}. Wait a moment, or choose a backend in the menu Backend.")
        return self.connection.backend

    async def start_embedded(self) -> None:
        """Start the embedded engine, or take it into use again. Raises AppError; another backend then stays in use."""
        async with self._starting:
            connection = await self._running_engine()
        await self._use(connection)

    async def probe(self, address: str, token: str) -> "Found":
        """Find out who answers at an address. Raises AppError. It is in use only after `adopt`."""
        return await self.workers.call(_connect, address, token)

    def adopt(self, found: "Found") -> None:
        """Use a backend that has answered."""
        self._set(State.READY, found.connection, found.health)

    async def close(self) -> None:
        """End the embedded engine in order."""
        self._closing = True
        self._watch.stop()
        self._recheck.stop()
        if self._engine is not None:
            await self.workers.call(self._engine.stop)

    async def _running_engine(self) -> Connection:
        """The embedded engine's connection; it is started where it does not run."""
        embedded = self._embedded
        if embedded is not None and self._engine is not None and self._engine.alive:
            return embedded
        if self.connection is embedded:
            self._set(State.STARTING, embedded, None)
        try:
            backend = await self.workers.call(self._start_engine)
        except AppError:
            if self.connection is embedded:
                self._set(State.DOWN, embedded, None)
            raise
        if embedded is None:
            embedded = self._embedded = Connection(backend, EMBEDDED, embedded=True)
        embedded.backend = backend
        self._watch.start()
        return embedded

    async def _use(self, connection: Connection) -> None:
        try:
            health = await self.workers.call(connection.backend.health)
        except AppError:
            if self.connection in (None, connection):
                self._set(State.DOWN, connection, None)
            raise
        self._set(State.READY, connection, health)

    @Slot(object)
    def no_answer_from(self, connection: Connection) -> None:
        """Somebody asked it and got no answer: it counts as down until it answers again."""
        if connection is self.connection and self.state is State.READY and not connection.embedded:
            self._set(State.DOWN, connection, self.health)
            self._recheck.start()

    @aio.slot()
    async def _check_again(self) -> None:
        connection = self.connection
        if connection is None or self.state is not State.DOWN or connection.embedded:
            self._recheck.stop()
            return
        try:
            health = await self.workers.call(connection.backend.health)
        except AppError:
            return  # still down; the timer asks again
        if connection is self.connection:
            self._recheck.stop()
            self._set(State.READY, connection, health)

    def _set(self, state: State, connection: Connection | None, health: "Health | None") -> None:
        self.state, self.connection, self.health = state, connection, health
        self.changed.emit()

    def _start_engine(self) -> "Backend":
        from exoplanet_desktop.client.engine import EmbeddedEngine

        if self._engine is None:
            self._engine = EmbeddedEngine(self._data_dir)
        return self._engine.start()

    @Slot()
    def _look_at_engine(self) -> None:
        if self._engine is not None and not self._closing and not self._engine.alive:
            self._watch.stop()
            self._restart_engine()

    @aio.slot()
    async def _restart_engine(self) -> None:
        now = time.monotonic()
        self._restarts = [moment for moment in self._restarts if now - moment < RESTARTS_WITHIN_S] + [now]
        in_use = self.connection is self._embedded
        if len(self._restarts) > MOST_RESTARTS:
            if in_use:
                self._set(State.DOWN, self._embedded, None)
            raise UnavailableError(
                "The embedded engine ended several times within a minute and is not started again. "
                "Start it with Backend, Choose backend; the log says why it ended."
            )
        log.warning("the embedded engine ended; starting it again")
        async with self._starting:
            connection = await self._running_engine()
        self.notices.information("The embedded engine had ended and was started again; interrupted jobs say so.")
        # Another backend may have been chosen meanwhile.
        if self.connection is connection:
            await self._use(connection)


@dataclass(frozen=True)
class Found:
    """Who answered at an address; `health` is None for a backend without extensions."""

    connection: Connection
    health: "Health | None"


def _connect(address: str, token: str) -> Found:
    """Our engine tells its health, a reference backend lists its files; anything else is refused in words."""
    from exoplanet_desktop.client.backend import Backend

    backend = Backend(address, token or None)
    return Found(Connection(backend, backend.base_url, embedded=False), backend.health())

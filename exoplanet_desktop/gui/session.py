"""Who answers: the embedded engine, kept alive, or a backend at an address."""

import logging
import time
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exoplanet_desktop.errors import AppError, NotAllowed, NotFound, UnavailableError
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
        self._watch = QTimer(self, interval=WATCH_MS)
        self._watch.timeout.connect(self._look_at_engine)

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
            raise UnavailableError(f"{self.title} {doing}. Wait a moment, or choose another backend in the menu.")
        return self.connection.backend

    async def start_embedded(self) -> None:
        """Start the embedded engine, or take it into use again."""
        if self._embedded is None:
            self._set(State.STARTING, None, None)
            try:
                backend = await self.workers.call(self._start_engine)
            except AppError:
                self._set(State.DOWN, None, None)
                raise
            self._embedded = Connection(backend, EMBEDDED, embedded=True)
            self._watch.start()
        await self._use(self._embedded)

    async def use_address(self, address: str, token: str) -> None:
        """Use the backend at an address, after it has answered. Raises AppError; the one before then stays in use."""
        connection, health = await self.workers.call(_connect, address, token)
        self._set(State.READY, connection, health)

    async def close(self) -> None:
        """End the embedded engine in order."""
        self._closing = True
        self._watch.stop()
        if self._engine is not None:
            await self.workers.call(self._engine.stop)

    async def _use(self, connection: Connection) -> None:
        try:
            health = await self.workers.call(connection.backend.health)
        except AppError:
            self._set(State.DOWN, connection, None)
            raise
        self._set(State.READY, connection, health)

    def _set(self, state: State, connection: Connection | None, health: "Health | None") -> None:
        self.state, self.connection, self.health = state, connection, health
        self.changed.emit()

    def _start_engine(self) -> "Backend":
        from exoplanet_desktop.client.engine import EmbeddedEngine

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
        engine, connection = self._engine, self._embedded
        if engine is None or connection is None:
            return
        in_use = self.connection is connection
        if in_use:
            self._set(State.STARTING, connection, None)
        if len(self._restarts) > MOST_RESTARTS:
            if in_use:
                self._set(State.DOWN, connection, None)
            raise UnavailableError(
                "The embedded engine ended several times within a minute and is not started again. "
                "Restart the program; the log says why it ended."
            )
        log.warning("the embedded engine ended; starting it again")
        connection.backend = await self.workers.call(engine.restart)
        self.notices.information("The embedded engine had ended and was started again; interrupted jobs say so.")
        self._watch.start()
        if in_use:
            await self._use(connection)


def _connect(address: str, token: str) -> "tuple[Connection, Health | None]":
    """Find out who answers at an address: our engine tells its health, a reference backend lists merged files."""
    from exoplanet_desktop.client.backend import Backend

    backend = Backend(address, token or None)
    health = backend.health()
    if health is None:
        try:
            backend.merged()
        except NotAllowed:
            raise
        except NotFound as error:
            raise UnavailableError(
                f"A server answers at {address}, but it is not an exoplanet backend. Check address and port."
            ) from error
    return Connection(backend, backend.base_url, embedded=False), health

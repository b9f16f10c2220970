"""The backend in use: the embedded engine or one of the user's backends."""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exoplanet_desktop.errors import AppError, UnavailableError
from exoplanet_desktop.gui.backends.backend_registry import BackendRegistry
from exoplanet_desktop.gui.backends.engine_supervisor import EMBEDDED, EngineSupervisor
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.widgets.notices import Notices

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend
    from exoplanet_desktop.wire.payloads import Health

__all__ = ["EMBEDDED", "Session", "State"]

LOOK_MS = 2000  # checks what is already known; sends no request
HEARTBEAT_S = 30.0  # a backend without a request for this long is asked for its health
RECHECK_MS = 5000
SLOWEST_RECHECK_MS = 60_000


class State(Enum):
    """Whether work can be sent."""

    STARTING = "starting"
    READY = "ready"
    DOWN = "not available"

    @property
    def words(self) -> str:
        return {
            State.STARTING: tr("starting"),
            State.READY: tr("ready"),
            State.DOWN: tr("not available"),
        }[self]


class Session(QObject):
    """The backend in use and its state.

    Signals:
        changed: backend, state or extensions have changed.
        beat: the response time or the last answer may have changed.
    """

    changed = Signal()
    beat = Signal()

    def __init__(self, workers: Workers, notices: Notices, data_dir: Path, config_dir: Path | None = None) -> None:
        """`config_dir`: folder of the list of backends; the data folder if None."""
        super().__init__()
        self.workers, self.notices = workers, notices
        self.state = State.STARTING
        self.connection: Connection | None = None
        self.engine = EngineSupervisor(workers, notices, data_dir)
        self.registry = BackendRegistry(workers, config_dir or data_dir)
        self._closing = self._asking = False
        self.engine.starting.connect(self._engine_starts)
        self.engine.failed.connect(self._engine_failed)
        self.engine.started.connect(self._engine_is_back)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._look_at_pulse)
        self._look.start()
        self._recheck = QTimer(self, singleShot=True, interval=RECHECK_MS)
        self._recheck.timeout.connect(self._check_again)

    def report_error(self, error: AppError) -> None:
        self.notices.failure(error)

    @property
    def title(self) -> str:
        return self.connection.title if self.connection else EMBEDDED

    @property
    def health(self) -> "Health | None":
        """Our engine's health reply; None for a plain-contract backend, or if nothing answers."""
        return self.connection.health if self.connection and self.state is not State.STARTING else None

    @property
    def takes_work(self) -> bool:
        """Whether a training can be started. For an absent backend, it can wait in the outbox."""
        away = self.state is State.DOWN and self.connection is not None and not self.connection.embedded
        return self.state is State.READY or away

    def has(self, extension: str) -> bool:
        """Whether the backend in use supports an extension of the contract."""
        return self.health is not None and extension in self.health.extensions

    def backend(self) -> "Backend":
        """The backend in use. Raises UnavailableError if none answers yet."""
        if self.connection is None or self.state is not State.READY:
            if self.state is State.STARTING:
                why = tr("{backend} is still starting. Wait a moment, or choose a backend in the Backend menu.")
            else:
                why = tr("{backend} does not answer. Wait a moment, or choose a backend in the Backend menu.")
            raise UnavailableError(why.format(backend=self.title))
        return self.connection.backend

    async def start_embedded(self) -> None:
        """Start the embedded engine, or switch back to it. Raises AppError; another backend then stays in use."""
        self.adopt(await self.engine.running())

    async def use(self, name: str) -> None:
        """Use a profile's backend once it has answered. Raises AppError; the previous one then stays in use."""
        if name in ("", EMBEDDED):
            await self.start_embedded()
        else:
            self.adopt(await self.registry.connect(name))

    async def reach(self, title: str, address: str) -> Connection:
        """A connection to a recorded run's backend, in use or not. Raises AppError."""
        if title == EMBEDDED:
            return await self.engine.running()
        return await self.registry.reach(address)

    def adopt(self, connection: Connection) -> None:
        """Use a backend that has answered."""
        self._recheck.stop()
        self._set(State.READY, connection)

    async def close(self) -> None:
        """Shut the embedded engine down."""
        self._closing = True
        self._look.stop()
        self._recheck.stop()
        await self.engine.close()

    @Slot(object)
    def no_answer_from(self, connection: Connection) -> None:
        """A request got no answer: the backend counts as down until it answers again."""
        if self._closing or connection is not self.connection or connection.embedded:
            return
        if self.state is State.READY:
            self._set(State.DOWN, connection)
            self._recheck.start(RECHECK_MS)

    @Slot()
    def _look_at_pulse(self) -> None:
        """Take over what other calls found out; send a request only after a long time without any."""
        connection = self.connection
        if connection is None or self.state is not State.READY:
            return
        heartbeat = connection.backend.http.heartbeat
        if heartbeat.missed:
            self.no_answer_from(connection)
        elif heartbeat.age_s > HEARTBEAT_S and not self._asking:
            self._ask_how_it_is(connection)
        self.beat.emit()

    @aio.slot(object)
    async def _ask_how_it_is(self, connection: Connection) -> None:
        self._asking = True
        try:
            await self.workers.call(connection.backend.health)
        except AppError:
            return  # its heartbeat already has the answer
        finally:
            self._asking = False
        self.beat.emit()

    @aio.slot()
    async def _check_again(self) -> None:
        connection = self.connection
        if self._closing or connection is None or self.state is not State.DOWN or connection.embedded:
            return
        try:
            health = await self.workers.call(connection.backend.health)
        except AppError:
            # Still down. After hours of waiting, one request per minute is enough.
            if not self._closing:
                self._recheck.start(min(2 * self._recheck.interval(), SLOWEST_RECHECK_MS))
            return
        if connection is self.connection:
            connection.health = health
            self._set(State.READY, connection)

    def _set(self, state: State, connection: Connection | None) -> None:
        self.state, self.connection = state, connection
        self.changed.emit()

    def _embedded_in_use(self) -> bool:
        return self.connection is self.engine.connection

    @Slot()
    def _engine_starts(self) -> None:
        if self._embedded_in_use():
            self._set(State.STARTING, self.engine.connection)

    @Slot()
    def _engine_failed(self) -> None:
        if self._embedded_in_use():
            self._set(State.DOWN, self.engine.connection)

    @Slot()
    def _engine_is_back(self) -> None:
        # The user may have chosen another backend in the meantime; at the very first start `adopt` follows.
        if self._embedded_in_use():
            self._set(State.READY, self.engine.connection)

"""A real window with a real engine process; a test that leaves a thread running fails."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.catalogs.simulate.catalog import simulate
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.garbage import GarbageCollector
from exoplanet_desktop.gui.base.settings import Settings
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.wire.vocabulary import Satellite

START_MS = 30_000


@pytest.fixture(scope="session")
def styled(qapp: QApplication) -> Iterator[QApplication]:
    """The application, styled, and with our garbage collector: otherwise workers destroy earlier tests' widgets."""
    garbage = GarbageCollector()
    garbage.start()
    theme.apply(qapp)
    yield qapp
    garbage.stop()


@pytest.fixture(scope="session")
def loop(styled: QApplication) -> Iterator[QEventLoop]:
    """The asyncio loop on top of Qt's, which pytest-qt runs while it waits.

    One per session: stopping it exits the application, after which Qt runs no event loop.
    """
    loop = QEventLoop(styled, already_running=True)
    asyncio.set_event_loop(loop)
    yield loop
    styled.aboutToQuit.disconnect(loop._after_run_forever)
    loop._after_run_forever()
    loop.stop()
    loop.close()
    asyncio.events._set_running_loop(None)
    asyncio.set_event_loop(None)


@pytest.fixture
def no_threads_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()]
    assert not left, f"threads left behind: {left}"


class Start:
    """One start of the program on a data folder: a window, and the objects behind it."""

    def __init__(
        self,
        data_dir: Path,
        qtbot: QtBot,
        settings: Settings | None = None,
        settings_file: Path | None = None,
        complete: bool = True,
    ) -> None:
        """`complete`: wait for the parts that are built after the window first appears."""
        self._qtbot = qtbot
        self.services = Services.make(data_dir, data_dir)
        self.window = MainWindow(self.services, settings or Settings(), settings_file)
        if settings is None:
            self.window.resize(1280, 800)  # the offscreen screen is smaller than users' screens
        if complete:
            self.window.complete()
        self.window.show()
        self.open_record()

    def wait(self, work: "asyncio.Future[Any]") -> Any:
        self._qtbot.waitUntil(work.done, timeout=START_MS)
        return work.result()

    def open_record(self) -> None:
        self.wait(self.services.runs.open())

    def start_engine(self) -> None:
        self.wait(asyncio.ensure_future(self.services.session.start_embedded()))
        assert self.services.session.state is State.READY

    def close(self) -> None:
        """Close the window as a user does, whatever is still running."""
        self.wait(self.window.shut_down())
        assert not self.services.scratch.exists()
        for dialog in self.window.dialogs.values():
            dialog.deleteLater()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def start(no_threads_left: None, loop: QEventLoop, tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[..., Start]]:
    """Starts the program on one data folder, as often as a test likes; the engine starts only on request."""
    open_ones: list[Start] = []

    def begin(**options: Any) -> Start:
        open_ones.append(Start(tmp_path / "data", qtbot, **options))
        return open_ones[-1]

    yield begin
    for started in open_ones:
        if not started.window.closed.is_set():
            started.close()


@pytest.fixture
def window(start: Callable[..., Start]) -> MainWindow:
    """A window whose engine has not been started."""
    return start().window


@pytest.fixture
def live(start: Callable[..., Start]) -> MainWindow:
    """A window with its engine ready."""
    started = start()
    started.start_engine()
    return started.window


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Satellite], Path]:
    """Simulated catalogs, each created once."""
    folder = tmp_path_factory.mktemp("samples")

    def make(satellite: Satellite = Satellite.KOI, rows: int = 600) -> Path:
        path = folder / f"simulated_{satellite}_{rows}.csv"
        if not path.exists():
            simulate(satellite, rows, 42, path)
        return path

    return make


@pytest.fixture(autouse=True)
def no_surprises(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails the test if the window logs an error, so that nothing breaks unnoticed."""
    yield
    errors = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not errors, [record.getMessage() for record in errors]


def plain_part(catalog: bytes) -> bytes:
    """The part of a simulated catalog that a plain backend receives: all but the header block."""
    return b"".join(line for line in catalog.splitlines(keepends=True) if not line.startswith(b"#"))

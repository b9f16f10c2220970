"""A real window over a real engine process; a test that leaves a thread running fails."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.catalogs.simulate import simulate
from exoplanet_desktop.gui import theme
from exoplanet_desktop.gui.main_window import MainWindow
from exoplanet_desktop.gui.services import Services
from exoplanet_desktop.gui.session import State
from exoplanet_desktop.gui.settings import Settings
from exoplanet_desktop.wire.vocabulary import Satellite

START_MS = 30_000


@pytest.fixture(scope="session")
def styled(qapp: QApplication) -> QApplication:
    theme.apply(qapp)
    return qapp


@pytest.fixture(scope="session")
def loop(styled: QApplication) -> Iterator[QEventLoop]:
    """The asyncio loop over Qt's own, which pytest-qt runs while it waits.

    One for the session: stopping it exits the application, after which Qt runs no event loop any more.
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


@pytest.fixture
def services(no_threads_left: None, loop: QEventLoop, tmp_path: Path, qtbot: QtBot) -> Iterator[Services]:
    """Everything behind the window; no engine is started yet."""
    services = Services.make(tmp_path / "engine")
    yield services
    closed = asyncio.ensure_future(services.close())
    qtbot.waitUntil(closed.done, timeout=START_MS)
    closed.result()
    assert not services.scratch.exists()


@pytest.fixture
def window(services: Services, qtbot: QtBot) -> Iterator[MainWindow]:
    """A window whose engine is not started."""
    window = MainWindow(services, Settings())
    window.show()
    yield window
    for view in (window.train.view, window.predict.view, window.predict.result, window.merge.view):
        view.close_table()
    window.hide()
    for dialog in window.dialogs.values():
        dialog.close()
        dialog.deleteLater()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def live(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window with its engine ready."""
    starting = asyncio.ensure_future(window.services.session.start_embedded())
    qtbot.waitUntil(starting.done, timeout=START_MS)
    starting.result()
    assert window.services.session.state is State.READY
    return window


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Satellite], Path]:
    """Simulated catalogs, made once."""
    folder = tmp_path_factory.mktemp("samples")

    def make(satellite: Satellite = Satellite.KOI, rows: int = 600) -> Path:
        path = folder / f"simulated_{satellite}_{rows}.csv"
        if not path.exists():
            simulate(satellite, rows, 42, path)
        return path

    return make


@pytest.fixture(autouse=True)
def no_surprises(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever the window logs as an error fails the test: nothing breaks without being noticed."""
    yield
    errors = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not errors, [record.getMessage() for record in errors]

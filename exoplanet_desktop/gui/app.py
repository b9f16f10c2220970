"""Starting and ending the window."""

import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from exoplanet_desktop.catalogs.temporary import sweep
from exoplanet_desktop.errors import AppError, BugError
from exoplanet_desktop.gui import aio, settings, theme
from exoplanet_desktop.gui.main_window import MainWindow
from exoplanet_desktop.gui.notices import Notices
from exoplanet_desktop.gui.services import Services
from exoplanet_desktop.resources import resource

log = logging.getLogger("exoplanet_desktop.gui")

Script = Callable[[MainWindow], Awaitable[None]]


def run(files: Sequence[Path], data_dir: Path | None, script: Script | None = None) -> int:
    """Open the window and return when it has closed.

    Args:
        files: catalogs to open at the start.
        data_dir: where the embedded engine keeps its data; the user's data folder if None.
        script: what drives the window in place of a person, and closes it by returning.
    """
    application = _application()
    failures: list[BaseException] = []

    async def main() -> None:
        await _live(application, files, data_dir, script, failures)

    aio.run(application, main)
    if failures:
        raise failures[0]
    return 0


def _application() -> QApplication:
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    qInstallMessageHandler(_log_qt_message)
    application.setApplicationName("exoplanet-desktop")
    application.setApplicationDisplayName("Exoplanet Desktop")
    application.setDesktopFileName("exoplanet-desktop")
    application.setWindowIcon(QIcon(str(resource("icons/exoplanet-desktop.svg"))))
    return application


async def _live(
    application: QApplication,
    files: Sequence[Path],
    data_dir: Path | None,
    script: Script | None,
    failures: list[BaseException],
) -> None:
    services = Services.make(data_dir)
    _catch_everything(services.notices)
    kept = settings.settings_file()
    # A script starts from the defaults and leaves the user's own settings alone.
    before = settings.Settings() if script else await services.workers.call(settings.load, kept)
    await services.workers.call(theme.template)
    theme.apply(application)
    window = MainWindow(services, before, None if script else kept)
    window.show()
    services.runs.open()
    services.workers.call(sweep)  # what a killed process left behind
    starting = aio.background(_start_backend(window, services))
    if files:
        window.open_files(files)
    window.files.restore()
    if script is not None:
        try:
            await starting
            await script(window)
        except Exception as error:
            failures.append(error)
        window.shut_down()
    await window.closed.wait()
    starting.cancel()


async def _start_backend(window: MainWindow, services: Services) -> None:
    """The embedded engine first, so that work is possible; then the backend that was in use last."""
    session = services.session
    try:
        await session.start_embedded()
    except AppError as error:
        services.notices.failure(error)
    if window.settings.backend:
        try:
            session.adopt(await session.probe(window.settings.backend, ""))
        except AppError as error:
            services.notices.failure(error)


def _log_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """What Qt itself says goes to the log, not to the terminal of the user."""
    fatal = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    log.log(logging.ERROR if fatal else logging.INFO, "Qt: %s", text)


def _catch_everything(notices: Notices) -> None:
    """Whatever nobody caught is logged with its traceback, and the user hears of it in one sentence."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("nobody caught this", exc_info=(kind, error, trace))
        if isinstance(error, Exception):
            notices.failure(BugError(f"Something went wrong inside the program ({error}). The log has the details."))

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        hook(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)

    sys.excepthook = hook
    threading.excepthook = thread_hook

"""Startup and shutdown of the window."""

import asyncio
import logging
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import FrameType, TracebackType

from PySide6.QtCore import QEvent, QMessageLogContext, QObject, Qt, QTimer, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QFileOpenEvent, QIcon, QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QApplication

from exoplanet_desktop.errors import BugError, Cancelled
from exoplanet_desktop.files.temporary import sweep
from exoplanet_desktop.gui.backends import start as backends
from exoplanet_desktop.gui.base import aio, settings, theme
from exoplanet_desktop.gui.base.garbage import GarbageCollector
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.shell.instance import Instance
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.shell.support.crash import Crash, CrashRecord
from exoplanet_desktop.gui.shell.support.logs import log_file
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.resources import resource

log = logging.getLogger("exoplanet_desktop.gui")

WITH_THE_WINDOW = ("runs.run", "tables.pane", "predict.tab", "merge.tab", "run_views.dock")
OPENED_LATER = ("backends.dialog", "shell.help.window", "shell.palette", "run_views.dialog", "run_views.kept_dialog")
PAINTED_S = 0.5
ICON_PX = (16, 24, 32, 48, 64, 128, 256)

Script = Callable[[MainWindow], Awaitable[None]]


@dataclass(frozen=True)
class Start:
    """Parameters of this start of the program.

    Attributes:
        files: catalogs to open.
        data_dir: where engine and record keep their data; the user's data folder if None.
        script: drives the window instead of a person.
        instance: receives calls from later starts.
        crashes: records the state of the program if it ends unexpectedly.
        failures: why the script failed, or that the program was stopped.
    """

    files: Sequence[Path]
    data_dir: Path | None
    script: Script | None = None
    instance: Instance | None = None
    crashes: CrashRecord | None = None
    failures: list[Exception] = field(default_factory=list)


def run(
    files: Sequence[Path], data_dir: Path | None, script: Script | None = None, instance: Instance | None = None
) -> int:
    """Open the window and return when it has closed.

    Args:
        files: catalogs to open at startup.
        data_dir: where the embedded engine keeps its data; the user's data folder if None.
        script: drives the window instead of a person, and closes it by returning.
        instance: receives calls from later starts; none for a script.
    """
    application = _application()
    logged = log_file()
    crashes = CrashRecord(logged.parent) if logged and script is None else None
    start = Start(files, data_dir, script, instance, crashes)
    garbage = GarbageCollector()
    garbage.start()
    try:
        aio.run(application, lambda: _live(application, start))
    except Exception as error:
        if crashes is not None:
            crashes.note(error)
        raise
    finally:
        garbage.stop()
    if crashes is not None:
        crashes.end()
    if instance is not None:
        instance.close()
    if start.failures:
        raise start.failures[0]
    return 0


class Opener(QObject):
    """Files that the system passes to the running program: a double click on macOS.

    Signals:
        asked: list of Path.
    """

    asked = Signal(object)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self.asked.emit([Path(event.file())])
            return True
        return super().eventFilter(watched, event)


def _application() -> QApplication:
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    qInstallMessageHandler(_log_qt_message)
    application.setApplicationName("exoplanet-desktop")
    application.setApplicationDisplayName("Exoplanet Desktop")
    application.setDesktopFileName("exoplanet-desktop")
    return application


async def _live(application: QApplication, start: Start) -> None:
    services = Services.make(start.data_dir, start.data_dir if start.script else None)
    try:
        await _show(application, start, services)
    except Exception:
        await services.close()  # Qt aborts the process if a thread is still running, and nobody sees why it failed
        raise


async def _show(application: QApplication, start: Start, services: Services) -> None:
    _catch_everything(services.notices, start.crashes)
    kept = settings.settings_file()
    call = services.workers.call
    # A script starts with the default settings and leaves the user's own alone.
    before = settings.Settings() if start.script else await call(settings.load, kept)
    await call(theme.template)
    window = MainWindow(services, before, None if start.script else kept)
    if start.script is None:
        _close_by_signals(window, start)
    # Style everything once: otherwise each widget would be restyled wherever it is inserted.
    theme.apply(application)
    window.show()
    await _painted(window)
    await call(_import_modules, WITH_THE_WINDOW)
    for _part in window.parts:
        await asyncio.sleep(0)
    if window.is_closing:
        await window.closed.wait()  # closed right after opening: start nothing more
        return
    opener = Opener()
    opener.asked.connect(window.take_files)
    if (
        sys.platform == "darwin"
    ):  # other systems do not pass files this way, and a filter sees every event of every widget
        application.installEventFilter(opener)
    if start.instance is not None:
        start.instance.called.connect(window.take_files)
        window.leaving.connect(start.instance.stop_listening)
        start.instance.listen()
    services.runs.open()
    call(_import_modules, OPENED_LATER)
    call(sweep)  # left by killed processes
    dressing = aio.background(_put_icon(application, services))
    starting = aio.background(backends.begin(services.session, before.backend, window.assistance.remember_backend))
    if start.files:
        window.open_files(start.files)
    window.files.restore()
    if start.crashes is not None:
        _show_crash(await call(start.crashes.take_last), window)
        await call(start.crashes.begin)
    if start.script is None and not before.tour_seen:
        window.assistance.show_tour()
    if start.script is not None:
        try:
            await asyncio.gather(starting, dressing)
            await start.script(window)
        except Exception as error:
            start.failures.append(error)
        window.shut_down()
    await window.closed.wait()
    starting.cancel()


def _close_by_signals(window: MainWindow, start: Start) -> None:
    """Close the window in order on Ctrl+C, SIGTERM or the terminal's end; a second signal ends the program."""

    def stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        start.failures.append(Cancelled(tr("Stopped.")))
        # Deferred, because this runs between any two Python instructions, even while a widget paints.
        QTimer.singleShot(0, lambda: window.shut_down())

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # started in the background
            signal.signal(number, stop)


async def _painted(window: MainWindow) -> None:
    """Wait for the first paint, because any other work would delay it; not for a hidden window."""
    end = time.monotonic() + PAINTED_S
    while not window.is_closing and time.monotonic() < end:
        if (handle := window.windowHandle()) is not None and handle.isExposed():
            return
        await asyncio.sleep(0)


def _import_modules(names: Sequence[str]) -> None:
    """Loads what the window will need soon, so that it need not wait then; in a worker."""
    for name in names:
        import_module(f"exoplanet_desktop.gui.{name}")


async def _put_icon(application: QApplication, services: Services) -> None:
    icon = QIcon()
    for image in await services.workers.call(_icon_images):
        icon.addPixmap(QPixmap.fromImage(image))
    application.setWindowIcon(icon)


def _icon_images() -> list[QImage]:
    """The icon in each size; drawn in a worker."""
    images = []
    for size in ICON_PX:
        reader = QImageReader(str(resource("icons/exoplanet-desktop.svg")))
        reader.setScaledSize(reader.size().scaled(size, size, Qt.AspectRatioMode.KeepAspectRatio))
        images.append(reader.read())
    return [image for image in images if not image.isNull()]


def _show_crash(crash: Crash | None, window: MainWindow) -> None:
    if crash is not None:
        from exoplanet_desktop.gui.shell.support.crash_dialog import CrashDialog

        dialog = CrashDialog(crash, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()


def _log_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt's own messages go to the log, not to the user's terminal."""
    fatal = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    log.log(logging.ERROR if fatal else logging.INFO, "Qt: %s", text)


def _catch_everything(notices: Notices, crashes: CrashRecord | None) -> None:
    """Logs uncaught exceptions with their traceback, and tells the user in one sentence."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("uncaught exception", exc_info=(kind, error, trace))
        if crashes is not None:
            crashes.note(error)
        if isinstance(error, Exception):
            words = tr("Something went wrong inside the program ({error}). The log has the details.", error=error)
            notices.failure(BugError(words))

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        hook(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)

    sys.excepthook = hook
    threading.excepthook = thread_hook

"""Secondary screens: the first steps, empty tabs, messages, settings, backends, help, and questions."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from PySide6.QtWidgets import QDialog, QMessageBox, QTabWidget

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.backends.dialog import BackendDialog
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.demo.camera import Camera
from exoplanet_desktop.gui.demo.driving import dialog, until
from exoplanet_desktop.gui.shell.closing import ask_before_closing
from exoplanet_desktop.gui.shell.help.tour import Tour
from exoplanet_desktop.gui.shell.help.window import HelpWindow
from exoplanet_desktop.gui.shell.keys import KeysDialog
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.shell.palette import CommandPalette
from exoplanet_desktop.gui.shell.settings_dialog import SettingsDialog
from exoplanet_desktop.gui.shell.support.about import AboutDialog
from exoplanet_desktop.gui.shell.support.crash import Crash
from exoplanet_desktop.gui.shell.support.crash_dialog import CrashDialog
from exoplanet_desktop.gui.widgets.notices import NoticeAction

CRASHED = (
    'Fatal Python error: Segmentation fault\n\nCurrent thread (most recent call first):\n  File "…", line 1 in paint\n'
)


async def first_steps(window: MainWindow, camera: Camera) -> None:
    """The empty tabs, and the tour."""
    for number, name in enumerate(("train", "predict", "merge")):
        window.tabs.setCurrentIndex(number)
        await camera.take(window, f"{name}-empty")
    window.predict.tabs.setCurrentIndex(1)
    window.tabs.setCurrentIndex(1)
    await camera.take(window, "predict-no-result")
    window.predict.tabs.setCurrentIndex(0)
    window.tabs.setCurrentIndex(0)
    window.runs_dock.show()
    await camera.take(window, "runs-empty")
    window.runs_dock.hide()
    window.assistance.show_tour()
    tour = window.findChildren(Tour)[-1]
    for number in (1, 2, 3):
        await camera.take(window, f"first-steps-{number}")
        tour.go_on()


async def dialogs(window: MainWindow, camera: Camera) -> None:
    """Everything that a menu opens, and the question at the end."""
    ways: list[tuple[type[QDialog], Callable[[], object], str]] = [
        (SettingsDialog, window.assistance.choose_settings, "settings"),
        (BackendDialog, window.assistance.choose_backend, "backends"),
        (CommandPalette, window.assistance.show_palette, "commands"),
        (KeysDialog, window.assistance.show_keys, "keys"),
        (CrashDialog, partial(_show_crash, window), "crash"),
        (QMessageBox, partial(_ask, window), "closing"),
    ]
    for kind, action, name in ways:
        await camera.take_anew(partial(dialog, kind, action), name)
    await camera.take_anew(partial(_new_backend, window), "backends-new")
    await camera.take_anew(partial(_about, window, 0), "about")
    await camera.take_anew(partial(_about, window, 1), "about-licences")
    await camera.take_anew(partial(_help, window, "science.md"), "help")
    await camera.take_anew(partial(_help, window, "columns-koi.md"), "help-columns")
    await _messages(window, camera)


async def _messages(window: MainWindow, camera: Camera) -> None:
    notices = window.services.notices
    notices.failure(InputError(tr("This is how a failure is shown: its cause, and what helps.")))
    notices.information(tr("This is how other messages are shown."), NoticeAction(tr("Undo"), lambda: None))
    await camera.take(window, "messages")
    window.notices.clear()


async def _new_backend(window: MainWindow) -> QDialog:
    shown = await dialog(BackendDialog, window.assistance.choose_backend)
    await until(lambda: shown.list.count() > 0, "the backends are listed")
    shown.add_button.click()
    return shown


async def _about(window: MainWindow, page: int) -> QDialog:
    shown = await dialog(AboutDialog, window.assistance.show_about)
    await until(lambda: shown.list.topLevelItemCount() > 0, "the licences are listed")
    shown.findChildren(QTabWidget)[0].setCurrentIndex(page)
    return shown


async def _help(window: MainWindow, page: str) -> QDialog:
    shown = await dialog(HelpWindow, partial(window.assistance.show_help, page))
    await until(lambda: shown.browser.page is not None and shown.browser.page.name == page, "the page is shown")
    return shown


def _show_crash(window: MainWindow) -> None:
    CrashDialog(Crash(datetime.now(UTC), CRASHED), window).show()


def _ask(window: MainWindow) -> None:
    ask_before_closing(window, (), (tr("the prediction"),), lambda: None)

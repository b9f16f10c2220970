"""Everything besides the main work: settings, backends, help, keys, commands, first steps, and support.

Dialogs are imported when they are opened, so that the window appears first.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.shell.support.logs import open_log_folder

if TYPE_CHECKING:
    from exoplanet_desktop.gui.shell.help.tour import Tour
    from exoplanet_desktop.gui.shell.help.window import HelpWindow
    from exoplanet_desktop.gui.shell.main_window import MainWindow  # a circle: a part of the window, which makes it


class Assistance(QObject):
    """Opens these over the main window."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window, self._services, self._preferences = window, window.services, window.preferences
        self._help: HelpWindow | None = None
        self._tour: Tour | None = None

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    @Slot()
    def choose_backend(self) -> None:
        from exoplanet_desktop.gui.backends.dialog import BackendDialog

        dialog = BackendDialog(self._services.session, self._window)
        dialog.chosen.connect(self.remember_backend)
        _open(dialog)

    @Slot(str)
    def remember_backend(self, name: str) -> None:
        """Use this backend at the next start; the embedded engine if `name` is empty."""
        self._preferences.change(backend=name)

    @Slot()
    def choose_settings(self) -> None:
        from exoplanet_desktop.gui.shell.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._preferences, self._window)
        dialog.backends_wanted.connect(self.choose_backend)
        _open(dialog)

    @Slot()
    def show_tour(self) -> None:
        """The first steps; only one at a time."""
        from exoplanet_desktop.gui.shell.help.tour import Tour, first_steps

        if self._tour is None:
            window, train = self._window, self._window.train
            begun = window.services.runs.started
            steps = first_steps(window.tabs, train.picker, train.go, train, train.view.opened, begun)
            self._tour = Tour(steps, window)
            self._tour.ended.connect(self._end_tour)

    @Slot()
    def _end_tour(self) -> None:
        self._tour = None
        self._preferences.change(tour_seen=True)

    @Slot()
    def show_help(self, page: str = "") -> None:
        """The help window; there is only one."""
        from exoplanet_desktop.gui.shell.help.window import HelpWindow

        if self._help is None:
            self._help = HelpWindow(self._services.workers, self._window)
        self._help.show()
        self._help.raise_()
        self._help.activateWindow()
        self._help.load(page)

    @Slot()
    def show_keys(self) -> None:
        from exoplanet_desktop.gui.shell.keys import KeysDialog

        dialog = KeysDialog(self._window.commands, self._window)
        dialog.help_wanted.connect(self.show_help)
        _open(dialog)

    @Slot()
    def show_palette(self) -> None:
        from exoplanet_desktop.gui.shell.palette import CommandPalette

        _open(CommandPalette(self._window.commands, self._window))

    @Slot()
    def show_about(self) -> None:
        from exoplanet_desktop.gui.shell.support.about import AboutDialog

        dialog = AboutDialog(self._services.workers, self._window)
        dialog.load()
        _open(dialog)

    @Slot()
    def open_log_folder(self) -> None:
        try:
            open_log_folder()
        except AppError as error:
            self.report_error(error)

    @aio.slot()
    async def copy_diagnostics(self) -> None:
        """Copies the diagnostics to the clipboard, for whoever helps."""
        from exoplanet_desktop.gui.shell.support.diagnostics import diagnostics, packages

        session = self._services.session
        backend = f"{session.title}, {session.state.name.lower()}"
        known = await self._services.workers.call(packages)
        QGuiApplication.clipboard().setText(diagnostics(self._preferences.now, backend, known))
        told = tr("Versions, screen and settings are copied to the clipboard, without file names or tokens.")
        self._services.notices.information(told)


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()

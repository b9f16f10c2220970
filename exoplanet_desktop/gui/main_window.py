"""The main window: three tabs, menus, a status bar, and the list of runs.

Dialogs are imported where they are opened, so that the window is there before they are.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QMainWindow, QTabWidget, QVBoxLayout, QWidget

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui import aio
from exoplanet_desktop.gui.commands import Commands
from exoplanet_desktop.gui.dropping import local_files, sorted_out
from exoplanet_desktop.gui.menus import window_commands
from exoplanet_desktop.gui.notices import NoticeBar
from exoplanet_desktop.gui.open_files import OpenFiles
from exoplanet_desktop.gui.placement import place, place_docks, place_splitters, placement
from exoplanet_desktop.gui.preferences import Preferences
from exoplanet_desktop.gui.progress.kept import KeptRun
from exoplanet_desktop.gui.progress.run import TrainingRun
from exoplanet_desktop.gui.recent import RecentMenu
from exoplanet_desktop.gui.services import Services
from exoplanet_desktop.gui.settings import TEXT_PERCENT, Settings
from exoplanet_desktop.gui.status_bar import StatusBar
from exoplanet_desktop.gui.support.logs import open_log_folder
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.text import locale, tr
from exoplanet_desktop.gui.train.tab import TrainTab
from exoplanet_desktop.gui.widgets.busy import BusyPage
from exoplanet_desktop.gui.widgets.files import save_in

if TYPE_CHECKING:
    from exoplanet_desktop.gui.help.tour import Tour
    from exoplanet_desktop.gui.help.window import HelpWindow
    from exoplanet_desktop.gui.merge.tab import MergeTab
    from exoplanet_desktop.gui.predict.tab import PredictTab
    from exoplanet_desktop.gui.progress.dialog import ProgressDialog
    from exoplanet_desktop.gui.runs.dock import RunsDock

Tab = TypeVar("Tab", bound="TrainTab | PredictTab | MergeTab")
log = logging.getLogger("exoplanet_desktop.gui")


class MainWindow(QMainWindow):
    """Composes everything that is on screen."""

    def __init__(self, services: Services, settings: Settings, settings_file: Path | None = None) -> None:
        """`settings_file`: where the settings are kept; nowhere if None."""
        super().__init__()
        self.services = services
        self.preferences = Preferences(settings, services.workers, settings_file)
        self.setWindowTitle(tr("Exoplanet Desktop"))
        self.setAcceptDrops(True)
        self.setMinimumSize(760, 480)
        self.dialogs: dict[TrainingRun, ProgressDialog] = {}
        self.closed = asyncio.Event()
        self._closing = False
        self._help: HelpWindow | None = None
        self._tour: Tour | None = None
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for title in (tr("Train"), tr("Predict"), tr("Merge")):
            self.tabs.addTab(QWidget(), title)  # until the tab itself is built
        self.train = TrainTab(services)
        self._put_tab(0, self.train)
        self.notices = NoticeBar(services.notices, self)
        middle = QWidget(self)
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notices)
        layout.addWidget(self.tabs, 1)
        self.setCentralWidget(middle)
        self.status = StatusBar(services.session, services.runs, self)
        self.status.backend_wanted.connect(self.choose_backend)
        self.status.runs_wanted.connect(self.toggle_runs)
        self.setStatusBar(self.status)
        self.commands = Commands(self)
        self.commands.add(window_commands(self))
        self.tabs.currentChanged.connect(self._show_tab)
        services.runs.started.connect(self.show_run)
        self.train.run_rows.shown.connect(lambda: self.tabs.setCurrentWidget(self.train))
        self.preferences.changed.connect(self._use_settings)
        place(self, settings)
        self._use_settings()
        self.tabs.setCurrentIndex(settings.tab)
        services.notices.open()

    # Built when they are first needed, or by `complete`, so that the window can be used before they are there.

    @cached_property
    def predict(self) -> "PredictTab":
        from exoplanet_desktop.gui.predict.tab import PredictTab

        return self._put_tab(1, PredictTab(self.services))

    @cached_property
    def merge(self) -> "MergeTab":
        from exoplanet_desktop.gui.merge.tab import MergeTab

        return self._put_tab(2, MergeTab(self.services))

    @cached_property
    def runs_dock(self) -> "RunsDock":
        from exoplanet_desktop.gui.runs.dock import RunsDock

        dock = RunsDock(self.services, self)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        dock.hide()
        dock.opened.connect(self.show_run)
        dock.use_in_predict.connect(self._use_in_predict)
        place_docks(self, self.settings)
        return dock

    @cached_property
    def files(self) -> OpenFiles:
        files = OpenFiles(self.tabs, self._tab_names(), self.preferences, self.services)
        recent = RecentMenu(files, self)
        recent.chosen.connect(lambda path: self.open_files([path]))
        self.commands.menu(tr("&File")).insertMenu(self.commands.action("file.save"), recent)
        return files

    @property
    def parts(self) -> Iterator[QObject]:
        """What `complete` builds, one after another."""
        yield self.predict
        yield self.merge
        yield self.runs_dock
        yield self.files

    def complete(self) -> None:
        """Build what is not there yet."""
        for part in self.parts:
            log.debug("%s is there", type(part).__name__)

    def _put_tab(self, number: int, tab: Tab) -> Tab:
        """Put a tab where its place is kept."""
        current, title = self.tabs.currentIndex(), self.tabs.tabText(number)
        kept = QSignalBlocker(self.tabs)
        if (placeholder := self.tabs.widget(number)) is not None:
            self.tabs.removeTab(number)
            placeholder.deleteLater()
        self.tabs.insertTab(number, tab, title)
        self.tabs.setCurrentIndex(current)
        kept.unblock()
        tab.view.opened.connect(self._show_row_count)
        tab.view.closed.connect(self._show_row_count)
        tab.view.memory_mb = self.settings.table_memory_mb
        place_splitters(tab, self.settings)
        return tab

    @Slot(int)
    def _show_tab(self, number: int) -> None:
        if number:
            self.complete()
        self._show_row_count()

    def tell(self, error: AppError) -> None:
        self.services.notices.failure(error)

    @property
    def tab(self) -> "TrainTab | PredictTab | MergeTab":
        """The tab in front."""
        number = self.tabs.currentIndex()
        return self.train if number == 0 else self.predict if number == 1 else self.merge

    @property
    def is_closing(self) -> bool:
        return self._closing

    @property
    def settings(self) -> Settings:
        return self.preferences.now

    def open_files(self, paths: Sequence[Path]) -> None:
        """Open catalogs in the tab in front, take exported runs into the record; what is neither is told."""
        found = sorted_out(paths)
        if refusal := found.refusal():
            self.tell(refusal)
        if found.catalogs:
            self.files.forget_waiting(self.tabs.currentIndex())
            self.files.importer.bring(self.tab.open_files, found.catalogs)
        for run in found.runs:
            self.runs_dock.show()
            self.runs_dock.doing.import_run(str(run))

    @Slot(object)
    def take_files(self, paths: Sequence[Path]) -> None:
        """Come to the front with files that a later start of the program hands over."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        self.open_files(paths)

    @Slot(object)
    def show_run(self, run: TrainingRun | KeptRun) -> None:
        """Show the dialog of a run; there is one a run."""
        from exoplanet_desktop.gui.progress.dialog import ProgressDialog

        if isinstance(run, KeptRun):
            self._show_kept(run)
            return
        dialog = self.dialogs.get(run)
        if dialog is None:
            dialog = self.dialogs[run] = ProgressDialog(run, self.services.workers, self)
            dialog.finished.connect(lambda: self._forget_dialog(run))
            dialog.use_in_predict.connect(self._use_in_predict)
            dialog.train_again.connect(self._train_again)
            self.train.run_rows.serve(dialog)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _forget_dialog(self, run: TrainingRun) -> None:
        """The figures of a dialog take 12 MB; it is made anew where it is wanted again."""
        dialog = self.dialogs.get(run)
        if dialog is not None and run.is_over and not dialog.transfer.is_busy:
            del self.dialogs[run]
            dialog.deleteLater()

    def _show_kept(self, kept: KeptRun) -> None:
        from exoplanet_desktop.gui.progress.kept_dialog import KeptDialog

        dialog = KeptDialog(kept, self.services.workers, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    @Slot()
    def choose_backend(self) -> None:
        from exoplanet_desktop.gui.backends.dialog import BackendDialog

        dialog = BackendDialog(self.services.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.remember_backend)
        dialog.open()

    @Slot()
    def choose_settings(self) -> None:
        from exoplanet_desktop.gui.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self.preferences, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.backends_wanted.connect(self.choose_backend)
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := local_files(event.mimeData()):
            event.acceptProposedAction()
            self.open_files(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask where work is under way; then end everything in order before the window goes."""
        from exoplanet_desktop.gui.closing import ask_before_closing

        if self._closing:
            event.accept()
            return
        event.ignore()
        busy = [words for tab, words in self._busy_words() if tab.is_busy]
        runs = self.services.runs
        if runs.live or busy or runs.groups:
            groups = [f"“{batch.title}”" for batch in runs.groups if batch.waiting]
            ask_before_closing(self, runs.live, busy, self.shut_down, groups)
        else:
            self.shut_down()

    @aio.slot()
    async def shut_down(self) -> None:
        """End everything in order; the window goes whatever happens on the way."""
        if self._closing:
            return
        self._closing = True
        self.hide()
        try:
            self.preferences.change(**placement(self), tab=self.tabs.currentIndex())
            for dialog in list(self.dialogs.values()):
                dialog.close()
            self.runs_dock.showing.close()
            for view in (self.train.view, self.predict.view, self.predict.result, self.merge.view):
                view.close_table()
            self.services.runs.leave()
            for tab in (self.predict, self.merge):
                tab.leave()
            await aio.finish_tasks(seconds=2)
            await self.preferences.keep()
            await self.services.close()
        finally:
            self.close()
            self.closed.set()

    def table_in_front(self) -> CatalogView:
        """The table that the user looks at."""
        on_result = self.tabs.currentIndex() == 1 and self.predict.tabs.currentIndex() == 1
        return self.predict.result if on_result else self.tab.view

    @Slot(str)
    def remember_backend(self, name: str) -> None:
        """Begin with a backend at the next start; with the embedded engine where `name` is empty."""
        self.preferences.change(backend=name)

    @Slot(object)
    def _use_in_predict(self, run: TrainingRun) -> None:
        self.tabs.setCurrentWidget(self.predict)
        self.predict.use_run(run)
        if run in self.dialogs:
            self.dialogs[run].close()
        self.activateWindow()

    @aio.slot(object)
    async def _train_again(self, run: TrainingRun) -> None:
        again = self.services.runs.begin(run.request)
        self.dialogs[run].close()
        await again.work()

    @Slot()
    def _show_row_count(self) -> None:
        shown = self.tab.view.shown
        self.status.show_rows(shown.row_count if shown else None)

    def _tab_names(self) -> dict[str, QWidget]:
        """What the tabs are called in the settings."""
        return {"train": self.train, "predict": self.predict, "merge": self.merge}

    def _busy_words(self) -> "list[tuple[PredictTab | MergeTab, str]]":
        return [(self.predict, tr("the prediction")), (self.merge, tr("the merge"))]

    @Slot()
    def _use_settings(self) -> None:
        """What is not the application's own: how often jobs are asked, how much memory a table may take."""
        settings = self.settings
        self.services.poller.set_interval(settings.poll_ms)
        save_in(settings.save_folder)
        for view in self.findChildren(CatalogView):
            view.memory_mb = settings.table_memory_mb
        # Fields of numbers have a locale of their own.
        self.setLocale(locale())

    @Slot()
    def save_shown(self) -> None:
        if isinstance(tab := self.tab, TrainTab):
            tab.view.pane.ask_export()
        else:
            tab.ask_target()

    @Slot()
    def stop_in_front(self) -> None:
        """Stop what the tab in front waits for; where it waits for nothing, dismiss the messages."""
        for page in self.tab.findChildren(BusyPage):
            if page.isVisible() and page.cancel.isVisible():
                page.cancel.click()
                return
        self.notices.clear()

    def resize_text(self, step_percent: int) -> None:
        """Larger or smaller text in all windows; with 0, the system's size."""
        least, most = TEXT_PERCENT
        percent = self.settings.text_percent + step_percent if step_percent else 100
        self.preferences.change(text_percent=min(max(percent, least), most))

    @Slot()
    def show_tour(self) -> None:
        """The first steps; one at a time."""
        from exoplanet_desktop.gui.help.tour import Tour, first_steps

        if self._tour is None:
            steps = first_steps(self.tabs, self.train.picker, self.train.go, self.train)
            self._tour = Tour(steps, self)
            self._tour.ended.connect(self._end_tour)

    @Slot()
    def _end_tour(self) -> None:
        self._tour = None
        self.preferences.change(tour_seen=True)

    @Slot()
    def show_help(self, page: str = "") -> None:
        """The help window; there is one."""
        from exoplanet_desktop.gui.help.window import HelpWindow

        if self._help is None:
            self._help = HelpWindow(self.services.workers, self)
        self._help.show()
        self._help.raise_()
        self._help.activateWindow()
        self._help.load(page)

    @Slot()
    def show_keys(self) -> None:
        from exoplanet_desktop.gui.keys import KeysDialog

        dialog = KeysDialog(self.commands, self)
        dialog.help_wanted.connect(self.show_help)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def show_palette(self) -> None:
        from exoplanet_desktop.gui.palette import CommandPalette

        dialog = CommandPalette(self.commands, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def show_about(self) -> None:
        from exoplanet_desktop.gui.support.about import AboutDialog

        dialog = AboutDialog(self.services.workers, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.load()
        dialog.open()

    @Slot()
    def open_log_folder(self) -> None:
        try:
            open_log_folder()
        except AppError as error:
            self.tell(error)

    @aio.slot()
    async def copy_diagnostics(self) -> None:
        """What somebody who helps needs to know goes to the clipboard."""
        from exoplanet_desktop.gui.support.diagnostics import diagnostics, packages

        session = self.services.session
        backend = f"{session.title}, {session.state.name.lower()}"
        known = await self.services.workers.call(packages)
        QGuiApplication.clipboard().setText(diagnostics(self.settings, backend, known))
        told = tr("Versions, screen and settings are in the clipboard, without names of files and without tokens.")
        self.services.notices.information(told)

    @Slot()
    def toggle_runs(self) -> None:
        self.runs_dock.setVisible(not self.runs_dock.isVisible())

"""The main window: three tabs, menus, a status bar, and the list of runs.

Dialogs are imported when they are opened, so that the window appears first.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLineEdit, QMainWindow, QTabWidget, QVBoxLayout, QWidget

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.commands import Commands
from exoplanet_desktop.gui.base.dropping import FileDrops, sorted_out
from exoplanet_desktop.gui.base.placement import place, place_docks, place_splitters, placement
from exoplanet_desktop.gui.base.preferences import Preferences
from exoplanet_desktop.gui.base.settings import TEXT_PERCENT, Settings
from exoplanet_desktop.gui.base.text import locale, tr
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.shell.assistance import Assistance
from exoplanet_desktop.gui.shell.menus import window_commands
from exoplanet_desktop.gui.shell.open_files import OpenFiles
from exoplanet_desktop.gui.shell.recent import RecentMenu
from exoplanet_desktop.gui.shell.run_dialogs import RunDialogs
from exoplanet_desktop.gui.shell.status_bar import StatusBar
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.train.tab import TrainTab
from exoplanet_desktop.gui.widgets.busy import BusyPage
from exoplanet_desktop.gui.widgets.files import save_in
from exoplanet_desktop.gui.widgets.notices import NoticeBar

if TYPE_CHECKING:
    from exoplanet_desktop.gui.merge.tab import MergeTab
    from exoplanet_desktop.gui.predict.tab import PredictTab
    from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
    from exoplanet_desktop.gui.run_views.dock import RunsDock
    from exoplanet_desktop.gui.runs.kept import KeptRun
    from exoplanet_desktop.gui.runs.training_run import TrainingRun

Tab = TypeVar("Tab", bound="TrainTab | PredictTab | MergeTab")
log = logging.getLogger("exoplanet_desktop.gui")


class MainWindow(QMainWindow):
    """Composes everything that is on screen.

    Signals:
        leaving: the window has started to close.
    """

    leaving = Signal()

    def __init__(self, services: Services, settings: Settings, settings_file: Path | None = None) -> None:
        """`settings_file`: where to keep the settings; nowhere if None."""
        super().__init__()
        self.services = services
        self.preferences = Preferences(settings, services.workers, settings_file)
        self.setWindowTitle(tr("Exoplanet Desktop"))
        FileDrops(self, self.open_files)
        self.setMinimumSize(760, 480)
        self.closed = asyncio.Event()
        self._closing = False
        self.status = StatusBar(services.session, services.runs, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for title in (tr("Train"), tr("Predict"), tr("Merge")):
            self.tabs.addTab(QWidget(), title)  # until the tab itself is built
        self.notices = NoticeBar(services.notices, self)
        self.train = TrainTab(services)
        self._put_tab(0, self.train)
        self.run_dialogs = RunDialogs(services, self.train.run_rows, self.open_files, self)
        self.run_dialogs.use_in_predict.connect(self._use_in_predict)
        self.run_dialogs.table_wanted.connect(self._show_kept)
        self.assistance = Assistance(self)
        middle = QWidget(self)
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notices)
        layout.addWidget(self.tabs, 1)
        self.setCentralWidget(middle)
        self.status.backend_wanted.connect(self.assistance.choose_backend)
        self.status.runs_wanted.connect(self.toggle_runs)
        self.setStatusBar(self.status)
        self.commands = Commands(self)
        self.commands.add(window_commands(self))
        self.tabs.currentChanged.connect(self._show_tab)
        services.runs.started.connect(self.run_dialogs.show)
        self.train.run_rows.shown.connect(lambda: self.tabs.setCurrentWidget(self.train))
        self.preferences.changed.connect(self._use_settings)
        place(self, settings)
        self._use_settings()
        self.tabs.setCurrentIndex(settings.tab)
        services.notices.open()

    # Built when first needed, or by `complete`, so that the window is usable before that.

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
        from exoplanet_desktop.gui.run_views.dock import RunsDock

        dock = RunsDock(self.services, self)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        FileDrops(dock, self.open_files)  # its own, because it may float
        dock.hide()
        dock.opened.connect(self.run_dialogs.show)
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
        """The parts that `complete` builds, one after another."""
        yield self.predict
        yield self.merge
        yield self.runs_dock
        yield self.files

    def complete(self) -> None:
        """Build the missing parts."""
        for part in self.parts:
            log.debug("%s is there", type(part).__name__)

    def _put_tab(self, number: int, tab: Tab) -> Tab:
        """Put a tab into its reserved place."""
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
        self._take_drops(tab)
        for view in tab.findChildren(CatalogView):
            view.furnished.connect(partial(self._take_drops, view))
            view.memory_mb = self.settings.table_memory_mb
        place_splitters(tab, self.settings)
        return tab

    def _take_drops(self, part: QWidget) -> None:
        """Open files dropped on text fields, which would otherwise insert the path as text."""
        for field in part.findChildren(QLineEdit):
            FileDrops(field, self.open_files)

    @Slot(int)
    def _show_tab(self, number: int) -> None:
        if number:
            self.complete()
        self._show_row_count()

    def report_error(self, error: AppError) -> None:
        self.services.notices.failure(error)

    @property
    def tab(self) -> "TrainTab | PredictTab | MergeTab":
        """The current tab."""
        number = self.tabs.currentIndex()
        return self.train if number == 0 else self.predict if number == 1 else self.merge

    @property
    def is_closing(self) -> bool:
        return self._closing

    @property
    def settings(self) -> Settings:
        return self.preferences.now

    def open_files(self, paths: Sequence[Path]) -> None:
        """Open catalogs in the current tab, and import exported runs into the record; report any other file."""
        found = sorted_out(paths)
        if refusal := found.refusal():
            self.report_error(refusal)
        if found.catalogs:
            self.files.forget_waiting(self.tabs.currentIndex())
            self.files.importer.bring(self.tab.open_files, found.catalogs)
        for run in found.runs:
            self.runs_dock.show()
            self.runs_dock.commands.import_run(str(run))

    @Slot(object)
    def take_files(self, paths: Sequence[Path]) -> None:
        """Come to the front with the files from a later start of the program."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        self.open_files(paths)

    def changeEvent(self, event: QEvent) -> None:
        """When the user returns from another program, the file may have changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and not self._closing:
            self.tab.view.look_for_changes()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask if work is running; then end everything in order before the window closes."""
        from exoplanet_desktop.gui.shell.closing import ask_before_closing

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
        """End everything in order; the window closes whatever happens on the way."""
        if self._closing:
            return
        self._closing = True
        self.leaving.emit()
        self.hide()
        try:
            self.complete()  # otherwise a window closed right after opening would lose its saved layout
            self.preferences.change(**placement(self), tab=self.tabs.currentIndex())
            self.run_dialogs.close_all()
            self.runs_dock.opener.close()
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
        """The table that the user sees."""
        on_result = self.tabs.currentIndex() == 1 and self.predict.tabs.currentIndex() == 1
        return self.predict.result if on_result else self.tab.view

    @property
    def dialogs(self) -> "dict[TrainingRun, ProgressDialog]":
        """The existing dialogs of trainings."""
        return self.run_dialogs.open

    @Slot(object)
    def _use_in_predict(self, run: "TrainingRun") -> None:
        self.tabs.setCurrentWidget(self.predict)
        self.predict.use_run(run)
        self.run_dialogs.close(run)
        self.activateWindow()

    @Slot(object)
    def _show_kept(self, kept: "KeptRun") -> None:
        tab = self.merge if kept.merged_file else self.predict
        self.tabs.setCurrentWidget(tab)
        tab.show_kept(kept)
        self.activateWindow()

    @Slot()
    def _show_row_count(self) -> None:
        shown = self.tab.view.shown
        self.status.show_rows(shown.row_count if shown else None)

    def _tab_names(self) -> dict[str, QWidget]:
        """The names of the tabs in the settings."""
        return {"train": self.train, "predict": self.predict, "merge": self.merge}

    def _busy_words(self) -> "list[tuple[PredictTab | MergeTab, str]]":
        return [(self.predict, tr("the prediction")), (self.merge, tr("the merge"))]

    @Slot()
    def _use_settings(self) -> None:
        """Apply the settings besides the application's own: polling interval of jobs, memory limit of a table."""
        settings = self.settings
        self.services.poller.set_interval(settings.poll_ms)
        save_in(settings.save_folder)
        for view in self.findChildren(CatalogView):
            view.memory_mb = settings.table_memory_mb
        # Number fields have their own locale.
        self.setLocale(locale())

    @Slot()
    def save_shown(self) -> None:
        if isinstance(tab := self.tab, TrainTab):
            tab.view.pane.ask_export()
        else:
            tab.ask_target()

    @Slot()
    def stop_in_front(self) -> None:
        """Stop what the current tab is waiting for; if nothing, dismiss the messages."""
        for page in self.tab.findChildren(BusyPage):
            if page.isVisible() and page.cancel.isVisible():
                page.cancel.click()
                return
        self.notices.clear()

    def resize_text(self, step_percent: int) -> None:
        """Larger or smaller text in all windows; 0 restores the system's size."""
        least, most = TEXT_PERCENT
        percent = self.settings.text_percent + step_percent if step_percent else 100
        self.preferences.change(text_percent=min(max(percent, least), most))

    @Slot()
    def toggle_runs(self) -> None:
        self.runs_dock.setVisible(not self.runs_dock.isVisible())

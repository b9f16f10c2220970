"""The main window: three tabs, menus, a status bar, and the list of runs."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, Qt, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop import __version__
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui import aio
from exoplanet_desktop.gui.backend_dialog import BackendDialog
from exoplanet_desktop.gui.merge.tab import MergeTab
from exoplanet_desktop.gui.notices import NoticeBar
from exoplanet_desktop.gui.predict.tab import PredictTab
from exoplanet_desktop.gui.progress.dialog import ProgressDialog
from exoplanet_desktop.gui.progress.run import TrainingRun
from exoplanet_desktop.gui.runs_dock import RunsDock
from exoplanet_desktop.gui.services import Services
from exoplanet_desktop.gui.session import State
from exoplanet_desktop.gui.settings import Settings
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.train.tab import TrainTab
from exoplanet_desktop.gui.widgets.picker import CatalogPicker

STATE_MARKS = {State.READY: "●", State.STARTING: "◌", State.DOWN: "✕"}
ABOUT = (
    f"<h3>Exoplanet Desktop {__version__}</h3>"
    "<p>Trains classifiers on the NASA Exoplanet Archive's catalogs of Kepler, K2 and TESS, predicts dispositions, "
    "and merges catalogs.</p>"
    "<p>This program is for catalogs of the NASA Exoplanet Archive, which is operated by the California Institute of "
    "Technology, under contract with the National Aeronautics and Space Administration under the Exoplanet Exploration "
    "Program. KOI table: DOI 10.26133/NEA4.</p><p>MIT licence. Built with Qt for Python (LGPL), XGBoost, "
    "scikit-learn, DuckDB and others.</p>"
)


class MainWindow(QMainWindow):
    """Composes everything that is on screen."""

    def __init__(self, services: Services, settings: Settings) -> None:
        super().__init__()
        self.services, self.settings = services, settings
        self.setWindowTitle("Exoplanet Desktop")
        self.setAcceptDrops(True)
        self.setMinimumSize(760, 480)
        self.dialogs: dict[TrainingRun, ProgressDialog] = {}
        self.closed = asyncio.Event()
        self._closing = False
        self.train, self.predict, self.merge = TrainTab(services), PredictTab(services), MergeTab(services)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for tab, title in ((self.train, "Train"), (self.predict, "Predict"), (self.merge, "Merge")):
            self.tabs.addTab(tab, title)
        self.notices = NoticeBar(services.notices, self)
        middle = QWidget(self)
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notices)
        layout.addWidget(self.tabs, 1)
        self.setCentralWidget(middle)
        self.runs_dock = RunsDock(services.runs, services.notices, self)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.runs_dock)
        self.runs_dock.hide()
        self._fill_status_bar()
        self._fill_menus()
        self.tabs.currentChanged.connect(self._show_row_count)
        for tab in (self.train, self.predict, self.merge):
            tab.view.opened.connect(self._show_row_count)
            tab.view.closed.connect(self._show_row_count)
        self.runs_dock.opened.connect(self.show_run)
        services.runs.started.connect(self.show_run)
        services.runs.changed.connect(self._show_runs)
        services.session.changed.connect(self._show_session)
        self._restore()
        self._show_session()
        self._show_runs()
        services.notices.open()

    def tell(self, error: AppError) -> None:
        self.services.notices.failure(error)

    @property
    def tab(self) -> TrainTab | PredictTab | MergeTab:
        """The tab in front."""
        return (self.train, self.predict, self.merge)[self.tabs.currentIndex()]

    def open_files(self, paths: Sequence[Path]) -> None:
        self.tab.open_files(paths)

    @Slot(object)
    def show_run(self, run: TrainingRun) -> None:
        """Show the progress dialog of a run; there is one a run."""
        dialog = self.dialogs.get(run)
        if dialog is None:
            dialog = self.dialogs[run] = ProgressDialog(run, self.services.workers, self)
            dialog.use_in_predict.connect(self._use_in_predict)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    @Slot()
    def choose_backend(self) -> None:
        dialog = BackendDialog(self.services.session, self.settings.backend, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._remember_backend)
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _csv_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := _csv_files(event.mimeData()):
            event.acceptProposedAction()
            self.open_files(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask where work is under way; then end everything in order before the window goes."""
        if self._closing:
            event.accept()
            return
        event.ignore()
        if self.services.runs.live or self.predict.is_busy or self.merge.is_busy:
            self._ask_before_closing()
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
            self.settings = self.remembered()
            for dialog in self.dialogs.values():
                dialog.close()
            for view in (self.train.view, self.predict.view, self.predict.result, self.merge.view):
                view.close_table()
            for run in self.services.runs.live:
                run.leave()
            for tab in (self.predict, self.merge):
                tab.leave()
            await aio.finish_tasks(seconds=2)
            await self.services.close()
        finally:
            self.close()
            self.closed.set()

    def remembered(self) -> Settings:
        """The settings as the window stands now."""
        return replace(
            self.settings,
            geometry=bytes(self.saveGeometry().toBase64().data()).decode("ascii"),
            splitters={splitter.objectName(): splitter.sizes() for splitter in self._splitters()},
            folder=self.train.picker.folder,
        )

    def _restore(self) -> None:
        self.resize(1280, 800)
        if self.settings.geometry:
            # Qt itself moves a window back whose screen is gone.
            self.restoreGeometry(QByteArray.fromBase64(self.settings.geometry.encode("ascii")))
        for splitter in self._splitters():
            sizes = (self.settings.splitters or {}).get(splitter.objectName())
            if sizes and len(sizes) == splitter.count():
                splitter.setSizes(sizes)
        for picker in self.findChildren(CatalogPicker):
            picker.folder = self.settings.folder

    def _splitters(self) -> list[QSplitter]:
        return [self.train.splitter, self.predict.splitter, self.merge.splitter]

    def _view_in_front(self) -> CatalogView:
        """The table that the user looks at."""
        on_result = self.tab is self.predict and self.predict.tabs.currentIndex() == 1
        return self.predict.result if on_result else self.tab.view

    @Slot(str)
    def _remember_backend(self, address: str) -> None:
        self.settings = replace(self.settings, backend=address)

    @Slot(object)
    def _use_in_predict(self, run: TrainingRun) -> None:
        self.tabs.setCurrentWidget(self.predict)
        self.predict.use_run(run)
        self.dialogs[run].close()
        self.activateWindow()

    @Slot()
    def _show_session(self) -> None:
        session = self.services.session
        self.backend_chip.setText(f"{STATE_MARKS[session.state]} {session.title}, {session.state.value}")
        self.backend_chip.setAccessibleName(f"Backend: {session.title}, {session.state.value}")

    @Slot()
    def _show_runs(self) -> None:
        live = self.services.runs.live
        if not live:
            done = len(self.services.runs.all)
            self.runs_chip.setText(f"{done} {'run' if done == 1 else 'runs'}" if done else "")
        else:
            jobs = "1 job running" if len(live) == 1 else f"{len(live)} jobs running"
            self.runs_chip.setText(f"{jobs}: {live[-1].request.title}, {live[-1].words}")
        self.runs_chip.setVisible(bool(self.runs_chip.text()))

    @Slot()
    def _show_row_count(self) -> None:
        shown = self.tab.view.shown
        self.rows_label.setText(f"{shown.row_count:,} rows" if shown else "")

    def _ask_before_closing(self) -> None:
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Close now?",
            "Work is still running. On the embedded engine it ends with the window; a training on another backend goes "
            "on, and is taken up again at the next start.",
            QMessageBox.StandardButton.Cancel,
            self,
        )
        close = box.addButton("Close anyway", QMessageBox.ButtonRole.DestructiveRole)
        close.clicked.connect(self.shut_down)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _fill_status_bar(self) -> None:
        self.backend_chip = _chip("Choose who answers")
        self.backend_chip.clicked.connect(self.choose_backend)
        self.runs_chip = _chip("Show the runs")
        self.runs_chip.clicked.connect(lambda: self.runs_dock.setVisible(not self.runs_dock.isVisible()))
        self.rows_label = QLabel(self)
        bar = self.statusBar()
        bar.addWidget(self.backend_chip)
        bar.addWidget(self.runs_chip, 1)
        bar.addPermanentWidget(self.rows_label)

    def _fill_menus(self) -> None:
        file, edit, view, run = (self.menuBar().addMenu(title) for title in ("&File", "&Edit", "&View", "&Run"))
        backend, help_menu = (self.menuBar().addMenu(title) for title in ("&Backend", "&Help"))
        _act(file, "&Open catalog…", lambda: self.tab.choose(), QKeySequence.StandardKey.Open)
        _act(file, "&Save prediction or merged file…", self._save_shown, QKeySequence.StandardKey.Save)
        _act(file, "&Export what is shown…", lambda: self._view_in_front().pane.ask_export(), "Ctrl+E")
        file.addSeparator()
        quit_action = _act(file, "&Quit", self.close, QKeySequence.StandardKey.Quit)
        quit_action.setMenuRole(QAction.MenuRole.QuitRole)
        _act(edit, "&Copy selected cells", lambda: self._view_in_front().grid.copy_selection())
        _act(edit, "&Find in the table", lambda: self._view_in_front().pane.tools.start_finding(), "Ctrl+F")
        _act(edit, "C&hoose columns…", lambda: self._view_in_front().pane.choose_columns())
        for number, title in enumerate(("&Train", "&Predict", "&Merge")):
            _act(view, title, partial(self.tabs.setCurrentIndex, number), f"Ctrl+{number + 1}")
        view.addSeparator()
        runs = self.runs_dock.toggleViewAction()
        runs.setText("&Runs")
        view.addAction(runs)
        _act(run, "&Go", lambda: self.tab.start(), "Ctrl+Return")
        _act(backend, "&Choose backend…", self.choose_backend, "Ctrl+B")
        about = _act(help_menu, "&About Exoplanet Desktop", self._about)
        about.setMenuRole(QAction.MenuRole.AboutRole)

    @Slot()
    def _save_shown(self) -> None:
        tab = self.tab
        if isinstance(tab, PredictTab | MergeTab):
            tab.ask_target()
        else:
            self.train.view.pane.ask_export()

    @Slot()
    def _about(self) -> None:
        box = QMessageBox(self)
        box.setWindowTitle("About Exoplanet Desktop")
        box.setText(ABOUT)
        box.setIconPixmap(self.windowIcon().pixmap(64, 64))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()


def _chip(tip: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _act(
    menu: QMenu, text: str, slot: Callable[[], object], keys: str | QKeySequence.StandardKey | None = None
) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda: slot())
    if keys is not None:
        action.setShortcut(QKeySequence(keys))
    return action


def _csv_files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.toLocalFile().lower().endswith(".csv")]

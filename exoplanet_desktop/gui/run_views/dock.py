"""The dock of runs: live runs with their progress, recorded runs below, and their actions."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base.text import count, counted, tr
from exoplanet_desktop.gui.run_views.actions import Actions, connect
from exoplanet_desktop.gui.run_views.columns import Column, header, meaning
from exoplanet_desktop.gui.run_views.desktop_notifier import DesktopNotifier
from exoplanet_desktop.gui.run_views.filters import FilterButton
from exoplanet_desktop.gui.run_views.model import RunsModel
from exoplanet_desktop.gui.run_views.run_commands import RunCommands
from exoplanet_desktop.gui.run_views.run_opener import RunOpener
from exoplanet_desktop.gui.run_views.view import RunsView
from exoplanet_desktop.gui.runs.run import Run
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.tables.columns import ColumnsDialog
from exoplanet_desktop.gui.widgets.dock_title import DockTitle
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.row import in_order
from exoplanet_desktop.record.entry import RunEntry

SEARCH_MS = 120  # after the last keystroke


class RunsDock(QDockWidget):
    """Signals:
    opened: the TrainingRun to show.
    use_in_predict: the TrainingRun whose model to use on the Predict tab.
    """

    opened = Signal(object)
    use_in_predict = Signal(object)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(tr("Runs"), parent)
        self.setObjectName("runs")
        self._services, self._runs = services, services.runs
        self.title = DockTitle(self)
        self.model = RunsModel(self)
        self.view = RunsView(self.model, self)
        self.commands = RunCommands(services, self.model, self.view)
        self.opener = RunOpener(services, self.model, self.view)
        self.notifier = DesktopNotifier(services.runs, self._main_window)
        self.search = QLineEdit(self)
        self.filter = FilterButton(self.model, self)
        self.more = QToolButton(self)
        self.compare_button = QPushButton(tr("&Compare"), self)
        self.counts = PlainLabel("", "muted", wrap=False)
        self._stack = QStackedWidget(self)
        self._timer = QTimer(self, singleShot=True, interval=SEARCH_MS)
        page = self._lay_out()
        self.actions_of_runs = Actions(page)
        self._connect()
        self.setTitleBarWidget(self.title)
        self.setWidget(page)
        self._update_enabled()

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    @Slot()
    def choose_columns(self) -> None:
        columns = [header(column) for column in Column]
        meanings = {header(column): meaning(column) for column in Column}
        table = self.view.table
        dialog = ColumnsDialog(columns, meanings, table.isColumnHidden, table.setColumnHidden, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _main_window(self) -> QWidget:
        """The main window, even while the dock floats."""
        parent = self.parentWidget()
        return parent.window() if parent is not None else self

    @Slot(object)
    def _take_entries(self, entries: "Sequence[RunEntry]") -> None:
        self.model.set_entries(entries)

    @Slot()
    def _search(self) -> None:
        self.model.set_filter(self.filter.chosen(self.search.text()))

    @Slot()
    def _update_enabled(self) -> None:
        chosen = self.view.chosen()
        self.actions_of_runs.update_enabled(chosen, undo=self.commands.can_undo)
        self.compare_button.setEnabled(self.actions_of_runs.compare.isEnabled())
        shown, total = len(self.model.rows), self.model.total
        if self.model.filter.is_empty:
            self.counts.setText(counted(total, tr("run"), tr("runs")) if total else "")
        else:
            self.counts.setText(tr("{shown} of {total}", shown=count(shown), total=count(total)))
        place = 0 if not total else 1 if not shown else 2
        self._stack.setCurrentIndex(place)
        for widget in (self.search, self.filter, self.compare_button):
            widget.setVisible(total > 0)

    @Slot(QPoint)
    def _show_menu(self, at: QPoint) -> None:
        menu = self.actions_of_runs.menu(self.view.chosen())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.in_front.viewport().mapToGlobal(at))

    def _connect(self) -> None:
        actions, view = self.actions_of_runs, self.view
        view.opened.connect(self.opener.open)
        view.selected.connect(self._update_enabled)
        for one in (view.list, view.table):
            one.customContextMenuRequested.connect(self._show_menu)
        connect(actions.open, lambda: self.opener.open(view.chosen()[0]))
        for action, slot in (
            (actions.unfold, self._unfold),
            (actions.predict, self.opener.use_model),
            (actions.compare, self.opener.compare),
            (actions.cancel, self.commands.cancel),
            (actions.command, self.commands.copy_command),
            (actions.python, self.commands.copy_python),
            (actions.star, self.commands.star),
            (actions.rename, view.edit_name),
            (actions.report, self.commands.ask_report),
            (actions.export, self.commands.ask_export),
            (actions.import_, self.commands.ask_import),
            (actions.delete, self.commands.delete),
            (actions.undo, self.commands.undo),
            (actions.bin, self.commands.show_bin),
        ):
            connect(action, slot)
        self.compare_button.clicked.connect(actions.compare.trigger)
        self.topLevelChanged.connect(self._begin_in_search)
        self._timer.timeout.connect(self._search)
        self.search.textChanged.connect(lambda: self._timer.start())
        self.filter.changed.connect(self._search)
        self.model.counted.connect(self._update_enabled)
        self.commands.done.connect(self._update_enabled)
        self.opener.opened.connect(self.opened)
        self.opener.use_in_predict.connect(self.use_in_predict)
        self.model.renamed.connect(self.commands.rename)
        self._runs.listed.connect(self._list)
        self._runs.past_known.connect(self._take_entries)
        self._runs.recorded.connect(self.model.take)
        self._runs.grouped.connect(self.opener.take_batch)
        self._runs.updated.connect(self.model.follow)

    @Slot(object)
    def _list(self, run: "Run") -> None:
        self.model.add(run.snapshot)

    @Slot(bool)
    def _begin_in_search(self, floats: bool) -> None:
        """A floating dock starts with the focus in the search field, not in its title bar."""
        if floats:
            self.search.setFocus()

    def _unfold(self) -> None:
        row = self.view.chosen()[0]
        self.model.unfold(row, not self.model.is_unfolded(row))

    def _lay_out(self) -> QWidget:
        self.search.setPlaceholderText(tr("Search runs"))
        self.search.setAccessibleName(tr("Search runs"))
        self.search.setClearButtonEnabled(True)
        self.more.setText("⋯")
        self.more.setToolTip(tr("More: import, bin, columns"))
        self.more.setAccessibleName(tr("More"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        menu.aboutToShow.connect(partial(self._fill_more, menu))
        self.more.setMenu(menu)
        page = QWidget(self)
        page.setObjectName("page")
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.search, 1)
        top.addWidget(self.filter)
        top.addWidget(self.more, 0, Qt.AlignmentFlag.AlignRight)
        bottom = QHBoxLayout()
        bottom.addWidget(self.counts, 1)
        bottom.addWidget(self.compare_button)
        for empty in (
            EmptyPage(tr("No runs yet"), tr("Trainings are listed here, and stay after a restart.")),
            EmptyPage(tr("No matches"), tr("No runs match the search and the filter."), (tr("Show all"),)),
        ):
            self._stack.addWidget(empty)
            empty.chosen.connect(self._show_all)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        layout.addLayout(bottom)
        page.setMinimumWidth(232)
        in_order(self.title.float_button, self.title.close_button, self.search, self.filter, self.more)
        in_order(self.more, self.view.list, self.view.table, self.compare_button)
        return page

    def _fill_more(self, menu: QMenu) -> None:
        menu.clear()
        actions = self.actions_of_runs
        menu.addAction(actions.import_)
        menu.addAction(actions.undo)
        menu.addAction(actions.bin)
        menu.addSeparator()
        menu.addAction(tr("Choose c&olumns…")).triggered.connect(self.choose_columns)

    @Slot()
    def _show_all(self) -> None:
        self.search.clear()
        self.filter.clear()

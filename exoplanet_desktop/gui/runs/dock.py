"""The dock of the runs: live ones with their progress, those of the record below, and what can be done with them."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDockWidget,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui import aio
from exoplanet_desktop.gui.notices import Offer
from exoplanet_desktop.gui.progress.kept import KeptRun
from exoplanet_desktop.gui.progress.run import TrainingRun
from exoplanet_desktop.gui.runs import copying
from exoplanet_desktop.gui.runs.actions import Actions, connect
from exoplanet_desktop.gui.runs.bin import BinDialog
from exoplanet_desktop.gui.runs.filters import FilterButton
from exoplanet_desktop.gui.runs.model import Column, RunsModel, header, meaning
from exoplanet_desktop.gui.runs.rows import Row
from exoplanet_desktop.gui.runs.usable import check_model
from exoplanet_desktop.gui.runs.view import RunsView
from exoplanet_desktop.gui.services import Services
from exoplanet_desktop.gui.session import EMBEDDED
from exoplanet_desktop.gui.tables.columns import ColumnsDialog
from exoplanet_desktop.gui.text import count, counted, tr
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.files import ask_target
from exoplanet_desktop.gui.widgets.words import Words

if TYPE_CHECKING:
    from exoplanet_desktop.client.comparison import Contender
    from exoplanet_desktop.client.record import Record
    from exoplanet_desktop.client.record_entry import RunEntry

SEARCH_MS = 120  # after the last letter
ZIPS = "Exported runs (*.zip);;All files (*)"


class RunsDock(QDockWidget):
    """Signals:
    opened: the TrainingRun that the user wants to see.
    use_in_predict: the TrainingRun whose model shall predict.
    """

    opened = Signal(object)
    use_in_predict = Signal(object)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(tr("Runs"), parent)
        self.setObjectName("runs")
        self._services, self._runs = services, services.runs
        self._deleted: list[Row] = []
        self.model = RunsModel(self)
        self.view = RunsView(self.model, self)
        self.search = QLineEdit(self)
        self.filter = FilterButton(self.model, self)
        self.more = QToolButton(self)
        self.compare_button = QPushButton(tr("&Compare"), self)
        self.counts = Words("", "muted", wrap=False)
        self._stack = QStackedWidget(self)
        self._timer = QTimer(self, singleShot=True, interval=SEARCH_MS)
        page = self._lay_out()
        self.actions_of_runs = Actions(page)
        self._connect()
        self.setWidget(page)
        self._settle()

    def tell(self, error: AppError) -> None:
        self._services.notices.failure(error)

    # What the user does

    @aio.slot(object)
    async def open(self, row: Row) -> None:
        self.opened.emit(await self._run_of(row))

    @aio.slot()
    async def use_model(self) -> None:
        """Take the model of the selected run into Predict, where its backend still has it."""
        run = await self._run_of(self.view.chosen()[0])
        if isinstance(run, TrainingRun):
            await check_model(run, self._services)
            self.use_in_predict.emit(run)

    @aio.slot()
    async def compare(self) -> None:
        """Show the selected trainings side by side."""
        ids = [row.entry.run_id for row in self.view.chosen()]
        contenders = await self._runs.keeper.work(partial(_contenders, run_ids=ids))
        # Here, because it imports what only results need, and the list is there at the start of the program.
        from exoplanet_desktop.gui.runs.compare_dialog import CompareDialog

        if len(contenders) < len(ids):
            raise InputError(tr("Of a run, no scores are kept, so it cannot be compared. Leave it out."))
        dialog = CompareDialog(contenders, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    @aio.slot()
    async def star(self) -> None:
        rows = self.view.chosen()
        starred = not all(row.entry.starred for row in rows)
        ids = [row.entry.run_id for row in rows]
        await self._runs.keeper.work(partial(_star, run_ids=ids, starred=starred))
        for row in rows:
            self.model.change(row, starred=starred)

    @aio.slot(object, str)
    async def rename(self, row: Row, title: str) -> None:
        await self._runs.keeper.work(lambda record: record.rename(row.entry.run_id, title))
        self.model.change(row, title=title)

    @aio.slot()
    async def delete(self) -> None:
        """Put the selected runs into the bin; a group goes with its parts."""
        chosen = self.view.chosen()
        rows = list({id(row): row for one in chosen for row in (one, *self.model.members(one))}.values())
        kept = [row for row in rows if row.entry.run_id]
        await self._runs.keeper.work(partial(_delete, run_ids=[row.entry.run_id for row in kept]))
        self.model.remove(rows)
        self._deleted = kept
        name = chosen[0].entry.title if len(chosen) == 1 else counted(len(chosen), tr("run"), tr("runs"))
        told = tr("“{name}” is in the bin.", name=name) if len(chosen) == 1 else tr("{name} are in the bin.", name=name)
        self._services.notices.information(told, Offer(tr("Undo"), self.undo))
        self._settle()

    @aio.slot()
    async def undo(self) -> None:
        """Take out of the bin what was put there last."""
        rows, self._deleted = self._deleted, []
        await self._runs.keeper.work(partial(_restore, run_ids=[row.entry.run_id for row in rows]))
        self.model.put_back(rows)
        if rows:
            self.view.choose(rows[0])
        self._settle()

    @aio.slot()
    async def copy_command(self) -> None:
        """Put the command line that does the selected run again on the clipboard."""
        await self._copy(as_command=True)

    @aio.slot()
    async def copy_python(self) -> None:
        """Put a program that does the selected run again on the clipboard."""
        await self._copy(as_command=False)

    async def _copy(self, as_command: bool) -> None:
        from exoplanet_desktop.client import replay

        run_id = self.view.chosen()[0].entry.run_id
        run = await self._runs.keeper.work(lambda record: record.run(run_id))
        connection = self._runs.connection_of(run)
        embedded = run.backend_title == EMBEDDED
        token = connection is not None and connection.backend.connection.has_token
        if as_command:
            text = replay.command(run, embedded=embedded, token=token, windows=sys.platform == "win32")
        else:
            text = replay.python(run, embedded=embedded)
        QGuiApplication.clipboard().setText(text)
        self._services.notices.information(copying.told(as_command, embedded, token))

    @aio.slot()
    async def cancel(self) -> None:
        """Cancel what runs of the selected."""
        for row in self.view.chosen():
            if row.is_live and row.live is not None:
                await row.live.cancel()

    @Slot()
    def show_bin(self) -> None:
        dialog = BinDialog(self._runs.keeper, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.restored.connect(self._take_back)
        dialog.load()
        dialog.open()

    @Slot()
    def ask_export(self) -> None:
        row = self.view.chosen()[0]
        name = "".join(letter if letter.isalnum() else "_" for letter in row.entry.title).strip("_")
        ask_target(self, tr("Export the run"), f"{name or 'run'}.zip", partial(self._export, row), ZIPS)

    @Slot()
    def ask_import(self) -> None:
        dialog = QFileDialog(self, tr("Import a run"), "", ZIPS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.import_run)
        dialog.open()

    @aio.slot(str)
    async def import_run(self, source: str) -> None:
        """Take an exported run into the record, and show it."""

        entry = await self._runs.import_(Path(source))
        self._show_entry(entry.run_id)
        self._services.notices.information(tr("The run “{name}” is imported.", name=entry.title))

    def _export(self, row: Row, target: str) -> None:
        self.export(row, target)

    @aio.slot(object, str)
    async def export(self, row: Row, target: str) -> None:
        """Write all of a run as one zip."""
        await self._runs.export(row.entry.run_id, Path(target))
        self._services.notices.information(tr("The run is exported to {file}.", file=target))

    @Slot()
    def choose_columns(self) -> None:
        columns = [header(column) for column in Column]
        meanings = {header(column): meaning(column) for column in Column}
        table = self.view.table
        dialog = ColumnsDialog(columns, meanings, table.isColumnHidden, table.setColumnHidden, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # Within

    async def _run_of(self, row: Row) -> TrainingRun | KeptRun:
        if isinstance(row.live, TrainingRun):
            return row.live
        return await self._runs.past(row.entry.run_id)

    @Slot(object)
    def _take_entries(self, entries: "Sequence[RunEntry]") -> None:
        self.model.set_entries(entries)

    @Slot(object)
    def _take_back(self, entries: "Sequence[RunEntry]") -> None:
        for entry in entries:
            self.model.take(entry)
        if entries:
            self._show_entry(entries[0].run_id)

    def _show_entry(self, run_id: str) -> None:
        if (row := self.model.find(run_id)) is not None:
            self.view.choose(row)

    @Slot()
    def _search(self) -> None:
        self.model.set_filter(self.filter.chosen(self.search.text()))

    @Slot()
    def _settle(self) -> None:
        chosen = self.view.chosen()
        self.actions_of_runs.settle(chosen, undo=bool(self._deleted))
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
        view.opened.connect(self.open)
        view.selected.connect(self._settle)
        for one in (view.list, view.table):
            one.customContextMenuRequested.connect(self._show_menu)
        connect(actions.open, lambda: self.open(view.chosen()[0]))
        for action, slot in (
            (actions.unfold, self._unfold),
            (actions.predict, self.use_model),
            (actions.compare, self.compare),
            (actions.cancel, self.cancel),
            (actions.command, self.copy_command),
            (actions.python, self.copy_python),
            (actions.star, self.star),
            (actions.rename, view.edit_name),
            (actions.export, self.ask_export),
            (actions.import_, self.ask_import),
            (actions.delete, self.delete),
            (actions.undo, self.undo),
            (actions.bin, self.show_bin),
        ):
            connect(action, slot)
        self.compare_button.clicked.connect(actions.compare.trigger)
        self._timer.timeout.connect(self._search)
        self.search.textChanged.connect(lambda: self._timer.start())
        self.filter.changed.connect(self._search)
        self.model.counted.connect(self._settle)
        self.model.renamed.connect(self.rename)
        self._runs.listed.connect(self.model.add)
        self._runs.past_known.connect(self._take_entries)
        self._runs.recorded.connect(self.model.take)
        self._runs.updated.connect(self.model.follow)

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
        top.addWidget(self.more)
        bottom = QHBoxLayout()
        bottom.addWidget(self.counts, 1)
        bottom.addWidget(self.compare_button)
        for empty in (
            EmptyPage(tr("No runs yet"), tr("Trainings are listed here, and stay from one start to the next.")),
            EmptyPage(tr("Nothing fits"), tr("No run has these words and passes the filter."), (tr("Show all"),)),
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


def _contenders(record: "Record", run_ids: Sequence[str]) -> "list[Contender]":
    from exoplanet_desktop.client.comparison import Contender

    found = (Contender.of(record.run(run_id)) for run_id in run_ids)
    return [one for one in found if one is not None]


def _delete(record: "Record", run_ids: Sequence[str]) -> None:
    for run_id in run_ids:
        record.delete(run_id)


def _restore(record: "Record", run_ids: Sequence[str]) -> None:
    for run_id in run_ids:
        record.restore(run_id)


def _star(record: "Record", run_ids: Sequence[str], starred: bool) -> None:
    for run_id in run_ids:
        record.star(run_id, starred)

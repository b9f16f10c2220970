"""The commands on runs in the list: rename, star, bin, copy, export."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.backends.session import EMBEDDED
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.run_views import copying
from exoplanet_desktop.gui.run_views.bin import BinDialog
from exoplanet_desktop.gui.run_views.model import RunsModel
from exoplanet_desktop.gui.run_views.report import save_report
from exoplanet_desktop.gui.run_views.rows import Row
from exoplanet_desktop.gui.run_views.view import RunsView
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.widgets.files import ask_target
from exoplanet_desktop.gui.widgets.notices import NoticeAction
from exoplanet_desktop.record import replay
from exoplanet_desktop.record.entry import RunEntry
from exoplanet_desktop.record.record import Record


class RunCommands(QObject):
    """Signals:
    done: the undoable action has changed.
    """

    done = Signal()

    def __init__(self, services: Services, model: RunsModel, view: RunsView) -> None:
        super().__init__(view)
        self._services, self._runs = services, services.runs
        self._model, self._view = model, view
        self._deleted: list[Row] = []

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    @property
    def can_undo(self) -> bool:
        return bool(self._deleted)

    @aio.slot()
    async def star(self) -> None:
        rows = self._view.chosen()
        starred = not all(row.entry.starred for row in rows)
        ids = [row.entry.run_id for row in rows]
        await self._runs.recorder.work(partial(_star, run_ids=ids, starred=starred))
        for row in rows:
            self._model.change(row, starred=starred)

    @aio.slot(object, str)
    async def rename(self, row: Row, title: str) -> None:
        await self._runs.recorder.work(lambda record: record.rename(row.entry.run_id, title))
        self._model.change(row, title=title)

    @aio.slot()
    async def delete(self) -> None:
        """Move the selected runs to the bin; a group takes its parts along."""
        chosen = self._view.chosen()
        rows = self._model.with_members(chosen)
        kept = [row for row in rows if row.entry.run_id]
        await self._runs.recorder.work(partial(_delete, run_ids=[row.entry.run_id for row in kept]))
        self._model.remove(rows)
        self._deleted = kept
        if len(chosen) == 1:
            told = tr("“{name}” was moved to the bin.", name=chosen[0].entry.title)
        else:
            told = tr("{runs} were moved to the bin.", runs=counted(len(chosen), tr("run"), tr("runs")))
        # Undo what this notice reports, whatever has been deleted since.
        self._services.notices.information(told, NoticeAction(tr("Undo"), partial(self._take_out, kept)))
        self.done.emit()

    @aio.slot()
    async def undo(self) -> None:
        """Restore the runs that were moved to the bin last."""
        await self._restored(self._deleted)

    @aio.slot(object)
    async def _take_out(self, rows: list[Row]) -> None:
        await self._restored(rows)

    async def _restored(self, rows: list[Row]) -> None:
        if rows is self._deleted:
            self._deleted = []
        await self._runs.recorder.work(partial(_restore, run_ids=[row.entry.run_id for row in rows]))
        self._model.put_back(rows)
        if rows:
            self._view.choose(rows[0])
        self.done.emit()

    @aio.slot()
    async def copy_command(self) -> None:
        """Copy the command line that repeats the selected run to the clipboard."""
        await self._copy(as_command=True)

    @aio.slot()
    async def copy_python(self) -> None:
        """Copy a program that repeats the selected run to the clipboard."""
        await self._copy(as_command=False)

    async def _copy(self, as_command: bool) -> None:

        run_id = self._view.chosen()[0].entry.run_id
        run = await self._runs.recorder.work(lambda record: record.run(run_id))
        connection = self._runs.connection_of(run)
        embedded = run.backend_title == EMBEDDED
        token = connection is not None and connection.backend.http.has_token
        if as_command:
            text = replay.command(run, embedded=embedded, token=token, windows=sys.platform == "win32")
        else:
            text = replay.python(run, embedded=embedded)
        QGuiApplication.clipboard().setText(text)
        self._services.notices.information(copying.told(as_command, embedded, token))

    @aio.slot()
    async def cancel(self) -> None:
        """Cancel the running ones among the selected."""
        for row in self._view.chosen():
            if row.is_live and row.live is not None and (run := self._runs.of(row.live)) is not None:
                await run.cancel()

    @Slot()
    def show_bin(self) -> None:
        dialog = BinDialog(self._runs.recorder, self._view)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.restored.connect(self._take_back)
        dialog.load()
        dialog.open()

    @Slot()
    def ask_export(self) -> None:
        row = self._view.chosen()[0]
        ask_target(
            self._view, tr("Export the run"), f"{_file_stem(row)}.zip", lambda target: self.export(row, target), _zips()
        )

    @Slot()
    def ask_report(self) -> None:
        row = self._view.chosen()[0]
        ask_target(
            self._view,
            tr("Save the report"),
            f"{_file_stem(row)}_report.html",
            lambda target: self.report(row, target),
            tr("HTML (*.html);;PDF (*.pdf)"),
        )

    @aio.slot(object, str)
    async def report(self, row: Row, target: str) -> None:
        """Write a report of a training that tells all by itself, as HTML or PDF."""
        from exoplanet_desktop.gui.runs.training_run import TrainingRun

        run = await self._runs.past(row.entry.run_id)
        if not isinstance(run, TrainingRun):
            raise InputError(tr("Only trainings have a report. Choose a training."))
        await save_report(run, Path(target), self._services.workers)
        self._services.notices.information(tr("The report is saved in {file}.", file=target))

    @Slot()
    def ask_import(self) -> None:
        dialog = QFileDialog(self._view, tr("Import a run"), "", _zips())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.import_run)
        dialog.open()

    @aio.slot(str)
    async def import_run(self, source: str) -> None:
        """Import an exported run into the record, and show it."""
        entry = await self._runs.import_(Path(source))
        self._show_entry(entry.run_id)
        self._services.notices.information(tr("The run “{name}” is imported.", name=entry.title))

    @aio.slot(object, str)
    async def export(self, row: Row, target: str) -> None:
        """Write a whole run as one zip."""
        await self._runs.export(row.entry.run_id, Path(target))
        self._services.notices.information(tr("The run is exported to {file}.", file=target))

    @Slot(object)
    def _take_back(self, entries: "Sequence[RunEntry]") -> None:
        for entry in entries:
            self._model.take(entry)
        if entries:
            self._show_entry(entries[0].run_id)

    def _show_entry(self, run_id: str) -> None:
        if (row := self._model.find(run_id)) is not None:
            self._view.choose(row)


def _delete(record: "Record", run_ids: Sequence[str]) -> None:
    for run_id in run_ids:
        record.delete(run_id)


def _restore(record: "Record", run_ids: Sequence[str]) -> None:
    for run_id in run_ids:
        record.restore(run_id)


def _star(record: "Record", run_ids: Sequence[str], starred: bool) -> None:
    for run_id in run_ids:
        record.star(run_id, starred)


def _file_stem(row: Row) -> str:
    """A run's title as the stem of a file name."""
    return "".join(letter if letter.isalnum() else "_" for letter in row.entry.title).strip("_") or "run"


def _zips() -> str:
    return tr("Exported runs (*.zip);;All files (*)")

"""Finds a run's rows in its training catalog, if that is open on the Train tab."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from exoplanet_desktop.catalogs.base.file_memo import digest_of
from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.notices import NoticeAction, Notices

if TYPE_CHECKING:
    from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
    from exoplanet_desktop.gui.runs.training_run import TrainingRun


class RunRows(QObject):
    """Handles row requests from the dialogs of runs; a refusal appears in the dialog, with its remedy.

    Signals:
        shown: the Train tab shows the requested rows, or opens their catalog.
        front_wanted: the ProgressDialog whose rows are shown and that must not cover them.
    """

    shown = Signal()
    front_wanted = Signal(object)

    def __init__(
        self, view: CatalogView, workers: Workers, notices: Notices, open_files: Callable[[Sequence[Path]], object]
    ) -> None:
        super().__init__(view)
        self._view, self._workers, self._notices, self._open_files = view, workers, notices, open_files

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    def serve(self, dialog: "ProgressDialog") -> None:
        """Show the rows that the user selects in a run's dialog."""
        dialog.rows_wanted.connect(lambda run, numbers: self._serve(dialog, run, self.show_rows(run, numbers), True))
        dialog.row_wanted.connect(lambda run, number, front: self._serve(dialog, run, self.go_to(run, number), front))

    async def show_rows(self, run: "TrainingRun", numbers: Sequence[int]) -> None:
        """Show only these rows, through a filter that can be cleared. Raises InputError for another catalog."""
        from exoplanet_desktop.catalogs.tables.view import RowNumbers

        await self._check(run)
        rows = counted(len(numbers), tr("held-out row"), tr("held-out rows"))
        words = tr("{rows} of {run}", rows=rows, run=run.request.title)
        self._view.pane.queries.add_filter(RowNumbers(tuple(numbers), words))

    async def go_to(self, run: "TrainingRun", number: int) -> None:
        """Go to a row. Raises InputError if another catalog is open."""
        await self._check(run)
        self._view.pane.finding.go_to_number(number)

    @aio.slot(object, object, object, bool)
    async def _serve(self, dialog: "ProgressDialog", run: "TrainingRun", work: Awaitable[None], front: bool) -> None:
        try:
            await work
            self.shown.emit()
            if front:
                self.front_wanted.emit(dialog)
        except InputError as error:
            path = await self.file_of(run)
            offer = NoticeAction(tr("Open it"), lambda: self._open(path)) if path is not None else None
            dialog.notices.information(str(error), offer)

    def _open(self, path: Path) -> None:
        self.shown.emit()
        self._open_files([path])

    async def file_of(self, run: "TrainingRun") -> Path | None:
        """A run's training file, if it is on this machine and unchanged."""
        paths = run.request.paths
        if len(paths) != 1 or run.result is None or not run.result.data_digest:
            return None
        same = await self._workers.call(_digest, paths[0]) == run.result.data_digest
        return paths[0] if same else None

    async def _check(self, run: "TrainingRun") -> None:
        if (used := run.request.rows) is not None:
            raise InputError(tr("{rows} Its rows therefore cannot be found in the open catalog.", rows=used.sentence))
        shown, digest = self._view.shown, run.result.data_digest if run.result else None
        if shown is not None and digest and await self._workers.call(_digest, shown.path) == digest:
            return
        if len(run.request.paths) > 1:
            raise InputError(
                tr(
                    "This run was trained on several merged catalogs ({name}); its rows are those of the merged table.",
                    name=run.request.source,
                )
            )
        raise InputError(
            tr("{name}, on which this run was trained, is not open on the Train tab.", name=run.request.source)
        )


def _digest(path: Path) -> str:
    """SHA-256 of a file; "" if it cannot be read."""
    try:
        return digest_of(path)
    except OSError:
        return ""

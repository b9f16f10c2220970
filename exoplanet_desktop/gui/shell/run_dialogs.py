"""The dialogs of runs over the main window: one per training, made on demand."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.dropping import FileDrops
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.train.rows import RunRows
from exoplanet_desktop.gui.widgets.notices import NoticeAction

if TYPE_CHECKING:
    from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
    from exoplanet_desktop.gui.run_views.listed_rows import ListedRows
    from exoplanet_desktop.gui.runs.kept import KeptRun
    from exoplanet_desktop.gui.runs.training_run import TrainingRun


class RunDialogs(QObject):
    """Signals:
    use_in_predict: the TrainingRun whose model to predict with.
    table_wanted: the KeptRun whose table to show in its tab.

    Attributes:
        open: the existing dialogs, by their run.
    """

    use_in_predict = Signal(object)
    table_wanted = Signal(object)

    def __init__(
        self,
        services: Services,
        run_rows: RunRows,
        open_files: Callable[[Sequence[Path]], object],
        window: QWidget,
    ) -> None:
        """Args:
        run_rows: shows the rows chosen in a dialog.
        open_files: opens files that are dropped on one.
        """
        super().__init__(window)
        self._services, self._run_rows, self._window = services, run_rows, window
        self._open_files = open_files
        self.open: dict[TrainingRun, ProgressDialog] = {}
        run_rows.front_wanted.connect(self._uncover)

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    @Slot(object)
    def show(self, run: "TrainingRun | KeptRun") -> None:
        """Show the dialog of a run; there is one per run."""
        # Imported when opened, so that the window appears first.
        from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
        from exoplanet_desktop.gui.runs.kept import KeptRun

        if isinstance(run, KeptRun):
            self._show_kept(run)
            return
        dialog = self.open.get(run)
        if dialog is None:
            dialog = self.open[run] = ProgressDialog(run, self._services.workers, self._window)
            dialog.finished.connect(lambda: self._forget(run))
            dialog.use_in_predict.connect(self.use_in_predict)
            dialog.train_again.connect(self._train_again)
            dialog.table_wanted.connect(partial(self._open_list, dialog))
            self._run_rows.serve(dialog)
            FileDrops(dialog, self._open_files)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def close(self, run: "TrainingRun") -> None:
        """Close the dialog of a run, if it exists."""
        if run in self.open:
            self.open[run].close()

    def close_all(self) -> None:
        for dialog in list(self.open.values()):
            dialog.close()

    def _forget(self, run: "TrainingRun") -> None:
        """A dialog's figures take 12 MB; it is made again when needed."""
        dialog = self.open.get(run)
        if dialog is not None and run.is_over and not dialog.transfer.is_busy:
            del self.open[run]
            dialog.deleteLater()

    def _show_kept(self, kept: "KeptRun") -> None:
        from exoplanet_desktop.gui.run_views.kept_dialog import KeptDialog

        dialog = KeptDialog(kept, self._services.workers, self._window)
        dialog.table_wanted.connect(self.table_wanted)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    @Slot(object)
    def _uncover(self, dialog: "ProgressDialog") -> None:
        """Hide a dialog that covers the rows it speaks of, and offer the way back: it cannot go behind its window."""
        if not dialog.frameGeometry().intersects(self._window.frameGeometry()):
            return
        dialog.hide()
        self._window.activateWindow()
        words = tr("The rows of {run} are shown.", run=dialog.run.request.title)
        self._services.notices.information(words, NoticeAction(tr("Back to the result"), partial(self._bring, dialog)))

    def _bring(self, dialog: "ProgressDialog") -> None:
        if dialog in self.open.values():
            dialog.show()
            dialog.raise_()
            dialog.activateWindow()
        else:
            self.show(dialog.run)

    @aio.slot(object, object, object)
    async def _open_list(self, dialog: "ProgressDialog", run: "TrainingRun", listed: "ListedRows") -> None:
        """Open a list of held-out rows as a table, with the catalog's columns if the catalog is there, unchanged."""
        from exoplanet_desktop.gui.run_views.list_dialog import ListDialog

        catalog = await self._run_rows.file_of(run)
        shown = ListDialog(self._services, run, listed, catalog, dialog)
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown.show()

    @aio.slot(object)
    async def _train_again(self, run: "TrainingRun") -> None:
        again = self._services.runs.begin(run.request)
        self.close(run)
        await again.work()

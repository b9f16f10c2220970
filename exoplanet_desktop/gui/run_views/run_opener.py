"""Opens runs: in their own window, as a ranking, side by side, or on the Predict tab with their model."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot

from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.run_views.compare_dialog import CompareDialog
from exoplanet_desktop.gui.run_views.model import RunsModel
from exoplanet_desktop.gui.run_views.ranking_dialog import RankingDialog
from exoplanet_desktop.gui.run_views.rows import Row
from exoplanet_desktop.gui.run_views.usable import check_model
from exoplanet_desktop.gui.run_views.view import RunsView
from exoplanet_desktop.gui.runs.batch import Batch
from exoplanet_desktop.gui.runs.kept import KeptRun
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.record.record import Record
from exoplanet_desktop.stats.comparison import Contender


class RunOpener(QObject):
    """Signals:
    opened: the TrainingRun or KeptRun to show.
    use_in_predict: the TrainingRun whose model to use on the Predict tab.
    """

    opened = Signal(object)
    use_in_predict = Signal(object)

    def __init__(self, services: Services, model: RunsModel, view: RunsView) -> None:
        super().__init__(view)
        self._services, self._runs = services, services.runs
        self._model, self._view = model, view
        self.rankings: dict[object, RankingDialog] = {}

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    def close(self) -> None:
        """Stop reading for rankings: the window is closing."""
        for dialog in self.rankings.values():
            dialog.leave()

    @aio.slot(object)
    async def open(self, row: Row) -> None:
        if row.is_group:
            batch = self._runs.of(row.live) if row.live is not None else None
            self._show_ranking(row.entry.run_id, row.entry.title, batch if isinstance(batch, Batch) else None)
        else:
            self.opened.emit(await self._run_of(row))

    @aio.slot()
    async def use_model(self) -> None:
        """Use the selected run's model on the Predict tab, if its backend still has it."""
        await self._use(await self._run_of(self._view.chosen()[0]))

    @aio.slot()
    async def compare(self) -> None:
        """Show the selected trainings side by side."""
        ids = [row.entry.run_id for row in self._view.chosen()]
        contenders = await self._runs.recorder.work(partial(_contenders, run_ids=ids))
        # Imported here, because only results need its imports, and the list opens when the program starts.

        if len(contenders) < len(ids):
            raise InputError(tr("One of these runs has no stored scores, so it cannot be compared. Leave it out."))
        dialog = CompareDialog(contenders, self._view)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    @Slot(object, bool)
    def take_batch(self, batch: Batch, begun: bool) -> None:
        self._model.add(batch.snapshot)
        if begun:
            self._show_ranking("", batch.title, batch)

    async def _use(self, run: TrainingRun | KeptRun) -> None:
        if isinstance(run, TrainingRun):
            await check_model(run, self._services)
            self.use_in_predict.emit(run)

    @aio.slot(str)
    async def _open_part(self, run_id: str) -> None:
        if (row := self._model.find(run_id)) is not None:
            self.opened.emit(await self._run_of(row))

    @aio.slot(str)
    async def _use_part(self, run_id: str) -> None:
        if (row := self._model.find(run_id)) is not None:
            await self._use(await self._run_of(row))

    def _show_ranking(self, group_id: str, title: str, batch: Batch | None) -> None:
        # Imported here for the same reason as the other dialog.

        key: object = batch or group_id
        dialog = self.rankings.get(key)
        if dialog is None:
            dialog = RankingDialog(group_id, title, batch, self._runs.recorder, self._view.window())
            dialog.opened.connect(self._open_part)
            dialog.use_in_predict.connect(self._use_part)
            self.rankings[key] = dialog
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    async def _run_of(self, row: Row) -> TrainingRun | KeptRun:
        if row.live is not None and isinstance(run := self._runs.of(row.live), TrainingRun):
            return run
        return await self._runs.past(row.entry.run_id)


def _contenders(record: "Record", run_ids: Sequence[str]) -> "list[Contender]":

    found = (Contender.kept(record, run_id) for run_id in run_ids)
    return [one for one in found if one is not None]

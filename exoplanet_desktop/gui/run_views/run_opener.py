"""What is shown of a run: its own window, a ranking, several side by side, or Predict with its model."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.run_views.model import RunsModel
from exoplanet_desktop.gui.run_views.rows import Row
from exoplanet_desktop.gui.run_views.usable import check_model
from exoplanet_desktop.gui.run_views.view import RunsView
from exoplanet_desktop.gui.runs.batch import Batch
from exoplanet_desktop.gui.runs.kept import KeptRun
from exoplanet_desktop.gui.runs.run import TrainingRun
from exoplanet_desktop.gui.runs.services import Services

if TYPE_CHECKING:
    from exoplanet_desktop.client.comparison import Contender
    from exoplanet_desktop.client.record import Record
    from exoplanet_desktop.gui.run_views.ranking_dialog import RankingDialog


class RunOpener(QObject):
    """Signals:
    opened: the TrainingRun or KeptRun that the user wants to see.
    use_in_predict: the TrainingRun whose model shall predict.
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
        """The window closes: nothing is read for a ranking any more."""
        for dialog in self.rankings.values():
            dialog.leave()

    @aio.slot(object)
    async def open(self, row: Row) -> None:
        if row.is_group:
            self._show_ranking(row.entry.run_id, row.entry.title, row.live if isinstance(row.live, Batch) else None)
        else:
            self.opened.emit(await self._run_of(row))

    @aio.slot()
    async def use_model(self) -> None:
        """Take the model of the selected run into Predict, where its backend still has it."""
        await self._use(await self._run_of(self._view.chosen()[0]))

    @aio.slot()
    async def compare(self) -> None:
        """Show the selected trainings side by side."""
        ids = [row.entry.run_id for row in self._view.chosen()]
        contenders = await self._runs.recorder.work(partial(_contenders, run_ids=ids))
        # Here, because it imports what only results need, and the list is there at the start of the program.
        from exoplanet_desktop.gui.run_views.compare_dialog import CompareDialog

        if len(contenders) < len(ids):
            raise InputError(tr("One of these runs has no stored scores, so it cannot be compared. Leave it out."))
        dialog = CompareDialog(contenders, self._view)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    @Slot(object, bool)
    def take_batch(self, batch: Batch, begun: bool) -> None:
        self._model.add(batch)
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
        # Here for the same reason as the other dialog.
        from exoplanet_desktop.gui.run_views.ranking_dialog import RankingDialog

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
        if isinstance(row.live, TrainingRun):
            return row.live
        return await self._runs.past(row.entry.run_id)


def _contenders(record: "Record", run_ids: Sequence[str]) -> "list[Contender]":
    from exoplanet_desktop.client.comparison import Contender

    found = (Contender.kept(record, run_id) for run_id in run_ids)
    return [one for one in found if one is not None]

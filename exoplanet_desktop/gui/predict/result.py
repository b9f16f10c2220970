"""A prediction on screen: the summary strip, and its CSV in the catalog view."""

import shutil

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.catalogs.tables.view import ColumnFilter
from exoplanet_desktop.client.calls.check_values import check_table
from exoplanet_desktop.client.http.transfers import plain_stem
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.predict.kept import count_rows, prediction_of_record
from exoplanet_desktop.gui.predict.request import UNCERTAIN_BELOW, PredictionResult, Predictor, PredictTask
from exoplanet_desktop.gui.predict.summary import Summary
from exoplanet_desktop.gui.runs.kept import KeptRun
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.tables.opening import Opened
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.busy import BusyPage
from exoplanet_desktop.gui.widgets.column import LEAST_LINES, scrolled
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.row import with_text
from exoplanet_desktop.gui.widgets.transfer import TransferBar
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.prediction_columns import CONFIDENCE, MATCH_COLUMNS, PREDICTED_COLUMNS, PROBABILITY
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

_PROBABILITIES = tuple(PROBABILITY + label for label in Disposition)


class ResultPage(QWidget):
    """Signals:
    cancelled: the user wants to stop the prediction.
    """

    cancelled = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.prediction: PredictionResult | None = None
        self.request: PredictTask | None = None  # behind the shown prediction; None for one of the record
        waiting = EmptyPage(
            tr("No prediction yet"), tr("Choose a catalog and a model on the left, then click Predict.")
        )
        self.view = CatalogView(services.workers, services.notices, services.tables, waiting, result=True)
        self.summary = Summary()
        self.summary.hide()
        self.busy = BusyPage()
        self.busy.hide()
        self.transfer = TransferBar()
        page = QWidget()
        page.setObjectName("page")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.summary, self.transfer, self.busy):
            layout.addWidget(widget)
        layout.addWidget(self.view, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(page))
        with_text(self, self._give_room)
        self.busy.cancelled.connect(self.cancelled)
        self.summary.filter_wanted.connect(self._filter)
        self.view.selected.connect(self._press_chips)

    def _give_room(self) -> None:
        """Keep some table rows visible: with large text in a low window, the page scrolls instead."""
        self.view.setMinimumHeight(LEAST_LINES * self.fontMetrics().lineSpacing())

    def show_busy(self, text: str) -> None:
        self.busy.start(text, cancellable=True)
        self.summary.hide()
        self.view.hide()
        self.busy.show()

    def hide_busy(self) -> None:
        self.busy.hide()
        self.view.show()
        self.summary.setVisible(self.view.shown is not None)

    async def show_prediction(self, prediction: PredictionResult, predictor: Predictor) -> None:
        """Open the CSV, reading it once; whatever the backend does not count is counted in the table."""
        request = predictor.request
        old, opened = self.prediction, await self._open(prediction, request.satellite, request.path.name)
        self.request = request
        looked = await self._services.workers.call(_looked_at, opened.rows.table, prediction.reply, request)
        prediction.uncertain, odd = looked
        await predictor.add_notes(prediction, odd)
        await self._tell(prediction, request.path.name, opened, old)

    async def show_kept(self, kept: KeptRun) -> PredictionResult:
        """Show a prediction of the record as it was then. Raises AppError."""
        workers, name = self._services.workers, kept.run.dataset
        prediction, satellite = await workers.call(prediction_of_record, kept, self._services.scratch)
        old, opened = self.prediction, await self._open(prediction, satellite, name)
        self.request = None
        await workers.call(count_rows, prediction, opened.rows.table)
        prediction.uncertain = await workers.call(_uncertain, opened.rows.table)
        await self._tell(prediction, name, opened, old)
        return prediction

    async def _open(self, prediction: PredictionResult, satellite: Satellite, name: str) -> Opened:
        """Open the CSV of a prediction of the catalog `name`. The previous one is hidden meanwhile."""
        self.prediction = prediction
        info = SATELLITES[satellite]
        columns = (*info.identifiers[:2], *PREDICTED_COLUMNS, CONFIDENCE, *MATCH_COLUMNS, info.label, *_PROBABILITIES)
        self.busy.hide()
        self.summary.hide()
        self.view.show()
        return await self.view.open(prediction.csv, tr("{file}, predicted", file=plain_stem(name)), columns)

    async def _tell(
        self, prediction: PredictionResult, name: str, opened: Opened, old: PredictionResult | None
    ) -> None:
        """Show the summary, and delete the file of the previous prediction."""
        self.summary.show_prediction(prediction, name, opened.columns)
        self.summary.show()
        if old is not None:
            await self._services.workers.call(shutil.rmtree, old.csv.parent, True)

    def _filter(self, one: object, column: str) -> None:
        queries = self.view.pane.queries
        if one is None:
            queries.drop_filter(column)
        else:
            queries.add_filter(one)  # type: ignore[arg-type]  # a signal carries objects

    @Slot()
    def _press_chips(self) -> None:
        self.summary.show_filters(self.view.pane.queries.query.filters)


def _looked_at(table: "Table", reply: "PredictReply", request: PredictTask) -> tuple[int | None, list[str]]:
    """The number of uncertain rows in a result, None if unknown, and its oddities, one sentence each.

    Our own engine's table of some rows only has the others, too; it is not checked against them.
    """

    is_whole = request.from_row is None and request.to_row is None
    has_rows = is_whole or reply.class_counts is None
    odd = check_table(table, reply, sniff(request.sent, request.sent_reading)) if has_rows else []
    return _uncertain(table), odd


def _uncertain(table: "Table") -> int | None:
    if CONFIDENCE not in table.columns:
        return None
    return table.select([ColumnFilter(CONFIDENCE, "<", UNCERTAIN_BELOW)]).row_count

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
from exoplanet_desktop.gui.predict.request import UNCERTAIN_BELOW, PredictionResult, Predictor, PredictTask
from exoplanet_desktop.gui.predict.summary import Summary
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.busy import BusyPage
from exoplanet_desktop.gui.widgets.column import LEAST_LINES, scrolled
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.row import with_text
from exoplanet_desktop.gui.widgets.transfer import TransferBar
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.prediction_columns import CONFIDENCE, MATCH_COLUMNS, PREDICTED_COLUMNS, PROBABILITY
from exoplanet_desktop.wire.vocabulary import Disposition

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
        self.request: PredictTask | None = None  # the request behind the shown prediction
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

        request = self.request = predictor.request
        old, self.prediction = self.prediction, prediction
        info = SATELLITES[request.satellite]
        columns = (*info.identifiers[:2], *PREDICTED_COLUMNS, CONFIDENCE, *MATCH_COLUMNS, info.label, *_PROBABILITIES)
        # Hide the previous prediction while this one is being read.
        self.busy.hide()
        self.summary.hide()
        self.view.show()
        title = tr("{file}, predicted", file=plain_stem(request.path.name))
        opened = await self.view.open(prediction.csv, title, columns)
        looked = await self._services.workers.call(_looked_at, opened.rows.table, prediction.reply, request)
        prediction.uncertain, odd = looked
        await predictor.add_notes(prediction, odd)
        self.summary.show_prediction(prediction, request.path.name, opened.columns)
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
    if CONFIDENCE not in table.columns:
        return None, odd
    return table.select([ColumnFilter(CONFIDENCE, "<", UNCERTAIN_BELOW)]).row_count, odd

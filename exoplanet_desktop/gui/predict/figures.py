"""The charts of a prediction: its classes, their agreement with the catalog, and the confidence."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from exoplanet_desktop.catalogs.tables.predicted import Predicted, predicted
from exoplanet_desktop.catalogs.tables.view import ColumnFilter
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts.bars import ClassesFigure, ConfidenceFigure
from exoplanet_desktop.gui.charts.matrix import MatrixFigure, Place, Shade
from exoplanet_desktop.gui.charts.pages import BESIDE_EM, SideBySide
from exoplanet_desktop.gui.charts.view import FigurePanel, FigureView, MatrixView
from exoplanet_desktop.gui.run_views.matrix_page import shade_combo
from exoplanet_desktop.gui.tables.opening import Opened
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.wire.bounds import MOST_CLASSES
from exoplanet_desktop.wire.vocabulary import Disposition


class PredictionFigures(QWidget):
    """Charts of the predicted table; a click on a cell of the matrix filters the table.

    Signals:
        filtered: the table shows a cell's rows, or all rows again.
    """

    filtered = Signal()

    def __init__(self, view: CatalogView, workers: Workers, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._workers, self._notices = view, workers, notices
        self._found: Predicted | None = None
        self._figure: MatrixFigure | None = None
        self.note = PlainLabel(tr("Figures appear here after a prediction."), "muted")
        self.shade = shade_combo(self)
        none = {str(label): 0 for label in Disposition}
        self.classes = FigurePanel(FigureView(ClassesFigure(none)), workers, notices, "prediction")
        self.confidence = FigurePanel(
            FigureView(ConfidenceFigure(dict.fromkeys(none, (0,)))), workers, notices, "prediction"
        )
        empty = MatrixFigure(list(none), [[0] * len(none) for _ in none])
        self.matrix_view = MatrixView(empty)
        self.matrix = FigurePanel(self.matrix_view, workers, notices, "prediction", tr("Catalog against prediction"))
        self._agreement = QWidget(self)
        self._lay_out()
        self._show_panels(False, False)
        self.matrix_view.chosen.connect(self._choose)
        self.shade.currentIndexChanged.connect(self._show_matrix)
        view.opened.connect(self._count)
        view.closed.connect(self.clear)

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    @Slot()
    def clear(self) -> None:
        """Clear all charts."""
        self._found = self._figure = None
        self._show_panels(False, False)

    @aio.slot(object)
    async def _count(self, opened: Opened) -> None:
        found = await self._workers.call(predicted, opened.rows.table)
        if opened is not self._view.shown:
            return
        self._found, self._figure = found, None
        if found is None or not 0 < len(found.counts) <= MOST_CLASSES:
            self.clear()
            return
        labels = _in_order({*found.counts, *(true for true, _ in found.pairs)})
        self.classes.show_figure(ClassesFigure({label: found.counts.get(label, 0) for label in labels}))
        if found.confidence:
            self.confidence.show_figure(
                ConfidenceFigure({label: rows for label in labels if (rows := found.confidence.get(label))})
            )
        if found.pairs and len(labels) > 1:
            counts = [[found.pairs.get((true, said), 0) for said in labels] for true in labels]
            self._figure = MatrixFigure(labels, counts)
        self._show_panels(True, bool(found.confidence))
        self._show_matrix()

    @Slot()
    def _show_matrix(self) -> None:
        if (figure := self._figure) is not None:
            shade = Shade(self.shade.currentData())
            self._figure = MatrixFigure(figure.labels, figure.counts, shade, figure.selected)
            self.matrix.show_figure(self._figure)

    @Slot(object)
    def _choose(self, cell: Place | None) -> None:
        """Show a cell's rows in the table, through filters that can be cleared there."""
        figure, found = self._figure, self._found
        if figure is None or found is None:
            return
        figure.selected = cell
        self._show_matrix()
        queries = self._view.pane.queries
        if cell is None:
            queries.drop_filter(found.column)
            queries.drop_filter(found.label)
        else:
            true, said = (figure.labels[at] for at in cell)
            queries.add_filter(ColumnFilter(found.column, "one of", (said,)))
            queries.add_filter(ColumnFilter(found.label, "one of", found.spellings.get(true, (true,))))
        self.filtered.emit()

    def _show_panels(self, shown: bool, confidence: bool) -> None:
        self.note.setVisible(not shown)
        self.classes.setVisible(shown)
        self._agreement.setVisible(shown and self._figure is not None)
        self.confidence.setVisible(shown and confidence)

    def _lay_out(self) -> None:
        beside = QVBoxLayout(self._agreement)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(4)
        beside.addWidget(self.matrix, 1)
        beside.addWidget(self.shade)
        beside.addWidget(PlainLabel(tr("Choose a cell to see its rows in the table."), "muted"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(16)
        layout.addWidget(self.note)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.classes)
        column.addWidget(self.confidence, 1)
        layout.addWidget(SideBySide((left, self._agreement), BESIDE_EM, 16), 1)


def _in_order(labels: set[str]) -> list[str]:
    """The three classes first, then a backend's other labels."""
    known = [str(label) for label in Disposition]
    return [*known, *sorted(labels.difference(known))]

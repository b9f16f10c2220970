"""Chooses which rows of a catalog to predict."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFormLayout, QSpinBox, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base.rows_used import RowScope
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.choosing_rows import RowsChoice
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.labels import PlainLabel


class PredictedRows(QWidget):
    """All rows, the shown or selected ones, or a range of row numbers from 0, both inclusive.

    Signals:
        changed: the choice of rows has changed.
    """

    changed = Signal()

    def __init__(self, view: CatalogView, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = RowsChoice(view, workers, ranged=True, parent=self)
        self.first = QSpinBox(self)
        self.first.setAccessibleName(tr("First row, counted from 0"))
        self.last = QSpinBox(self)
        self.last.setAccessibleName(tr("Last row, included"))
        self.hint = PlainLabel(tr("Counted from 0, so row 1 of the table is 0; both ends are included."), "muted")
        self._numbers = QWidget(self)
        numbers = QFormLayout(self._numbers)
        numbers.setContentsMargins(0, 0, 0, 0)
        numbers.addRow(tr("from"), self.first)
        numbers.addRow(tr("to"), self.last)
        numbers.addRow(self.hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.choice)
        layout.addWidget(self._numbers)
        self.setFocusProxy(self.choice)
        self.choice.changed.connect(self._show_numbers)
        for signal in (self.choice.changed, self.first.valueChanged, self.last.valueChanged):
            signal.connect(self.changed)
        self.offer(0)
        self._show_numbers()

    def offer(self, row_count: int) -> None:
        """Set the number of rows."""
        for box in (self.first, self.last):
            box.setRange(0, max(row_count - 1, 0))
        self.first.setValue(0)
        self.last.setValue(max(row_count - 1, 0))

    def range(self) -> tuple[int | None, int | None]:
        """The first and the last row, if a range is chosen."""
        return (self.first.value(), self.last.value()) if self.choice.kind is RowScope.RANGE else (None, None)

    @property
    def why_not(self) -> str:
        """Why these rows cannot be predicted."""
        first, last = self.range()
        if first is not None and last is not None and first > last:
            return tr("The first row, {first}, comes after the last one, {last}.", first=count(first), last=count(last))
        return self.choice.why_not

    @Slot()
    def _show_numbers(self) -> None:
        self._numbers.setVisible(self.choice.kind is RowScope.RANGE)

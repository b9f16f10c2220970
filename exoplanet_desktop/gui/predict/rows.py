"""Which rows of a catalog shall be predicted."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFormLayout, QSpinBox, QWidget

from exoplanet_desktop.gui.text import tr
from exoplanet_desktop.gui.widgets.words import Words


class RowRange(QWidget):
    """All rows, or those from one number to another, counted from 0, both inclusive.

    Signals:
        changed: other rows are chosen now.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.every = QCheckBox(tr("All"), self)
        self.every.setChecked(True)
        self.first = QSpinBox(self)
        self.first.setAccessibleName(tr("First row, counted from 0"))
        self.last = QSpinBox(self)
        self.last.setAccessibleName(tr("Last row, included"))
        self.hint = Words(tr("Counted from 0, so row 1 of the table is 0; both ends are included."), "muted")
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addRow(self.every)
        layout.addRow(tr("from"), self.first)
        layout.addRow(tr("to"), self.last)
        layout.addRow(self.hint)
        self._form = layout
        self.every.toggled.connect(self._show_numbers)
        for signal in (self.every.toggled, self.first.valueChanged, self.last.valueChanged):
            signal.connect(self.changed)
        self.offer(0)
        self._show_numbers(True)

    def offer(self, row_count: int) -> None:
        """Say how many rows there are."""
        for box in (self.first, self.last):
            box.setRange(0, max(row_count - 1, 0))
        self.first.setValue(0)
        self.last.setValue(max(row_count - 1, 0))

    def chosen(self) -> tuple[int | None, int | None]:
        if self.every.isChecked():
            return None, None
        return self.first.value(), self.last.value()

    @Slot(bool)
    def _show_numbers(self, every: bool) -> None:
        for widget in (self.first, self.last, self.hint):
            self._form.setRowVisible(widget, not every)

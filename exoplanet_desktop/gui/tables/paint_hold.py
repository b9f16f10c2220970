"""Keeping what is on screen for a moment while the rows that are scrolled to are read: a jump is painted once then."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from exoplanet_desktop.gui.tables.grid import Grid

HOLD_MS = 30  # rows that come later are waited for in sight


class PaintHold(QObject):
    """Holds a grid's cells, row numbers and frozen columns back together."""

    def __init__(self, grid: "Grid") -> None:
        super().__init__(grid)
        self._grid, self._model = grid, grid.table_model
        self._held: tuple[QWidget, ...] = ()
        self._late = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._late.timeout.connect(self.release)
        self._model.dataChanged.connect(self._look)
        self._model.modelReset.connect(self.release)

    def begin(self) -> None:
        """The rows are about to be scrolled: hold what is seen where the next rows are not there yet."""
        if not self._model.ask(*self._next_rows()) and not self._held:
            grid = self._grid
            self._held = (grid.viewport(), grid.verticalHeader().viewport(), grid.frozen.viewport())
            for part in self._held:
                part.setUpdatesEnabled(False)
            self._late.start()

    @Slot()
    def release(self) -> None:
        """Paint whatever is there."""
        self._late.stop()
        held, self._held = self._held, ()
        for part in held:
            part.setUpdatesEnabled(True)

    @Slot()
    def _look(self) -> None:
        if self._held and self._model.ask(*self._next_rows()):
            self.release()

    def _next_rows(self) -> tuple[int, int]:
        """The first and the last row of where the scroll bar stands, before the grid has followed it."""
        top, height = self._grid.verticalScrollBar().value(), self._grid.verticalHeader().defaultSectionSize()
        last = (top + self._grid.viewport().height() - 1) // height
        return top // height, min(last, self._model.rowCount() - 1)

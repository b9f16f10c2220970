"""Scrolling a table with more rows than Qt has pixels for: the model is a window, and this bar covers all rows."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QScrollBar

from exoplanet_desktop.gui.base.text import tr

if TYPE_CHECKING:
    # A circle: a part of the grid, which makes it.
    from exoplanet_desktop.gui.tables.grid import Grid

_KEYS = QKeySequence.StandardKey


class FarScroll(QScrollBar):
    """Counts rows, not pixels. Replaces the grid's own scroll bar if the table is too long for that; otherwise
    hidden.
    """

    def __init__(self, grid: "Grid") -> None:
        super().__init__(Qt.Orientation.Vertical, grid)
        self._grid, self._model = grid, grid.table_model
        self._moving = False
        self.setAccessibleName(tr("Rows"))
        self.hide()
        # Not during the scrolling itself: moving the window resets the view.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._leave_edge)
        self.valueChanged.connect(self._lead)
        grid.verticalScrollBar().valueChanged.connect(self._follow)
        for signal in (self._model.modelReset, self._model.rowsInserted, self._model.rowsRemoved):
            signal.connect(self.fit)

    @property
    def needed(self) -> bool:
        return self._model.all_rows > self._model.most_rows

    @Slot()
    def fit(self) -> None:
        """Adjust the bar to the table."""
        self.setVisible(self.needed)
        policy = Qt.ScrollBarPolicy
        wanted = policy.ScrollBarAlwaysOff if self.needed else policy.ScrollBarAsNeeded
        if self._grid.verticalScrollBarPolicy() != wanted:
            self._grid.setVerticalScrollBarPolicy(wanted)
        if self.needed and not self._moving:
            page = self._page()
            self._moving = True
            self.setRange(0, self._model.all_rows - page)
            self.setPageStep(page)
            self.setSingleStep(3)
            self._moving = False

    def reach(self, row: int) -> None:
        """Move the window if a row of the table is not well inside it."""
        place, page = row - self._model.first_row, self._page()
        last = self._model.first_row + self._model.rowCount() >= self._model.all_rows
        too_high = place < page and self._model.first_row > 0
        too_low = place > self._model.rowCount() - 1 - page and not last
        if self.needed and (too_high or too_low):
            self._move_window(row)

    def take_key(self, event: QKeyEvent) -> bool:
        """Handle a key that leaves the window; True if it is fully handled."""
        if not self.needed:
            return False
        index = self._grid.currentIndex()
        column = max(index.column(), 0)
        for key, row in ((_KEYS.MoveToEndOfDocument, self._model.all_rows - 1), (_KEYS.MoveToStartOfDocument, 0)):
            if event.matches(key):
                self._grid.go_to(row, self._model.columns[column])
                return True
        if index.isValid():
            self.reach(self._model.first_row + index.row())
        return False

    def _page(self) -> int:
        return max(1, self._grid.viewport().height() // self._height)

    @property
    def _height(self) -> int:
        return self._grid.verticalHeader().defaultSectionSize()

    def _top(self) -> int:
        return self._model.first_row + self._grid.verticalScrollBar().value() // self._height

    def _move_window(self, row: int) -> None:
        """Keeps the current cell and the visible rows, if both are in the new window."""
        self._moving = True
        grid, model, top = self._grid, self._model, self._top()
        current, seen = grid.currentIndex(), model.first_row
        cell = (seen + current.row(), current.column()) if current.isValid() else None
        model.move_window(row)
        self._scroll(top - model.first_row)
        if cell and 0 <= cell[0] - model.first_row < model.rowCount():
            index = model.index(cell[0] - model.first_row, cell[1])
            grid.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._moving = False

    def _scroll(self, place: int) -> None:
        """Make a row of the window the first one on screen, as far as the window's ends allow."""
        bar = self._grid.verticalScrollBar()
        bar.setValue(max(0, min(place * self._height, bar.maximum())))

    @Slot(int)
    def _lead(self, row: int) -> None:
        """The user moved this bar."""
        if self._moving:
            return
        self.reach(row)
        self._moving = True
        place = row - self._model.first_row
        self._scroll(self._model.rowCount() if row >= self.maximum() else place)
        self._moving = False

    @Slot(int)
    def _follow(self, _pixels: int) -> None:
        """The grid scrolled."""
        if self._moving or not self.needed:
            return
        self._moving = True
        self.setValue(self._top())
        self._moving = False
        self._soon.start()

    @Slot()
    def _leave_edge(self) -> None:
        if self.needed:
            self.reach(self._top())

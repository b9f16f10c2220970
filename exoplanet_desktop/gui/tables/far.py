"""Scrolling a table of more rows than Qt has pixels for: its model is a window, and this bar stands for all rows."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QScrollBar

from exoplanet_desktop.gui.base.text import tr

if TYPE_CHECKING:
    from exoplanet_desktop.gui.tables.grid import Grid

_KEYS = QKeySequence.StandardKey


class FarScroll(QScrollBar):
    """Counts rows, not pixels. It stands in for the grid's own bar where the table is too long for that, and is hidden
    otherwise."""

    def __init__(self, grid: "Grid") -> None:
        super().__init__(Qt.Orientation.Vertical, grid)
        self._grid, self._model = grid, grid.table_model
        self._moving = False
        self.setAccessibleName(tr("Rows"))
        self.hide()
        # Not within the scrolling itself: a window that is moved resets the view.
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
        """Fit the bar to the table."""
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
        """Move the window where a row of the table does not lie well inside it."""
        place, page = row - self._model.first_row, self._page()
        last = self._model.first_row + self._model.rowCount() >= self._model.all_rows
        too_high = place < page and self._model.first_row > 0
        too_low = place > self._model.rowCount() - 1 - page and not last
        if self.needed and (too_high or too_low):
            self._move_window(row)

    def take_key(self, event: QKeyEvent) -> bool:
        """Answer a key that leaves the window; True where it needs no further answer."""
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
        """Keeps the current cell and what is seen, where both lie in the new window."""
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
        """Let a row of the window be the first on screen, as far as its ends allow it."""
        bar = self._grid.verticalScrollBar()
        bar.setValue(max(0, min(place * self._height, bar.maximum())))

    @Slot(int)
    def _lead(self, row: int) -> None:
        """The user has moved this bar."""
        if self._moving:
            return
        self.reach(row)
        self._moving = True
        place = row - self._model.first_row
        self._scroll(self._model.rowCount() if row >= self.maximum() else place)
        self._moving = False

    @Slot(int)
    def _follow(self, _pixels: int) -> None:
        """The grid was scrolled."""
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

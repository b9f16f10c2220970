"""Frozen columns at the left: a second view over the first, on the same model."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Slot
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.tables.header import ColumnHeader, RowHeader
from exoplanet_desktop.gui.tables.painting import CellPainter

if TYPE_CHECKING:
    # A circle: a part of the grid, which makes it.
    from exoplanet_desktop.gui.tables.grid import Grid

WIDEST_SHARE = 0.7  # of the grid; columns that do not fit scroll like the others


class FrozenColumns(QTableView):
    """Overlays the first columns of a grid, and follows the grid in everything: rows, order, widths, selection.

    It takes no focus: the grid handles the keyboard for both.
    """

    def __init__(self, grid: "Grid") -> None:
        super().__init__(grid)
        self._grid = grid
        self.count = 0
        self._following = False
        self.setFocusProxy(grid)
        self.setTabKeyNavigation(False)
        self.setModel(grid.model())
        self.setSelectionModel(grid.selectionModel())
        self.header = ColumnHeader(grid.table_model, self)
        self.setHorizontalHeader(self.header)
        self.setVerticalHeader(RowHeader(grid.table_model, self))
        self.verticalHeader().hide()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(grid.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(grid.verticalScrollBarPolicy().ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setItemDelegate(CellPainter(grid.table_model, self))
        self.setAutoScroll(False)
        self.setProperty("frozen", True)
        self.setAccessibleName(tr("Frozen columns"))
        self.hide()
        grid.viewport().stackUnder(self)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.follow)
        across = grid.horizontalHeader()
        for signal in (across.sectionResized, across.sectionMoved, across.sortIndicatorChanged):
            signal.connect(self._soon.start)
        grid.model().modelReset.connect(self._soon.start)
        self.header.sectionResized.connect(self._lead_width)
        self.header.sortIndicatorChanged.connect(self._lead_sort)
        grid.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        self.verticalScrollBar().valueChanged.connect(grid.verticalScrollBar().setValue)

    @property
    def cover(self) -> int:
        """Width in pixels of the covered columns."""
        return self.width() if self.isVisibleTo(self._grid) else 0

    def covers(self, column: int) -> bool:
        place = self._grid.horizontalHeader().visualIndex(column)
        return bool(self.cover) and 0 <= place < self._fitting()

    @Slot()
    def follow(self) -> None:
        """Adopt the grid's current columns."""
        shown = self._fitting()
        self.setVisible(shown > 0)
        if not shown:
            return
        self._following = True
        self.header.restoreState(self._grid.horizontalHeader().saveState())
        self.header.setSectionsMovable(False)
        self.verticalHeader().setDefaultSectionSize(self._grid.verticalHeader().defaultSectionSize())
        self._following = False
        self.place()
        self.verticalScrollBar().setValue(self._grid.verticalScrollBar().value())

    def place(self) -> None:
        """Cover the first columns of the grid."""
        grid, frame = self._grid, self._grid.frameWidth()
        head = grid.horizontalHeader().height()
        self.header.setFixedHeight(head)
        width = sum(grid.columnWidth(grid.horizontalHeader().logicalIndex(at)) for at in range(self._fitting()))
        width += self.width() - self.contentsRect().width()  # the line at its right
        self.setGeometry(grid.verticalHeader().width() + frame, frame, width, head + grid.viewport().height())
        self.horizontalScrollBar().setValue(0)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Does nothing: the grid scrolls, and this view follows."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._grid.wheelEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._grid.menu_wanted.emit(event.globalPos())
        event.accept()

    def _fitting(self) -> int:
        """How many of the frozen columns fit."""
        header = self._grid.horizontalHeader()
        room = self._grid.viewport().width() * WIDEST_SHARE
        used = 0
        for at in range(min(self.count, header.count())):
            used += self._grid.columnWidth(header.logicalIndex(at))
            if used > room:
                return at
        return min(self.count, header.count())

    @Slot(int, int, int)
    def _lead_width(self, column: int, _before: int, width: int) -> None:
        if not self._following and width:
            self._grid.setColumnWidth(column, width)

    def _lead_sort(self, column: int, order: "Qt.SortOrder") -> None:
        if not self._following:
            self._grid.horizontalHeader().setSortIndicator(column, order)

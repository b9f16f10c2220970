"""Headers that stay fast on long tables, show each key of a sort, and open a column's menu."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QCursor
from PySide6.QtWidgets import QHeaderView, QStyleOptionHeader, QToolTip, QWidget

from exoplanet_desktop.gui.tables.model import TableModel


class QuickHeader(QHeaderView):
    """A header that does not query the selection for each section: with all rows of a long table selected, Qt's own
    queries every row of every visible column at each repaint (51 s for a million rows, measured).
    """

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logical: int) -> None:
        model = self.model()
        option.section = logical
        option.text = str(model.headerData(logical, self.orientation()) or "")
        role = Qt.ItemDataRole.TextAlignmentRole
        alignment = model.headerData(logical, self.orientation(), role)
        option.textAlignment = Qt.AlignmentFlag(alignment) if alignment else self.defaultAlignment()
        if self.isSortIndicatorShown() and (descending := self.sorts_down(logical)) is not None:
            arrow = QStyleOptionHeader.SortIndicator
            option.sortIndicator = arrow.SortUp if descending else arrow.SortDown

    def sorts_down(self, logical: int) -> bool | None:
        """Whether the rows are sorted by a section, and if so whether descending; None if they are not."""
        if self.sortIndicatorSection() != logical:
            return None
        return self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder


class ColumnHeader(QuickHeader):
    """The header above a TableModel's columns.

    Signals:
        menu_wanted: number of a column (-1 for none), and the global position.
    """

    menu_wanted = Signal(int, QPoint)

    def __init__(self, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._table_model = model
        self.setSectionsClickable(True)
        self.setSortIndicatorShown(True)
        self.setSortIndicatorClearable(True)

    def sorts_down(self, logical: int) -> bool | None:
        """By any key of the sort, not just the first."""
        return dict(self._table_model.order).get(self._table_model.columns[logical])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.logicalIndexAt(event.pos()), event.globalPos())
        event.accept()

    @Slot(str)
    def show_learnt(self, column: str) -> None:
        """Update the tooltip of a column, if it is visible."""
        at = self.mapFromGlobal(QCursor.pos())
        logical = self.logicalIndexAt(at) if self.rect().contains(at) else -1
        names = self._table_model.columns
        if QToolTip.isVisible() and 0 <= logical < len(names) and names[logical] == column:
            text = self._table_model.headerData(logical, self.orientation(), Qt.ItemDataRole.ToolTipRole)
            QToolTip.showText(QCursor.pos(), text, self)


class RowHeader(QuickHeader):
    """The row numbers of a TableModel; all rows have the same height."""

    def __init__(self, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._table_model = model
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def sectionSizeFromContents(self, _logical: int) -> QSize:
        """Wide enough for the longest number, without measuring each."""
        widest = "8" * max(4, len(str(self._table_model.all_rows)))
        return QSize(self.fontMetrics().horizontalAdvance(widest) + 20, self.defaultSectionSize())

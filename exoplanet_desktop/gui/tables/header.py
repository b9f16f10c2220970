"""Headers that stay quick on long tables, show each key of a sort, and open a column's menu."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QCursor
from PySide6.QtWidgets import QHeaderView, QStyleOptionHeader, QToolTip, QWidget

from exoplanet_desktop.gui.tables.model import TableModel


class QuickHeader(QHeaderView):
    """A header that does not ask the selection about each section: with all rows of a long table selected, Qt's own
    asks every row of every visible column at each repaint (51 s for a million rows, measured).

    Signals:
        menu_wanted: number of a column (-1 for none), and where on the screen.
    """

    menu_wanted = Signal(int, QPoint)

    def __init__(self, orientation: Qt.Orientation, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self._table_model = model

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logical: int) -> None:
        model, across = self._table_model, self.orientation()
        option.section = logical
        option.text = str(model.headerData(logical, across) or "")
        alignment = model.headerData(logical, across, Qt.ItemDataRole.TextAlignmentRole)
        option.textAlignment = Qt.AlignmentFlag(alignment) if alignment else self.defaultAlignment()
        if self.isSortIndicatorShown() and across == Qt.Orientation.Horizontal:
            name = model.columns[logical] if logical < len(model.columns) else None
            for column, descending in model.order:
                if column == name:
                    arrow = QStyleOptionHeader.SortIndicator
                    option.sortIndicator = arrow.SortUp if descending else arrow.SortDown

    def sectionSizeFromContents(self, logical: int) -> QSize:
        """Of the vertical header: wide enough for the longest number, without asking for each."""
        if self.orientation() == Qt.Orientation.Horizontal:
            return super().sectionSizeFromContents(logical)
        widest = "8" * max(4, len(str(self._table_model.all_rows)))
        return QSize(self.fontMetrics().horizontalAdvance(widest) + 20, self.defaultSectionSize())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.logicalIndexAt(event.pos()), event.globalPos())
        event.accept()

    @Slot(str)
    def show_learnt(self, column: str) -> None:
        """Bring the tooltip of a column up to date, where it is on screen."""
        at = self.mapFromGlobal(QCursor.pos())
        logical = self.logicalIndexAt(at) if self.rect().contains(at) else -1
        names = self._table_model.columns
        if QToolTip.isVisible() and 0 <= logical < len(names) and names[logical] == column:
            text = self._table_model.headerData(logical, self.orientation(), Qt.ItemDataRole.ToolTipRole)
            QToolTip.showText(QCursor.pos(), text, self)

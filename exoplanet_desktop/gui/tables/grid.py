"""The grid itself: a QTableView that stays quick on long tables and copies as tab-separated text."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionHeader, QTableView, QWidget

from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui import aio
from exoplanet_desktop.gui.notices import Notices
from exoplanet_desktop.gui.tables.model import LABELS, TableModel
from exoplanet_desktop.gui.workers.calls import Workers

MOST_COPIED_CELLS = 500_000
NARROWEST_PX, WIDEST_PX = 64, 280
PADDING_PX = 28
MARK_PX = 20
ROW_PADDING_PX = 9


class QuickHeader(QHeaderView):
    """A header that does not ask the selection about each section: with all rows of a long table selected, Qt's own
    asks every row of every visible column at each repaint (51 s for a million rows, measured)."""

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logical: int) -> None:
        model = self.model()
        option.section = logical
        option.text = str(model.headerData(logical, self.orientation()) or "")
        role = Qt.ItemDataRole.TextAlignmentRole
        alignment = model.headerData(logical, self.orientation(), role)
        option.textAlignment = Qt.AlignmentFlag(alignment) if alignment else self.defaultAlignment()
        if self.isSortIndicatorShown() and self.sortIndicatorSection() == logical:
            down = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            arrow = QStyleOptionHeader.SortIndicator
            option.sortIndicator = arrow.SortDown if down else arrow.SortUp


class Grid(QTableView):
    """Shows a TableModel."""

    def __init__(self, model: TableModel, workers: Workers, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table_model, self._workers, self._notices = model, workers, notices
        self.setModel(model)
        self.setHorizontalHeader(QuickHeader(Qt.Orientation.Horizontal, self))
        self.setVerticalHeader(QuickHeader(Qt.Orientation.Vertical, self))
        self.setAlternatingRowColors(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setShowGrid(False)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setSectionsClickable(True)
        across.setSectionsMovable(True)
        across.setSortIndicatorShown(True)
        across.setSortIndicatorClearable(True)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(self.fontMetrics().lineSpacing() + ROW_PADDING_PX)
        down.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # -1: the order of the file, until the user clicks a header.
        across.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.setAccessibleName("Catalog table")

    def tell(self, error: AppError) -> None:
        self._notices.failure(error)

    def fit_columns(self, sample: list[list[str]]) -> None:
        """Set each column's width from its header and a few rows; Qt's own way would ask for a thousand rows."""
        metrics = self.fontMetrics()
        for column in range(self._table_model.columnCount()):
            texts = [str(self._table_model.headerData(column, Qt.Orientation.Horizontal) or "")]
            texts += [row[column][:60] for row in sample]
            width = max(metrics.horizontalAdvance(text) for text in texts) + PADDING_PX
            if any(text in LABELS for text in texts):
                # Room for the mark, and for the longest class: the sample may not have it.
                width = max(width, metrics.horizontalAdvance(max(LABELS, key=len)) + PADDING_PX) + MARK_PX
            self.setColumnWidth(column, max(NARROWEST_PX, min(WIDEST_PX, width)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        else:
            super().keyPressEvent(event)

    @aio.slot()
    async def copy_selection(self) -> None:
        """Put the selected cells on the clipboard as tab-separated text."""
        ranges = self.selectionModel().selection().toList()
        if not ranges:
            return
        wanted = {row for part in ranges for row in range(part.top(), part.bottom() + 1)}
        columns = sorted({column for part in ranges for column in range(part.left(), part.right() + 1)})
        columns = [column for column in columns if not self.isColumnHidden(column)]
        if len(wanted) * len(columns) > MOST_COPIED_CELLS:
            raise InputError(
                f"The selection has more than {MOST_COPIED_CELLS:,} cells, too many for the clipboard. Select fewer."
            )
        lines = await self._workers.call(self._table_model.lines(sorted(wanted), columns))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def show_all_columns(self) -> None:
        for column in range(self._table_model.columnCount()):
            self.setColumnHidden(column, False)

    def show_top(self) -> None:
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())
        self.scrollToTop()
        self.horizontalScrollBar().setValue(0)

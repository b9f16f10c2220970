"""The grid itself: a QTableView that stays fast on long tables and copies as tab-separated text."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.gui.base.theme import mark_px
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.far import FarScroll
from exoplanet_desktop.gui.tables.frozen import FrozenColumns
from exoplanet_desktop.gui.tables.header import ColumnHeader, RowHeader
from exoplanet_desktop.gui.tables.kept import ColumnLayout
from exoplanet_desktop.gui.tables.model import LABELS, TableModel
from exoplanet_desktop.gui.tables.painting import CellPainter
from exoplanet_desktop.gui.widgets.notices import Notices

MOST_COPIED_CELLS = 500_000
NARROWEST_PX, WIDEST_PX = 64, 280
PADDING_PX = 28
MARK_GAP_PX = 8  # before and after the mark of a class
SORT_PX = 10  # for the key and the arrow of a sort
ROW_PADDING_PX = 9
SAMPLED_CELLS = 2_000  # rows from which to calculate column widths
LONGEST_SAMPLED = 60  # characters
HOLD_MS = 30  # rows that come later are waited for in sight


class Grid(QTableView):
    """Shows a TableModel.

    Signals:
        menu_wanted: global position; the menu is that of the current cell.
        froze: the frozen columns changed.
    """

    menu_wanted = Signal(QPoint)
    froze = Signal()
    holding: "PaintHold | None" = None  # until there is something to hold

    def __init__(self, model: TableModel, workers: Workers, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table_model, self._workers, self._notices = model, workers, notices
        self._fitted: dict[str, int] = {}
        self.setModel(model)
        self.header = ColumnHeader(model, self)
        self.setHorizontalHeader(self.header)
        self.setVerticalHeader(RowHeader(model, self))
        self.setAlternatingRowColors(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setItemDelegate(CellPainter(model, self))
        self.setTabKeyNavigation(False)  # Tab leaves the table: the arrows move between its cells
        across = self.horizontalHeader()
        across.setSectionsMovable(True)
        self._line = 0
        self.verticalHeader().setMinimumSectionSize(ROW_PADDING_PX)  # Qt's own still fits the previous font
        self._fit_rows()
        # -1: the order of the file, until the user clicks a header.
        across.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.setAccessibleName(tr("Catalog table"))
        self.frozen = FrozenColumns(self)
        self.far = FarScroll(self)
        self.holding = PaintHold(self)

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    # --- columns

    def shown_columns(self) -> list[str]:
        """The visible columns, from left to right."""
        names = self.table_model.columns
        return [names[at] for at in self.order_of_columns() if not self.isColumnHidden(at)]

    def order_of_columns(self) -> list[int]:
        """All columns of the model from left to right, including hidden ones."""
        header = self.horizontalHeader()
        return [header.logicalIndex(place) for place in range(header.count())]

    def put_columns(self, names: Sequence[str]) -> None:
        """Put these columns first, in this order; the others keep theirs."""
        header, at = self.horizontalHeader(), {name: place for place, name in enumerate(self.table_model.columns)}
        for place, name in enumerate(name for name in names if name in at):
            if (now := header.visualIndex(at[name])) != place:
                header.moveSection(now, place)

    def freeze(self, names: Sequence[str]) -> None:
        """Freeze these columns at the left; none to freeze no column."""
        there = [name for name in names if name in self.table_model.columns]
        self.put_columns(there)
        self.frozen.count = len(there)
        self.frozen.follow()
        self.froze.emit()

    def frozen_columns(self) -> list[str]:
        names = self.table_model.columns
        return [names[at] for at in self.order_of_columns()[: self.frozen.count]]

    def show_only(self, names: Sequence[str]) -> None:
        """Hide all other columns; hidden columns among these are shown."""
        wanted = set(names)
        for column, name in enumerate(self.table_model.columns):
            if self.isColumnHidden(column) != (name not in wanted):
                self.setColumnHidden(column, name not in wanted)

    def look(self) -> ColumnLayout:
        """The current arrangement of the columns."""
        names, order = self.table_model.columns, self.order_of_columns()
        hidden = {at for at in order if self.isColumnHidden(at)}
        widths = {names[at]: self.columnWidth(at) for at in order if at not in hidden}
        return ColumnLayout(
            order=tuple(names[at] for at in order) if order != sorted(order) else (),
            hidden=tuple(names[at] for at in order if at in hidden),
            widths={name: wide for name, wide in widths.items() if wide != self._fitted.get(name)},
            frozen=tuple(self.frozen_columns()),
        )

    def take_look(self, look: ColumnLayout) -> None:
        """Restore an arrangement of columns; columns that this table lacks are ignored."""
        hidden = set(look.hidden)
        self.put_columns(look.order)
        if any(name not in hidden for name in self.table_model.columns):
            self.show_only([name for name in self.table_model.columns if name not in hidden])
        for column, name in enumerate(self.table_model.columns):
            if (look.widths and (wide := look.widths.get(name))) and not self.isColumnHidden(column):
                self.setColumnWidth(column, wide)
        self.freeze(look.frozen)

    def show_all_columns(self) -> None:
        self.show_only(self.table_model.columns)

    def fit_columns(self, sample: list[list[str]]) -> None:
        """Set each column's width from its header and a few rows; Qt's own method would fetch a thousand rows."""
        metrics, columns = self.fontMetrics(), self.table_model.columnCount()
        self._fitted.clear()
        sample = sample[: max(2, SAMPLED_CELLS // max(1, columns))]
        for column in range(columns):
            header = str(self.table_model.headerData(column, Qt.Orientation.Horizontal) or "")
            texts = [row[column][:LONGEST_SAMPLED] for row in sample]
            longest = max(texts, key=len, default="")
            width = max(metrics.horizontalAdvance(header) + SORT_PX, metrics.horizontalAdvance(longest)) + PADDING_PX
            if any(text in LABELS for text in texts):
                # Space for the mark, and for the longest class, which the sample may not contain.
                width = max(width, metrics.horizontalAdvance(max(LABELS, key=len)) + PADDING_PX)
                width += mark_px(metrics.lineSpacing()) + MARK_GAP_PX
            width = max(NARROWEST_PX, min(WIDEST_PX, width))
            self._fitted[self.table_model.columns[column]] = width
            self.setColumnWidth(column, width)

    # --- keyboard, mouse and geometry

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_rows()

    def _fit_rows(self) -> None:
        """Adapt row heights to the font, and column widths in proportion."""
        before, self._line = self._line, self.fontMetrics().lineSpacing()
        self.verticalHeader().setDefaultSectionSize(self._line + ROW_PADDING_PX)
        if before not in (0, self._line):
            for column in range(self.table_model.columnCount()):
                self.setColumnWidth(column, self.columnWidth(column) * self._line // before)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif not self.far.take_key(event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            at = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        self.menu_wanted.emit(at)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.frozen.follow()
        self.far.fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if dy and self.holding is not None:
            self.holding.begin()
        super().scrollContentsBy(dx, dy)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Like Qt, but treats cells under the frozen columns as hidden."""
        bar = self.horizontalScrollBar()
        before = bar.value()
        super().scrollTo(index, hint)
        if not index.isValid():
            return
        if self.frozen.covers(index.column()):
            bar.setValue(before)
        elif (left := self.columnViewportPosition(index.column())) < self.frozen.cover:
            bar.setValue(bar.value() - (self.frozen.cover - left))

    def go_to(self, row: int, column: str) -> None:
        """Make a cell of the table the current one and scroll to it."""
        self.far.reach(row)
        index = self.table_model.index(row - self.table_model.first_row, self.table_model.columns.index(column))
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def show_top(self) -> None:
        """Restore the order of the file and go to its first rows."""
        self.show_order()
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())
        self.scrollToTop()
        self.horizontalScrollBar().setValue(0)

    def show_order(self) -> None:
        """Show the model's order in the header."""
        header, order = self.horizontalHeader(), self.table_model.order
        at = self.table_model.columns.index(order[0][0]) if order else -1
        down = Qt.SortOrder.DescendingOrder if order and order[0][1] else Qt.SortOrder.AscendingOrder
        header.blockSignals(True)
        header.setSortIndicator(at, down)
        header.blockSignals(False)
        header.viewport().update()
        self.frozen.follow()

    # --- the clipboard

    @aio.slot()
    async def copy_selection(self) -> None:
        """Put the selected cells on the clipboard as tab-separated text."""
        await self._copy(names=False)

    @aio.slot()
    async def copy_with_names(self) -> None:
        """The same, with the column names as the first line."""
        await self._copy(names=True)

    async def _copy(self, names: bool) -> None:
        ranges = self.selectionModel().selection().toList()
        if not ranges:
            return
        rows = sum(part.bottom() - part.top() + 1 for part in ranges)
        touched = {column for part in ranges for column in range(part.left(), part.right() + 1)}
        touched = {column for column in touched if not self.isColumnHidden(column)}
        columns = [column for column in self.order_of_columns() if column in touched]
        if rows * len(columns) > MOST_COPIED_CELLS * len(ranges):
            self._too_many()
        wanted = {row for part in ranges for row in range(part.top(), part.bottom() + 1)}
        if len(wanted) * len(columns) > MOST_COPIED_CELLS:
            self._too_many()
        lines = await self._workers.call(self.table_model.lines(sorted(wanted), columns, names))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _too_many(self) -> None:
        raise InputError(
            tr(
                "The selection has more than {most} cells, too many for the clipboard. Select fewer, or export them.",
                most=count(MOST_COPIED_CELLS),
            )
        )


class PaintHold(QObject):
    """Keeps what is on screen for a moment while the rows that are scrolled to are read: a jump is painted once then.

    Cells, row numbers and frozen columns are held back together.
    """

    def __init__(self, grid: Grid) -> None:
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

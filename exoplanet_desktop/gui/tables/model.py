"""A Qt model over a paged table: it requests rows when they become visible, off the GUI thread."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio, theme
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.pages import FirstRows, PageCache, Row, RowSource
from exoplanet_desktop.gui.tables.texts import one_line, runs, shown_as
from exoplanet_desktop.gui.widgets.labels import tip
from exoplanet_desktop.wire.prediction_columns import SEEN_COLUMN
from exoplanet_desktop.wire.vocabulary import Disposition

Index = QModelIndex | QPersistentModelIndex
Order = tuple[tuple[str, bool], ...]
Classes = Mapping[str, Mapping[str, str]]  # class by text of the cell, by column

MOST_KEYS = 3  # columns in a sort
MOST_ROWS = 20_000_000  # that Qt is told of at once: their total height in pixels must fit 31 bits at any text size
LONGEST_SHOWN = 500  # characters in a cell: Qt would lay out all of them
ROOT = QModelIndex()
WAITING = "…"

LABELS: Mapping[str, str] = {str(disposition): str(disposition) for disposition in Disposition}
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_KEYS = "¹²³"


class TableModel(QAbstractTableModel):
    """Read-only model of rows, independent of files and tabs.

    For a table longer than `most_rows`, the model is a window that `move_window` moves; the model's row 0 is then the
    table's row `first_row`.

    Signals:
        page_failed: an AppError; the rows could not be read.
        order_wanted: the Order that the user chose by a click; `show_rows` applies it.

    Attributes:
        describe: returns the tooltip of a column's header.
        most_rows: of the window.
        first_row: the table's row that is the model's first.
    """

    page_failed = Signal(object)
    order_wanted = Signal(object)

    def __init__(self, workers: Workers, parent: Any = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._source: RowSource = FirstRows(())
        self._columns: list[str] = []
        self._positions: list[int] = []
        self._shown_as: list[Callable[[str], str] | None] = []
        self._classes: list[Mapping[str, str]] = []
        self._units: Mapping[str, str] = {}
        self._numeric: frozenset[str] = frozenset()
        self._at_right: list[bool] = []
        self._order: Order = ()
        self._pages = PageCache(1)
        self._wanted: set[int] = set()
        self._failed: set[int] = set()
        self._generation = 0
        self.describe: Callable[[str], str] = str
        self.most_rows = MOST_ROWS
        self.first_row = 0

    def report_error(self, error: AppError) -> None:
        self.page_failed.emit(error)

    def show_table(
        self,
        columns: Sequence[str],
        rows: RowSource,
        first: Sequence[str] = (),
        units: Mapping[str, str] | None = None,
        numeric: frozenset[str] = frozenset(),
        classes: Classes | None = None,
    ) -> None:
        """Replace the contents.

        Args:
            columns: names, in the order of the rows' cells.
            rows: the cells.
            first: the columns to put at the left, if present.
            units: by column.
            numeric: columns whose cells are numbers.
            classes: columns in which texts stand for one of the three classes.
        """
        self.beginResetModel()
        at = {name: position for position, name in enumerate(columns)}
        leading = [name for name in first if name in at]
        led = set(leading)
        self._columns = leading + [name for name in columns if name not in led]
        self._positions = [at[name] for name in self._columns]
        self._shown_as = [shown_as(name) for name in self._columns]
        self._classes = [(classes or {}).get(name, LABELS) for name in self._columns]
        self._source, self._units, self._numeric = rows, units or {}, numeric
        self._at_right = [name in numeric for name in self._columns]
        self._order, self.first_row = (), 0
        self._pages = PageCache(len(columns))
        self._forget_pages()
        self.endResetModel()

    def show_rows(self, rows: RowSource, order: Order) -> None:
        """Other rows of the same table, or another order; the columns keep their arrangement."""
        before = self.rowCount()
        if before:
            self.beginRemoveRows(ROOT, 0, before - 1)
        self._source, self._order, self.first_row = FirstRows(()), order, 0
        self._forget_pages()
        if before:
            self.endRemoveRows()
        after = min(rows.row_count, self.most_rows)
        if after:
            self.beginInsertRows(ROOT, 0, after - 1)
        self._source = rows
        if after:
            self.endInsertRows()

    def move_window(self, row: int) -> None:
        """Centre the window on a row of the table, as far as the table's ends allow."""
        first = max(0, min(row - self.most_rows // 2, self.all_rows - self.most_rows))
        if first != self.first_row:
            self.beginResetModel()
            self.first_row = first
            self.endResetModel()

    @property
    def all_rows(self) -> int:
        """Rows of the table, inside and outside the window."""
        return self._source.row_count

    @property
    def columns(self) -> Sequence[str]:
        return self._columns

    @property
    def order(self) -> Order:
        return self._order

    @property
    def numeric(self) -> frozenset[str]:
        return self._numeric

    def lines(self, rows: Sequence[int], columns: Sequence[int], names: bool = False) -> Callable[[], list[str]]:
        """A function that reads cells as tab-separated lines in a worker: from the current rows, whatever comes later.

        `names`: include the column names as the first line.
        """
        source, positions = self._source, [self._positions[column] for column in columns]
        head, first = [self._columns[column] for column in columns], self.first_row

        def read() -> list[str]:
            found = ["\t".join(map(one_line, head))] if names else []
            for low, high in runs(rows):
                for row in source.page(first + low, high - low + 1):
                    found.append("\t".join(one_line(row[position] or "") for position in positions))
            return found

        return read

    def sample(self, rows: Sequence[Row]) -> list[list[str]]:
        """Some rows as displayed, for the column widths."""
        return [[row[position] or "" for position in self._positions] for row in rows]

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else min(self._source.row_count - self.first_row, self.most_rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # Thousands of calls per repaint: unanswered roles return first.
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(index)[0]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._at_right[index.column()] else _LEFT
        if role == Qt.ItemDataRole.DecorationRole:
            label = self.class_of(index)
            return theme.class_icon(label) if label else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._cell_tip(index)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text, label = self._text(index), self.class_of(index)
            return text if not label or label == text else f"{text}, {label}"
        return None

    def text(self, row: int, column: int) -> str | None:
        """A cell as in the file; None if its page is not loaded."""
        cells = self._pages.find(self.first_row + row)
        return None if cells is None else (cells[self._positions[column]] or "" if cells else "")

    def ask(self, first: int, last: int) -> bool:
        """Whether some rows are loaded; requests the missing ones."""
        pages = range((self.first_row + first) // self._pages.rows, (self.first_row + last) // self._pages.rows + 1)
        missing = [number for number in pages if self._pages.find(number * self._pages.rows) is None]
        for number in missing if last >= first else ():
            self._failed.discard(number)
            self._want(number)
        return not missing

    def cell(self, index: Index) -> tuple[str, str | None, bool]:
        """Everything needed to paint a cell: its text, its class, and whether it is right-aligned."""
        column = index.column()
        text = self._text(index)
        classes = self._classes[column]
        label = classes.get(text)
        if label is None and classes is not LABELS:
            label = classes.get(text.strip().upper())
        how = self._shown_as[column]
        if len(text) > LONGEST_SHOWN:
            text = text[:LONGEST_SHOWN] + WAITING
        elif how:
            text = how(text)
        return text, label, self._at_right[column]

    def class_of(self, index: Index) -> str | None:
        """The class for a cell; None if it stands for none."""
        return self.cell(index)[1]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return self.first_row + section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self._columns):
            return None
        name = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            unit = self._units.get(name)
            title = tr("Seen in training") if name == SEEN_COLUMN else name
            return f"{title} ({unit}){self._key(name)}" if unit else title + self._key(name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self.describe(name))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if name in self._numeric else _LEFT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Request an order: by this column first, then by those clicked before; -1 for the file's own order."""
        wanted: Order = ()
        if 0 <= column < len(self._columns):
            name = self._columns[column]
            kept = tuple(entry for entry in self._order if entry[0] != name)
            wanted = ((name, order == Qt.SortOrder.DescendingOrder), *kept)[:MOST_KEYS]
        if wanted != self._order:
            self.order_wanted.emit(wanted)

    def _key(self, name: str) -> str:
        """The position of a column among the sort keys, if there are several."""
        if len(self._order) < 2:
            return ""
        return next((f" {_KEYS[at]}" for at, (column, _) in enumerate(self._order) if column == name), "")

    def _cell_tip(self, index: Index) -> str | None:
        text, label = self._text(index), self.class_of(index)
        if label and label != text:
            return tip(tr("{text}: counts as {label}", text=text, label=label))
        if len(text) > LONGEST_SHOWN:
            return tip(text[:LONGEST_SHOWN] + WAITING)
        return tip(text) if self._shown_as[index.column()] else None  # as in the file

    def _text(self, index: Index) -> str:
        row = self.first_row + index.row()
        cells = self._pages.find(row)
        if cells is None:
            self._want(row // self._pages.rows)
            return WAITING
        position = self._positions[index.column()]
        return (cells[position] or "") if position < len(cells) else ""

    def _want(self, number: int) -> None:
        if number not in self._wanted and number not in self._failed:
            self._wanted.add(number)
            self._fetch(number, self._generation)

    @aio.slot(int, int)
    async def _fetch(self, number: int, generation: int) -> None:
        size = self._pages.rows
        try:
            page = await self._workers.call(self._source.page, number * size, size)
        except Exception:
            if generation == self._generation:
                # Report it, and read again not at each repaint but when the user next scrolls to the rows.
                self._wanted.discard(number)
                self._failed.add(number)
            raise
        if generation != self._generation:
            return  # another table or order is shown by now
        self._wanted.discard(number)
        self._pages.keep(number, page)
        top = max(number * size - self.first_row, 0)
        bottom = min((number + 1) * size - self.first_row, self.rowCount()) - 1
        if top <= bottom:
            self.dataChanged.emit(self.index(top, 0), self.index(bottom, self.columnCount() - 1))

    def _forget_pages(self) -> None:
        self._generation += 1
        self._pages.clear()
        self._wanted.clear()
        self._failed.clear()

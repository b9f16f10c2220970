"""A Qt model over a table that is read by pages: rows are asked for when they are looked at, off the GUI thread."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui import aio, theme
from exoplanet_desktop.gui.widgets.words import tip
from exoplanet_desktop.gui.workers.calls import Workers
from exoplanet_desktop.wire.vocabulary import Disposition

Index = QModelIndex | QPersistentModelIndex
Row = Sequence[str | None]
Order = tuple[tuple[str, bool], ...]

PAGE_ROWS = 200
MOST_PAGES = 32
MOST_KEYS = 3  # columns that a sort goes by
ROOT = QModelIndex()
WAITING = "…"

LABELS = frozenset(str(disposition) for disposition in Disposition)
MATCH_MARKS = {"Yes": "✓ Yes", "No": "✗ No"}
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class Rows(Protocol):
    """What the model shows: a view of a catalogs.Table, or the first rows of a file."""

    @property
    def row_count(self) -> int: ...
    def page(self, offset: int, limit: int) -> Sequence[Row]: ...


class FirstRows:
    """The rows of a preview."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self.row_count = len(rows)

    def page(self, offset: int, limit: int) -> Sequence[Row]:
        return self._rows[offset : offset + limit]


class TableModel(QAbstractTableModel):
    """Read-only model of rows; knows no file and no tab.

    Signals:
        page_failed: an AppError; the rows could not be read.
        order_wanted: the Order that the user asked for by a click; `show_rows` answers it.
    """

    page_failed = Signal(object)
    order_wanted = Signal(object)

    def __init__(self, workers: Workers, parent: Any = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._source: Rows = FirstRows(())
        self._columns: list[str] = []
        self._positions: list[int] = []
        self._shown_as: list[Callable[[str], str] | None] = []
        self._units: Mapping[str, str] = {}
        self._labels: Mapping[str, str] = {}
        self._numeric: frozenset[str] = frozenset()
        self._order: Order = ()
        self._pages: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._wanted: set[int] = set()
        self._generation = 0

    def tell(self, error: AppError) -> None:
        self.page_failed.emit(error)

    def show_table(
        self,
        columns: Sequence[str],
        rows: Rows,
        first: Sequence[str] = (),
        units: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        numeric: frozenset[str] = frozenset(),
    ) -> None:
        """Replace the contents. `first` are the columns that stand at the left, where there are such."""
        self.beginResetModel()
        at = {name: position for position, name in enumerate(columns)}
        leading = [name for name in first if name in at]
        self._columns = leading + [name for name in columns if name not in set(leading)]
        self._positions = [at[name] for name in self._columns]
        self._shown_as = [_shown_as(name) for name in self._columns]
        self._source, self._units, self._labels, self._numeric = rows, units or {}, labels or {}, numeric
        self._order = ()
        self._forget_pages()
        self.endResetModel()

    def show_rows(self, rows: Rows, order: Order) -> None:
        """Other rows of the same table, or another order of them; the columns stay as they are on screen."""
        before = self.rowCount()
        if before:
            self.beginRemoveRows(ROOT, 0, before - 1)
        self._source, self._order = FirstRows(()), order
        self._forget_pages()
        if before:
            self.endRemoveRows()
        if rows.row_count:
            self.beginInsertRows(ROOT, 0, rows.row_count - 1)
        self._source = rows
        if rows.row_count:
            self.endInsertRows()

    @property
    def columns(self) -> Sequence[str]:
        return tuple(self._columns)

    @property
    def order(self) -> Order:
        return self._order

    def lines(self, rows: Sequence[int], columns: Sequence[int]) -> Callable[[], list[str]]:
        """What reads cells as tab-separated lines, in a worker: of the rows as they are now, whatever is shown next."""
        source, positions = self._source, [self._positions[column] for column in columns]

        def read() -> list[str]:
            found = []
            for first, last in _runs(rows):
                for row in source.page(first, last - first + 1):
                    found.append("\t".join(row[position] or "" for position in positions))
            return found

        return read

    def sample(self, rows: Sequence[Row]) -> list[list[str]]:
        """Some rows as they stand on screen, for the width of the columns."""
        return [[row[position] or "" for position in self._positions] for row in rows]

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self._source.row_count

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # Thousands of calls a repaint: the roles that are not answered leave first.
        if role == Qt.ItemDataRole.DisplayRole:
            text = self._text(index)
            how = self._shown_as[index.column()]
            return how(text) if how else text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._columns[index.column()] in self._numeric else _LEFT
        if role == Qt.ItemDataRole.DecorationRole:
            text = self._text(index)
            return theme.class_icon(text) if text in LABELS else None
        if role == Qt.ItemDataRole.ToolTipRole and self._shown_as[index.column()]:
            return tip(self._text(index))  # as the file has it
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self._columns):
            return None
        name = self._columns[section]
        unit = self._units.get(name)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{name} ({unit})" if unit else name
        if role == Qt.ItemDataRole.ToolTipRole:
            label = self._labels.get(name)
            return tip("\n".join(filter(None, (name, label, f"Unit: {unit}" if unit else None))))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if name in self._numeric else _LEFT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for an order: by this column first, then by those that were clicked before; -1 for the file's own."""
        wanted: Order = ()
        if 0 <= column < len(self._columns):
            name = self._columns[column]
            kept = tuple(entry for entry in self._order if entry[0] != name)
            wanted = ((name, order == Qt.SortOrder.DescendingOrder), *kept)[:MOST_KEYS]
        if wanted != self._order:
            self.order_wanted.emit(wanted)

    def _text(self, index: Index) -> str:
        number, row = divmod(index.row(), PAGE_ROWS)
        page = self._pages.get(number)
        if page is None:
            self._want(number)
            return WAITING
        cells = page[row] if row < len(page) else ()
        position = self._positions[index.column()]
        return (cells[position] or "") if position < len(cells) else ""

    def _want(self, number: int) -> None:
        if number not in self._wanted:
            self._wanted.add(number)
            self._fetch(number, self._generation)

    @aio.slot(int, int)
    async def _fetch(self, number: int, generation: int) -> None:
        page = await self._workers.call(self._source.page, number * PAGE_ROWS, PAGE_ROWS)
        if generation != self._generation:
            return  # another table or another order is shown meanwhile
        self._wanted.discard(number)
        self._pages[number] = page
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
        top = number * PAGE_ROWS
        bottom = min(top + PAGE_ROWS, self.rowCount()) - 1
        self.dataChanged.emit(self.index(top, 0), self.index(bottom, self.columnCount() - 1))

    def _forget_pages(self) -> None:
        self._generation += 1
        self._pages.clear()
        self._wanted.clear()


def _shown_as(column: str) -> Callable[[str], str] | None:
    """How the cells of a prediction column are shown; all others stand as the file has them."""
    if column == "Confidence" or column.startswith("Prob_"):
        return _probability
    return _match if column.lower() == "match" else None


def _match(text: str) -> str:
    return MATCH_MARKS.get(text, text)


def _probability(text: str) -> str:
    try:
        return f"{float(text):.2f}"
    except ValueError:
        return text


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Rows in order, as (first, last) of those without a gap."""
    first = last = rows[0]
    for row in rows[1:]:
        if row != last + 1:
            yield first, last
            first = row
        last = row
    yield first, last

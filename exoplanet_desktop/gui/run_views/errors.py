"""The list of held-out rows, starting with the lowest probability for the true class."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QPushButton, QTableView, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.text import count, fixed, tr
from exoplanet_desktop.gui.run_views.heldout import HeldOutRows
from exoplanet_desktop.gui.tables.painting import Cell, CellPainter
from exoplanet_desktop.gui.widgets.labels import tip
from exoplanet_desktop.gui.widgets.live_label import LiveLabel
from exoplanet_desktop.gui.widgets.row import with_text

if TYPE_CHECKING:
    from exoplanet_desktop.gui.run_views.heldout import Integers

Index = QModelIndex | QPersistentModelIndex
HEADERS = ("Object", "In the catalog", "Predicted", "P catalog", "P predicted")
TIPS = (
    "The object, as the catalog names it; a click shows its row in the catalog",
    "Its class in the catalog",
    "The class predicted by a model that had not seen the object",
    "The probability the model gave to the class in the catalog",
    "The probability the model gave to the predicted class",
)
MOST_SHOWN = 10_000
_ROOT = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ErrorsModel(QAbstractTableModel):
    """Some of the held-out rows, in a given order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: HeldOutRows | None = None
        self._places: Integers | list[int] = []
        self._predicted: Integers | None = None

    def show(self, rows: HeldOutRows, places: "Integers", predicted: "Integers") -> None:
        """Show the rows at `places`; `predicted` has the predicted class of every row."""
        self.beginResetModel()
        self._rows, self._places, self._predicted = rows, places, predicted
        self.endResetModel()

    def number(self, line: int) -> int:
        """The catalog row number of a line."""
        assert self._rows is not None
        return int(self._rows.rows[self._places[line]])

    def numbers(self) -> list[int]:
        """The catalog row numbers of all lines, including those not shown."""
        return [int(self._rows.rows[place]) for place in self._places] if self._rows is not None else []

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else min(len(self._places), MOST_SHOWN)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(index)[0]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() > 2 else None
        return None

    def cell(self, index: Index) -> Cell:
        """The content for CellPainter."""
        rows, predicted, column = self._rows, self._predicted, index.column()
        if rows is None or predicted is None:
            return "", None, False
        place = int(self._places[index.row()])
        if column == 0:
            return rows.objects[place] or tr("row {number}", number=count(int(rows.rows[place]) + 1)), None, False
        which = int(predicted[place] if column in (2, 4) else rows.actual[place])
        if column < 3:
            return rows.labels[which], rows.labels[which], False
        return fixed(float(rows.probabilities[place, which]), 2), None, True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Vertical:
            return count(section + 1) if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADERS[section])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(tr(TIPS[section]))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section > 2 else int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class _ErrorsTable(QTableView):
    """Asks for room for a few lines, but takes whatever there is."""

    def sizeHint(self) -> QSize:
        return QSize(256, self.minimumHeight())


class ErrorsList(QWidget):
    """Signals:
    row_wanted: catalog row number of the clicked row.
    rows_wanted: the catalog row numbers of the whole list.
    """

    row_wanted = Signal(int)
    rows_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ErrorsModel(self)
        self.title = LiveLabel(bold=True)
        self.table = _ErrorsTable(self)
        self.table.setModel(self.model)
        self.table.setItemDelegate(CellPainter(self.model, self.table))
        self.table.setAccessibleName(tr("Held-out rows, worst errors first"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setMinimumSectionSize(8)  # Qt's own minimum still fits the previous font
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        self.button = QPushButton(tr("Show &these in the catalog"), self)
        self.button.setToolTip(tip(tr("Shows only these rows in the catalog on the Train tab")))
        self.button.clicked.connect(lambda: self.rows_wanted.emit(self.model.numbers()))
        below = QHBoxLayout()
        below.addWidget(self.button)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.table, 1)
        layout.addLayout(below)
        self._fitted: HeldOutRows | None = None
        with_text(self, self._size_rows)

    def _size_rows(self) -> None:
        line = self.fontMetrics().lineSpacing()
        self.table.verticalHeader().setDefaultSectionSize(line + 8)
        self.table.setMinimumHeight(6 * line)
        if self._fitted is not None:
            self._fit_columns(self._fitted)

    def show_rows(self, rows: HeldOutRows, places: "Integers", predicted: "Integers", title: str) -> None:
        """Show the rows at `places`; see ErrorsModel.show."""
        self.model.show(rows, places, predicted)
        self.title.setText(title)
        self.button.setEnabled(len(places) > 0)
        if self._fitted is None and len(places):
            self._fitted = rows
            self._fit_columns(rows)

    def _fit_columns(self, rows: HeldOutRows) -> None:
        metrics, padding = self.fontMetrics(), 20
        longest = max(rows.labels, key=len)
        texts = [max(rows.objects[:1000], key=len)[:40], longest, longest, "0.00", "0.00"]
        for column, text in enumerate(texts):
            wide = max(metrics.horizontalAdvance(text), metrics.horizontalAdvance(tr(HEADERS[column]))) + padding
            mark = theme.mark_px(metrics.lineSpacing()) + 8
            self.table.setColumnWidth(column, wide + (mark if column in (1, 2) else 0))

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        self.row_wanted.emit(self.model.number(index.row()))

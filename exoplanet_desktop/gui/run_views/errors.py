"""The list of held-out rows, starting with the lowest probability for the true class."""

from collections.abc import Callable

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPushButton, QTableView, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.text import count, fixed, tr
from exoplanet_desktop.gui.run_views.heldout import HeldOutRows
from exoplanet_desktop.gui.run_views.listed_rows import ACTUAL, OBJECT, P_ACTUAL, PREDICTED, ListedRows
from exoplanet_desktop.gui.tables.painting import Cell, CellPainter
from exoplanet_desktop.gui.widgets.flow import FlowLayout
from exoplanet_desktop.gui.widgets.labels import tip
from exoplanet_desktop.gui.widgets.live_label import LiveLabel
from exoplanet_desktop.gui.widgets.row import with_text

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
    """Some of the held-out rows, sorted by one of the columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.listed: ListedRows | None = None
        self._order = P_ACTUAL, False

    def show(self, listed: ListedRows) -> None:
        """Show rows, in the order that the user chose last."""
        self.beginResetModel()
        self.listed = listed.sorted_by(*self._order)
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._order = column, order == Qt.SortOrder.DescendingOrder
        if self.listed is not None:
            self.show(self.listed)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else min(len(self.listed or ()), MOST_SHOWN)

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
        listed, line, column = self.listed, index.row(), index.column()
        if listed is None:
            return "", None, False
        if column == OBJECT:
            return listed.name(line), None, False
        place = int(listed.places[line])
        if column in (ACTUAL, PREDICTED):
            label = listed.rows.labels[int((listed.rows.actual if column == ACTUAL else listed.predicted)[place])]
            return label, label, False
        return fixed(float((listed.p_actual if column == P_ACTUAL else listed.p_predicted)[line]), 2), None, True

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
    row_wanted: catalog row number of the clicked row, and whether to bring it to the front.
    rows_wanted: the catalog row numbers of the whole list.
    table_wanted: the ListedRows to open as a table.
    copy_wanted, save_wanted: the ListedRows to copy, or to save.
    """

    row_wanted = Signal(int, bool)
    rows_wanted = Signal(object)
    table_wanted = Signal(object)
    copy_wanted = Signal(object)
    save_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ErrorsModel(self)
        self.title = LiveLabel(bold=True)
        self.table = _ErrorsTable(self)
        self.table.setModel(self.model)
        self.table.setItemDelegate(CellPainter(self.model, self.table))
        self.table.setAccessibleName(tr("Held-out rows"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setSortIndicator(P_ACTUAL, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setMinimumSectionSize(8)  # Qt's own minimum still fits the previous font
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.clicked.connect(lambda index: self._choose(index, to_front=False))
        self.table.activated.connect(lambda index: self._choose(index, to_front=True))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._act(tr("&Copy"), self._copy_selected).setShortcut(QKeySequence.StandardKey.Copy)
        self._act(tr("Copy the &whole list"), lambda: self._send(self.copy_wanted))
        self._act(tr("&Save the list…"), lambda: self._send(self.save_wanted))
        self.button = self._button(
            tr("Show &these in the catalog"), tr("Shows only these rows in the catalog on the Train tab")
        )
        self.button.clicked.connect(
            lambda: self.rows_wanted.emit(self.model.listed.numbers if self.model.listed else [])
        )
        self.table_button = self._button(
            tr("&Open as a table"), tr("Opens these rows with their predicted classes, to filter, sort and export")
        )
        self.table_button.clicked.connect(lambda: self._send(self.table_wanted))
        self.save_button = self._button(tr("Sa&ve…"), tr("Saves the list as a CSV"))
        self.save_button.clicked.connect(lambda: self._send(self.save_wanted))
        below = FlowLayout()
        for button in self._buttons:
            below.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.table, 1)
        layout.addLayout(below)
        self._fitted: HeldOutRows | None = None
        with_text(self, self._size_rows)

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.button, self.table_button, self.save_button

    def _button(self, words: str, meaning: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setToolTip(tip(meaning))
        return button

    def _act(self, words: str, take: Callable[[], object]) -> QAction:
        """An entry of the list's menu, whose shortcut works in the list alone."""
        action = QAction(words, self.table)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(take)
        self.table.addAction(action)
        return action

    def _send(self, signal: SignalInstance) -> None:
        if self.model.listed is not None and len(self.model.listed):
            signal.emit(self.model.listed)

    def _want_rows(self) -> None:
        if self.model.listed is not None:
            self.rows_wanted.emit(self.model.listed.numbers)

    def _copy_selected(self) -> None:
        """Copy the selected lines; without any, the whole list."""
        lines = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        if lines and self.model.listed is not None:
            self.copy_wanted.emit(self.model.listed.part(lines))
        else:
            self._send(self.copy_wanted)

    def _size_rows(self) -> None:
        line = self.fontMetrics().lineSpacing()
        self.table.verticalHeader().setDefaultSectionSize(line + 8)
        self.table.setMinimumHeight(6 * line)
        if self._fitted is not None:
            self._fit_columns(self._fitted)

    def show_rows(self, listed: ListedRows) -> None:
        """Show a list of rows, and its title."""
        self.model.show(listed)
        left_out = len(listed) - self.model.rowCount()
        shown = tr("{title} (the first {shown} are listed)", title=listed.title, shown=count(MOST_SHOWN))
        self.title.setText(shown if left_out else listed.title)
        for button in self._buttons:
            button.setEnabled(len(listed) > 0)
        if self._fitted is None and len(listed):
            self._fitted = listed.rows
            self._fit_columns(listed.rows)

    def _fit_columns(self, rows: HeldOutRows) -> None:
        metrics, padding = self.fontMetrics(), 20
        longest = max(rows.labels, key=len)
        texts = [max(rows.objects[:1000], key=len)[:40], longest, longest, "0.00", "0.00"]
        for column, text in enumerate(texts):
            wide = max(metrics.horizontalAdvance(text), metrics.horizontalAdvance(tr(HEADERS[column]))) + padding
            mark = theme.mark_px(metrics.lineSpacing()) + 8
            self.table.setColumnWidth(column, wide + (mark if column in (1, 2) else 0))

    def _choose(self, index: QModelIndex, to_front: bool) -> None:
        if self.model.listed is not None:
            self.row_wanted.emit(self.model.listed.numbers[index.row()], to_front)

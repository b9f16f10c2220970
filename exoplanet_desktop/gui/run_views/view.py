"""The list of runs as two views of one model: a table, or two lines per run where space is narrow."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QListView, QStackedWidget, QTableView, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.run_views.columns import Column, header
from exoplanet_desktop.gui.run_views.delegate import NameEditor, TwoLines
from exoplanet_desktop.gui.run_views.model import ROW, RunsModel
from exoplanet_desktop.gui.run_views.rows import Row
from exoplanet_desktop.gui.tables.header import QuickHeader
from exoplanet_desktop.gui.widgets.row import with_text

TABLE_FROM_CHARACTERS = 62
"""Minimum width for the table, in characters."""
SAMPLES = {
    Column.STATE: "■ cancelled",
    Column.STAR: "★",
    Column.NAME: "KOI · Support vector machine, blind",
    Column.DATASET: "a_long_catalog_name.csv",
    Column.SATELLITE: "Satellite",
    Column.MODEL: "Support vector machine",
    Column.FEATURES: "Features",
    Column.FOLDS: "0.934 ± 0.004",
    Column.ACCURACY: "Accuracy",
    Column.AUC: "0.986",
    Column.WHEN: "12/24/2026, 10:00 AM",
    Column.TOOK: "12.5 min",
    Column.BACKEND: "http://lab.example.org:8001",
}
PADDING_PX = 24
HIDDEN_AT_FIRST = (Column.BACKEND,)


class NarrowList(QListView):
    """Signals:
    folded: the Row whose parts to show or hide, and whether to show them.
    """

    folded = Signal(object, bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().data(ROW)
        if isinstance(row, Row) and row.is_group and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.folded.emit(row, event.key() == Qt.Key.Key_Right)
            return
        super().keyPressEvent(event)


class RunsView(QStackedWidget):
    """Signals:
    opened: the Row to open.
    selected: the selection has changed.
    """

    opened = Signal(object)
    selected = Signal()

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.table = _table(model, self)
        self.list = _list(model, self)
        # One shared selection model for list and table.
        self.list.setSelectionModel(self.table.selectionModel())
        self.addWidget(self.list)
        self.addWidget(self.table)
        for view in (self.list, self.table):
            view.activated.connect(self._open)
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.folded.connect(model.unfold)
        self.list.clicked.connect(self._fold_by_click)
        self.table.selectionModel().selectionChanged.connect(self.selected)

    @property
    def in_front(self) -> QAbstractItemView:
        view = self.currentWidget()
        assert isinstance(view, QAbstractItemView)
        return view

    def chosen(self) -> list[Row]:
        """The selected rows, from the top."""
        selection = self.table.selectionModel().selection().toList()
        places = {place for part in selection for place in range(part.top(), part.bottom() + 1)}
        return [self.model.rows[place] for place in sorted(places) if place < len(self.model.rows)]

    def choose(self, row: Row) -> None:
        """Select one row and scroll to it."""
        if (place := self.model.place(row)) is None:
            return
        index = self.model.index(place, Column.NAME)
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.in_front.scrollTo(index)

    def edit_name(self) -> None:
        """Edit the current run's name in place."""
        view = self.in_front
        if view.currentIndex().isValid():
            view.edit(self.model.index(view.currentIndex().row(), Column.NAME))

    def minimumSizeHint(self) -> QSize:
        return self.list.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= TABLE_FROM_CHARACTERS * self.fontMetrics().averageCharWidth()
        view = self.table if wide else self.list
        if view is not self.currentWidget():
            had_focus = self.in_front.hasFocus()
            self.setCurrentWidget(view)
            if had_focus:
                view.setFocus()

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if isinstance(row := index.data(ROW), Row):
            self.opened.emit(row)

    @Slot(QModelIndex)
    def _fold_by_click(self, index: QModelIndex) -> None:
        """Fold or unfold a group on a click on the arrow at its right."""
        row = index.data(ROW)
        if not isinstance(row, Row) or not row.is_group:
            return
        rect = self.list.visualRect(index)
        at = self.list.viewport().mapFromGlobal(self.list.cursor().pos())
        if at.x() > rect.right() - 3 * self.fontMetrics().averageCharWidth() - 8:
            self.model.unfold(row, not self.model.is_unfolded(row))


def _list(model: RunsModel, parent: QWidget) -> NarrowList:
    view = NarrowList(parent)
    view.setModel(model)
    view.setModelColumn(Column.NAME)
    view.setItemDelegate(TwoLines(model, view))
    view.setUniformItemSizes(True)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setAccessibleName(tr("Runs"))
    return view


def _table(model: RunsModel, parent: QWidget) -> QTableView:
    view = QTableView(parent)
    view.setModel(model)
    view.setHorizontalHeader(QuickHeader(Qt.Orientation.Horizontal, view))
    across = view.horizontalHeader()
    across.setSectionsClickable(True)
    across.setSectionsMovable(True)
    across.setSortIndicator(int(Column.WHEN), Qt.SortOrder.DescendingOrder)
    across.setSortIndicatorShown(True)
    across.setHighlightSections(False)
    view.verticalHeader().hide()
    view.verticalHeader().setMinimumSectionSize(8)  # Qt's own minimum still fits the previous font
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    with_text(view, lambda: view.verticalHeader().setDefaultSectionSize(view.fontMetrics().lineSpacing() + 9))
    view.setSortingEnabled(True)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
    view.setItemDelegate(NameEditor(view))
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setAccessibleName(tr("Runs"))
    for column in SAMPLES:
        view.setColumnHidden(column, column in HIDDEN_AT_FIRST)
    widths = _Widths(view)
    with_text(view, widths.follow)
    return view


class _Widths:
    """Sizes each column for its usual content; a column that the user resized keeps its share."""

    def __init__(self, view: QTableView) -> None:
        self._view = view
        self._given: dict[int, int] = {}

    def follow(self) -> None:
        """Make columns as wide as the current text needs."""
        view, metrics = self._view, self._view.fontMetrics()
        for column, sample in SAMPLES.items():
            widest = max(metrics.horizontalAdvance(text) for text in (sample, f"{header(column)} ▾")) + PADDING_PX
            usual, is_now = self._given.get(column), view.columnWidth(column)
            # A hidden column has no width.
            share = is_now / usual if usual and not view.isColumnHidden(column) else 1.0
            self._given[column] = widest
            view.setColumnWidth(column, round(widest * share))

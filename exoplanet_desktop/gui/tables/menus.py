"""The context menus of a column's header and of a cell."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from exoplanet_desktop.catalogs.tables.view import ColumnFilter
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.tables.grid import Grid
from exoplanet_desktop.gui.tables.model import MOST_KEYS, Order
from exoplanet_desktop.gui.tables.table_query import QueryRunner


class TableActions(Protocol):
    """What the menus request but do not do themselves."""

    def choose_columns(self) -> None: ...
    def ask_filter(self, column: str) -> None: ...
    def show_distribution(self, column: str) -> None: ...


class Menus:
    """Menus of one grid."""

    def __init__(self, grid: Grid, queries: QueryRunner, commands: TableActions) -> None:
        self._grid, self._queries, self._commands = grid, queries, commands
        for header in (grid.header, grid.frozen.header):
            header.menu_wanted.connect(self._of_header)
        grid.menu_wanted.connect(self._of_cell)

    def _of_header(self, column: int, at: QPoint) -> None:
        names = self._grid.table_model.columns
        if 0 <= column < len(names):
            menu = self._new_menu()
            self.fill(menu, names[column])
            menu.popup(at)

    def _of_cell(self, at: QPoint) -> None:
        index = self._grid.currentIndex()
        if not index.isValid():
            return
        menu = self._new_menu()
        _act(menu, tr("&Copy"), self._grid.copy_selection)
        _act(menu, tr("Copy with column &names"), self._grid.copy_with_names)
        column = self._grid.table_model.columns[index.column()]
        if (same := self._same(index.row(), column)) is not None:
            _act(menu, tr("Show &only rows with this value"), lambda: self._queries.add_filter(same))
        menu.addSeparator()
        part = menu.addMenu(tr("Column {column}", column=column.replace("&", "&&")))
        self.fill(part, column)
        menu.popup(at)

    def fill(self, menu: QMenu, column: str) -> None:
        """The commands on a column."""
        queries, grid = self._queries, self._grid
        order, there = queries.query.order, queries.table is not None
        _act(menu, tr("Sort &ascending"), lambda: queries.sort(((column, False),)), there)
        _act(menu, tr("Sort &descending"), lambda: queries.sort(((column, True),)), there)
        if order and column not in dict(order):
            room = there and len(order) < MOST_KEYS
            _act(menu, tr("&Then sort by this, ascending"), lambda: self._also(column, False), room)
            _act(menu, tr("Then sort &by this, descending"), lambda: self._also(column, True), room)
        if order:
            _act(menu, tr("Original f&ile order"), lambda: queries.sort(()), there)
        menu.addSeparator()
        _act(menu, tr("&Filter on this column…"), lambda: self._commands.ask_filter(column), there)
        if any(one.column == column for one in queries.query.filters):
            _act(menu, tr("Rem&ove its filter"), lambda: queries.drop_filter(column))
        _act(menu, tr("Di&stribution…"), lambda: self._commands.show_distribution(column), there)
        menu.addSeparator()
        frozen = grid.frozen_columns()
        if column in frozen:
            _act(menu, tr("&Unfreeze"), lambda: grid.freeze([name for name in frozen if name != column]))
        else:
            _act(menu, tr("Free&ze on the left"), lambda: grid.freeze([*frozen, column]))
        at = grid.table_model.columns.index(column)
        _act(menu, tr("&Hide"), lambda: grid.setColumnHidden(at, True), len(grid.shown_columns()) > 1)
        _act(menu, tr("&Columns…"), self._commands.choose_columns)

    def _also(self, column: str, descending: bool) -> None:
        order: Order = (*self._queries.query.order, (column, descending))
        self._queries.sort(order)

    def _same(self, row: int, column: str) -> "ColumnFilter | None":
        """Filter condition: the column equals this cell's value; None if the cell is not loaded yet."""

        model = self._grid.table_model
        text = model.text(row, model.columns.index(column))
        if text is None or self._queries.table is None:
            return None
        return ColumnFilter(column, "one of", (text,)) if text else ColumnFilter(column, "is missing")

    def _new_menu(self) -> QMenu:
        menu = QMenu(self._grid)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu


def _act(menu: QMenu, text: str, slot: Callable[[], object], enabled: bool = True) -> None:
    action = menu.addAction(text)
    action.setEnabled(enabled)
    action.triggered.connect(lambda: slot())

"""Which rows of a table to show, and in which order: queried off the GUI thread; the latest query wins."""

import threading
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.catalogs.tables.view import ColumnFilter, RowNumbers, View
from exoplanet_desktop.errors import AppError, Cancelled
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.model import Order


@dataclass(frozen=True)
class TableQuery:
    """What to show.

    Attributes:
        where: an expression; empty for all rows.
        filters: conditions on columns, and selected rows, which also apply.
        order: of the rows.
    """

    where: str = ""
    filters: "tuple[ColumnFilter | RowNumbers, ...]" = ()
    order: Order = ()


class QueryRunner(QObject):
    """Holds the table and its view.

    Signals:
        selected: the view changed; `query` describes it.
        refused: an AppError; the view and `query` are unchanged.
    """

    selected = Signal()
    refused = Signal(object)

    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._stop = threading.Event()
        self.table: Table | None = None
        self.view: View | None = None
        self.query = self._shown = TableQuery()

    def report_error(self, error: AppError) -> None:
        self.refused.emit(error)

    def show_table(self, table: "Table", view: "View") -> None:
        self.drop()
        self.table, self.view = table, view

    def drop(self) -> None:
        """Nothing is shown any more; the table may be closed."""
        self._stop.set()
        self.table = self.view = None
        self.query = self._shown = TableQuery()

    def sort(self, order: Order) -> None:
        self.ask(replace(self.query, order=order))

    def filter(self, where: str) -> None:
        self.ask(replace(self.query, where=where))

    def add_filter(self, one: "ColumnFilter | RowNumbers") -> None:
        """A condition on a column; replaces the column's previous one."""
        others = tuple(each for each in self.query.filters if each.column != one.column)
        self.ask(replace(self.query, filters=(*others, one)))

    def filter_of(self, column: str) -> "ColumnFilter | None":
        """The condition on a column."""
        found = (one for one in self.query.filters if not isinstance(one, RowNumbers))
        return next((one for one in found if one.column == column), None)

    def drop_filter(self, column: str) -> None:
        self.ask(replace(self.query, filters=tuple(each for each in self.query.filters if each.column != column)))

    def ask(self, query: TableQuery) -> None:
        """Show the rows of a query. A later one takes precedence over an earlier one."""
        if self.table is not None:
            # At once, not when the slot begins: the next query builds on this one.
            self.query = query
            self._select(query)

    @aio.slot(object)
    async def _select(self, query: TableQuery) -> None:
        if (table := self.table) is None:
            return
        self._stop.set()
        self._stop = stop = threading.Event()
        where: list[ColumnFilter | RowNumbers | str] = [query.where, *query.filters]
        try:
            view = await self._workers.call(table.select, where, query.order, should_stop=stop.is_set)
        except AppError:
            if query is self.query:
                self.query = self._shown
            raise
        if stop.is_set() or table is not self.table:
            raise Cancelled(tr("The table has changed since."))
        self.view, self._shown = view, query
        self.selected.emit()

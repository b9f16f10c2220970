"""Goes from one cell that contains a text to the next, wrapping around at the end."""

from bisect import bisect_right

from PySide6.QtCore import QItemSelectionModel, QObject

from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.grid import Grid
from exoplanet_desktop.gui.tables.table_query import QueryRunner
from exoplanet_desktop.gui.tables.tools import TableTools


class TableSearch(QObject):
    """Searches the displayed rows and columns."""

    def __init__(self, workers: Workers, queries: QueryRunner, grid: Grid, tools: TableTools) -> None:
        super().__init__(grid)
        self._workers, self._queries, self._grid, self._tools = workers, queries, grid, tools
        tools.find_wanted.connect(self.find)

    def report_error(self, error: AppError) -> None:
        self._tools.say(str(error))

    @aio.slot(int)
    async def go_to_number(self, number: int) -> None:
        """Go to a row of the file, counted from 0."""
        if (view := self._queries.view) is None:
            return
        place = await self._workers.call(view.place_of, number)
        shown = self._grid.shown_columns()
        if place is None or not shown:
            row = count(number + 1)
            self._tools.say(tr("Row {row} is not among the rows shown. Clear the filters.", row=row))
        elif view is self._queries.view:
            self._tools.say("")
            self._grid.go_to(place, shown[0])
            flag = QItemSelectionModel.SelectionFlag
            self._grid.selectionModel().select(self._grid.currentIndex(), flag.ClearAndSelect | flag.Rows)

    @aio.slot(int, str)
    async def go_to_line(self, line: int, column: str) -> None:
        """Go to a cell of the row that begins at a line of the file, counted from 1."""
        if (table := self._queries.table) is None:
            return
        number = await self._workers.call(_row_at, table, line)
        if (view := self._queries.view) is None:
            return
        place = await self._workers.call(view.place_of, number)
        if place is None or column not in self._grid.shown_columns():
            words = tr("Line {line} or `{column}` is not shown. Clear the filters.", line=line, column=column)
            self._tools.say(words)
        elif view is self._queries.view:
            self._tools.say("")
            self._grid.go_to(place, column)

    @aio.slot(str, bool)
    async def find(self, text: str, backwards: bool) -> None:
        """Go to the next cell with a text, starting from the current one."""
        view = self._queries.view
        if view is None or not text:
            return
        step = -1 if backwards else 1
        current = self._grid.currentIndex()
        start = (self._grid.table_model.first_row + current.row() if current.isValid() else -1) + step
        edge = view.row_count - 1 if backwards else 0
        for first in dict.fromkeys((start if 0 <= start < view.row_count else edge, edge)):
            found = await self._workers.call(view.find, text, first, self._grid.shown_columns(), backwards=backwards)
            if view is not self._queries.view:
                return
            if found is not None:
                self._tools.say("")
                self._grid.go_to(*found)
                self._grid.selectionModel().select(
                    self._grid.currentIndex(), QItemSelectionModel.SelectionFlag.ClearAndSelect
                )
                return
        self._tools.say(tr("No visible cell contains “{text}”.", text=text))


def _row_at(table: "Table", line: int) -> int:
    """The row, from 0, that a line of the file belongs to."""
    return max(0, bisect_right(range(table.row_count), line, key=table.line_of) - 1)

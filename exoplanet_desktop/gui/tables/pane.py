"""One table on screen: title, filter and find, the grid, and the classes below."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from exoplanet_desktop.errors import AppError, Cancelled, InputError
from exoplanet_desktop.gui import aio
from exoplanet_desktop.gui.notices import Notices
from exoplanet_desktop.gui.tables.columns import ColumnsDialog
from exoplanet_desktop.gui.tables.grid import Grid
from exoplanet_desktop.gui.tables.model import FirstRows, Order, TableModel
from exoplanet_desktop.gui.tables.opening import Opened
from exoplanet_desktop.gui.tables.tools import TableTools
from exoplanet_desktop.gui.widgets.classbar import ClassBar
from exoplanet_desktop.gui.widgets.files import ask_target
from exoplanet_desktop.gui.widgets.words import Words, tip
from exoplanet_desktop.gui.workers.calls import Workers

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading import Layout, Preview
    from exoplanet_desktop.catalogs.table import Table
    from exoplanet_desktop.catalogs.view import View

NO_WISH: tuple[str, Order] = ("", ())  # no filter, the order of the file


class TablePane(QFrame):
    """Shows a preview, then a table; filters, sorts and searches it off the GUI thread."""

    def __init__(self, workers: Workers, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self._workers, self._notices = workers, notices
        self._table: Table | None = None
        self._view: View | None = None
        self._labels: dict[str, str] = {}
        self._wish: tuple[str, Order] = NO_WISH
        self._shown_wish: tuple[str, Order] = NO_WISH
        self._stop = threading.Event()
        self.model = TableModel(workers, self)
        self.model.page_failed.connect(notices.failure)
        self.grid = Grid(self.model, workers, notices, self)
        self.title = Words("", "heading", wrap=False)
        self.size_label = Words("", "muted", wrap=False)
        self.notes = Words("", "warning", wrap=False)
        self.tools = TableTools(self)
        self.classes = ClassBar(self)
        self._lay_out()
        self.model.order_wanted.connect(self._sort)
        self.tools.filter_wanted.connect(self._filter)
        self.tools.find_wanted.connect(self._find)
        self.tools.columns_wanted.connect(self.choose_columns)

    def tell(self, error: AppError) -> None:
        if isinstance(error, InputError):
            self.tools.say(str(error))  # what the user wrote, told where it was written
        else:
            self._notices.failure(error)

    def show_preview(self, preview: "Preview", name: str, first: Sequence[str]) -> None:
        layout = preview.layout
        self._labels = dict(layout.labels)
        self.model.show_table(layout.columns, FirstRows(preview.rows), first, layout.units, layout.labels)
        self.grid.show_top()
        self.grid.show_all_columns()
        self.grid.fit_columns(self.model.sample(preview.rows[:50]))
        self.title.setText(name)
        self.size_label.setText("reading …")
        self.notes.clear()
        self.classes.show_counts({})
        self.tools.setEnabled(False)

    def show_share(self, share: float) -> None:
        """How much of the file has been read."""
        self.size_label.setText(f"reading … {share:.0%}")

    def show_table(self, table: "Table", opened: Opened, first: Sequence[str]) -> None:
        layout: Layout = table.layout
        self._table, self._view = table, opened.rows
        self._wish = self._shown_wish = NO_WISH
        self.model.show_table(table.columns, opened.rows, first, layout.units, layout.labels, opened.numeric)
        self.grid.show_top()
        self._show_size()
        self.notes.setText(f"⚠ {len(opened.notes)} {'note' if len(opened.notes) == 1 else 'notes'}")
        self.notes.setToolTip(tip("\n".join(opened.notes)))
        self.notes.setAccessibleDescription(" ".join(opened.notes))
        self.notes.setVisible(bool(opened.notes))
        self.classes.show_counts(opened.counts)
        self.tools.offer(opened.names)
        self.tools.setEnabled(True)

    def drop_table(self) -> None:
        """Show nothing; the table may be closed now."""
        self._stop.set()
        self._table = self._view = None
        self.model.show_table((), FirstRows(()))

    @Slot()
    def choose_columns(self) -> None:
        dialog = ColumnsDialog(
            self.model.columns, self._labels, self.grid.isColumnHidden, self.grid.setColumnHidden, self
        )
        dialog.show()

    @Slot()
    def ask_export(self) -> None:
        """Ask where the rows and columns on screen go, as CSV or as Parquet."""
        if self._view is not None:
            name = Path(self.title.text()).stem.replace(", ", "_")
            ask_target(
                self, "Export what is shown", f"{name}_shown.csv", self.export, "CSV (*.csv);;Parquet (*.parquet)"
            )

    @aio.slot(str)
    async def export(self, target: str) -> None:
        """Write the rows that the filter leaves, in the order and with the columns on screen."""
        if (view := self._view) is None:
            return
        header = self.grid.horizontalHeader()
        shown = sorted((header.visualIndex(at), name) for at, name in enumerate(self.model.columns))
        names = [name for _, name in shown if not self.grid.isColumnHidden(self.model.columns.index(name))]
        await self._workers.call(_export, view, Path(target), names)
        self._notices.information(f"{view.row_count:,} rows and {len(names):,} columns are saved in {target}.")

    @Slot(object)
    def _sort(self, order: Order) -> None:
        self._wish = (self._wish[0], order)
        self._select()

    @Slot(str)
    def _filter(self, where: str) -> None:
        if where != self._wish[0] or self.tools.message.text():
            self._wish = (where, self._wish[1])
            self._select()

    @aio.slot()
    async def _select(self) -> None:
        """Show the rows that meet the condition wished for, in that order. A later wish wins over one before it."""
        if (table := self._table) is None:
            return
        self._stop.set()
        self._stop = stop = threading.Event()
        self.tools.say("")
        where, order = wish = self._wish
        try:
            view = await self._workers.call(table.select, where or None, order, should_stop=stop.is_set)
        except AppError:
            if wish is self._wish:
                self._wish = self._shown_wish
            raise
        if stop.is_set() or table is not self._table:
            raise Cancelled("Something else is shown meanwhile.")
        self._view, self._shown_wish = view, wish
        self.model.show_rows(view, order)
        self.grid.scrollToTop()
        self._show_size()

    @aio.slot(str, bool)
    async def _find(self, text: str, backwards: bool) -> None:
        """Go to the next cell with a text, from the current one on, and round the end."""
        view = self._view
        if view is None or not text:
            return
        step = -1 if backwards else 1
        start = self.grid.currentIndex().row() + step
        edge = view.row_count - 1 if backwards else 0
        shown = [name for at, name in enumerate(self.model.columns) if not self.grid.isColumnHidden(at)]
        for first in dict.fromkeys((start if 0 <= start < view.row_count else edge, edge)):
            found = await self._workers.call(view.find, text, first, shown, backwards=backwards)
            if view is not self._view:
                return
            if found is not None:
                self.tools.say("")
                self._go_to(*found)
                return
        self.tools.say(f"No cell that is shown contains “{text}”.")

    def _go_to(self, row: int, column: str) -> None:
        index = self.model.index(row, self.model.columns.index(column))
        self.grid.setCurrentIndex(index)
        self.grid.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.grid.scrollTo(index)

    def _show_size(self) -> None:
        if self._table is None or self._view is None:
            return
        rows, every = self._view.row_count, self._table.row_count
        columns = len(self._table.columns)
        of = f"{rows:,} of {every:,} rows" if rows != every else f"{every:,} × {columns:,}"
        self.size_label.setText(of)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 8, 8, 4)
        head.setSpacing(16)
        for label in (self.title, self.size_label, self.notes):
            head.addWidget(label)
        head.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.tools)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.classes)


def _export(view: "View", target: Path, columns: Sequence[str]) -> None:
    from exoplanet_desktop.catalogs.export import Format, export

    export(view, target, Format.PARQUET if target.suffix.lower() == ".parquet" else Format.CSV, columns)

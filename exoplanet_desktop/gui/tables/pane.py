"""One table on screen: title, filter and find, the grid, and the classes below."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, recognise
from exoplanet_desktop.catalogs.reading.layout import Layout, Preview
from exoplanet_desktop.catalogs.tables.export import Format, export
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.catalogs.tables.view import ColumnFilter, View
from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import count, counted, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts.classbar import ClassBar
from exoplanet_desktop.gui.tables.catalog_columns import CatalogColumns
from exoplanet_desktop.gui.tables.chips import FilterChips
from exoplanet_desktop.gui.tables.column_facts import ColumnFacts
from exoplanet_desktop.gui.tables.distribution import DistributionDialog
from exoplanet_desktop.gui.tables.filtering import FilterDialog
from exoplanet_desktop.gui.tables.grid import Grid
from exoplanet_desktop.gui.tables.kept import ColumnLayout, Kept
from exoplanet_desktop.gui.tables.menus import Menus
from exoplanet_desktop.gui.tables.model import Classes, TableModel
from exoplanet_desktop.gui.tables.notes import NotesDialog
from exoplanet_desktop.gui.tables.opening import Opened, count_by_class
from exoplanet_desktop.gui.tables.pages import FirstRows
from exoplanet_desktop.gui.tables.pane_header import PaneHeader
from exoplanet_desktop.gui.tables.samp import send
from exoplanet_desktop.gui.tables.table_query import QueryRunner, TableQuery
from exoplanet_desktop.gui.tables.table_search import TableSearch
from exoplanet_desktop.gui.tables.tools import TableTools
from exoplanet_desktop.gui.widgets.files import ask_target
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.gui.widgets.row import in_order


class TablePane(QFrame):
    """Shows a preview, then a table; filters, sorts and searches it off the GUI thread.

    Signals:
        stop_wanted, reading_wanted, names_wanted: see PaneHeader.
        look_changed: the result of `kept` changed.
    """

    stop_wanted = Signal()
    reading_wanted = Signal()
    names_wanted = Signal()
    look_changed = Signal()

    def __init__(self, workers: Workers, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self._workers, self._notices = workers, notices
        self._classes: Classes = {}
        self.model = TableModel(workers, self)
        self.model.page_failed.connect(notices.failure)
        self.grid = Grid(self.model, workers, notices, self)
        self.facts = ColumnFacts(workers, self)
        self.model.describe = self.facts.describe
        self._opened: Opened | None = None
        self.heading = PaneHeader(self)
        self.title, self.size_label, self.notes = self.heading.title, self.heading.size_label, self.heading.notes
        self.tools = TableTools(self)
        self.chips = FilterChips(self.tools.columns, self)
        self.classes = ClassBar(self)
        self.queries = QueryRunner(workers, self)
        self.finding = TableSearch(workers, self.queries, self.grid, self.tools)
        self.menus = Menus(self.grid, self.queries, self)
        self._lay_out()
        in_order(self.tools.filter_line, self.tools.find_line, self.tools.columns, self.grid)
        self.model.order_wanted.connect(self.queries.sort)
        self.tools.filter_wanted.connect(self._filter)
        self.tools.columns_wanted.connect(self.choose_columns)
        self.chips.drop_wanted.connect(self.queries.drop_filter)
        self.chips.change_wanted.connect(self.ask_filter)
        self.queries.selected.connect(self._show_view)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._settle_look)
        for signal in (self.grid.header.sectionResized, self.grid.header.sectionMoved, self.grid.froze):
            signal.connect(self._soon.start)
        self.heading.stop_wanted.connect(self.stop_wanted)
        self.heading.reading_wanted.connect(self.reading_wanted)
        self.heading.names_wanted.connect(self.names_wanted)
        self.heading.notes_wanted.connect(self.show_notes)
        self.queries.refused.connect(self._refuse)
        for header in (self.grid.header, self.grid.frozen.header):
            self.facts.learnt.connect(header.show_learnt)

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    def show_preview(
        self, preview: "Preview", name: str, first: Sequence[str], look: ColumnLayout, size_bytes: int
    ) -> None:
        self._opened = None
        self._show_layout(preview.layout, FirstRows(preview.rows), first, frozenset())
        self.grid.fit_columns(self.model.sample(preview.rows[:50]))
        self.grid.take_look(look)
        self.heading.begin(name, size_bytes)
        self.chips.show_filters(())
        self.classes.show_counts({})
        self.tools.setEnabled(False)

    def show_share(self, share: float) -> None:
        """How much of the file has been read."""
        self.heading.show_share(share)

    def show_table(self, table: "Table", opened: Opened, first: Sequence[str], kept: Kept) -> None:
        """Replace the preview, and restore the rows and order shown when the file was closed."""
        self._opened = opened
        look = self.grid.look()  # the user may have changed it while the file was being read
        self.queries.show_table(table, opened.rows)
        self._show_layout(table.layout, opened.rows, first, opened.numeric)
        self.grid.take_look(look)
        self.facts.show_view(opened.rows)
        self.heading.show_notes(opened)
        self._show_size()
        self.classes.show_counts(opened.counts)
        self.tools.offer(opened.names)
        self.tools.setEnabled(True)
        there = set(table.columns)
        filters = tuple(one for one in kept.filters if one.column in there)
        query = TableQuery(kept.where, filters, tuple(key for key in kept.sort if key[0] in there))
        if query != TableQuery():
            self.tools.show_filter(kept.where)
            self.queries.ask(query)

    def kept(self) -> Kept:
        """The state of the table to remember."""

        query = self.queries.query
        # Rows that a run selected are temporary.
        filters = tuple(one for one in query.filters if isinstance(one, ColumnFilter))
        return Kept(self.grid.look(), query.where, filters, query.order)

    @Slot()
    def show_notes(self) -> None:

        if self._opened is not None:
            dialog = NotesDialog(self._opened, self)
            dialog.cell_wanted.connect(lambda told: self.finding.go_to_line(told.line, told.column))
            dialog.show()

    def drop_table(self) -> None:
        """Show nothing; the table may be closed now."""
        self._opened = None
        self.queries.drop()
        self.facts.show_view(None)
        self.chips.show_filters(())
        self.grid.freeze(())
        self.model.show_table((), FirstRows(()))

    @Slot()
    def choose_columns(self) -> None:

        dialog = CatalogColumns(self._workers, self.grid, self.facts, self.queries.table, self)
        dialog.show()

    @Slot(str)
    def ask_filter(self, column: str) -> None:
        """Ask for a condition on a column, or for a new one."""

        if (table := self.queries.table) is None:
            return
        given = self.queries.filter_of(column)
        numeric = column in self.model.numeric
        dialog = FilterDialog(self._workers, table, column, numeric, self._classes, given, self)
        dialog.wanted.connect(self.queries.add_filter)
        dialog.open()

    def show_distribution(self, column: str) -> None:
        """Show the distribution of a column, over the displayed rows."""

        if (view := self.queries.view) is not None:
            DistributionDialog(self._workers, self._notices, self.facts, view, column, self).show()

    @Slot()
    def ask_export(self) -> None:
        """Ask where to save the displayed rows and columns, as CSV or as Parquet."""
        self._ask_export(tr("Export what is shown"), "shown", self.export)

    @Slot()
    def ask_export_all(self) -> None:
        """Ask where to save all rows and columns."""
        self._ask_export(tr("Export all rows and columns"), "all", self.export_all)

    @aio.slot(str)
    async def export(self, target: str) -> None:
        """Write the filtered rows, with the displayed columns and order."""
        if (view := self.queries.view) is not None:
            await self._export(view, target, self.grid.shown_columns())

    @aio.slot(str)
    async def export_all(self, target: str) -> None:
        """Write the whole table, in the file's order."""
        if (table := self.queries.table) is not None:
            await self._export(await self._workers.call(table.select), target, table.columns)

    @aio.slot()
    async def send(self) -> None:
        """Send the filtered rows, with the displayed columns, to the other programs on this desktop."""
        view = self.queries.view
        if view is None:
            self._notices.information(tr("There is no table to send yet. Open a catalog first."))
            return

        takers = await self._workers.call(send, view, self.grid.shown_columns(), Path(self.title.text()).stem)
        rows, programs = count(view.row_count), counted(takers, tr("program"), tr("programs"))
        self._notices.information(tr("{rows} rows were sent to {programs}.", rows=rows, programs=programs))

    async def _export(self, view: "View", target: str, columns: Sequence[str]) -> None:
        await self._workers.call(_export, view, Path(target), columns)
        rows, number = count(view.row_count), count(len(columns))
        self._notices.information(
            tr("{rows} rows and {columns} columns were written to {target}.", rows=rows, columns=number, target=target)
        )

    def _ask_export(self, title: str, suffix: str, take: Callable[[str], object]) -> None:
        if self.queries.view is not None:
            name = Path(self.title.text()).stem.replace(", ", "_")
            ask_target(self, title, f"{name}_{suffix}.csv", take, tr("CSV (*.csv);;Parquet (*.parquet)"))

    def _show_layout(
        self, layout: "Layout", rows: "FirstRows | View", first: Sequence[str], numeric: frozenset[str]
    ) -> None:
        satellite = recognise(layout.columns)
        info = SATELLITES[satellite] if satellite else None
        self._classes = {info.label: {text: str(label) for text, label in info.label_map.items()}} if info else {}
        self.facts.show_layout(layout, satellite)
        self.model.show_table(layout.columns, rows, first, layout.units, numeric, self._classes)
        self.grid.show_all_columns()
        self.grid.put_columns(self.model.columns)
        self.grid.show_top()

    @Slot(str)
    def _filter(self, where: str) -> None:
        if where != self.queries.query.where or self.tools.message.text():
            self.tools.say("")
            self.queries.filter(where)

    @Slot()
    def _show_view(self) -> None:
        """The rows or their order changed."""
        self.tools.say("")
        if (view := self.queries.view) is not None:
            self.model.show_rows(view, self.queries.query.order)
            self.grid.show_order()
            self.grid.scrollToTop()
            self.chips.show_filters(self.queries.query.filters)
            self._settle_look()
            self._count_classes()

    @aio.slot()
    async def _count_classes(self) -> None:
        """Show the classes of the displayed rows in the bar below."""
        opened, view = self._opened, self.queries.view
        if opened is None or view is None or not opened.counts:
            return
        whole = view.row_count == opened.row_count
        counts = opened.counts if whole else await self._workers.call(count_by_class, view, opened.satellite)
        if view is self.queries.view:
            self.classes.show_counts(counts)

    @Slot()
    def _settle_look(self) -> None:
        if self._opened is not None:
            self._show_size()
            self.look_changed.emit()

    @Slot(object)
    def _refuse(self, error: AppError) -> None:
        if isinstance(error, InputError):
            self.tools.say(str(error))  # the user's own input: report the error next to it
        else:
            self._notices.failure(error)
        self.grid.show_order()

    def _show_size(self) -> None:
        table, view, opened = self.queries.table, self.queries.view, self._opened
        if table is not None and view is not None and opened is not None:
            shown = len(self.grid.shown_columns())
            self.heading.show_size(view.row_count, table.row_count, len(table.columns), shown, opened.partial)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 8, 8, 4)
        head.addWidget(self.heading)
        chips = QHBoxLayout()
        chips.setContentsMargins(8, 0, 8, 4)
        chips.addWidget(self.chips)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.grid, 1)
        middle.addWidget(self.grid.far)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.tools)
        layout.addLayout(chips)
        layout.addLayout(middle, 1)
        layout.addWidget(self.classes)


def _export(view: "View", target: Path, columns: Sequence[str]) -> None:

    export(view, target, Format.PARQUET if target.suffix.lower() == ".parquet" else Format.CSV, columns)

"""One catalog on screen, in four states: empty, loading, failed, shown."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from exoplanet_desktop.errors import AppError, Cancelled
from exoplanet_desktop.gui.notices import Notices
from exoplanet_desktop.gui.tables.grid import Grid
from exoplanet_desktop.gui.tables.model import FirstRows, TableModel
from exoplanet_desktop.gui.widgets.busy import BusyPage
from exoplanet_desktop.gui.widgets.classbar import ClassBar
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.words import Words, tip
from exoplanet_desktop.gui.workers.calls import Workers
from exoplanet_desktop.wire.vocabulary import Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.progress import Report, ShouldStop
    from exoplanet_desktop.catalogs.reading import Preview
    from exoplanet_desktop.catalogs.table import Table

MOST_BAD_LINES_TOLD = 3


@dataclass(frozen=True)
class Opened:
    """A catalog that is shown.

    Attributes:
        path: its file.
        columns: its column names.
        row_count: its data rows.
        satellite: the one its columns were recognised as; None where none fits.
        counts: rows by class, "" for rows without a known label.
        notes: what the reader should know, a sentence each (such as lines that could not be read).
    """

    path: Path
    columns: tuple[str, ...]
    row_count: int
    satellite: Satellite | None
    counts: dict[str, int]
    notes: tuple[str, ...]


class CatalogView(QWidget):
    """Title line, table, and the classes below.

    Signals:
        opened: an Opened, when the whole table is there.
        closed: nothing is shown any more, or the file could not be read.
    """

    opened = Signal(object)
    closed = Signal()
    _read_so_far = Signal(int, float)

    def __init__(
        self,
        workers: Workers,
        notices: Notices,
        empty: EmptyPage,
        count_classes: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """`count_classes`: whether the rows of each class are counted below the table."""
        super().__init__(parent)
        self._workers, self._count_classes = workers, count_classes
        self._table: Table | None = None
        self._shown: Opened | None = None
        self._stop = threading.Event()
        self._request = 0
        self.model = TableModel(workers, self)
        self.model.page_failed.connect(notices.failure)
        self.grid = Grid(self.model, workers, notices, self)
        self.title = Words("", "heading", wrap=False)
        self.size_label = Words("", "muted", wrap=False)
        self.notes = Words("", "warning", wrap=False)
        self.classes = ClassBar(self)
        self.empty = empty
        self.busy = BusyPage(self)
        self.busy.cancelled.connect(self._stop_reading)
        self._read_so_far.connect(self._show_share)
        self._stack = QStackedWidget(self)
        for page in (self.empty, self.busy, self._table_page()):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    @property
    def shown(self) -> Opened | None:
        """The catalog on screen, once it was read whole."""
        return self._shown

    async def open(self, path: Path, name: str = "", first: Sequence[str] = ()) -> Opened:
        """Show a file: its first rows at once, then the whole table. Raises AppError, and is then empty.

        Args:
            path: the CSV.
            name: what stands as its title, if not its file name.
            first: columns that stand at the left.
        """
        self.close_table()
        self._request += 1
        request, self._stop = self._request, threading.Event()
        stop = self._stop
        self.show_busy(f"Opening {name or path.name} …", cancellable=True)
        try:
            preview, units, labels = await self._workers.call(_first_rows, path)
            if request == self._request:
                self._show_preview(preview, name or path.name, first, units, labels)
            report = partial(self._tell_share, request)
            table, opened = await self._workers.call(_read, path, self._count_classes, report, stop.is_set)
        except AppError:
            if request == self._request:
                self.clear()
            raise
        if request != self._request:
            await self._workers.call(table.close)
            raise Cancelled("Another file is shown meanwhile.")
        self._show_table(table, opened, first, units, labels)
        return opened

    def show_busy(self, text: str, cancellable: bool = False) -> None:
        self.busy.start(text, cancellable)
        self._stack.setCurrentWidget(self.busy)

    def clear(self) -> None:
        """Show the empty page."""
        self.close_table()
        self._request += 1
        self._stack.setCurrentWidget(self.empty)
        self.closed.emit()

    def back(self) -> None:
        """After `show_busy`: show again what was there before."""
        self._stack.setCurrentIndex(2 if self._shown else 0)

    def close_table(self) -> None:
        """Give the table's temporary files back; it must not be read any more."""
        self._stop.set()
        self._shown = None
        if self._table is not None:
            self.model.show_source(FirstRows((), ()))
            self._workers.call(self._table.close)
            self._table = None

    def _tell_share(self, request: int, share: float, _stage: str) -> None:
        """Called in a worker."""
        self._read_so_far.emit(request, share)

    @Slot(int, float)
    def _show_share(self, request: int, share: float) -> None:
        if request == self._request and self._shown is None:
            self.size_label.setText(f"reading … {share:.0%}")

    def _stop_reading(self) -> None:
        self._stop.set()

    def _show_preview(
        self,
        preview: "Preview",
        name: str,
        first: Sequence[str],
        units: dict[str, str],
        labels: dict[str, str],
    ) -> None:
        self.model.show_source(FirstRows(preview.layout.columns, preview.rows), first, units, labels)
        self.grid.show_top()
        self.grid.fit_columns(self.model.rows(0, 50))
        self.title.setText(name)
        self.size_label.setText("reading …")
        self.notes.clear()
        self.classes.show_counts({})
        self._stack.setCurrentIndex(2)

    def _show_table(
        self,
        table: "Table",
        opened: Opened,
        first: Sequence[str],
        units: dict[str, str],
        labels: dict[str, str],
    ) -> None:
        self._table, self._shown = table, opened
        self.model.show_source(table, first, units, labels, table.numeric)
        self.grid.show_top()
        self.size_label.setText(f"{opened.row_count:,} × {len(opened.columns):,}")
        self.notes.setText(f"⚠ {len(opened.notes)} {'note' if len(opened.notes) == 1 else 'notes'}")
        self.notes.setToolTip(tip("\n".join(opened.notes)))
        self.notes.setAccessibleDescription(" ".join(opened.notes))
        self.notes.setVisible(bool(opened.notes))
        self.classes.show_counts(opened.counts)
        self._stack.setCurrentIndex(2)
        self.opened.emit(opened)

    def _table_page(self) -> QWidget:
        frame = QFrame(self)
        frame.setProperty("panel", True)
        head = QHBoxLayout()
        head.setContentsMargins(8, 8, 8, 4)
        head.setSpacing(16)
        head.addWidget(self.title)
        head.addWidget(self.size_label)
        head.addWidget(self.notes)
        head.addStretch(1)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.classes)
        return frame


def _first_rows(path: Path) -> "tuple[Preview, dict[str, str], dict[str, str]]":
    from exoplanet_desktop.catalogs.reading import preview

    seen = preview(path)
    return seen, dict(seen.layout.units), dict(seen.layout.labels)


def _read(path: Path, count_classes: bool, report: "Report", should_stop: "ShouldStop") -> "tuple[Table, Opened]":
    """Read the whole file and what is told about it."""
    from exoplanet_desktop.catalogs.satellites import SATELLITES, recognise
    from exoplanet_desktop.catalogs.table import Table

    table = Table.open(path, report=report, should_stop=should_stop)
    satellite = recognise(table.columns)
    info = SATELLITES[satellite] if satellite else None
    counts: dict[str, int] = {}
    if count_classes and info is not None and info.label in table.columns:
        for text, count in table.counts(info.label).items():
            label = str(info.disposition(text) or "")
            counts[label] = counts.get(label, 0) + count
    opened = Opened(path, tuple(table.columns), table.row_count, satellite, counts, tuple(_notes(table)))
    _ = table.numeric  # found here, off the GUI thread; the view asks for it next
    return table, opened


def _notes(table: "Table") -> list[str]:
    notes = list(table.layout.notes)
    if table.bad_count:
        told = "; ".join(f"line {bad.line}: {bad.reason}" for bad in table.bad_lines[:MOST_BAD_LINES_TOLD])
        more = table.bad_count - MOST_BAD_LINES_TOLD
        rest = f"; and {more:,} more" if more > 0 else ""
        notes.append(f"{table.bad_count:,} lines could not be read and are left out ({told}{rest}).")
    return notes

"""One catalog on screen, in four states: empty, loading, failed (empty again, and told), shown."""

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from exoplanet_desktop.catalogs.database import ROOMY_MB
from exoplanet_desktop.errors import AppError, Cancelled
from exoplanet_desktop.gui.notices import Notices
from exoplanet_desktop.gui.tables.opening import Opened, first_rows, read
from exoplanet_desktop.gui.tables.pane import TablePane
from exoplanet_desktop.gui.widgets.busy import BusyPage
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.workers.calls import Workers

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.table import Table


class CatalogView(QWidget):
    """Signals:
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
        self.failure = ""
        self.memory_mb = ROOMY_MB  # what reading may take
        self.empty = empty
        self.busy = BusyPage(self)
        self.pane = TablePane(workers, notices, self)
        self.model, self.grid = self.pane.model, self.pane.grid
        self.busy.cancelled.connect(self._stop_reading)
        self._read_so_far.connect(self._show_share)
        self._stack = QStackedWidget(self)
        for page in (self.empty, self.busy, self.pane):
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
        stop, self.failure = self._stop, ""
        self.show_busy(f"Opening {name or path.name} …", cancellable=True)
        try:
            preview = await self._workers.call(first_rows, path)
            if request == self._request:
                self.pane.show_preview(preview, name or path.name, first)
                self._stack.setCurrentWidget(self.pane)
            report = partial(self._tell_share, request)
            table, opened = await self._workers.call(
                read, path, self._count_classes, self.memory_mb, report, stop.is_set
            )
        except AppError as error:
            if request == self._request:
                self.failure = "Reading was cancelled." if isinstance(error, Cancelled) else str(error)
                self.clear()
            raise
        if request != self._request:
            await self._workers.call(table.close)
            raise Cancelled("Another file is shown meanwhile.")
        self._table, self._shown = table, opened
        self.pane.show_table(table, opened, first)
        self._stack.setCurrentWidget(self.pane)
        self.opened.emit(opened)
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
        self._stack.setCurrentWidget(self.pane if self._shown else self.empty)

    def close_table(self) -> None:
        """Give the table's temporary files back; it must not be read any more."""
        self._stop.set()
        self._shown = None
        if self._table is not None:
            self.pane.drop_table()
            self._workers.call(self._table.close)
            self._table = None

    def _tell_share(self, request: int, share: float, _stage: str) -> None:
        """Called in a worker."""
        self._read_so_far.emit(request, share)

    @Slot(int, float)
    def _show_share(self, request: int, share: float) -> None:
        if request == self._request and self._shown is None:
            self.pane.show_share(share)

    @Slot()
    def _stop_reading(self) -> None:
        self._stop.set()

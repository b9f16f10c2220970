"""One catalog on screen, in four states: empty, loading, failed (empty again, with a message), shown."""

import threading
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from exoplanet_desktop.catalogs.facts.satellites import recognise
from exoplanet_desktop.errors import AppError, Cancelled
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.memory import TableMemory
from exoplanet_desktop.gui.tables.opening import Opened, first_rows, forget_header, read
from exoplanet_desktop.gui.widgets.busy import BusyPage
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.notices import NoticeAction, Notices
from exoplanet_desktop.gui.widgets.row import in_order, inside
from exoplanet_desktop.wire.vocabulary import Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.base.stamp import FileStamp
    from exoplanet_desktop.catalogs.tables.table import Table
    from exoplanet_desktop.gui.tables.grid import Grid
    from exoplanet_desktop.gui.tables.model import TableModel
    from exoplanet_desktop.gui.tables.pane import TablePane
    from exoplanet_desktop.wire.reading_options import ReadingOptions


class CatalogView(QWidget):
    """Signals:
    opened: an Opened, when the whole table is loaded.
    closed: nothing is shown any more, or the file could not be read.
    selected: the displayed rows or their order changed.
    furnished: the pane exists; it is built when first needed.
    """

    opened = Signal(object)
    closed = Signal()
    selected = Signal()
    furnished = Signal()
    _read_so_far = Signal(int, float)

    def __init__(
        self,
        workers: Workers,
        notices: Notices,
        memory: TableMemory,
        empty: EmptyPage,
        result: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`result`: the table shows predictions, in a new file each time: the rows of each class are not
        counted below the table, and all results share one remembered look.
        """
        super().__init__(parent)
        self._workers, self._notices, self._memory, self._result = workers, notices, memory, result
        self._path: Path | None = None
        self._name = ""
        self._first: tuple[str, ...] = ()
        self._keep_partial = threading.Event()
        self._table: Table | None = None
        self._shown: Opened | None = None
        self.stamp: FileStamp | None = None  # of the file on screen
        self._change_told = False
        self.reading: ReadingOptions | None = None  # the user's reading options for the file on screen
        self._stop = threading.Event()
        self._request = 0
        self.failure = ""
        self.memory_mb: int | None = None  # memory limit for reading, if set
        self.empty = empty
        self.busy = BusyPage(self)
        self.busy.cancelled.connect(self._stop_reading)
        self._read_so_far.connect(self._show_share)
        self.failed = EmptyPage(
            tr("This file cannot be shown"), "", (tr("Read as…"), tr("Names and labels…"), tr("Try again"))
        )
        self.failed.buttons[0].setToolTip(tr("Choose how the file is read: its delimiter, encoding and header"))
        self.failed.chosen.connect(self._after_failure)
        self._stack = QStackedWidget(self)
        for page in (self.empty, self.busy, self.failed):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    @cached_property
    def pane(self) -> "TablePane":
        """The table with its tools."""
        from exoplanet_desktop.gui.tables.pane import TablePane

        pane = TablePane(self._workers, self._notices, self)
        pane.stop_wanted.connect(self._keep_what_is_read)
        pane.heading.names.setVisible(not self._result)  # a result has its final names already
        pane.reading_wanted.connect(self.ask_reading)
        pane.names_wanted.connect(self.ask_names)
        pane.look_changed.connect(self._keep_look)
        pane.queries.selected.connect(self.selected)
        self._stack.addWidget(pane)
        in_order(self.busy.cancel, *inside(pane))
        self.furnished.emit()
        return pane

    @property
    def model(self) -> "TableModel":
        return self.pane.model

    @property
    def grid(self) -> "Grid":
        return self.pane.grid

    @property
    def shown(self) -> "Opened | None":
        """The catalog on screen, once it is completely read."""
        return self._shown

    async def open(self, path: Path, name: str = "", first: Sequence[str] = ()) -> "Opened":
        """Show a file: its first rows at once, then the whole table. Raises AppError, and is then empty.

        Args:
            path: the CSV.
            name: its title, if not its file name.
            first: columns to put at the left.
        """

        self._notices.withdraw(self.failure)  # of the previous file, whose page is closing
        self.close_table()
        self._request += 1
        self._path, self._name, self._first = path, name, tuple(first)
        request, self._stop, self._keep_partial = self._request, threading.Event(), threading.Event()
        stop, keep, self.failure, self._change_told = self._stop, self._keep_partial, "", False
        self.show_busy(tr("Opening {file} …", file=name or path.name), cancellable=True)
        try:
            choice = await self._memory.choice(path)
            pane = self.pane  # built now, so that the first rows need not wait for it
            preview, stamp, recalled = await self._workers.call(first_rows, path, choice, self._memory.store)
            if recalled is not None and request == self._request:
                choice = recalled
                self._memory.keep_choice(path, choice)
                self._tell_recalled(preview.layout.path.name)
            kept = await self._memory.find(path, self._group(preview.layout.columns))
            if request == self._request:
                pane.show_preview(preview, name or path.name, first, kept.look, stamp.mark[2] if stamp.mark else 0)
                self._stack.setCurrentWidget(pane)
            report = partial(self._tell_share, request)
            table, opened = await self._workers.call(
                read, path, choice, not self._result, self.memory_mb, report, stop.is_set, keep.is_set
            )
        except AppError as error:
            if request == self._request:
                self._fail(error)
            raise
        if request != self._request:
            await self._workers.call(table.close)
            raise Cancelled(tr("Another file has been opened since."))
        self._table, self._shown, self.stamp, self.reading = table, opened, stamp, choice
        pane.show_table(table, opened, first, kept)
        self._stack.setCurrentWidget(pane)
        self.opened.emit(opened)
        return opened

    def show_busy(self, text: str, cancellable: bool = False) -> None:
        self.busy.start(text, cancellable)
        self._stack.setCurrentWidget(self.busy)

    def clear(self, failure: str = "") -> None:
        """Show the empty page; `failure` says why nothing can be shown."""
        self.failure = failure
        self.close_table()
        self._request += 1
        self._stack.setCurrentWidget(self.empty)
        self.closed.emit()

    def _fail(self, error: AppError) -> None:
        """Say why nothing can be shown, and offer possible remedies."""
        cancelled = isinstance(error, Cancelled)
        self.clear(tr("Reading was cancelled.") if cancelled else str(error))
        if not cancelled and not self._result:
            self.failed.say(str(error))
            self._stack.setCurrentWidget(self.failed)

    @Slot(int)
    def _after_failure(self, button: int) -> None:
        if button == 0:
            self.ask_reading()
        elif button == 1:
            self.ask_names()
        else:
            self.read_again()

    def _tell_recalled(self, file: str) -> None:
        words = tr("{file} is read with the choices you saved for files with these column names.", file=file)
        self._notices.information(words, NoticeAction(tr("Discard them"), self.forget_choice))

    @aio.slot()
    async def forget_choice(self) -> None:
        """Detect how to read the file again, also for all others with the same column names."""

        if (path := self._path) is not None:
            await self._workers.call(forget_header, path, self._memory.store)
            await self._read_as(None)

    async def has_changed(self) -> bool:
        """Whether the file on disk differs from the one on screen."""
        if self._shown is None or (stamp := self.stamp) is None:
            return False
        return await self._workers.call(stamp.changed) and self.stamp is stamp

    @aio.slot()
    async def look_for_changes(self) -> None:
        """Report if the file on disk has changed since it was read."""
        if not self._result and not self._change_told and await self.has_changed():
            self._change_told = True
            self.tell_change()

    def tell_change(self) -> None:
        """Say that the file on disk differs from the one on screen, and offer to read it again."""
        file = self._path.name if self._path else ""
        words = tr("{file} has changed on disk since it was opened. The table shows its old contents.", file=file)
        self._notices.information(words, NoticeAction(tr("Read again"), self.read_again))

    @aio.slot()
    async def read_again(self) -> None:
        """Open the same file once more."""
        if self._path is not None:
            await self.open(self._path, self._name, self._first)

    def back(self) -> None:
        """After `show_busy`: restore the previous display."""
        self._stack.setCurrentWidget(self.pane if self._shown else self.empty)

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    @aio.slot()
    async def ask_reading(self) -> None:
        """Ask how to read the file, and read it again; also works if it could not be read at all."""
        if (path := self._path) is not None:
            from exoplanet_desktop.gui.tables.reading import ReadingDialog

            dialog = ReadingDialog(self._workers, path, await self._memory.choice(path), self)
            dialog.chosen.connect(self._read_again)
            dialog.open()

    @aio.slot()
    async def ask_names(self) -> None:
        """Ask what the columns and dispositions of the file mean, and read it again."""
        if (path := self._path) is not None:
            from exoplanet_desktop.gui.tables.naming import NamesDialog

            given = await self._memory.choice(path)
            dialog = NamesDialog(self._workers, path, given, self._memory.store, self._satellite, self)
            dialog.chosen.connect(self._read_again)
            dialog.open()

    @property
    def _satellite(self) -> "Satellite | None":
        return self._shown.satellite if self._shown else None

    @aio.slot(object)
    async def _read_again(self, choice: "ReadingOptions | None") -> None:
        await self._read_as(choice)

    async def _read_as(self, choice: "ReadingOptions | None") -> None:
        if self._path is not None:
            self._memory.keep_choice(self._path, choice)
            await self.open(self._path, self._name, self._first)

    def close_table(self) -> None:
        """Release the table's temporary files; the table must not be read any more."""
        self._stop.set()
        self._shown = self.stamp = self.reading = None
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

    @Slot()
    def _keep_what_is_read(self) -> None:
        """Stop, and show the rows that were read by now."""
        self._keep_partial.set()
        self._stop.set()

    @Slot()
    def _keep_look(self) -> None:
        if self._shown is not None:
            file = None if self._result else self._path
            self._memory.keep(file, self._group(self._shown.columns), self.pane.kept())

    def _group(self, columns: Sequence[str]) -> str:
        """Tables that share one look: those of one satellite, catalogs and results separately."""
        satellite = recognise(columns)
        return f"{'result' if self._result else 'catalog'} {satellite}" if satellite else ""

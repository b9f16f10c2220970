"""The Merge tab: merge two catalogs, look at the merged ones, train on one of them."""

import contextlib
import threading
import uuid
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.catalogs.satellites import SATELLITES, check_for_training
from exoplanet_desktop.errors import AppError, MissingColumns, NoAnswer
from exoplanet_desktop.gui import aio
from exoplanet_desktop.gui.merge.files import MergedFiles
from exoplanet_desktop.gui.progress.run import TrainingRun
from exoplanet_desktop.gui.services import Services
from exoplanet_desktop.gui.session import State
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.text import tr
from exoplanet_desktop.gui.widgets.column import GoButton, column, skeleton
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.files import ask_target
from exoplanet_desktop.gui.widgets.options import TrainingOptions, choose, chosen
from exoplanet_desktop.gui.widgets.picker import CatalogPicker
from exoplanet_desktop.gui.widgets.transfer import TransferBar
from exoplanet_desktop.gui.widgets.words import Words
from exoplanet_desktop.gui.workers.pacing import Pacing
from exoplanet_desktop.wire.vocabulary import Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import MergedFile, MergeReply

EMPTY_TEXT = (
    "Merge two catalogs at the left: the rows of A, then those of B, with all their columns. "
    "Then choose a merged file and Use it, to look at it and to train on it."
)


class MergeTab(QWidget):
    """Signals:
    merged: the MergeReply of a merge that is done.
    training_ended: the TrainingRun that is over.
    """

    merged = Signal(object)
    training_ended = Signal(object)
    _progress = Signal(object, str)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._used: MergedFile | None = None
        self._connection = services.session.connection
        self._merging: threading.Event | None = None
        self._fetching: threading.Event | None = None
        self.files = MergedFiles()
        self.use_button = QPushButton("&Use")
        self.save_button = QPushButton("Save…")
        self.delete_button = QPushButton("Delete")
        self.refresh_button = QPushButton("Refresh")
        self.picker_a = CatalogPicker("Catalog &A")
        self.picker_b = CatalogPicker("Catalog &B")
        self.dedupe = QCheckBox("&Drop rows that are exact duplicates")
        self.dedupe.setChecked(True)
        self.name = QLineEdit()
        self.name.setPlaceholderText("from the names of A and B")
        self.name.setAccessibleName("Name of the merged file")
        self.transfer = TransferBar()
        self.go = GoButton("&Merge")
        empty = EmptyPage("Merge catalogs", EMPTY_TEXT, ("Choose catalog A…", "Try two simulated samples"))
        self.view = CatalogView(services.workers, services.notices, empty)
        self.options = TrainingOptions(slim=True)
        self.train_button = QPushButton("&Train")
        self.train_button.setProperty("primary", True)
        self.train_reason = Words("", "muted")
        self._lay_out()
        empty.chosen.connect(self._fill)
        for picker in (self.picker_a, self.picker_b):
            picker.changed.connect(self.settle)
        self.files.chosen.connect(self.use)
        self.files.currentItemChanged.connect(self.settle)
        self.use_button.clicked.connect(self.use)
        self.save_button.clicked.connect(self.ask_target)
        self.delete_button.clicked.connect(self.ask_delete)
        self.refresh_button.clicked.connect(self.refresh)
        self.go.button.clicked.connect(self.merge)
        self.train_button.clicked.connect(self.train)
        self.options.satellite.currentIndexChanged.connect(self.settle)
        self.view.opened.connect(self.settle)
        self.view.closed.connect(self.settle)
        self.view.busy.cancelled.connect(self._stop)
        self._progress.connect(self.view.busy.show_progress)
        services.session.changed.connect(self._follow_session)
        self.settle()

    @property
    def is_busy(self) -> bool:
        """Whether a merge is under way."""
        return self._merging is not None

    def leave(self) -> None:
        """The window closes: nothing here waits any longer."""
        self._stop()
        self.transfer.cancel()

    def tell(self, error: AppError) -> None:
        self._services.notices.failure(error)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Take files that were chosen or dropped: A first, then B."""
        if len(paths) > 1:
            self.picker_a.set_paths(paths[:1])
            self.picker_b.set_paths(paths[1:2])
        else:
            (self.picker_b if self.picker_a.paths else self.picker_a).set_paths(paths)

    def choose(self) -> None:
        (self.picker_b if self.picker_a.paths else self.picker_a).ask()

    def start(self) -> None:
        """What Ctrl+Return does: train on the file in use, else merge."""
        if self.train_button.isEnabled() and self.bar.isVisible():
            self.train()
        elif self.go.button.isEnabled():
            self.merge()

    @aio.slot()
    async def merge(self) -> None:
        a, b = self.picker_a.path, self.picker_b.path
        if a is None or b is None or self._merging is not None:
            return
        backend, connection = self._services.session.backend(), self._services.session.connection
        assert connection is not None  # session.backend() raises without one
        self._merging = stop = threading.Event()
        self.settle()
        self.view.show_busy("Merging …", cancellable=True)
        try:
            dedupe, name = self.dedupe.isChecked(), self.name.text().strip() or None
            asked, journal = {"dedupe": dedupe, "output_name": name}, self._services.runs.journal
            async with journal.entry("merge", f"Merge · {a.name} + {b.name}", asked, (a, b), connection) as entry:
                reply: MergeReply = await self._services.workers.call(
                    backend.merge,
                    a,
                    b,
                    dedupe=dedupe,
                    output_name=name,
                    progress=Pacing(tr("Sending"), self._progress.emit, tr("The backend merges …")),
                    should_stop=stop.is_set,
                )
                await entry.done(reply)
        finally:
            self._merging = None
            self.view.back()
            self.settle()
        await self._list()
        self.files.select(reply.merged_filename)
        self._services.notices.information(_told(reply))
        self.name.clear()
        self.merged.emit(reply)

    @aio.slot()
    async def use(self) -> None:
        """Fetch the chosen file and show it with the options to train."""
        if (file := self.files.current) is None or self._fetching is not None:
            return
        backend = self._services.session.backend()
        target = self._services.scratch / f"merged-{uuid.uuid4().hex}.csv"
        self._fetching = stop = threading.Event()
        self.view.show_busy(tr("Fetching {file} …", file=file.filename), cancellable=True)
        fetching = Pacing(tr("Fetching {file}:", file=file.filename), self._progress.emit)
        try:
            await self._services.workers.call(backend.download, file.url, target, fetching, stop.is_set)
        except AppError:
            self.view.back()
            raise
        finally:
            self._fetching = None
        self._used = file
        opened = await self.view.open(target, file.filename)
        if opened.satellite is not None:
            choose(self.options.satellite, opened.satellite)
        self.settle()

    @aio.slot()
    async def train(self) -> None:
        run: TrainingRun = self._services.runs.begin(self.options.request(merged=self._used))
        await run.work()
        self.training_ended.emit(run)

    @aio.slot()
    async def refresh(self) -> None:
        with contextlib.suppress(NoAnswer):  # it is gone, and the session says so
            await self._list()

    @aio.slot(object, str)
    async def save(self, file: "MergedFile", target: str) -> None:
        """Download a merged file to a place of the user's."""
        backend = self._services.session.backend()
        saving = partial(backend.download, file.url, Path(target))
        self.save_button.setEnabled(False)
        try:
            await self.transfer.run(self._services.workers, tr("Saving {file}:", file=file.filename), saving)
        finally:
            self.settle()
        self._services.notices.information(tr("{file} is saved in {place}.", file=file.filename, place=target))

    @aio.slot(object)
    async def delete(self, file: "MergedFile") -> None:
        """Delete a merged file on the backend."""
        backend = self._services.session.backend()
        await self._services.workers.call(backend.delete_merged, file.filename)
        if self._used is not None and self._used.filename == file.filename:
            self._used = None
            self.view.clear()
        await self._list()

    @Slot()
    def ask_target(self) -> None:
        if (file := self.files.current) is None:
            return
        # The name comes from a server: no folder of it is followed.
        name = Path(file.filename.replace("\\", "/")).name
        ask_target(self, "Save the merged file", name, partial(self.save, file))

    @Slot()
    def ask_delete(self) -> None:
        """Deleting cannot be undone on a backend, so it is asked for."""
        if (file := self.files.current) is None:
            return
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Delete the merged file?",
            f"{file.filename} is deleted on the backend for good.",
            QMessageBox.StandardButton.Cancel,
            self,
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        delete = box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        delete.clicked.connect(partial(self.delete, file))
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    @aio.slot()
    async def use_samples(self) -> None:
        """Two simulated catalogs that share some rows."""
        self.view.show_busy("Simulating two catalogs …")
        try:
            satellite = chosen(self.options.satellite, Satellite)
            first, second = await self._services.two_samples(satellite)
        finally:
            self.view.back()
        self.open_files([first, second])

    @Slot()
    def settle(self) -> None:
        """Say why nothing can be merged or trained on, where that is so."""
        session = self._services.session
        there = self.files.current is not None
        self.use_button.setEnabled(there)
        self.save_button.setEnabled(there and not self.transfer.is_busy)
        self.delete_button.setEnabled(there)
        self.delete_button.setVisible(session.has("merge-delete"))
        self.go.settle(self._merge_reason())
        self.options.offer_extensions(session.has("features"), session.has("balance"))
        self.bar.setVisible(self._used is not None and self.view.shown is not None)
        reason = self._train_reason()
        self.train_button.setEnabled(not reason)
        self.train_reason.setText(reason)
        self.train_reason.setVisible(bool(reason))

    def _merge_reason(self) -> str:
        session = self._services.session
        if self._merging is not None:
            return "A merge is under way."
        if self.picker_a.path is None or self.picker_b.path is None:
            return "Choose two catalogs first."
        if session.state is not State.READY:
            return f"{session.title}: {session.state.value}."
        return ""

    def _train_reason(self) -> str:
        session, shown = self._services.session, self.view.shown
        if shown is None or session.state is not State.READY:
            return f"{session.title}: {session.state.value}." if shown else "The file is being read."
        try:
            check_for_training(shown.columns, SATELLITES[chosen(self.options.satellite, Satellite)])
        except MissingColumns as error:
            return str(error)
        return ""

    async def _list(self) -> None:
        backend, connection = self._services.session.backend(), self._connection
        listed = await self._services.workers.call(backend.merged)
        if connection is self._connection:
            self.files.show_files(listed.files)
            self.settle()

    @Slot()
    def _follow_session(self) -> None:
        """Another backend has other files: what is listed and in use here belongs to the one before."""
        session = self._services.session
        if session.connection is not self._connection:
            self._connection = session.connection
            self.files.show_files([])
            if self._used is not None:
                self._used = None
                self.view.clear()
        self.settle()
        if session.state is State.READY:
            self.refresh()

    @Slot()
    def _stop(self) -> None:
        """Stop the merge or the fetching of a file that is under way."""
        for stop in (self._merging, self._fetching):
            if stop is not None:
                stop.set()

    @Slot(int)
    def _fill(self, button: int) -> None:
        if button == 0:
            self.picker_a.ask()
        else:
            self.use_samples()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.use_button, self.save_button, self.delete_button, self.refresh_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        listing = QWidget()
        upper = QVBoxLayout(listing)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(8)
        upper.addWidget(self.files)
        upper.addLayout(buttons)
        upper.addWidget(self.transfer)
        form = QWidget()
        lower = QFormLayout(form)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.setSpacing(8)
        lower.addRow(self.picker_a)
        lower.addRow(self.picker_b)
        lower.addRow(self.dedupe)
        lower.addRow("&Name", self.name)
        self.bar = QWidget()
        line = QHBoxLayout(self.bar)
        line.setContentsMargins(0, 0, 0, 8)
        line.setSpacing(16)
        line.addWidget(self.options, 1)
        line.addWidget(self.train_reason)
        line.addWidget(self.train_button)
        right = QWidget()
        stack = QVBoxLayout(right)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        stack.addWidget(self.bar)
        stack.addWidget(self.view, 1)
        self.splitter = skeleton("merge", column((listing, form, self.go)), right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)


def _told(reply: "MergeReply") -> str:
    """What came of a merge, in words: rows, duplicates, and what the engine notes."""
    parts = [f"{reply.merged_filename} has {reply.merged_rows:,} rows"]
    if reply.rows_each and len(reply.rows_each) == 2:
        parts[0] += f", from {reply.rows_each[0]:,} of A and {reply.rows_each[1]:,} of B"
    if reply.duplicates:
        parts[0] += f", less {reply.duplicates:,} duplicates"
    parts += [note.rstrip(".") for note in reply.notes or ()]
    return ". ".join(parts) + "."

"""The Merge tab: merge catalogs, view the merged files, train on one of them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from exoplanet_desktop.client.jobs.merges import MergeTask
from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.merge import words
from exoplanet_desktop.gui.merge.form import MergeForm
from exoplanet_desktop.gui.merge.listing import Listing
from exoplanet_desktop.gui.merge.local import LocalFiles
from exoplanet_desktop.gui.merge.previews import PreviewPage
from exoplanet_desktop.gui.merge.request import Merger
from exoplanet_desktop.gui.merge.using import UsePage
from exoplanet_desktop.gui.runs.kept import KeptRun
from exoplanet_desktop.gui.runs.run_state import RunSnapshot
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.tables.reading import ReadingDialog
from exoplanet_desktop.gui.widgets.column import GoButton, column, skeleton
from exoplanet_desktop.gui.widgets.options import chosen
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Satellite


class MergeTab(QWidget):
    """Signals:
    merged: the MergeReply of a finished merge.
    training_ended: the TrainingRun that has ended.
    """

    merged = Signal(object)
    training_ended = Signal(object)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._merger: Merger | None = None
        self._local = LocalFiles(services.folder / "merged")
        self.listing = Listing(services, self._local)
        self.files, self.use_button = self.listing.files, self.listing.use_button
        self.form = MergeForm()
        self.go = GoButton(tr("&Merge"))
        self.preview = PreviewPage(services)
        self.using = UsePage(services)
        self.view = self.using.view
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.preview, tr("Preview"))
        self.tabs.addTab(self.using, tr("Merged file"))
        self.splitter = skeleton("merge", column((self.listing, self.form, self.go)), self.tabs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self.form.changed.connect(self._look)
        self.form.reading_button.clicked.connect(self.ask_reading)
        self.preview.columns_known.connect(self.form.offer_identifiers)
        self.preview.chosen.connect(self._fill)
        self.preview.busy.cancelled.connect(self.cancel)
        self.listing.used.connect(self.use)
        self.listing.deleted.connect(self.using.forget)
        self.listing.left.connect(lambda: self.using.forget())
        self.using.training_ended.connect(self.training_ended)
        self.go.button.clicked.connect(self.merge)
        services.session.changed.connect(self.update_enabled)
        self.update_enabled()

    @property
    def is_busy(self) -> bool:
        """Whether a merge is running."""
        return self._merger is not None

    def leave(self) -> None:
        """The window is closing: cancel whatever is waiting here."""
        if self._merger is not None:
            self._merger.leave()
        self.preview.stop()
        self.using.stop()
        self.listing.transfer.cancel()

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Take chosen or dropped files: several replace the current ones, a single one is added."""
        self.tabs.setCurrentWidget(self.preview)
        self.form.add(paths)

    def choose(self) -> None:
        self.form.picker.ask_more()

    def ask_target(self) -> None:
        """The save command: ask where to save the current merged file."""
        self.listing.ask_target()

    def start(self) -> None:
        """The command for Ctrl+Return: train on the file in use, otherwise merge."""
        if self.tabs.currentWidget() is self.using and self.using.can_train:
            self.using.train()
        elif self.go.button.isEnabled():
            self.merge()

    @aio.slot()
    async def merge(self) -> None:
        request, session = self._request(), self._services.session
        if request is None or self._merger is not None:
            return
        session.backend()
        connection = session.connection
        assert connection is not None  # session.backend() raises without one
        folder = self._local.folder
        self._merger = merger = Merger(self._services, connection, session.has("cancel"), request, folder)
        merger.changed.connect(self._show_progress)
        self.update_enabled()
        self.tabs.setCurrentWidget(self.preview)
        self.preview.show_busy(tr("Merging …"))
        try:
            done = await merger.work()
        finally:
            self._merger = None
            self.preview.back()
            self.update_enabled()
        if not done.reply.merged_url:
            self._local.know(done.reply.merged_filename, done.reply.merged_rows)
        await self.listing.load(done.reply.merged_filename)
        self._services.notices.information(words.merged(done.reply, done.who))
        self.form.name.clear()
        self.merged.emit(done.reply)

    @Slot(object)
    def _show_progress(self, run: RunSnapshot) -> None:
        if not run.is_over:
            self.preview.busy.show_progress(run.share, run.words)

    @aio.slot()
    async def cancel(self) -> None:
        if self._merger is not None:
            await self._merger.cancel()

    @aio.slot()
    async def use(self) -> None:
        """Show the current file with the options to train."""
        if (file := self.files.current) is not None:
            self.tabs.setCurrentWidget(self.using)
            await self.using.use(file)

    @aio.slot(object)
    async def show_kept(self, kept: KeptRun) -> None:
        """Show the file of a recorded merge, which stays on the backend or in the folder of merged files."""
        await self.listing.load(kept.merged_file)
        if kept.merged_file not in self.files.names():
            raise InputError(
                tr(
                    "{file} is no longer on this backend or on this machine. Choose the backend that merged it, or "
                    "merge again.",
                    file=kept.merged_file,
                )
            )
        await self.use()

    @aio.slot()
    async def use_samples(self) -> None:
        """Two simulated catalogs with some rows in common."""
        self.preview.show_busy(tr("Simulating two catalogs …"))
        try:
            satellite = chosen(self.using.options.satellite, Satellite)
            first, second = await self._services.two_samples(satellite)
        finally:
            self.preview.back()
        self.open_files([first, second])

    @Slot()
    def update_enabled(self) -> None:
        """Say why merging is not possible, if that is so."""
        self.go.update_enabled(self._reason())
        self.using.update_enabled()

    def _reason(self) -> str:
        session = self._services.session
        if self._merger is not None:
            return tr("A merge is under way.")
        if len(self.form.picker.paths) < 2:
            return tr("Choose two catalogs or more first.")
        if session.state is not State.READY:
            return tr("{backend}: {state}.", backend=session.title, state=session.state.words)
        return ""

    @aio.slot()
    async def _look(self) -> None:
        for path in self.form.picker.paths:
            await self._services.tables.choice(path)  # available without waiting from now on
        self.preview.look_at(self._request())
        self.update_enabled()

    def _request(self) -> "MergeTask | None":
        """The merge in the form, with the reading options of its files, as previewed."""
        request, tables = self.form.request(), self._services.tables
        if request is None:
            return None
        request = replace(request, readings=tuple(tables.choice_now(path) for path in request.paths))
        return replace(request, stamps=self.preview.stamps_of(request))

    @aio.slot()
    async def ask_reading(self) -> None:
        """Ask how to read the current file of the list."""

        if (path := self.form.picker.current) is not None:
            given = await self._services.tables.choice(path)
            dialog = ReadingDialog(self._services.workers, path, given, self)
            dialog.chosen.connect(partial(self._read_as, path))
            dialog.open()

    def _read_as(self, path: Path, choice: "ReadingOptions | None") -> None:
        self._services.tables.keep_choice(path, choice)
        self._look()

    @Slot(int)
    def _fill(self, button: int) -> None:
        if button == 0:
            self.choose()
        else:
            self.use_samples()

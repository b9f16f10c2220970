"""The preview of the merge described by the form, made off the GUI thread."""

import threading
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from exoplanet_desktop.catalogs.base.stamp import FileStamp
from exoplanet_desktop.catalogs.merging.preview import MergePreview, preview_merge
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.client.jobs.merges import MergeTask
from exoplanet_desktop.errors import AppError, Cancelled, InputError, UnreadableFile
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.merge.preview import PreviewPane
from exoplanet_desktop.gui.merge.words import EMPTY_TEXT
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.widgets.busy import BusyPage
from exoplanet_desktop.gui.widgets.empty import EmptyPage

AFTER_MS = 250  # several changes in a row, such as sorting a list, count as one


class PreviewPage(QWidget):
    """Signals:
    shown: the MergePreview now on screen.
    columns_known: the columns that all catalogs have.
    chosen: number of the button of the empty page that was clicked.
    """

    shown = Signal(object)
    columns_known = Signal(object)
    chosen = Signal(int)
    _progress = Signal(int, float, str)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._request: MergeTask | None = None
        self._stop = threading.Event()
        self._number = 0
        self._working = False
        self.preview: MergePreview | None = None
        self._stamps: tuple[FileStamp | None, ...] = ()
        self.empty = EmptyPage(
            tr("Merge catalogs"), tr(EMPTY_TEXT), (tr("Add catalogs…"), tr("Try two simulated samples"))
        )
        self.failed = EmptyPage(tr("These catalogs cannot be merged this way"), "")
        self.busy = BusyPage()
        self.pane = PreviewPane()
        self._stack = QStackedWidget(self)
        for page in (self.empty, self.failed, self.busy, self.pane):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._timer = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._timer.timeout.connect(self._make)
        self._progress.connect(self._show_progress)
        self.empty.chosen.connect(self.chosen)
        self.busy.cancelled.connect(self.stop)

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    def look_at(self, request: "MergeTask | None") -> None:
        """Show the result of a merge; the empty page for none."""
        if request is not None:
            request = replace(request, stamps=())
        if request == self._request and self.preview is not None:
            return
        self.stop()
        self._request, self.preview = request, None
        if request is None:
            self._show(self.empty)
        else:
            self._timer.start()

    def stamps_of(self, request: "MergeTask") -> "tuple[FileStamp | None, ...]":
        """For the files as previewed; none if the preview is of other files."""
        return self._stamps if self._request is not None and self._request.paths == request.paths else ()

    def show_busy(self, text: str) -> None:
        """The merge itself is running: a preview would only slow it down."""
        self.stop()
        self._working = True
        self.busy.start(text, cancellable=True)
        self._stack.setCurrentWidget(self.busy)

    def back(self) -> None:
        """After `show_busy`: restore the previous display, or show the preview requested since."""
        self._working = False
        if self.preview is not None:
            self._show(self.pane)
        elif self._request is not None:
            self._timer.start()
        else:
            self._show(self.empty)

    @Slot()
    def stop(self) -> None:
        """Cancel the preview."""
        self._timer.stop()
        self._stop.set()
        self._number += 1

    @aio.slot()
    async def _make(self) -> None:
        if (request := self._request) is None or self._working:
            return
        self._stop = stop = threading.Event()
        self._number += 1
        number = self._number
        self.busy.start(tr("Reading through the catalogs …"), cancellable=True)
        self._show(self.busy)
        try:
            stamps, columns, preview = await self._services.workers.call(self._look, request, number, stop)
        except Cancelled:
            if number + 1 == self._number and not self._working:  # the user's own click, and nothing since
                self._say(
                    tr("The preview was stopped. You can merge without a preview; change the form to start a new one.")
                )
            return
        except AppError as error:
            if number == self._number:
                self._say(str(error))
            return
        if number != self._number:
            return
        self._stamps = stamps
        self.columns_known.emit(columns)
        if isinstance(preview, AppError):
            self._say(str(preview))
            return
        self.preview = preview
        self.pane.show_preview(preview)
        self._show(self.pane)
        self.shown.emit(preview)

    def _look(
        self, request: "MergeTask", number: int, stop: threading.Event
    ) -> "tuple[tuple[FileStamp | None, ...], list[str], MergePreview | AppError]":
        """Runs in a worker. If a rule does not fit, that is a valid result: the remedy may be one of the columns."""

        stamps = tuple(FileStamp.of(path) for path in request.paths)
        columns = _common_columns(request)
        try:
            preview = preview_merge(
                request.paths,
                request.rule,
                identifier=request.identifier,
                **({"choices": request.readings} if any(request.readings) else {}),
                report=lambda share, stage: self._progress.emit(number, share, stage),
                should_stop=stop.is_set,
            )
        except UnreadableFile:
            raise
        except InputError as error:
            return stamps, columns, error
        return stamps, columns, preview

    def _say(self, text: str) -> None:
        self.failed.say(text)
        self._show(self.failed)

    def _show(self, page: QWidget) -> None:
        if not self._working:
            self._stack.setCurrentWidget(page)

    @Slot(int, float, str)
    def _show_progress(self, number: int, share: float, _stage: str) -> None:
        if number == self._number and not self._working:
            self.busy.show_progress(share, tr("Reading through the catalogs …"))


def _common_columns(request: "MergeTask") -> list[str]:

    readings = request.readings or (None,) * len(request.paths)
    first, *others = (sniff(path, reading).columns for path, reading in zip(request.paths, readings, strict=True))
    common = {name.lower() for name in first}.intersection(*({name.lower() for name in names} for names in others))
    return [name for name in first if name.lower() in common]

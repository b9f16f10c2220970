"""The merged file in use: the table, and the compact bar of training options."""

import threading
import uuid

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_training
from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.pacing import Pacing
from exoplanet_desktop.gui.merge.local import LocalMerged
from exoplanet_desktop.gui.merge.words import WAITING_TEXT
from exoplanet_desktop.gui.run_views.training_options import TrainingOptions
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.column import LEAST_LINES, scrolled
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.options import choose, chosen
from exoplanet_desktop.wire.payloads import MergedFile
from exoplanet_desktop.wire.vocabulary import Satellite


class UsePage(QWidget):
    """Signals:
    training_ended: the TrainingRun that has ended.
    """

    training_ended = Signal(object)
    _progress = Signal(object, str)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._fetching: threading.Event | None = None
        self.used: MergedFile | LocalMerged | None = None
        waiting = EmptyPage(tr("No merged file in use"), WAITING_TEXT)
        self.view = CatalogView(services.workers, services.notices, services.tables, waiting)
        self.options = TrainingOptions(slim=True)
        self.train_button = QPushButton(tr("&Train"))
        self.train_button.setProperty("primary", True)
        self.train_reason = PlainLabel("", "muted")
        self.bar = QWidget()
        line = QHBoxLayout(self.bar)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        line.addWidget(self.options, 1)
        line.addWidget(self.train_button, 0, Qt.AlignmentFlag.AlignTop)
        page = QWidget()
        page.setObjectName("page")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.bar)
        layout.addWidget(self.train_reason)
        layout.addWidget(self.view, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(page))
        self._give_room()
        self.train_button.clicked.connect(self.train)
        self.options.changed.connect(self.update_enabled)
        self.view.opened.connect(self.update_enabled)
        self.view.closed.connect(self.update_enabled)
        self.view.busy.cancelled.connect(self.stop)
        self._progress.connect(self.view.busy.show_progress)
        services.runs.listed.connect(self.update_enabled)
        services.runs.ended.connect(self.update_enabled)
        self.update_enabled()

    @property
    def can_train(self) -> bool:
        return not self.bar.isHidden() and self.train_button.isEnabled()

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._give_room()

    def _give_room(self) -> None:
        """Keep some rows of the table visible: with large text in a low window, the page scrolls instead."""
        self.view.setMinimumHeight(LEAST_LINES * self.fontMetrics().lineSpacing())

    async def use(self, file: "MergedFile | LocalMerged") -> None:
        """Show a merged file with the training options. Raises AppError."""
        if self._fetching is not None:
            return
        if isinstance(file, LocalMerged):
            path = file.path
        else:
            backend = self._services.session.backend()
            path = self._services.scratch / f"merged-{uuid.uuid4().hex}.csv"
            self._fetching = stop = threading.Event()
            self.view.show_busy(tr("Fetching {file} …", file=file.filename), cancellable=True)
            fetching = Pacing(tr("Fetching {file}:", file=file.filename), self._progress.emit)
            try:
                await self._services.workers.call(backend.provide, file.url, path, fetching, stop.is_set)
            except AppError:
                self.view.back()
                raise
            finally:
                self._fetching = None
        self.used = file
        opened = await self.view.open(path, file.filename)
        self.options.tell_model_labels(opened.model_labels)
        if opened.satellite is not None:
            choose(self.options.satellite, opened.satellite)
        self.update_enabled()

    def forget(self, filename: str = "") -> None:
        """Stop showing a file: the one with this name, or any."""
        if self.used is not None and filename in ("", self.used.filename):
            self.used = None
            self.view.clear()

    @aio.slot()
    async def train(self) -> None:
        request = self._request()
        if self._services.runs.under_way(request) is not None:
            return  # a second click before the button was disabled
        run: TrainingRun = self._services.runs.begin(request)
        await run.work()
        self.training_ended.emit(run)

    @Slot()
    def stop(self) -> None:
        """Stop the download."""
        if self._fetching is not None:
            self._fetching.set()

    @Slot()
    def update_enabled(self) -> None:
        """Say why training is not possible, if that is so."""
        session = self._services.session
        self.options.offer_extensions(session.has)
        self.bar.setVisible(self.used is not None and self.view.shown is not None)
        reason = self._reason() if self.used is not None else ""
        self.train_button.setEnabled(not reason)
        self.train_reason.setText(reason)
        self.train_reason.setVisible(bool(reason) and not self.bar.isHidden())

    def _request(self) -> TrainTask:
        if isinstance(self.used, LocalMerged):
            return self.options.request(paths=[self.used.path])
        return self.options.request(merged=self.used)

    def _reason(self) -> str:
        session, shown = self._services.session, self.view.shown
        if session.state is not State.READY:
            return tr("{backend}: {state}.", backend=session.title, state=session.state.words)
        if shown is None:
            return tr("The file is being read.")
        try:
            check_for_training(shown.columns, SATELLITES[chosen(self.options.satellite, Satellite)])
        except InputError as error:
            return str(error)
        if self._services.runs.under_way(self._request()) is not None:
            return tr("This training is already running: watch its progress, or change an option.")
        return ""

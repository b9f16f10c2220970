"""The Train tab: choose a catalog, view it, train a classifier."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_training
from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.gui.run_views.several import settle_duplicates
from exoplanet_desktop.gui.run_views.training_options import TrainingOptions
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.tables.choosing_rows import RowsChoice
from exoplanet_desktop.gui.tables.opening import Opened
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.train.rows import RunRows
from exoplanet_desktop.gui.widgets.column import GoButton, column, skeleton
from exoplanet_desktop.gui.widgets.doubt import Doubt
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.options import choose, chosen
from exoplanet_desktop.gui.widgets.picker import CatalogPicker
from exoplanet_desktop.gui.widgets.row import in_order
from exoplanet_desktop.wire.vocabulary import Satellite


class TrainTab(QWidget):
    """Signals:
    training_ended: the TrainingRun that has ended.
    """

    training_ended = Signal(object)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._preparing = services, False
        self._counts: dict[str, int] = {}  # rows per class in the shown catalog
        self.picker = CatalogPicker(tr("C&atalog"), many=True)
        self.options = TrainingOptions()
        self.go = GoButton(tr("&Train"))
        self.all_button = QPushButton(tr("Train a&ll models"))
        self.all_button.setToolTip(tr("Trains the six models one after another, and ranks them"))
        self.several = PlainLabel("", "muted")
        self.several.hide()
        empty = EmptyPage(
            tr("Train a classifier"), _empty_text(), (tr("Choose a catalog…"), tr("Try a simulated sample"))
        )
        self.view = CatalogView(services.workers, services.notices, services.tables, empty)
        self.run_rows = RunRows(self.view, services.workers, services.notices, self.open_files)
        self.rows = RowsChoice(self.view, services.workers)
        self.doubt = Doubt(self.options.satellite)
        self.doubt.settled.connect(self.update_enabled)
        self.doubt.names_wanted.connect(self.view.ask_names)
        self.options.add_row(tr("Row&s"), self.rows)
        parts = (self.picker, self.several, self.doubt, self.options, self.go, self.all_button)
        self.splitter = skeleton("train", column(parts), self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        in_order(self.options.balance, self.options.use_model_labels, self.rows.box, self.go.button)
        empty.chosen.connect(self._fill)
        self.picker.changed.connect(self._count_files)
        self.picker.current_changed.connect(self._look_at)
        self.view.opened.connect(self._recognise)
        self.view.closed.connect(self._close)
        self.options.changed.connect(self.update_enabled)
        self.rows.changed.connect(self.update_enabled)
        services.runs.listed.connect(self.update_enabled)
        services.runs.ended.connect(self.update_enabled)
        services.runs.grouped.connect(self.update_enabled)
        services.runs.group_ended.connect(self.update_enabled)
        self.go.button.clicked.connect(self.train)
        self.all_button.clicked.connect(self.train_all)
        services.session.changed.connect(self.update_enabled)
        self.update_enabled()

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Open files that were chosen or dropped."""
        self.picker.set_paths(paths)

    def choose(self) -> None:
        self.picker.ask()

    def start(self) -> None:
        """The action of Ctrl+Return."""
        if self.go.button.isEnabled():
            self.train()

    @aio.slot()
    async def train(self) -> None:
        if (request := await self._ready_request()) is None:
            return
        run = self._services.runs.begin(request)
        await run.work()
        self.training_ended.emit(run)

    async def _ready_request(self) -> TrainTask | None:
        """The training to start, with the chosen rows as a file; None if something needs the user's attention first."""
        request = self._request()
        if self._preparing or self._services.runs.under_way(request) is not None:
            return None  # second click before the button was disabled
        self._preparing = True
        try:
            self.update_enabled()
            if await self.view.has_changed():
                self.view.tell_change()
                return None
            if request.rows is not None:
                written = await self.rows.write(request.rows, self._services.scratch)
                request = replace(request, rows=written)
            return await settle_duplicates(self, self._services.workers, request)
        finally:
            self._preparing = False
            self.update_enabled()

    @aio.slot()
    async def train_all(self) -> None:
        """Train all models one after another, with the chosen options."""
        if self.all_button.isEnabled() and (request := await self._ready_request()) is not None:
            batch = self._services.runs.begin_all(request)
            await batch.work()

    @aio.slot()
    async def use_sample(self) -> None:
        """Simulate a catalog of the chosen satellite and open it."""
        self.view.show_busy(tr("Simulating a catalog …"))
        try:
            path = await self._services.sample(chosen(self.options.satellite, Satellite))
        except AppError:
            self.view.back()
            raise
        self.picker.set_paths([path])

    @Slot()
    def update_enabled(self) -> None:
        """Enable what the backend in use supports, and say why training is impossible if it is."""
        session = self._services.session
        embedded_or_unknown = session.health is None and session.state is not State.READY
        self.options.offer_extensions(lambda extension: embedded_or_unknown or session.has(extension))
        self.go.update_enabled(self._reason())
        self.go.say(self.rows.note)
        self.all_button.setEnabled(self.go.button.isEnabled() and not self._all_under_way())

    def _reason(self) -> str:
        session = self._services.session
        if not self.picker.paths:
            return tr("Choose a catalog first.")
        if not session.takes_work:
            return tr("{backend}: {state}.", backend=session.title, state=session.state.words)
        shown = self.view.shown
        if shown is None:
            return self.view.failure or tr("The catalog is being read.")
        if why_not := self.rows.why_not or self.doubt.why_not:
            return why_not
        if self._preparing:
            return tr("The catalog is being prepared.")
        satellite = chosen(self.options.satellite, Satellite)
        try:
            check_for_training(shown.columns, SATELLITES[satellite])
        except InputError as error:
            return str(error)
        alone = len(self.picker.paths) == 1
        if alone and self._counts and not any(rows for label, rows in self._counts.items() if label):
            return tr("No row has a known disposition. Specify what the values mean, or choose another catalog.")
        if self._services.runs.under_way(self._request()) is not None:
            return tr("This training is already running: watch its progress, or change an option.")
        return ""

    def _all_under_way(self) -> bool:
        request = self._request()
        return any(replace(batch.request, model=request.model) == request for batch in self._services.runs.groups)

    def _request(self) -> TrainTask:
        paths = self.picker.paths
        readings = [self._services.tables.choice_now(path) for path in paths]
        request = self.options.request(paths=paths, readings=readings, rows=self.rows.described())
        return replace(request, stamp=self.view.stamp) if len(paths) == 1 else request

    @aio.slot(object)
    async def _look_at(self, path: Path | None) -> None:
        if path is None:
            self.view.clear()
            return
        self.update_enabled()
        await self.view.open(path, first=())

    @Slot(object)
    def _recognise(self, opened: Opened) -> None:
        if opened.satellite is not None:
            choose(self.options.satellite, opened.satellite)
        self.options.tell_model_labels(opened.model_labels)
        self._counts = opened.counts
        self.doubt.ask(" ".join((opened.doubt, *opened.labels)).strip(), opened.satellite is None)
        self.update_enabled()

    @Slot()
    def _close(self) -> None:
        self._counts = {}
        self.doubt.ask("", unknown=False)
        self.update_enabled()

    @Slot()
    def _count_files(self) -> None:
        files = len(self.picker.paths)
        self.several.setText(tr("{count} catalogs will be merged first, then used for training.", count=count(files)))
        self.several.setVisible(files > 1)
        self.rows.offer_several(files > 1)
        self.update_enabled()

    @Slot(int)
    def _fill(self, button: int) -> None:
        if button == 0:
            self.choose()
        else:
            self.use_sample()


def _empty_text() -> str:
    return tr(
        "Choose or drop a CSV catalog from the NASA Exoplanet Archive: Kepler objects of interest (KOI), K2 planets "
        "and candidates, or TESS objects of interest (TOI). The classifier learns from the rows with a known "
        "disposition."
    )

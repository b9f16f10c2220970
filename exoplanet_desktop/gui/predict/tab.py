"""The Predict tab: choose a catalog and a model, predict, view, save."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFormLayout, QGroupBox, QTabWidget, QVBoxLayout, QWidget

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_prediction
from exoplanet_desktop.client.http.transfers import Progress, ShouldStop
from exoplanet_desktop.client.jobs.saved_note import careful, keep_note, note_path
from exoplanet_desktop.errors import AppError, InputError, UnavailableError
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.charts.pages import Scrolled
from exoplanet_desktop.gui.predict.figures import PredictionFigures
from exoplanet_desktop.gui.predict.learnt import training_of
from exoplanet_desktop.gui.predict.model_box import ModelBox
from exoplanet_desktop.gui.predict.models import model_of
from exoplanet_desktop.gui.predict.request import ModelChoice, PredictionResult, Predictor, PredictTask
from exoplanet_desktop.gui.predict.result import ResultPage
from exoplanet_desktop.gui.predict.rows import PredictedRows
from exoplanet_desktop.gui.run_views.several import settle_duplicates
from exoplanet_desktop.gui.run_views.training_options import TrainingOptions
from exoplanet_desktop.gui.runs.kept import KeptRun
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.runs.run_state import RunSnapshot, RunState
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.tables.opening import Opened
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.column import GoButton, column, skeleton
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.doubt import Doubt
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.files import ask_files, ask_target, copy
from exoplanet_desktop.gui.widgets.options import choose, chosen, satellite_combo
from exoplanet_desktop.gui.widgets.picker import CatalogPicker
from exoplanet_desktop.wire.vocabulary import KnownRows, Satellite


class PredictTab(QWidget):
    """Signals:
    predicted: a PredictionResult that is now shown.
    """

    predicted = Signal(object)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._predictor: Predictor | None = None
        self._training: TrainingRun | None = None
        self._preparing = False
        self.picker = CatalogPicker(tr("C&atalog"))
        self.satellite = satellite_combo()
        self.doubt = Doubt(self.satellite)
        self.models = ModelBox(services, lambda: chosen(self.satellite, Satellite), self)
        self.model = self.models.box
        self.known_rows = combo(
            tr("Known rows"),
            [
                (tr("As if unseen"), KnownRows.HELD_OUT),
                (tr("By the full model"), KnownRows.MODEL),
            ],
        )
        self.known_rows.setToolTip(
            tr(
                "What predicts the rows the model was trained on: fold models that have not seen them, or the model "
                "itself"
            )
        )
        self.training_picker = CatalogPicker(tr("&Training catalog"), many=True)
        self.training_options = TrainingOptions(satellite=False)
        self.go = GoButton(tr("&Predict"))
        empty = EmptyPage(
            tr("Predict dispositions"), _empty_text(), (tr("Choose a catalog…"), tr("Try a simulated sample"))
        )
        self.view = CatalogView(services.workers, services.notices, services.tables, empty)
        self.rows = PredictedRows(self.view, services.workers)
        self.page = ResultPage(services)
        self.result, self.summary = self.page.view, self.page.summary
        self.transfer, self.busy = self.page.transfer, self.page.busy
        self.figures = PredictionFigures(self.result, services.workers, services.notices)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self._lay_out()
        empty.chosen.connect(self._fill)
        self.picker.changed.connect(self.update_enabled)
        self.picker.current_changed.connect(self._look_at)
        self.training_picker.changed.connect(self.update_enabled)
        self.view.opened.connect(self._recognise)
        self.view.closed.connect(self._close)
        self.doubt.settled.connect(self.update_enabled)
        self.doubt.names_wanted.connect(self.view.ask_names)
        self.satellite.currentIndexChanged.connect(self.models.refresh)
        self.models.changed.connect(self.update_enabled)
        self.rows.changed.connect(self.update_enabled)
        self.summary.worth.training_wanted.connect(self.train_without)
        self.summary.save_button.clicked.connect(self.ask_target)
        self.page.cancelled.connect(self.cancel)
        self.go.button.clicked.connect(self.predict)
        self.update_enabled()

    @property
    def prediction(self) -> PredictionResult | None:
        """The shown prediction."""
        return self.page.prediction

    @property
    def is_busy(self) -> bool:
        """Whether a prediction, or the training before it, is running."""
        return self._preparing or self._predictor is not None or self._training is not None

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Open a file that was chosen or dropped."""
        self.picker.set_paths(paths)

    def choose(self) -> None:
        self.picker.ask()

    def start(self) -> None:
        """The action of Ctrl+Return."""
        if self.go.button.isEnabled():
            self.predict()

    def use_run(self, run: TrainingRun) -> None:
        """Use the model of a finished training."""
        choose(self.satellite, run.request.satellite)
        self.models.want(model_of(run))

    @aio.slot()
    async def predict(self) -> None:
        """Train first if a training catalog is given, then predict and show the result.

        The request is read from the form now; later changes to the form do not affect it.
        """
        if self.is_busy or (path := self.picker.path) is None:
            return
        session = self._services.session
        session.backend()
        connection, shown = session.connection, self.view.shown
        assert connection is not None  # session.backend() raises if there is none
        first, last = self.rows.range()
        used = self.rows.choice.described()
        asked = PredictTask(
            chosen(self.satellite, Satellite),
            path=path,
            connection=connection,
            can_cancel=session.has("cancel"),
            results_limit=0 if session.has("async") else None,
            from_row=first,
            to_row=last,
            row_count=used.rows if used else shown.row_count if shown else None,
            reading=self.view.reading,
            stamp=self.view.stamp,
            known_rows=chosen(self.known_rows, KnownRows) if session.has("known-rows") else None,
        )
        train_first = self._training_request() if self.training_picker.paths else None
        choice = self.models.chosen
        try:
            self._preparing = True
            if await self.view.has_changed():
                self.view.tell_change()
                return
            if train_first is not None:
                train_first = await settle_duplicates(self, self._services.workers, train_first)
                if train_first is None:
                    return
            self._show_busy(tr("Preparing …"))
            if used is not None:
                used = await self.rows.choice.write(used, self._services.scratch)
            if train_first is not None:
                choice = await self._train_first(train_first)
            if choice is not None:
                await self._predict(replace(asked.by(choice), rows=used))
        finally:
            self._preparing = False
            self._training = self._predictor = None
            self.page.hide_busy()
            self.update_enabled()

    @aio.slot()
    async def cancel(self) -> None:
        if self._training is not None:
            await self._training.cancel()
        elif self._predictor is not None:
            await self._predictor.cancel()

    @aio.slot(object)
    async def train_without(self, absent: tuple[str, ...]) -> None:
        """Retrain the same kind of model on the columns that the file has, and predict with it.

        Uses the model's training catalog if the record knows it and it is unchanged.
        """
        asked = self.page.request
        if self.is_busy or asked is None:
            return
        learnt_from = await training_of(self._services, asked.choice)
        if learnt_from is None:
            self._services.notices.information(
                tr("The catalog this model was trained on is unknown or has changed. Choose one to train on.")
            )
            request = TrainTask(asked.satellite, asked.model, asked.features, without=absent)
            ask_files(
                self,
                tr("Choose the catalog to train on"),
                self.training_picker.folder,
                False,
                lambda paths: self._train_and_predict(replace(request, paths=tuple(paths)), asked),
            )
            return
        without = tuple(dict.fromkeys((*learnt_from.without, *absent)))
        self._train_and_predict(replace(learnt_from, without=without), asked)

    @aio.slot(object, object)
    async def _train_and_predict(self, request: TrainTask, asked: PredictTask) -> None:
        if self.is_busy:
            return
        try:
            self._show_busy(tr("Preparing …"))
            choice = await self._train_first(request)
            if choice is not None:
                await self._predict(asked.by(choice))
        finally:
            self._training = self._predictor = None
            self.page.hide_busy()
            self.update_enabled()

    @aio.slot(object)
    async def show_kept(self, kept: KeptRun) -> None:
        """Show a prediction of the record."""
        if self.is_busy:
            raise InputError(tr("A prediction is under way. Wait for it to end, or cancel it."))
        self.tabs.setCurrentIndex(1)
        prediction = await self.page.show_kept(kept)
        self.update_enabled()
        self.predicted.emit(prediction)

    def leave(self) -> None:
        """Stop waiting for anything: the window is closing."""
        if self._predictor is not None:
            self._predictor.leave()

    @aio.slot()
    async def use_sample(self) -> None:
        self.view.show_busy(tr("Simulating a catalog …"))
        try:
            path = await self._services.sample(chosen(self.satellite, Satellite))
        except AppError:
            self.view.back()
            raise
        self.picker.set_paths([path])

    @aio.slot(str)
    async def save(self, target: str) -> None:
        """Write the predicted CSV to the user's chosen place."""

        if self.prediction is not None:
            saving = partial(_save, self.prediction, Path(target))
            await self.transfer.run(self._services.workers, tr("Saving the prediction:"), saving)
            said = tr("The prediction is saved in {file}.", file=target)
            if careful(self.prediction.reply) or self.prediction.against:
                beside = tr("{note}, saved next to it, explains why to be careful.", note=note_path(Path(target)).name)
                said = f"{said} {beside}"
            self._services.notices.information(said)

    @Slot()
    def ask_target(self) -> None:
        """Ask where to save the CSV."""
        if self.prediction is not None:
            ask_target(self, tr("Save the prediction"), self.prediction.csv.name, self.save)

    @Slot()
    def update_enabled(self) -> None:
        """Enable what the backend in use supports, and say why prediction is impossible if it is."""
        session = self._services.session
        train_first = bool(self.training_picker.paths)
        self.training_options.setVisible(train_first)
        self.training_options.offer_extensions(session.has, chosen(self.satellite, Satellite))
        self._form.setRowVisible(self.known_rows, session.has("known-rows"))
        self.summary.worth.offer_training(session.has("without") and self.page.request is not None)
        self.models.update_hint(train_first)
        self.go.button.setText(tr("Train, then &predict") if train_first else tr("&Predict"))
        self.go.update_enabled(self._reason())
        self.go.say(self.rows.choice.note)

    def _training_request(self) -> TrainTask:
        paths = self.training_picker.paths
        readings = [self._services.tables.choice_now(path) for path in paths]
        return self.training_options.request(chosen(self.satellite, Satellite), paths, readings=readings)

    async def _train_first(self, request: TrainTask) -> ModelChoice | None:
        """The newly trained model; None after a cancel. Raises UnavailableError if the training failed."""
        self._training = run = self._services.runs.begin(request)
        run.changed.connect(self._show_training)
        await run.work()
        self._training = None
        if run.result is None:
            if run.state is RunState.CANCELLED:
                return None
            raise UnavailableError(tr("The preceding training failed: {why}", why=run.failure))
        self.models.want(model_of(run))
        return model_of(run)

    @Slot(object)
    def _show_training(self, run: RunSnapshot) -> None:
        if self._training is not None:
            self.busy.show_progress(run.share, tr("Training first: {words}", words=run.words))

    @Slot(object)
    def _show_progress(self, run: RunSnapshot) -> None:
        if not run.is_over:
            self.busy.show_progress(run.share, run.words)

    async def _predict(self, request: PredictTask) -> None:
        self._predictor = Predictor(self._services, request)
        self._predictor.changed.connect(self._show_progress)
        prediction = await self._predictor.work()
        await self.page.show_prediction(prediction, self._predictor)
        self.predicted.emit(prediction)

    def _show_busy(self, text: str) -> None:
        self.go.update_enabled(tr("A prediction is under way."))
        self.page.show_busy(text)
        self.tabs.setCurrentIndex(1)

    def _reason(self) -> str:
        session = self._services.session
        satellite = chosen(self.satellite, Satellite)
        if self.is_busy:
            return tr("A prediction is under way.")
        if self.picker.path is None:
            return tr("Choose a catalog first.")
        if session.state is not State.READY:
            return tr("{backend}: {state}.", backend=session.title, state=session.state.words)
        shown = self.view.shown
        if shown is None:
            return self.view.failure or tr("The catalog is being read.")
        try:
            check_for_prediction(shown.columns, SATELLITES[satellite])
        except InputError as error:
            return str(error)
        if why_not := self.rows.why_not or self.doubt.why_not:
            return why_not
        if not self.training_picker.paths and self.models.chosen is None:
            return tr(
                "No model is trained yet for {satellite}: choose a training catalog, or train on the Train tab.",
                satellite=satellite,
            )
        return ""

    @aio.slot(object)
    async def _look_at(self, path: Path | None) -> None:
        self.tabs.setCurrentIndex(0)
        if path is None:
            self.view.clear()
            return
        self.update_enabled()
        await self.view.open(path)

    @Slot(object)
    def _recognise(self, opened: Opened) -> None:
        if opened.satellite is not None:
            choose(self.satellite, opened.satellite)
        self.doubt.ask(opened.doubt, opened.satellite is None)
        self.rows.offer(opened.row_count)
        self.update_enabled()

    @Slot()
    def _close(self) -> None:
        self.doubt.ask("", unknown=False)
        self.update_enabled()

    @Slot(int)
    def _fill(self, button: int) -> None:
        if button == 0:
            self.choose()
        else:
            self.use_sample()

    def _lay_out(self) -> None:
        options = QWidget()
        form = QFormLayout(options)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("&Satellite"), self.satellite)
        form.addRow(self.doubt)
        form.addRow(tr("&Model"), self.model)
        form.addRow("", self.models.hint)
        form.addRow(tr("Ro&ws"), self.rows)
        form.addRow(tr("&Known rows"), self.known_rows)
        self._form = form
        training = QGroupBox(tr("Train first (optional)"))
        inside = QVBoxLayout(training)
        inside.addWidget(self.training_picker)
        inside.addWidget(self.training_options)
        self.tabs.addTab(self.view, tr("Catalog"))
        self.tabs.addTab(self.page, tr("Prediction"))
        self.tabs.addTab(Scrolled(self.figures), tr("Figures"))
        self.figures.filtered.connect(lambda: self.tabs.setCurrentIndex(1))
        self.splitter = skeleton("predict", column((self.picker, options, training, self.go)), self.tabs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)


def _save(prediction: PredictionResult, target: Path, progress: "Progress", should_stop: "ShouldStop") -> None:
    """Copy the table, with a note of anything its readers should know. Raises UnavailableError and Cancelled."""

    copy(prediction.csv, target, progress, should_stop)
    keep_note(target, prediction.reply, prediction.against)


def _empty_text() -> str:
    return tr(
        "Choose or drop the catalog to classify. It needs no dispositions; where it has them, the prediction is "
        "compared with them."
    )

"""The progress dialog: one training, watched to its end; not modal, can be closed and reopened."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.placement import grow
from exoplanet_desktop.gui.base.text import percent, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.run_views.report import KINDS, file_name, save_report
from exoplanet_desktop.gui.run_views.result_warnings import ResultWarnings
from exoplanet_desktop.gui.run_views.results import Results
from exoplanet_desktop.gui.runs import result_words as words
from exoplanet_desktop.gui.runs.run_state import RunSnapshot, RunState
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.widgets.files import ask_target, write
from exoplanet_desktop.gui.widgets.labels import FittedLabel, PlainLabel
from exoplanet_desktop.gui.widgets.notices import NoticeBar, Notices
from exoplanet_desktop.gui.widgets.row import at_the_end, in_order, measured, room_for_text, with_text
from exoplanet_desktop.gui.widgets.transfer import TransferBar

FULL = 1000
STATE, RESULTS = (94, 14), (153, 52)  # size in letters and lines, if the screen is large enough


class ProgressDialog(QDialog):
    """Signals:
    use_in_predict: the TrainingRun whose model to use on the Predict tab.
    train_again: the TrainingRun to repeat.
    rows_wanted: the TrainingRun, and the row numbers to show in its catalog.
    row_wanted: the TrainingRun, the row number to go to in its catalog, and whether to bring it to the front.
    table_wanted: the TrainingRun, and the ListedRows to open as a table.
    """

    use_in_predict = Signal(object)
    train_again = Signal(object)
    rows_wanted = Signal(object, object)
    row_wanted = Signal(object, int, bool)
    table_wanted = Signal(object, object)

    def __init__(self, run: TrainingRun, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run, self._workers = run, workers
        self._shown = run.snapshot
        self.setWindowTitle(tr("Training · {title}", title=run.request.title))
        self.setModal(False)
        # Messages about this run appear here, not in the window behind.
        self.notices = Notices()
        self.notice_bar = NoticeBar(self.notices, self)
        self.notices.open()
        self.chip = QLabel(self)
        self.words = FittedLabel(selectable=True)
        self.elapsed = PlainLabel("", "muted", wrap=False)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName(tr("Progress of the training"))
        self.bar.setTextVisible(False)  # it would straddle two backgrounds; the percentage is beside the time
        self.cancel_button = QPushButton(self)
        self.cancel_button.clicked.connect(self.cancel)
        self.ask_button = QPushButton(tr("&Check now"), self)
        self.ask_button.setToolTip(tr("Ask the backend for the job's progress right now"))
        self.ask_button.clicked.connect(run.ask_now)
        self.wait_button = QPushButton(tr("&Send when it is back"), self)
        self.wait_button.setToolTip(
            tr(
                "The training waits in the list of runs, even after a restart, and is sent once {backend} answers. "
                "If only the reply was lost, it may be trained twice there.",
                backend=run.backend_title,
            )
        )
        self.wait_button.clicked.connect(run.wants_to_wait)
        self.log_button = QToolButton(self)
        self.log_button.setText(tr("Log"))
        self.log_button.setCheckable(True)
        self.log_button.setProperty("folds", True)
        self.log_button.setAutoRaise(True)
        self.log_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.log_button.setArrowType(Qt.ArrowType.RightArrow)
        self.log = QPlainTextEdit(self)
        self.log.setReadOnly(True)
        self.log.setTabChangesFocus(True)
        self.log.setAccessibleName(tr("Log of the training"))
        self.log.setMaximumBlockCount(20_000)
        self.log.setPlaceholderText(tr("The backend has not written anything yet."))
        self.log.hide()
        self.log_button.toggled.connect(self._show_log)
        self.result_warnings = ResultWarnings(run, workers, self.notices, self)
        self.result_warnings.hide()
        self.results = Results(workers, self.notices, self)
        self.results.row_wanted.connect(lambda number, front: self.row_wanted.emit(self.run, number, front))
        self.results.table_wanted.connect(lambda listed: self.table_wanted.emit(self.run, listed))
        self.results.rows_wanted.connect(lambda numbers: self.rows_wanted.emit(self.run, numbers))
        self.results.save_picture_wanted.connect(self.ask_picture_target)
        self.results.completed.connect(self._order_buttons)
        self.results.hide()
        self.save_model_button = QPushButton(tr("Save model…"), self)
        self.save_model_button.clicked.connect(self.ask_model_target)
        self.report_button = QPushButton(tr("&Report…"), self)
        self.report_button.clicked.connect(self.ask_report_target)
        self.predict_button = QPushButton(tr("Use in Predict"), self)
        self.predict_button.clicked.connect(lambda: self.use_in_predict.emit(self.run))
        self.transfer = TransferBar(self)
        self.again_button = QPushButton(tr("Train &again"), self)
        self.again_button.setToolTip(tr("Start over with the same data and options, on the backend in use"))
        self.again_button.clicked.connect(lambda: self.train_again.emit(self.run))
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.clicked.connect(self.close)
        self._lay_out()
        self._timer = QTimer(self, interval=500)
        self._timer.timeout.connect(self._show_time)
        self._timer.start()
        run.changed.connect(self._show_state)
        run.log_grew.connect(self._append_log)
        run.came_back.connect(self.notices.information)
        run.ended.connect(self._show_end)
        self._append_log(self._shown.log_text)
        self._show_state(self._shown)
        if self._shown.is_over:
            self._show_end()

    def report_error(self, error: AppError) -> None:
        self.notices.failure(error)

    @aio.slot()
    async def cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        try:
            await self.run.cancel()
        except AppError:
            self.cancel_button.setEnabled(True)
            raise

    @Slot()
    def ask_model_target(self) -> None:
        request = self.run.request
        url = (self.run.result.model_url or "") if self.run.result else ""
        suffix = Path(url).suffix or ".model"
        ask_target(self, tr("Save the model"), f"{request.satellite}_{request.model}{suffix}", self.save_model)

    @Slot()
    def ask_picture_target(self) -> None:
        request = self.run.request
        if (page := self.results.pictures) is not None:
            name = f"{request.satellite}_{request.model}_{page.file_name}.png"
            ask_target(self, tr("Save the picture"), name, self.save_picture)

    @aio.slot(str)
    async def save_model(self, target: str) -> None:
        """Download this run's model to a file."""
        self.save_model_button.setEnabled(False)
        try:
            await self.run.reconnect()
            await self.transfer.run(self._workers, tr("Saving the model:"), partial(self.run.save_model, Path(target)))
        finally:
            self.save_model_button.setEnabled(True)
        self.notices.information(tr("The model is saved in {file}.", file=target))

    @Slot()
    def ask_report_target(self) -> None:
        ask_target(self, tr("Save the report"), file_name(self.run), self.save_report, KINDS)

    @aio.slot(str)
    async def save_report(self, target: str) -> None:
        """Write a self-contained report of this run, as HTML or PDF."""
        self.report_button.setEnabled(False)
        try:
            await save_report(self.run, Path(target), self._workers)
        finally:
            self.report_button.setEnabled(True)
        self.notices.information(tr("The report is saved in {file}.", file=target))

    @aio.slot(str)
    async def save_picture(self, target: str) -> None:
        """Save the top picture to a file, exactly as the backend sent it."""
        page = self.results.pictures
        if page is not None and (picture := page.shown) is not None:
            await self._workers.call(write, Path(target), picture.data)
            self.notices.information(tr("The picture is saved in {file}.", file=target))

    @Slot(object)
    def _show_state(self, run: RunSnapshot) -> None:
        self._shown = run
        self.chip.setText(run.state.chip)
        self.ask_button.setVisible(run.state.is_trouble or run.waits)
        self.wait_button.setVisible(run.can_wait)
        self.cancel_button.setVisible(not run.is_over)
        self.cancel_button.setText(tr("Cancel") if run.can_cancel or run.waits else tr("Stop watching"))
        self.bar.setVisible(not run.is_over and not run.waits)
        if not run.is_over and not self._timer.isActive():
            self._timer.start()
        in_vain = run.state is RunState.STALLED or (run.is_over and run.result is None)
        self.again_button.setVisible(in_vain and run.can_be_repeated)
        if self.chip.property("chip") != run.state.colour:
            self.chip.setProperty("chip", run.state.colour)
            self.chip.style().unpolish(self.chip)
            self.chip.style().polish(self.chip)
        self.words.setText(run.words)
        if run.share is None and not run.is_over:
            self.bar.setRange(0, 0)  # busy: progress unknown
        else:
            self.bar.setRange(0, FULL)
            self.bar.setValue(round((run.share or 0) * FULL))
        self._show_time()

    @Slot()
    def _show_time(self) -> None:
        run = self._shown
        elapsed = tr("{time} elapsed", time=words.clock(run.elapsed_s))
        if run.share is not None and not run.is_over:
            elapsed = f"{percent(run.share)}  ·  {elapsed}"
        self.elapsed.setText("" if run.waits else elapsed)

    @Slot()
    def _show_end(self) -> None:
        self._timer.stop()
        result = self._shown.result
        succeeded = result is not None
        self.bar.setVisible(False)
        if succeeded:
            self.results.show_run(self.run)
            self.results.show()
            self.result_warnings.refresh()
            grow(self, *measured(self, *RESULTS))
        else:
            self.log_button.setChecked(True)
        for button, shown in (
            (self.save_model_button, result is not None and bool(result.model_url)),
            (self.predict_button, succeeded),
            (self.report_button, succeeded),
        ):
            button.setVisible(shown)

    @Slot(str)
    def _append_log(self, text: str) -> None:
        if text:
            cursor = QTextCursor(self.log.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(text)
            self.log.ensureCursorVisible()

    @Slot()
    def _order_buttons(self) -> None:
        """Make Tab reach the buttons at the bottom last, even after pages added later."""
        asked_for = (self.predict_button, self.save_model_button, self.report_button)
        at_the_end(self, *asked_for, self.transfer.cancel_button, self.again_button, self.close_button)

    def _size(self) -> None:
        room_for_text(self, *(STATE if self._shown.result is None else RESULTS))

    def _show_log(self, shown: bool) -> None:
        self.log_button.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self.log.setVisible(shown)

    def _lay_out(self) -> None:
        state = QHBoxLayout()
        state.setSpacing(16)
        state.addWidget(self.chip)
        state.addWidget(self.words, 1)
        state.addWidget(self.elapsed)
        progress = QHBoxLayout()
        progress.addWidget(self.bar, 1)
        progress.addWidget(self.wait_button)
        progress.addWidget(self.ask_button)
        progress.addWidget(self.cancel_button)
        buttons = QHBoxLayout()
        for button in (self.predict_button, self.save_model_button, self.report_button):
            button.hide()
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.again_button)
        buttons.addWidget(self.close_button)
        rows = self.run.request.rows
        source = PlainLabel(f"{self.run.request.source}  ·  {self._shown.backend_title}", "muted")
        if rows is not None:
            source.setText(f"{source.text()}\n{rows.sentence}")
        about = QHBoxLayout()
        about.addWidget(source, 1)
        about.addWidget(self.log_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.notice_bar)
        layout.addLayout(state)
        layout.addLayout(about)
        layout.addLayout(progress)
        layout.addWidget(self.log, 1)
        layout.addWidget(self.result_warnings)
        layout.addWidget(self.results, 3)
        layout.addStretch(0)
        layout.addWidget(self.transfer)
        layout.addLayout(buttons)
        in_order(self.log_button, self.wait_button, self.ask_button, self.cancel_button, self.log)
        self._order_buttons()
        with_text(self, self._size)

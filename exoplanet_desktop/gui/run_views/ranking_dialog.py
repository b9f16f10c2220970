"""The window for a training of all models: its progress, and the best model."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.run_views import ranking
from exoplanet_desktop.gui.run_views.ranking import Standing
from exoplanet_desktop.gui.runs.batch import Batch
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.gui.runs.run_state import RunSnapshot
from exoplanet_desktop.gui.widgets.labels import PlainLabel, tip
from exoplanet_desktop.gui.widgets.notices import NoticeBar, Notices
from exoplanet_desktop.gui.widgets.row import size_in_text, with_text
from exoplanet_desktop.record.record import Record
from exoplanet_desktop.stats.comparison import Contender, rank
from exoplanet_desktop.wire.vocabulary import Status

FULL = 1000
REFRESH_MS = 400
PADDING_PX = 20  # per cell
STATE, NUMBERS = 2, (3, 4, 6, 7)
LONGEST_STATE = "✕ blind fold 5 of 5"  # the tooltip has the rest of a training's state
LINES = 2  # per row
ROOM = (140, 32)  # in letters and lines, if the screen is large enough


class RankingDialog(QDialog):
    """Not modal; one per group.

    Signals:
        opened: the id of the run to show.
        use_in_predict: the id of the run whose model to use on the Predict tab.
    """

    opened = Signal(str)
    use_in_predict = Signal(str)

    def __init__(self, group_id: str, title: str, batch: Batch | None, recorder: RunRecorder, parent: QWidget) -> None:
        """`batch` is the group itself if it belongs to this window; otherwise it is read from the record."""
        super().__init__(parent)
        self.batch, self._group_id, self._recorder = batch, group_id, recorder
        self.setWindowTitle(title)
        self._notices = Notices()
        self.notice_bar = NoticeBar(self._notices, self)
        self._notices.open()
        self._left = False
        self._group: RunSnapshot | None = None
        self._known: dict[str, Contender] = {}
        self._standings: list[Standing] = []
        self.state = PlainLabel("", "muted", selectable=True)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, FULL)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Overall progress"))
        self.cancel_button = QPushButton(tr("Cancel &all"), self)
        self.verdict = PlainLabel("", "heading", selectable=True)
        self.verdict.hide()
        self.table = QTableWidget(0, len(ranking.headers()), self)
        self.method = PlainLabel("", "muted", selectable=True)
        self.open_button = QPushButton(tr("&Open run"), self)
        self.predict_button = QPushButton(tr("&Use in Predict"), self)
        self.close_button = QPushButton(tr("Close"), self)
        self._lay_out()
        self._dress_table()
        self._timer = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._timer.timeout.connect(self.load)
        self.cancel_button.clicked.connect(self.cancel)
        self.open_button.clicked.connect(self._open)
        self.predict_button.clicked.connect(lambda: self.use_in_predict.emit(self._chosen()))
        self.close_button.clicked.connect(self.close)
        self.table.itemActivated.connect(self._open)
        self.table.itemSelectionChanged.connect(self._update_enabled)
        if batch is not None:
            batch.changed.connect(self._follow)
            batch.ended.connect(self.load)
        self._follow(batch.snapshot if batch is not None else None)
        self.load()

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    def leave(self) -> None:
        """Stop reading the record: the window is closing."""
        self._left = True
        self._timer.stop()
        self.close()

    @aio.slot()
    async def load(self) -> None:
        """Read the group's runs and rank them."""
        group = self._group
        group_id = group.run_id if group is not None else self._group_id
        if not group_id or self._left:
            return
        live = {part.run_id: part.words for part in (group.parts if group else ()) if not part.is_over}
        self._show(*await self._recorder.work(partial(_ranked, group_id=group_id, live=live, known=self._known)))

    @aio.slot()
    async def cancel(self) -> None:
        if self.batch is not None:
            self.cancel_button.setEnabled(False)
            await self.batch.cancel()

    @Slot(object)
    def _follow(self, group: RunSnapshot | None) -> None:
        self._group = group
        live = group is not None and not group.is_over
        self.bar.setVisible(live)
        self.cancel_button.setVisible(live)
        self.state.setVisible(group is not None)
        if group is not None:
            self.state.setText(group.failure or group.words)
            self.bar.setValue(round((group.share or 0.0) * FULL))
        if live and not self._left and not self._timer.isActive():
            self._timer.start()  # delayed, because every update reads the record

    def _show(self, standings: list[Standing], verdict: str, method: str) -> None:
        self.method.setText(method)
        chosen = self._chosen()
        self._standings = standings
        self.verdict.setText(verdict)
        self.verdict.setVisible(bool(verdict))
        self.table.setRowCount(len(standings))
        for row, standing in enumerate(standings):
            for column, text in enumerate(standing.cells):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                item.setToolTip(tip(standing.error or text))
                self.table.setItem(row, column, item)
            if standing.run_id and standing.run_id == chosen:
                self.table.selectRow(row)
        self._fit()
        if not chosen and standings:
            self.table.selectRow(0)
        self._update_enabled()

    def _chosen(self) -> str:
        """The id of the selected run; "" if none is selected or it has not started."""
        rows = self.table.selectionModel().selectedRows() if self.table.selectionModel() else []
        return self._standings[rows[0].row()].run_id if rows and rows[0].row() < len(self._standings) else ""

    @Slot()
    def _open(self) -> None:
        if chosen := self._chosen():
            self.opened.emit(chosen)

    @Slot()
    def _update_enabled(self) -> None:
        chosen = self._chosen()
        standing = next((one for one in self._standings if one.run_id == chosen and chosen), None)
        self.open_button.setEnabled(standing is not None)
        self.predict_button.setEnabled(standing is not None and bool(standing.cells[0]))

    def _dress_table(self) -> None:
        table = self.table
        table.setAccessibleName(tr("Ranking of the models"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setAlternatingRowColors(True)
        table.verticalHeader().hide()
        across = table.horizontalHeader()
        across.setHighlightSections(False)
        across.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        across.setSectionResizeMode(STATE, QHeaderView.ResizeMode.Interactive)
        with_text(table, self._fit)
        across.setMinimumSectionSize(56)
        for column, text in enumerate(ranking.headers()):
            header = QTableWidgetItem(text)
            side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
            header.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            table.setHorizontalHeaderItem(column, header)

    def _fit(self) -> None:
        """Size the rows and the state column to just fit, so that all columns are visible at once."""
        metrics = self.table.fontMetrics()
        texts = [ranking.headers()[STATE], *(standing.cells[STATE] for standing in self._standings)]
        needed = max(metrics.horizontalAdvance(text) for text in texts)
        self.table.setColumnWidth(STATE, min(needed, metrics.horizontalAdvance(LONGEST_STATE)) + PADDING_PX)
        self.table.verticalHeader().setDefaultSectionSize(LINES * metrics.lineSpacing() + 9)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.bar, 1)
        top.addWidget(self.cancel_button)
        bottom = QHBoxLayout()
        for button in (self.open_button, self.predict_button):
            bottom.addWidget(button)
        bottom.addStretch(1)
        bottom.addWidget(self.close_button)
        for button in (self.cancel_button, self.open_button, self.predict_button, self.close_button):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.notice_bar)
        layout.addWidget(self.state)
        layout.addLayout(top)
        layout.addWidget(self.verdict)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.method)
        layout.addLayout(bottom)
        size_in_text(self, *ROOM)


def _ranked(
    record: "Record", group_id: str, live: dict[str, str], known: dict[str, Contender]
) -> tuple[list[Standing], str, str]:
    """Adds finished runs to `known`, so that each is read only once."""
    runs = [record.run(member.run_id) for member in record.members(group_id) if member.deleted_at is None]
    for run in runs:
        new = run.status == Status.SUCCEEDED and run.run_id not in known
        if new and (found := Contender.kept(record, run.run_id)) is not None:
            known[run.run_id] = found
    ranked = rank([known[run.run_id] for run in runs if run.run_id in known])
    return ranking.standings(runs, ranked, live), ranking.verdict(ranked), ranking.method(ranked)

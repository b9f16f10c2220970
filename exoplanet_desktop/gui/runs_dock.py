"""The list of runs: live ones with their progress, ended ones with their score, those of former days below."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QListWidget, QListWidgetItem, QStackedWidget, QWidget

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui import aio
from exoplanet_desktop.gui.notices import Notices
from exoplanet_desktop.gui.progress.run import TrainingRun
from exoplanet_desktop.gui.progress.runs import Runs
from exoplanet_desktop.gui.progress.words import three
from exoplanet_desktop.gui.widgets.words import Words, tip
from exoplanet_desktop.wire.vocabulary import Status

if TYPE_CHECKING:
    from exoplanet_desktop.client.record_entry import RunEntry

MARKS = {str(Status.SUCCEEDED): "✓", str(Status.FAILED): "✕", str(Status.CANCELLED): "■"}
LIVE = "●"


class RunsDock(QDockWidget):
    """Signals:
    opened: the TrainingRun that the user wants to see.
    """

    opened = Signal(object)

    def __init__(self, runs: Runs, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__("Runs", parent)
        self.setObjectName("runs")
        self._runs, self._notices = runs, notices
        self.list = QListWidget(self)
        self.list.setAccessibleName("Runs")
        self.list.setMinimumWidth(216)
        self.list.setUniformItemSizes(True)
        self.list.itemActivated.connect(self._open)
        self.list.itemClicked.connect(self._open)
        empty = Words("Trainings are listed here, and stay from one start to the next.", "muted")
        empty.setMargin(16)
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.list)
        self.setWidget(self._stack)
        runs.listed.connect(self._add)
        runs.past_known.connect(self._add_past)
        runs.recorded.connect(self._take_entry)
        runs.changed.connect(self._show)

    def tell(self, error: AppError) -> None:
        self._notices.failure(error)

    @Slot(object)
    def _add(self, run: TrainingRun) -> None:
        for row in range(self.list.count()):  # a run that is taken up again is listed once
            kept = self.list.item(row).data(Qt.ItemDataRole.UserRole)
            if run.run_id and not isinstance(kept, TrainingRun) and kept.run_id == run.run_id:
                self.list.item(row).setData(Qt.ItemDataRole.UserRole, run)
                self._show()
                return
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, run)
        self.list.insertItem(0, item)
        self._stack.setCurrentWidget(self.list)
        self._show()

    @Slot(object)
    def _take_entry(self, entry: "RunEntry") -> None:
        """A prediction, a merge or an imported run: new at the top, or other than before."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            kept = item.data(Qt.ItemDataRole.UserRole)
            if not isinstance(kept, TrainingRun) and kept.run_id == entry.run_id:
                break
        else:
            item = QListWidgetItem()
            self.list.insertItem(0, item)
            self._stack.setCurrentWidget(self.list)
        _show_entry(item, entry)

    @Slot(object)
    def _add_past(self, entries: "list[RunEntry]") -> None:
        for entry in entries:
            item = QListWidgetItem()
            _show_entry(item, entry)
            self.list.addItem(item)
        if entries:
            self._stack.setCurrentWidget(self.list)

    @Slot()
    def _show(self) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            run = item.data(Qt.ItemDataRole.UserRole)
            if isinstance(run, TrainingRun):
                mark = MARKS.get(str(run.phase), LIVE)
                item.setText(f"{mark} {run.request.title}\n    {_state(run)}")
                item.setToolTip(tip(run.failure or run.request.source))

    @aio.slot(object)
    async def _open(self, item: QListWidgetItem) -> None:
        chosen = item.data(Qt.ItemDataRole.UserRole)
        if not isinstance(chosen, TrainingRun):
            chosen = await self._runs.past(chosen.run_id)
            item.setData(Qt.ItemDataRole.UserRole, chosen)
            self._show()
        self.opened.emit(chosen)


def _state(run: TrainingRun) -> str:
    if run.result is not None:
        return f"{three(run.result.cv_mean)} over the folds"
    if run.is_over:
        return "cancelled" if run.phase == Status.CANCELLED else "failed"
    return run.words + (f" {run.share:.0%}" if run.share is not None else "")


def _show_entry(item: QListWidgetItem, entry: "RunEntry") -> None:
    item.setText(f"{MARKS.get(entry.status, LIVE)} {entry.title}\n    {_past_state(entry)}")
    item.setData(Qt.ItemDataRole.UserRole, entry)
    item.setToolTip(tip(entry.error or f"{entry.backend_title}, {_when(entry.created_at)}"))


def _past_state(entry: "RunEntry") -> str:
    if entry.status == Status.SUCCEEDED and entry.kind != "train":
        return f"done · {_when(entry.created_at)}"
    if entry.status == Status.SUCCEEDED:
        return f"{three(entry.accuracy)} hold-out · {_when(entry.created_at)}"
    ended = {Status.FAILED: "failed", Status.CANCELLED: "cancelled"}
    word = next((word for status, word in ended.items() if entry.status == status), "not ended")
    return f"{word} · {_when(entry.created_at)}"


def _when(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().strftime("%d %b %H:%M")

"""The list of this window's runs: live ones with their progress, ended ones with their score."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QListWidget, QListWidgetItem, QStackedWidget, QWidget

from exoplanet_desktop.gui.progress.run import TrainingRun
from exoplanet_desktop.gui.progress.words import three
from exoplanet_desktop.gui.services import Runs
from exoplanet_desktop.gui.widgets.words import Words, tip
from exoplanet_desktop.wire.vocabulary import Status

MARKS = {Status.SUCCEEDED: "✓", Status.FAILED: "✕", Status.CANCELLED: "■"}


class RunsDock(QDockWidget):
    """Signals:
    opened: the TrainingRun that the user wants to see.
    """

    opened = Signal(object)

    def __init__(self, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__("Runs", parent)
        self.setObjectName("runs")
        self._runs = runs
        self.list = QListWidget(self)
        self.list.setAccessibleName("Runs")
        self.list.setMinimumWidth(200)
        self.list.itemActivated.connect(self._open)
        self.list.itemClicked.connect(self._open)
        empty = Words("Trainings of this window are listed here.", "muted")
        empty.setMargin(16)
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.list)
        self.setWidget(self._stack)
        runs.started.connect(self._add)
        runs.changed.connect(self._show)

    @Slot(object)
    def _add(self, run: TrainingRun) -> None:
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, run)
        self.list.insertItem(0, item)
        self._stack.setCurrentWidget(self.list)
        self._show()

    @Slot()
    def _show(self) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            run: TrainingRun = item.data(Qt.ItemDataRole.UserRole)
            item.setText(
                f"{MARKS.get(Status(run.phase), '●') if run.is_over else '●'} {run.request.title}\n{_state(run)}"
            )
            item.setToolTip(tip(run.failure or run.request.source))

    def _open(self, item: QListWidgetItem) -> None:
        self.opened.emit(item.data(Qt.ItemDataRole.UserRole))


def _state(run: TrainingRun) -> str:
    if run.result is not None:
        return f"    {three(run.result.cv_mean)} over the folds"
    if run.is_over:
        return "    " + ("cancelled" if run.phase == Status.CANCELLED else "failed")
    return f"    {run.words}" + (f" {run.share:.0%}" if run.share is not None else "")

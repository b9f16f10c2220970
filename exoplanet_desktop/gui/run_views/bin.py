"""The bin: deleted runs, to restore or to delete permanently."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.run_views.columns import Column
from exoplanet_desktop.gui.run_views.model import RunsModel
from exoplanet_desktop.gui.run_views.view import RunsView
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.notices import NoticeBar, Notices
from exoplanet_desktop.gui.widgets.row import size_in_text
from exoplanet_desktop.record.entry import RunEntry
from exoplanet_desktop.record.record import Record


class BinDialog(QDialog):
    """Signals:
    restored: list of the restored RunEntry objects.
    """

    restored = Signal(object)

    def __init__(self, recorder: RunRecorder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recorder = recorder
        self.setWindowTitle(tr("Bin"))
        self._notices = Notices()
        self.notice_bar = NoticeBar(self._notices, self)
        self._notices.open()
        self.model = RunsModel(self)
        self.view = RunsView(self.model, self)
        self.view.list.setAccessibleName(tr("Deleted runs"))
        self.view.table.setAccessibleName(tr("Deleted runs"))
        self.view.table.setColumnHidden(Column.STAR, True)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(EmptyPage(tr("The bin is empty"), tr("Deleted runs are kept here.")))
        self._stack.addWidget(self.view)
        self.restore_button = QPushButton(tr("&Restore"), self)
        self.empty_button = QPushButton(tr("&Empty bin…"), self)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        close.rejected.connect(self.reject)
        line = QHBoxLayout()
        line.addWidget(self.restore_button)
        line.addWidget(self.empty_button)
        line.addStretch(1)
        line.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.notice_bar)
        layout.addWidget(self._stack, 1)
        layout.addLayout(line)
        size_in_text(self, 126, 30)
        self.restore_button.clicked.connect(self.restore)
        self.empty_button.clicked.connect(self.ask_to_empty)
        self.view.opened.connect(self.restore)
        self.view.selected.connect(self._update_enabled)
        self.model.counted.connect(self._update_enabled)
        self._update_enabled()

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    @aio.slot()
    async def load(self) -> None:
        self.model.set_entries(await self._recorder.work(lambda record: record.runs(bin=True)))

    @aio.slot()
    async def restore(self) -> None:
        """Restore the selected runs; a group comes with its parts."""
        rows = self.model.with_members(self.view.chosen())
        ids = [row.entry.run_id for row in rows]
        entries = await self._recorder.work(lambda record: [_taken_out(record, run_id) for run_id in ids])
        self.model.remove(rows)
        self.restored.emit(entries)

    @Slot()
    def ask_to_empty(self) -> None:
        number = counted(self.model.total, tr("run"), tr("runs"))
        box = QMessageBox(
            QMessageBox.Icon.Warning,
            tr("Empty the bin?"),
            tr(
                "{number} will be permanently deleted, with all logs, pictures and files. This cannot be undone.",
                number=number,
            ),
            QMessageBox.StandardButton.Cancel,
            self,
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        button = box.addButton(tr("Empty the bin"), QMessageBox.ButtonRole.DestructiveRole)
        button.clicked.connect(self.empty)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    @aio.slot()
    async def empty(self) -> None:
        """Permanently delete everything in the bin."""
        await self._recorder.work(lambda record: record.empty_bin())
        self.load()

    @Slot()
    def _update_enabled(self) -> None:
        self._stack.setCurrentIndex(1 if self.model.total else 0)
        self.restore_button.setEnabled(bool(self.view.chosen()))
        self.empty_button.setEnabled(self.model.total > 0)


def _taken_out(record: "Record", run_id: str) -> "RunEntry":
    record.restore(run_id)
    return record.entry(run_id)

"""Shows a recorded prediction or merge: request, result, and its file."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import moment, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.runs.kept import KeptRun
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.gui.widgets.files import ask_target, copy
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.notices import NoticeBar, Notices
from exoplanet_desktop.gui.widgets.row import size_in_text


class KeptDialog(QDialog):
    """Not modal; one per run.

    Signals:
        table_wanted: the KeptRun whose table to show in its tab.
    """

    table_wanted = Signal(object)

    def __init__(self, kept: KeptRun, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kept, self._workers = kept, workers
        run = kept.run
        self.setWindowTitle(run.title)
        self._notices = Notices()
        bar = NoticeBar(self._notices, self)
        self._notices.open()
        state = RunState.of(run.status, live=False).heading
        heading = PlainLabel(f"{state}  ·  {_when(run.created_at)}", "heading", selectable=True)
        error = PlainLabel(run.error or "", "reason", selectable=True)
        error.setVisible(bool(run.error))
        self.warnings = PlainLabel("\n".join(f"⚠ {warning}" for warning in run.warnings), "warning", selectable=True)
        self.warnings.setVisible(bool(run.warnings))
        facts = QWidget()
        form = QFormLayout(facts)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        for name, value in kept.facts():
            form.addRow(name, PlainLabel(value, selectable=True))
        area = QScrollArea()
        area.setAccessibleName(tr("About the run"))
        area.setWidget(facts)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        log = QPlainTextEdit(kept.log_text)
        log.setReadOnly(True)
        log.setTabChangesFocus(True)
        log.setAccessibleName(tr("Log"))
        log.setVisible(bool(kept.log_text))
        self.save_button = QPushButton(tr("&Save file…"))
        self.save_button.clicked.connect(self.ask_target)
        self.save_button.setVisible(bool(kept.files))
        self.table_button = QPushButton(tr("Show the &table"))
        self.table_button.setToolTip(tr("Open the result in its tab, as it was then"))
        self.table_button.clicked.connect(self._show_table)
        self.table_button.setVisible(bool(kept.files) or bool(kept.merged_file))
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self.table_button)
        buttons.addWidget(self.save_button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        for widget in (bar, heading, error, self.warnings):
            layout.addWidget(widget)
        layout.addWidget(area, 1)
        layout.addWidget(log, 1)
        layout.addLayout(buttons)
        size_in_text(self, 104, 30)

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    @Slot()
    def _show_table(self) -> None:
        self.table_wanted.emit(self.kept)
        self.close()

    @Slot()
    def ask_target(self) -> None:
        if self.kept.files:
            ask_target(self, tr("Save the file"), self.kept.files[0].name, self.save)

    @aio.slot(str)
    async def save(self, target: str) -> None:
        """Copy the recorded file to the user's chosen place."""
        await self._workers.call(copy, self.kept.files[0], Path(target))
        self._notices.information(tr("The file is saved in {target}.", target=target))


def _when(text: str) -> str:
    return moment(datetime.fromisoformat(text))

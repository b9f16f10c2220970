"""The line at the bottom: who answers, what runs, how many rows are shown."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from exoplanet_desktop.gui.backends.chip import BackendChip
from exoplanet_desktop.gui.backends.session import Session
from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.runs.runs import Runs


class StatusBar(QStatusBar):
    """Signals:
    backend_wanted: the user wants to choose who answers.
    runs_wanted: the user wants to see the runs.
    """

    backend_wanted = Signal()
    runs_wanted = Signal()

    def __init__(self, session: Session, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self.backend_chip = BackendChip(session, self)
        self.backend_chip.clicked.connect(self.backend_wanted)
        self.runs_chip = _chip(tr("Show the runs"))
        self.runs_chip.clicked.connect(self.runs_wanted)
        self.rows_label = QLabel(self)
        self.rows_label.setTextFormat(Qt.TextFormat.PlainText)
        self.addWidget(self.backend_chip)
        self.addWidget(self.runs_chip, 1)
        self.addPermanentWidget(self.rows_label)
        runs.changed.connect(self._show_runs)
        self._show_runs()

    def show_rows(self, rows: int | None) -> None:
        """How many rows the table in front has; nothing where there is none."""
        self.rows_label.setText("" if rows is None else counted(rows, tr("row"), tr("rows")))

    @Slot()
    def _show_runs(self) -> None:
        live, waiting, done = self._runs.live, self._runs.waiting, len(self._runs.all)
        if live:
            jobs = counted(len(live), tr("job running"), tr("jobs running"))
            text = f"{jobs}: {live[-1].request.title}, {live[-1].words}"
        elif waiting:
            text = counted(len(waiting), tr("training in the outbox"), tr("trainings in the outbox"))
        else:
            # The list of runs has those of other days as well, and what is no training.
            text = counted(done, tr("training this session"), tr("trainings this session")) if done else ""
        self.runs_chip.setText(text)
        self.runs_chip.setVisible(bool(text))


def _chip(tip: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button

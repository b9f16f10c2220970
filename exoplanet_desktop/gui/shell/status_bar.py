"""The line at the bottom: the backend, running jobs, and the number of rows shown."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from exoplanet_desktop.gui.backends import words
from exoplanet_desktop.gui.backends.session import Session
from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.runs.runs import Runs
from exoplanet_desktop.gui.widgets.labels import tip

LONGEST_TITLE = 40  # characters


class StatusBar(QStatusBar):
    """Signals:
    backend_wanted: the user wants to choose the backend.
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
        """The row count of the current table; empty if there is none."""
        self.rows_label.setText("" if rows is None else counted(rows, tr("row"), tr("rows")))

    @Slot()
    def _show_runs(self) -> None:
        live, waiting, done = self._runs.live, self._runs.waiting, len(self._runs.all)
        if live:
            jobs = counted(len(live), tr("job running"), tr("jobs running"))
            text = f"{jobs}: {live[-1].title}, {live[-1].snapshot.words}"
        elif waiting:
            text = counted(len(waiting), tr("training in the outbox"), tr("trainings in the outbox"))
        else:
            # The list of runs also has those of other days, and runs that are not trainings.
            text = counted(done, tr("training this session"), tr("trainings this session")) if done else ""
        self.runs_chip.setText(text)
        self.runs_chip.setVisible(bool(text))


def _chip(what: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setToolTip(what)
    button.setAccessibleName(what)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class BackendChip(QToolButton):
    """Who answers, how fast, and when last. It asks nobody: others' answers tell it. Clicked, it opens the list of
    backends.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        session.changed.connect(self.refresh)
        session.beat.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        session = self._session
        state, heartbeat = words.state(session), words.heartbeat(session)
        if len(state) > LONGEST_TITLE + 20:
            state = f"{state[:LONGEST_TITLE]}…"
        # An ampersand in a name is no mnemonic.
        text = f"{words.STATE_MARKS[session.state]} {state}{f' · {heartbeat}' if heartbeat else ''}".replace("&", "&&")
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(tr("Backend: {words}", words=f"{state} {heartbeat}".strip()))
        self.setToolTip(tip("\n".join([*words.details(session), "", tr("Click to choose the backend")])))

"""The chip in the status bar: who answers, how fast, and when last. It asks nobody: others' answers tell it."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from exoplanet_desktop.gui.backends import words
from exoplanet_desktop.gui.backends.session import Session
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.labels import tip

LONGEST_TITLE = 40  # characters


class BackendChip(QToolButton):
    """Clicked, it opens the list of backends."""

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

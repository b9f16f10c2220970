"""Compact notes: the first ones are visible, the rest is one click away."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.widgets.labels import PlainLabel

SEEN = 2


class FoldedNotes(QWidget):
    """One line per note, the first SEEN of them always visible; takes no space if there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notes: tuple[str, ...] = ()
        self.first = PlainLabel("", "warning", selectable=True, parent=self)
        self.rest = PlainLabel("", "warning", selectable=True, parent=self)
        self.more = QToolButton(self)
        self.more.setCheckable(True)
        self.more.setProperty("folds", True)
        self.more.setAutoRaise(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.first, self.more, self.rest):
            layout.addWidget(widget)
        self.more.toggled.connect(self._fold)
        self.show_notes(())

    def text(self) -> str:
        """All notes, one per line."""
        return "\n".join(self._notes)

    def show_notes(self, notes: Sequence[str]) -> None:
        """Replace the notes."""
        self._notes = tuple(dict.fromkeys(notes))
        rest = self._notes[SEEN:]
        self.first.setText("\n".join(f"⚠ {note}" for note in self._notes[:SEEN]))
        self.rest.setText("\n".join(f"⚠ {note}" for note in rest))
        self.more.setText(counted(len(rest), tr("more note"), tr("more notes")))
        self.more.setVisible(bool(rest))
        self.more.setChecked(False)
        self._fold(False)
        self.setVisible(bool(self._notes))

    @Slot(bool)
    def _fold(self, open_: bool) -> None:
        self.more.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)
        self.rest.setVisible(open_ and bool(self._notes[SEEN:]))

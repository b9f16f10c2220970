"""The empty state of a panel: what it will show, and the ways to fill it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from exoplanet_desktop.gui.widgets.labels import LargeLabel, PlainLabel
from exoplanet_desktop.gui.widgets.row import FoldingRow, measured, with_text

WIDEST_LETTERS = 86


class EmptyPage(QFrame):
    """Signals:
    chosen: number of the button that was clicked.
    """

    chosen = Signal(int)

    def __init__(self, heading: str, text: str, buttons: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        title = LargeLabel(heading, "heading", 1.25, parent=self)
        title.setWordWrap(True)
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._words = words = PlainLabel(text, "muted")
        with_text(words, lambda: words.setMaximumWidth(measured(words, WIDEST_LETTERS, 1)[0]))
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        # Between stretches, not aligned: an aligned label gets the height of its narrowest form, and is cut.
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addWidget(words, 100)
        centred.addStretch(1)
        self.buttons = [QPushButton(label, self) for label in buttons]
        for number, button in enumerate(self.buttons):
            button.clicked.connect(lambda _=False, number=number: self.chosen.emit(number))
        row = FoldingRow(8, centred=True)
        row.show_widgets(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        layout.addStretch(1)
        layout.addWidget(title)
        layout.addLayout(centred)
        layout.addWidget(row)
        layout.addStretch(1)

    def say(self, text: str) -> None:
        """Replace the texts it was made with."""
        self._words.setText(text)

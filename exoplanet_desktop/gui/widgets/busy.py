"""The loading state of a panel: a sentence, a truthful progress bar, and a way to stop."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.labels import PlainLabel

FULL = 1000


class BusyPage(QWidget):
    """Signals:
    cancelled: the user wants it to stop.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = PlainLabel()
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setMinimumWidth(320)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(320)
        self.bar.setAccessibleName(tr("Progress"))
        self.cancel = QPushButton(tr("Cancel"), self)
        self.cancel.clicked.connect(self.cancelled)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        for widget in (self.text, self.bar, self.cancel):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def start(self, text: str, cancellable: bool) -> None:
        self.text.setText(text)
        self.bar.setRange(0, 0)
        self.cancel.setVisible(cancellable)

    def show_progress(self, share: float | None, text: str) -> None:
        """`share` from 0 to 1, or None if unknown: the bar is then indeterminate."""
        self.bar.setRange(0, 0 if share is None else FULL)
        if share is not None:
            self.bar.setValue(round(share * FULL))
        self.text.setText(text)

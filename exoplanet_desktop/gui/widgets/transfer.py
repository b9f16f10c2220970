"""A file transfer to a place that the user chose: progress, speed, and a way to stop it."""

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QProgressBar, QPushButton, QWidget

from exoplanet_desktop.client.http.transfers import Progress, ShouldStop
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.pacing import Pacing
from exoplanet_desktop.gui.widgets.labels import PlainLabel

R = TypeVar("R")

FULL = 1000
SHOW_AFTER_MS = 300  # anything faster needs no bar that only flickers


class TransferBar(QWidget):
    """Hidden while there is no transfer. One transfer at a time."""

    _told = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = PlainLabel()
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the transfer"))
        self.cancel_button = QPushButton(tr("Cancel"), self)
        self.cancel_button.setAccessibleName(tr("Cancel the transfer"))
        self.cancel_button.clicked.connect(self.cancel)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.words, 0, 0, 1, 2)
        layout.addWidget(self.bar, 1, 0)
        layout.addWidget(self.cancel_button, 1, 1)
        layout.setColumnStretch(0, 1)
        self._late = QTimer(self, singleShot=True, interval=SHOW_AFTER_MS)
        self._late.timeout.connect(self.show)
        self._stop: threading.Event | None = None
        self._told.connect(self._show)
        self.hide()

    @property
    def is_busy(self) -> bool:
        return self._stop is not None

    async def run(self, workers: Workers, what: str, transfer: Callable[[Progress, ShouldStop], R]) -> R:
        """Runs a transfer in a worker and shows it. Raises AppError; Cancelled after `cancel`.

        Args:
            what: what it does, such as "Saving koi.csv:".
            transfer: takes a progress callback, and one that returns whether to stop.
        """
        self._stop = stop = threading.Event()
        self._show(None, what)
        self.cancel_button.setEnabled(True)
        self._late.start()
        try:
            return await workers.call(transfer, Pacing(what, self._told.emit), stop.is_set)
        finally:
            self._stop = None
            self._late.stop()
            self.hide()

    @Slot()
    def cancel(self) -> None:
        """Stop the current transfer, if any."""
        if self._stop is not None:
            self.cancel_button.setEnabled(False)
            self._stop.set()

    @Slot(object, str)
    def _show(self, share: float | None, words: str) -> None:
        self.words.setText(words)
        self.bar.setRange(0, 0 if share is None else FULL)
        if share is not None:
            self.bar.setValue(round(share * FULL))

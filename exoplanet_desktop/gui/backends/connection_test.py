"""Tests a connection and describes the result in words."""

import threading

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.profiles.diagnosis import Diagnosis, Finding, diagnose
from exoplanet_desktop.client.profiles.profiles import Profile
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.widgets.labels import PlainLabel


class ConnectionTest(QWidget):
    """A button, a progress bar during the test, and the result below.

    Signals:
        wanted: the user asked to test the values in the fields.
        address_proposed: the user accepted a proposed address.
    """

    wanted = Signal()
    address_proposed = Signal(str)

    def __init__(self, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._stop: threading.Event | None = None
        self._proposal = ""
        self.diagnosis: Diagnosis | None = None
        self.test_button = QPushButton(tr("Test &connection"), self)
        self.test_button.clicked.connect(self.wanted)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setMaximumWidth(160)
        self.bar.setAccessibleName(tr("Contacting the backend"))
        self.cancel_button = QPushButton(tr("Cancel test"), self)
        self.cancel_button.clicked.connect(self.stop)
        self.mark = QLabel(self)
        self.sentence = PlainLabel(selectable=True, parent=self)
        self.details = PlainLabel("", "muted", selectable=True, parent=self)
        self.take_button = QPushButton(tr("Set this address"), self)
        self.take_button.clicked.connect(lambda: self.address_proposed.emit(self._proposal))
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.test_button)
        first.addWidget(self.bar)
        first.addWidget(self.cancel_button)
        first.addStretch(1)
        second = QHBoxLayout()
        second.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        second.addWidget(self.mark, 0, top)
        second.addWidget(self.sentence, 1)
        second.addWidget(self.take_button, 0, top)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addWidget(self.details)
        self.clear()

    async def run(self, profile: "Profile", token: str | None, backend: "Backend | None" = None) -> None:
        """Test a profile; `backend` is the one to test if it is already running. Raises Cancelled after `stop`."""

        self.clear()
        self._stop = stop = threading.Event()
        self._show_running(True)
        try:
            found = await self._workers.call(diagnose, profile, token, backend=backend, should_stop=stop.is_set)
        finally:
            if self._stop is stop:
                self._stop = None
                self._show_running(False)
        if not stop.is_set():
            self._show(found)

    @Slot()
    def stop(self) -> None:
        """Abandon a running test."""
        if self._stop is not None:
            self._stop.set()

    def clear(self) -> None:
        self.stop()
        self._stop, self.diagnosis = None, None
        self._show_running(False)
        self.say("")

    def say(self, text: str, *, failed: bool = False) -> None:
        """Show another sentence in place of a test result."""
        self.mark.setText(("✕" if failed else "") if text else "")
        self.mark.setVisible(bool(self.mark.text()))
        for label in (self.mark, self.sentence):
            label.setProperty("reason", failed)
            label.style().unpolish(label)
            label.style().polish(label)
        self.sentence.setText(text)
        self.details.setText("")
        self.details.hide()
        self.take_button.hide()

    def _show(self, found: "Diagnosis") -> None:

        self.say(found.sentence, failed=not found.ok)
        self.diagnosis = found
        self.mark.setText("✓" if found.ok else "✕")
        self.mark.show()
        self.mark.setAccessibleName(tr("Works") if found.ok else tr("Does not work"))
        self.details.setText("\n".join(found.details))
        self.details.setVisible(bool(found.details))
        self._proposal = found.proposal
        self.take_button.setVisible(found.finding is Finding.SPEAKS_TLS and bool(found.proposal))

    def _show_running(self, running: bool) -> None:
        self.test_button.setEnabled(not running)
        self.bar.setVisible(running)
        self.cancel_button.setVisible(running)

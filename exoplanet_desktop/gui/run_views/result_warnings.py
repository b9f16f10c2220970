"""Objections to a result, and the offer to check a backend's claims about its own model."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.gui.widgets.transfer import TransferBar

MOST_OF_SCREEN = 0.5  # of its height; the most serious comes first


class ResultWarnings(QWidget):
    """One line per deviation, then the parity check: offered, running, or its result."""

    def __init__(self, run: TrainingRun, workers: Workers, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run, self._workers, self._notices = run, workers, notices
        self.warnings = PlainLabel("", "warning", selectable=True)
        self.fits = PlainLabel("", "muted", selectable=True)
        self.offer = PlainLabel("", "muted")
        self.check_button = QPushButton(tr("&Check it"), self)
        self.check_button.setAccessibleName(tr("Check the reported accuracy on a sample"))
        self.check_button.clicked.connect(self.check)
        self.transfer = TransferBar(self)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.offer, 1)
        line.addWidget(self.check_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.warnings)
        layout.addWidget(self.fits)
        layout.addLayout(line)
        layout.addWidget(self.transfer)
        self.refresh()

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    @Slot()
    def refresh(self) -> None:
        """Show the run's current state."""
        run = self._run
        self.warnings.setText("\n".join(f"⚠ {warning}" for warning in run.warnings))
        self.warnings.setVisible(bool(run.warnings))
        parity = run.parity or {}
        fits = bool(parity) and not parity.get("contradiction")
        self.fits.setText(f"✓ {parity.get('sentence')}" if fits else "")
        self.fits.setVisible(fits)
        offered = run.can_check_parity and not fits and not self.transfer.is_busy
        self.offer.setText(self._offer_words())
        for widget in (self.offer, self.check_button):
            widget.setVisible(offered)
        self.setVisible(bool(run.warnings) or fits or offered or self.transfer.is_busy)
        self._keep_whole()

    def _offer_words(self) -> str:
        run = self._run
        if run.parity is not None:
            return tr("After a restart of {backend}, you can check its model again.", backend=run.backend_title)
        if run.unchecked:
            return tr(
                "{backend} does not say how it measured its accuracy, which could not be checked: {why}",
                backend=run.backend_title,
                why=run.unchecked,
            )
        return tr(
            "{backend} does not say how it measured its accuracy. You can check it: its model predicts some rows "
            "of the training file, where the answer is known.",
            backend=run.backend_title,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_whole()

    def _keep_whole(self) -> None:
        """Let figures give way to warnings: a wrapped text alone would be cut off where room is short."""
        most = round(MOST_OF_SCREEN * self.screen().availableSize().height())
        for words in (self.warnings, self.fits):
            words.setMinimumHeight(0 if words.isHidden() else min(most, words.heightForWidth(self.width())))

    @aio.slot()
    async def check(self) -> None:
        """Predict a sample and compare."""
        run = self._run
        try:
            await run.reconnect()
            checking = self.transfer.run(self._workers, tr("Checking the model:"), run.check_parity)
            self.offer.hide()
            self.check_button.hide()
            run.take_parity(await checking)
        finally:
            self.refresh()

"""The box with the models that can predict, and what stands below it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal

from exoplanet_desktop.errors import AppError, NoAnswer
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.predict.models import ModelEntry, every_kind, offered
from exoplanet_desktop.gui.predict.request import ModelChoice
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.labels import FittedLabel, tip
from exoplanet_desktop.wire.vocabulary import Satellite

HINT = Qt.ItemDataRole.UserRole + 1  # what the box may be too narrow to show


class ModelBox(QObject):
    """Asks the backend in use for its models whenever there may be others.

    Signals:
        changed: another model is chosen, or other ones are offered.
    """

    changed = Signal()

    def __init__(self, services: Services, satellite: Callable[[], Satellite], parent: QObject | None = None) -> None:
        """`satellite`: the one whose models are wanted now."""
        super().__init__(parent)
        self._services, self._satellite = services, satellite
        self._refreshes = 0
        self._wanted: ModelChoice | None = None
        self.box = combo(tr("Model"), [])
        self.box.setPlaceholderText(tr("none trained yet"))
        self.hint = FittedLabel("", "muted")
        self.box.currentIndexChanged.connect(self.changed)
        services.session.changed.connect(self.refresh)
        services.runs.ended.connect(self.refresh)
        services.runs.judged.connect(self.refresh)

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    @property
    def chosen(self) -> ModelChoice | None:
        choice: ModelChoice | None = self.box.currentData()
        return choice

    def want(self, choice: ModelChoice) -> None:
        """Choose a model as soon as the backend offers it."""
        self._wanted = choice
        self.refresh()

    @aio.slot()
    async def refresh(self) -> None:
        """Ask the backend which models it has trained for the satellite; the last question wins."""
        session, satellite = self._services.session, self._satellite()
        self._refreshes += 1
        number, connection = self._refreshes, session.connection
        if session.state is not State.READY or connection is None:
            self.offer([])
        elif not session.has("models"):
            against = await self._services.runs.contradictions(connection)
            if number == self._refreshes:
                self.offer(every_kind(satellite, against))
        else:
            try:
                models = await self._services.workers.call(connection.backend.models)
            except NoAnswer:
                session.no_answer_from(connection)  # which says so, and asks again
                return
            if number == self._refreshes:
                self.offer(offered(models, satellite))

    def offer(self, entries: Sequence[ModelEntry]) -> None:
        """Show the models; the one that was chosen, or has just been trained, stays or becomes the chosen one."""
        box, choices = self.box, [entry.choice for entry in entries]
        wanted = self.chosen
        if wanted is not None and not choices:
            self._wanted = self._wanted or wanted  # until the backend answers again
        if self._wanted in choices:
            wanted, self._wanted = self._wanted, None
        box.blockSignals(True)
        box.clear()
        for place, entry in enumerate(entries):
            box.addItem(entry.words, entry.choice)
            box.setItemData(place, tip(entry.choice.warning or entry.words), Qt.ItemDataRole.ToolTipRole)
            box.setItemData(place, entry.hint, HINT)
        box.setCurrentIndex(choices.index(wanted) if wanted in choices else _first(entries))
        box.blockSignals(False)
        self.changed.emit()

    def update_hint(self, train_first: bool) -> None:
        """Say of the chosen model what the box has no room for; nothing where one is trained first."""
        self.box.setEnabled(not train_first and self.box.count() > 0)
        self.box.setToolTip(tr("The model that will be trained first") if train_first else self.box.currentText())
        hint = "" if train_first else self.box.currentData(HINT) or ""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))


def _first(entries: Sequence[ModelEntry]) -> int:
    """The place of the newest model of all columns, of the newest where there is none such; -1 without any."""
    whole = (place for place, entry in enumerate(entries) if not entry.is_reduced)
    return next(whole, min(0, len(entries) - 1))

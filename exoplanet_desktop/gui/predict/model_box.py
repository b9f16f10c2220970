"""The combo box of available models, and the hint below it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal

from exoplanet_desktop.errors import AppError, NoAnswer
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.predict.models import ModelEntry, every_kind, first, offered
from exoplanet_desktop.gui.predict.request import ModelChoice
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.labels import FittedLabel, tip
from exoplanet_desktop.wire.vocabulary import Satellite

HINT = Qt.ItemDataRole.UserRole + 1  # text for which the box may be too narrow


class ModelBox(QObject):
    """Fetches the models from the backend in use whenever they may have changed.

    Signals:
        changed: the chosen model or the list of models has changed.
    """

    changed = Signal()

    def __init__(self, services: Services, satellite: Callable[[], Satellite], parent: QObject | None = None) -> None:
        """`satellite`: returns the satellite whose models to show."""
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
        """Fetch the trained models for the satellite from the backend; the last request wins."""
        session, satellite = self._services.session, self._satellite()
        self._refreshes += 1
        number, connection = self._refreshes, session.connection
        if session.state is not State.READY or connection is None:
            self.offer([])
        elif not session.has("models"):
            known = await self._services.runs.models_of(connection)
            if number == self._refreshes:
                self.offer(every_kind(satellite, known))
        else:
            try:
                models = await self._services.workers.call(connection.backend.models)
            except NoAnswer:
                session.no_answer_from(connection)  # reports it, and retries
                return
            if number == self._refreshes:
                self.offer(offered(models, satellite))

    def offer(self, entries: Sequence[ModelEntry]) -> None:
        """Show the models; the chosen or newly trained one stays or becomes current."""
        box, choices = self.box, [entry.choice for entry in entries]
        wanted = self.chosen
        if wanted is not None and not choices:
            self._wanted = self._wanted or wanted  # kept until the backend answers again
        if self._wanted in choices:
            wanted, self._wanted = self._wanted, None
        box.blockSignals(True)
        box.clear()
        for place, entry in enumerate(entries):
            box.addItem(entry.words, entry.choice)
            told = entry.words if entry.choice.version else entry.hint or entry.words
            box.setItemData(place, tip("\n".join(filter(None, (told, entry.classes)))), Qt.ItemDataRole.ToolTipRole)
            box.setItemData(place, entry.hint, HINT)
        box.setCurrentIndex(choices.index(wanted) if wanted in choices else first(entries))
        box.blockSignals(False)
        self.changed.emit()

    def update_hint(self, train_first: bool) -> None:
        """Show details of the chosen model that do not fit into the box; nothing if a model is trained first."""
        self.box.setEnabled(not train_first and self.box.count() > 0)
        about = self.box.currentData(Qt.ItemDataRole.ToolTipRole) or ""
        self.box.setToolTip(tr("The model that will be trained first") if train_first else about)
        hint = "" if train_first else self.box.currentData(HINT) or ""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))

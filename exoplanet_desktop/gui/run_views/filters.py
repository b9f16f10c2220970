"""The button that filters the list of runs: by kind, state, satellite and star."""

from collections.abc import Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.run_views.model import Filter, RunsModel
from exoplanet_desktop.gui.runs import words
from exoplanet_desktop.gui.runs.run_state import StateGroup
from exoplanet_desktop.wire.vocabulary import Satellite


class FilterButton(QToolButton):
    """Signals:
    changed: the filter has changed; see `chosen`.
    """

    changed = Signal()

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._ticked: dict[str, set[str]] = {"kinds": set(), "states": set(), "satellites": set()}
        self._starred = False
        self.setText(tr("Filter"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self._update_text()

    def chosen(self, search: str) -> Filter:
        """The chosen filter, combined with the search text."""
        sets = {name: frozenset(ticked) for name, ticked in self._ticked.items()}
        return Filter(search.strip(), sets["kinds"], sets["states"], sets["satellites"], self._starred)

    @Slot()
    def clear(self) -> None:
        for ticked in self._ticked.values():
            ticked.clear()
        self._starred = False
        self._update_text()
        self.changed.emit()

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        self._section(tr("State"), "states", ((str(group), group.words) for group in StateGroup))
        self._section(tr("Satellite"), "satellites", ((str(name), str(name)) for name in Satellite))
        kinds = self._model.values(lambda entry: entry.kind)
        self._section(tr("Kind"), "kinds", ((kind, words.kinds_words(kind)) for kind in kinds))
        self._menu.addSeparator()
        self._tick(tr("Starred only"), self._starred).toggled.connect(self._take_star)
        self._menu.addAction(tr("Show all")).triggered.connect(self.clear)

    def _section(self, title: str, name: str, entries: Iterable[tuple[str, str]]) -> None:
        self._menu.addSection(title)
        for value, text in entries:
            action = self._tick(text, value in self._ticked[name])
            action.toggled.connect(lambda on, name=name, value=value: self._take(name, value, on))

    def _tick(self, text: str, ticked: bool) -> QAction:
        action = self._menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(ticked)
        return action

    def _take(self, name: str, value: str, on: bool) -> None:
        (self._ticked[name].add if on else self._ticked[name].discard)(value)
        self._update_text()
        self.changed.emit()

    def _take_star(self, on: bool) -> None:
        self._starred = on
        self._update_text()
        self.changed.emit()

    def _update_text(self) -> None:
        number = sum(len(ticked) for ticked in self._ticked.values()) + self._starred
        self.setText(tr("Filter ({number})", number=number) if number else tr("Filter"))
        self.setAccessibleName(tr("Filter the runs"))
        self.setAccessibleDescription(tr("{number} chosen", number=number))

"""Which files each tab has, from one start to the next, and which were opened lately."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QTabWidget, QWidget

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.preferences import Preferences
from exoplanet_desktop.gui.base.settings import MOST_RECENT
from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.shell.importing import Importer
from exoplanet_desktop.gui.widgets.picker import CatalogPicker

MOST_NAMED = 3


class OpenFiles(QObject):
    """Keeps `files` and `recent` of the settings. A tab's files come back when it is first looked at.

    Signals:
        recent_known: the files opened lately, each with whether it is there.
    """

    recent_known = Signal(object)

    def __init__(
        self, tabs: QTabWidget, names: Mapping[str, QWidget], preferences: Preferences, services: Services
    ) -> None:
        """`names`: what each tab is called in the settings, in their order."""
        super().__init__(tabs)
        self._tabs, self._names = tabs, list(names)
        self._preferences, self._services = preferences, services
        self.importer = Importer(services, self)
        self._pickers = {
            f"{name}.{place}": picker
            for name, tab in names.items()
            for place, picker in enumerate(tab.findChildren(CatalogPicker))
        }
        for key, picker in self._pickers.items():
            picker.folder = preferences.now.folder
            picker.bring = self.importer.bring
            picker.changed.connect(partial(self._note, key))
        self._waiting: dict[str, tuple[str, ...]] = dict(preferences.now.files) if preferences.now.restore else {}
        tabs.currentChanged.connect(self._open_waiting)

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    @Slot()
    def restore(self) -> None:
        """Open the files of the last time in the tab in front; the other tabs follow when they are looked at."""
        self._open_waiting(self._tabs.currentIndex())

    def forget_waiting(self, tab: int) -> None:
        """Other files are opened in a tab: those of the last time stay closed."""
        for key in [key for key in self._waiting if key.startswith(f"{self._names[tab]}.")]:
            del self._waiting[key]

    @property
    def recent(self) -> list[Path]:
        """The files that were opened lately, the newest first."""
        return [Path(name) for name in self._preferences.now.recent]

    @aio.slot()
    async def look_up_recent(self) -> None:
        """Find out which of the files opened lately are still there."""
        paths = self.recent
        there = await self._services.workers.call(_which_exist, paths)
        self.recent_known.emit(list(zip(paths, there, strict=True)))

    def forget_recent(self) -> None:
        self._preferences.change(recent=())

    @aio.slot(int)
    async def _open_waiting(self, tab: int) -> None:
        mine = f"{self._names[tab]}."
        waiting = {key: self._waiting.pop(key) for key in list(self._waiting) if key.startswith(mine)}
        missing: list[Path] = []
        for key, names in waiting.items():
            paths = [Path(name) for name in names]
            there = await self._services.workers.call(_which_exist, paths)
            found = [path for path, is_there in zip(paths, there, strict=True) if is_there]
            missing += [path for path in paths if path not in found]
            picker = self._pickers.get(key)
            if found and picker is not None and not picker.paths:
                picker.set_paths(found)
        if missing:
            self._services.notices.information(_gone(missing))

    def _note(self, key: str) -> None:
        """A picker has other files: remember them; those of our own scratch folder go with the window."""
        picker = self._pickers[key]
        kept = tuple(str(path) for path in picker.paths if self._services.scratch not in path.parents)
        now = self._preferences.now
        files = {**now.files, **self._waiting, key: kept}
        folder = picker.folder if kept else now.folder
        self._preferences.change(
            files={name: paths for name, paths in files.items() if paths},
            recent=tuple(dict.fromkeys((*reversed(kept), *now.recent)))[:MOST_RECENT],
            folder=folder,
        )


def _which_exist(paths: Sequence[Path]) -> list[bool]:
    """Called in a worker: a folder of a network may take long."""
    return [path.is_file() for path in paths]


def _gone(missing: Sequence[Path]) -> str:
    names = ", ".join(path.name for path in missing[:MOST_NAMED]) + (" …" if len(missing) > MOST_NAMED else "")
    files = counted(len(missing), tr("file"), tr("files"))
    return tr("{files} from your last session could not be found: {names}.", files=files, names=names)

"""Which files each tab has, from one start to the next, and which were opened lately; VOTable and FITS files become
CSV on their way into a tab.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QTabWidget, QWidget

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.files.whole import is_vo
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.preferences import Preferences
from exoplanet_desktop.gui.base.settings import MOST_RECENT
from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.widgets.picker import CatalogPicker

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading.vo import Converted

Take = Callable[[list[Path]], object]
MOST_NAMED = 3
CONVERTED = "converted"  # folder among what outlives the window, so that the file opens again at the next start


class OpenFiles(QObject):
    """Keeps `files` and `recent` of the settings. A tab's files reopen when it is first shown.

    Signals:
        recent_known: the recent files, each with whether it exists.
    """

    recent_known = Signal(object)

    def __init__(
        self, tabs: QTabWidget, names: Mapping[str, QWidget], preferences: Preferences, services: Services
    ) -> None:
        """`names`: the tabs' names in the settings, in their order."""
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
        """Reopen the files from the last session in the current tab; other tabs follow when they are shown."""
        self._open_waiting(self._tabs.currentIndex())

    def forget_waiting(self, tab: int) -> None:
        """A tab opened other files: do not reopen those from the last session."""
        for key in [key for key in self._waiting if key.startswith(f"{self._names[tab]}.")]:
            del self._waiting[key]

    @property
    def recent(self) -> list[Path]:
        """The recent files, newest first."""
        return [Path(name) for name in self._preferences.now.recent]

    @aio.slot()
    async def look_up_recent(self) -> None:
        """Find out which of the recent files still exist."""
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
        """A picker's files changed: remember them, except our own scratch files, which the window deletes."""
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
    """Called in a worker: a network folder may be slow."""
    return [path.is_file() for path in paths]


def _gone(missing: Sequence[Path]) -> str:
    names = ", ".join(path.name for path in missing[:MOST_NAMED]) + (" …" if len(missing) > MOST_NAMED else "")
    files = counted(len(missing), tr("file"), tr("files"))
    return tr("{files} from your last session could not be found: {names}.", files=files, names=names)


class Importer(QObject):
    """Hands files on, each as a CSV: a worker writes VOTable and FITS files down as one."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    def bring(self, take: Take, paths: Sequence[Path]) -> None:
        """Call `take` with the files, at once where all of them are CSV."""
        if any(is_vo(path) for path in paths):
            self._convert(take, list(paths))
        else:
            take(list(paths))

    @aio.slot(object, object)
    async def _convert(self, take: Take, paths: list[Path]) -> None:
        ready: list[Path] = []
        for path in paths:
            if not is_vo(path):
                ready.append(path)
                continue
            done = await self._services.workers.call(_converted, path, self._services.folder / CONVERTED)
            rows = counted(done.rows, tr("row"), tr("rows"))
            words = tr(
                "{file} was read as a table of {rows} and saved as {csv}.", file=path.name, rows=rows, csv=done.csv
            )
            self._services.notices.information(" ".join((words, *done.notes)))
            ready.append(done.csv)
        take(ready)


def _converted(path: Path, folder: Path) -> "Converted":
    from exoplanet_desktop.catalogs.reading.vo import convert

    return convert(path, folder)

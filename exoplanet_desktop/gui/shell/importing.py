"""VOTable and FITS files on their way into a tab: a worker writes them down as the CSV that is opened then."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.files.whole import is_vo
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.runs.services import Services

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading.vo import Converted

Take = Callable[[list[Path]], object]
FOLDER = "converted"  # among what outlives the window, so that the file opens again at the next start


class Importer(QObject):
    """Hands files on, each as a CSV."""

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
            done = await self._services.workers.call(_converted, path, self._services.folder / FOLDER)
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

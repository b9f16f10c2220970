"""Sorts files dropped on the window: catalogs, exported runs, and files that cannot be opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.files.whole import CATALOG_ENDINGS
from exoplanet_desktop.gui.base.text import tr


@dataclass(frozen=True)
class Dropped:
    """Files sorted by purpose, according to their suffixes."""

    catalogs: tuple[Path, ...] = ()
    runs: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()

    def refusal(self) -> InputError | None:
        """Why some of the files cannot be opened; None if all can."""
        if not self.others:
            return None
        names = ", ".join(path.name for path in self.others)
        return InputError(
            tr(
                "{names}: only catalogs (.csv and other text tables, VOTable, FITS) and exported runs (.zip) can be "
                "opened.",
                names=names,
            )
        )


def sorted_out(paths: Sequence[Path]) -> Dropped:
    """Sort files by purpose.

    >>> sorted_out([Path("a.CSV"), Path("b.csv.gz"), Path("run.zip"), Path("c.pdf")]).others[0].name
    'c.pdf'
    """
    catalogs = tuple(path for path in paths if path.name.lower().endswith(CATALOG_ENDINGS))
    runs = tuple(path for path in paths if path.name.lower().endswith(".zip") and path not in catalogs)
    return Dropped(catalogs, runs, tuple(path for path in paths if path not in {*catalogs, *runs}))


def local_files(data: QMimeData) -> list[Path]:
    """The local files in dragged or pasted data."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class FileDrops(QObject):
    """Accepts files dropped on a widget, or on children that accept no drops themselves."""

    def __init__(self, widget: QWidget, take: Callable[[Sequence[Path]], object]) -> None:
        super().__init__(widget)
        self._take = take
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop):
            return super().eventFilter(watched, event)
        if not isinstance(event, QDropEvent | QDragMoveEvent) or not (paths := local_files(event.mimeData())):
            return super().eventFilter(watched, event)
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._take(paths)
        return True

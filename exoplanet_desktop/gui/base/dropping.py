"""Sorts files dropped on the window: catalogs, exported runs, and files that cannot be opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QRubberBand, QWidget

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
    """Accepts files dropped on a widget, or on children that accept no drops themselves.

    While files are over it, a rubber band marks the widget that will take them.
    """

    def __init__(
        self,
        widget: QWidget,
        take: Callable[[Sequence[Path]], object],
        mark: Callable[[], QWidget | None] = lambda: None,
    ) -> None:
        """`mark`: the widget to mark, which may be another one than the widget under the mouse; None for no mark."""
        super().__init__(widget)
        self._take, self._mark = take, mark
        self._band: QRubberBand | None = None
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DragLeave:
            self._unmark()
        if not isinstance(event, QDropEvent | QDragMoveEvent) or not (paths := local_files(event.mimeData())):
            return super().eventFilter(watched, event)
        event.acceptProposedAction()
        if event.type() == QEvent.Type.DragEnter:
            self._show_mark()
        if event.type() == QEvent.Type.Drop:
            self._unmark()
            self._take(paths)
        return True

    def _show_mark(self) -> None:
        self._unmark()
        if (place := self._mark()) is not None and place.isVisible():
            self._band = QRubberBand(QRubberBand.Shape.Rectangle, place)
            self._band.setGeometry(place.rect())
            self._band.show()

    def _unmark(self) -> None:
        if self._band is not None:
            self._band.hide()
            self._band.deleteLater()
            self._band = None


class FilesPassBy(QObject):
    """Lets dragged files pass a text field, which would insert their paths, to the part of the window around it."""

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent | QDragMoveEvent) and local_files(event.mimeData()):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

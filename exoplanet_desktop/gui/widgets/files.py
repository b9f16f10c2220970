"""Asking for files, and writing them atomically."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from exoplanet_desktop.errors import Cancelled, UnavailableError
from exoplanet_desktop.files.whole import CATALOG_ENDINGS, whole
from exoplanet_desktop.gui.base.text import tr

if TYPE_CHECKING:
    from exoplanet_desktop.client.http.transfers import Progress, ShouldStop

_BLOCK = 1 << 20  # bytes
_save_folder = [""]  # the suggested folder for the next result; chosen once for all tabs


def save_in(folder: str) -> None:
    """Suggest this folder for results from now on; "" keeps the last one."""
    if folder:
        _save_folder[0] = folder


def ask_files(parent: QWidget, title: str, folder: str, many: bool, take: Callable[[list[Path]], object]) -> None:
    """Ask for one catalog, or for several; calls `take` with them unless the user cancels."""
    # `open`, not `exec`: a nested event loop breaks waiting coroutines.
    kinds = " ".join(f"*{ending}" for ending in (".CSV", *CATALOG_ENDINGS))
    dialog = QFileDialog(parent, title, folder, tr("Catalogs ({kinds});;All files (*)", kinds=kinds))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if many else QFileDialog.FileMode.ExistingFile)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda names: take([Path(name) for name in names]))
    dialog.open()


def ask_target(parent: QWidget, title: str, name: str, take: Callable[[str], object], kinds: str = "") -> None:
    """Ask where to save a file; Qt asks before replacing an existing one. `kinds` are Qt's name filters."""
    dialog = QFileDialog(parent, title, str(Path(_save_folder[0]) / name))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    if kinds:
        dialog.setNameFilter(kinds)
        suffixes = {kind: kind.rpartition("*")[2].strip(".)") for kind in kinds.split(";;")}
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(suffixes[kind]))
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda target: save_in(str(Path(target).parent)))
    dialog.fileSelected.connect(take)
    dialog.open()


def write(target: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises UnavailableError."""
    with whole(target) as part:
        part.write_bytes(data)


def copy(
    source: Path, target: Path, progress: "Progress | None" = None, should_stop: "ShouldStop | None" = None
) -> None:
    """Copy a file whole or not at all. Raises UnavailableError, and Cancelled on request."""
    try:
        total, done = source.stat().st_size, 0
        with source.open("rb") as there, whole(target) as part, part.open("wb") as here:
            while block := there.read(_BLOCK):
                if should_stop and should_stop():
                    raise Cancelled(tr("Stopped as you asked."))
                here.write(block)
                done += len(block)
                if progress:
                    progress(done, total)
    except OSError as error:
        raise _not_written(target, error.strerror or str(error)) from error


def _not_written(target: Path, why: str) -> UnavailableError:
    return UnavailableError(
        tr("{target} could not be written ({why}). Choose another location.", target=target, why=why)
    )

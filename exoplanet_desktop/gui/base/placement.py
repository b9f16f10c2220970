"""Restores the places of the window, its splitters and its docks at the next start."""

from typing import Any

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from exoplanet_desktop.gui.base.settings import Settings

WIDTH_PX, HEIGHT_PX = 1280, 800
LAYOUT_VERSION = 1


def place(window: QMainWindow, settings: Settings) -> None:
    """Restore the window's place; if its screen is gone, move it to an existing one."""
    room = QGuiApplication.primaryScreen().availableGeometry()
    window.resize(min(WIDTH_PX, room.width()), min(HEIGHT_PX, room.height()))
    if settings.geometry:
        window.restoreGeometry(QByteArray.fromBase64(settings.geometry.encode("ascii", "ignore")))


def grow(window: QWidget, wide: int, high: int) -> None:
    """Enlarge a visible window to at least this size, moving it only as far as needed to stay on its screen."""
    room = window.screen().availableGeometry()
    frame = window.frameGeometry().size() - window.size()  # the window frame
    window.resize(
        max(window.width(), min(wide, room.width() - frame.width())),
        max(window.height(), min(high, room.height() - frame.height())),
    )
    outer = window.frameGeometry()
    left = max(room.left(), min(outer.left(), room.right() + 1 - outer.width()))
    top = max(room.top(), min(outer.top(), room.bottom() + 1 - outer.height()))
    window.move(left, top)


def place_docks(window: QMainWindow, settings: Settings) -> None:
    if settings.layout:
        window.restoreState(QByteArray.fromBase64(settings.layout.encode("ascii", "ignore")), LAYOUT_VERSION)


def place_splitters(inside: QWidget, settings: Settings) -> None:
    for splitter in _splitters(inside):
        sizes = settings.splitters.get(splitter.objectName(), ())
        if len(sizes) == splitter.count() and any(sizes):
            # Use the saved width: before the window is shown, sizes would be cut down to the current room.
            handles = (splitter.count() - 1) * splitter.handleWidth()
            splitter.resize(sum(sizes) + handles, splitter.height())
            splitter.setSizes(list(sizes))
            splitter.splitterMoved.emit(sizes[0], 1)  # as if the user had moved it


def placement(window: QMainWindow) -> dict[str, Any]:
    """The same places as values for the settings."""
    return {
        "geometry": _text(window.saveGeometry()),
        "layout": _text(window.saveState(LAYOUT_VERSION)),
        "splitters": {splitter.objectName(): tuple(splitter.sizes()) for splitter in _splitters(window)},
    }


def _splitters(window: QWidget) -> list[QSplitter]:
    """The splitters that have an object name."""
    return [splitter for splitter in window.findChildren(QSplitter) if splitter.objectName()]


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")

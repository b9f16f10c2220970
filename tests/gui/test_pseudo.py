"""The window in a language with longer words: every text goes through `tr`, and none is clipped or overlaps.

The language is artificial: each text is in brackets, and half as long again.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialogButtonBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.settings import Scheme
from exoplanet_desktop.gui.base.text import CONTEXT
from exoplanet_desktop.gui.demo import support
from exoplanet_desktop.gui.demo.camera import Appearance, Camera
from exoplanet_desktop.gui.demo.driving import signal
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.wire.vocabulary import Disposition, Model, Satellite
from tests.gui import walk

BEGIN, END = "⟦", "⟧"
WORD = re.compile(r"[^\W\d_]{2,}")
# Names and units, the same in every language, and Qt's own texts.
NAMES = {
    *(str(label) for label in Disposition),
    *(model.display_name for model in Model),
    *Satellite,
}
# Sentences from the rooms below the window, the same as on the command line.
FROM_BELOW = ("There is no system keyring",)
# A file name, and the settings' examples of numbers and dates.
FILE_OR_DATE = re.compile(r"[\w.]+\.csv|<qt>|</qt>|[\d.,'\u202f ]+·.*·.*")


class Longer(QTranslator):
    """Half as long again, in brackets; placeholders and mnemonics stay."""

    def translate(self, context: str, text: str, *_rest: object) -> str:
        if context != CONTEXT or not WORD.search(text):
            return text if context == CONTEXT else ""
        words = "·" * (len(text) // 2)
        return f"{BEGIN}{text}{words}{END}"


def texts(window: QWidget) -> Iterator[str]:
    """Texts that a user reads or hears in a window, except catalogs, help pages and licences."""
    yield window.windowTitle()
    for widget in window.findChildren(QWidget):
        if widget.window() is not window or walk.is_part(widget) or not widget.isVisible():
            continue
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.statusTip())
        if isinstance(widget, QLabel) or (isinstance(widget, QAbstractButton) and not _by_qt(widget)):
            yield widget.text()
        elif isinstance(widget, QLineEdit):
            yield widget.placeholderText()
        elif isinstance(widget, QGroupBox):
            yield widget.title()
        elif isinstance(widget, QTabBar):
            yield from (widget.tabText(tab) for tab in range(widget.count()))
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(item) for item in range(widget.count()))
        elif isinstance(widget, QTreeWidget):
            yield from (widget.headerItem().text(column) for column in range(widget.columnCount()))
    for menu in window.findChildren(QMenu):
        yield from (action.text() for action in menu.actions())


def _by_qt(button: QAbstractButton) -> bool:
    """Whether the text is Qt's own, which Qt translates into the system's language."""
    box = button.parent()
    standard = QDialogButtonBox.StandardButton.NoButton
    return isinstance(box, QDialogButtonBox) and box.standardButton(button) != standard and BEGIN not in button.text()


def untranslated(window: QWidget) -> list[str]:
    found = []
    for text in texts(window):
        if any(text.startswith(begin) for begin in FROM_BELOW):
            continue
        rest = FILE_OR_DATE.sub("", text)
        for name in NAMES:
            rest = rest.replace(name, "")
        if BEGIN not in text and WORD.search(rest):
            found.append(f"no tr: {text!r}")
    return found


class Reader(Camera):
    """Reads each window that it is shown."""

    def __init__(self) -> None:
        super().__init__(Path(), (Appearance(Scheme.LIGHT, 100),))
        self.told: dict[str, str] = {}

    async def look_at(self, window: QWidget, name: str, look: Appearance) -> None:
        await asyncio.sleep(0.02)
        for what in (*untranslated(window), *walk.cut(window), *walk.overlapping(window)):
            self.told.setdefault(what, f"{name}: {what}")


@pytest.fixture
def longer_words() -> Iterator[None]:
    longer = Longer()
    QCoreApplication.installTranslator(longer)
    yield
    QCoreApplication.removeTranslator(longer)


def test_no_text_escapes_and_none_is_cut_where_words_are_longer(
    longer_words: None, start: Callable[..., Any], sample: Callable[..., Path], qtbot: QtBot
) -> None:
    window: MainWindow = start().window
    reader = Reader()
    reader.use(window)

    async def look() -> None:
        await support.first_steps(window, reader)
        await support.dialogs(window, reader)
        window.tabs.setCurrentIndex(0)
        await signal(window.train.view.opened, "the catalog", lambda: window.train.open_files([sample()]))
        await reader.take(window, "catalog")

    work = asyncio.ensure_future(look())
    try:
        qtbot.waitUntil(work.done, timeout=150_000)
        work.result()
    finally:
        work.cancel()
        window.preferences.change(theme="system")
    assert not reader.told, "\n".join(reader.told.values())

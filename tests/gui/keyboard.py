"""A user with only a keyboard: keys go to the focused widget, as a window system sends them."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QTabBar, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.gui import walk

SOON_MS = 10_000
MOST_TABS = 80

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


class Keyboard:
    """Presses keys, and looks at the screen to see where they go; uses nothing else."""

    def __init__(self, qtbot: QtBot, first: QWidget) -> None:
        """`first`: the open window."""
        self._qtbot = qtbot
        self._been = [first]

    def window(self, kind: type[QWidget] = QWidget) -> QWidget:
        """The active window, once it is of the given kind."""
        self._qtbot.waitUntil(lambda: isinstance(self._active(), kind), timeout=SOON_MS)
        window = QApplication.activeWindow()
        assert window is not None
        return window

    def _active(self) -> QWidget | None:
        """The active window. After one closes, activates the previous one, because offscreen nothing else does."""
        self._been = [window for window in self._been if isValid(window) and window.isVisible()]
        window = QApplication.activeWindow()
        if window is None:
            self._been[-1].activateWindow()
        elif window not in self._been:
            self._been.append(window)
        return window

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self._target(), key, modifiers)

    def type(self, text: str) -> None:
        QTest.keyClicks(self._target(), text)

    def tab_to(self, name: str) -> QWidget:
        """Press Tab until a control with this label has the focus."""
        for _ in range(MOST_TABS):
            focus = QApplication.focusWidget()
            if focus is not None and name in _words(focus):
                return focus
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab never came to “{name}” in “{self.window().windowTitle()}”")

    def push(self, name: str) -> None:
        """Tab to a button and press it."""
        self.tab_to(name)
        self.press(Qt.Key.Key_Space)

    def name_file(self, path: Path) -> None:
        """Answer a file dialog."""
        self.window(QFileDialog)
        self.press(Qt.Key.Key_A, CTRL)
        self.type(str(path))
        self.press(Qt.Key.Key_Return)

    def _target(self) -> QWidget:
        window = self.window()
        return QApplication.focusWidget() or window


def _words(widget: QWidget) -> list[str]:
    """The names of a control for a user: its label, and what a screen reader says."""
    if isinstance(widget, QTabBar):
        return [widget.tabText(tab).replace("&", "") for tab in range(widget.count())]
    written = widget.text().replace("&", "") if isinstance(widget, QAbstractButton) else ""
    return [written, walk.name_of(widget)]

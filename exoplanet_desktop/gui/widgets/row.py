"""Arranging widgets: next to each other if they fit, sized by their text, in tab order."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget


class FoldingRow(QWidget):
    """As wide as its widest widget needs: large text or a narrow window cuts nothing."""

    def __init__(self, spacing: int, centred: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[QWidget] = []
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(spacing)
        side = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
        self._layout.setAlignment(side)
        self._side = side
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_widgets(self, widgets: Sequence[QWidget]) -> None:
        """Replace the widgets; the previous ones are deleted."""
        while item := self._layout.takeAt(0):
            if (widget := item.widget()) is not None and widget not in widgets:
                widget.hide()
                widget.deleteLater()
        self._shown = list(widgets)
        for widget in widgets:
            self._layout.addWidget(widget, 0, self._side)
        self._fold()
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        widest = max((widget.minimumSizeHint().width() for widget in self._shown), default=0)
        return QSize(widest, self._layout.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fold()

    def _fold(self) -> None:
        needed = sum(widget.sizeHint().width() for widget in self._shown)
        needed += max(0, len(self._shown) - 1) * self._layout.spacing()
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        wanted = across if needed <= self.width() else down
        if wanted is not self._layout.direction():
            self._layout.setDirection(wanted)
            self.updateGeometry()


class _TextFollower(QObject):
    """Repeats an action when a widget's text size changes."""

    def __init__(self, widget: QWidget, act: Callable[[], object]) -> None:
        super().__init__(widget)
        self._widget, self._act, self._line = widget, act, widget.fontMetrics().lineSpacing()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FontChange and watched is self._widget:
            line = self._widget.fontMetrics().lineSpacing()
            if line != self._line:
                self._line = line
                self._act()
        return False


def with_text(widget: QWidget, act: Callable[[], object]) -> None:
    """Run an action that depends on a widget's text size, now and whenever that changes."""
    act()
    _TextFollower(widget, act)


def size_in_text(window: QWidget, characters: int, lines: int) -> None:
    """Give a window space for the given number of characters and lines, within its screen, at any text size."""
    with_text(window, lambda: room_for_text(window, characters, lines))


def room_for_text(window: QWidget, characters: int, lines: int) -> None:
    """Give a window space for the given number of characters and lines at the current text size."""
    room, (wide, high) = window.screen().availableSize(), measured(window, characters, lines)
    window.resize(min(wide, room.width() * 9 // 10), min(high, room.height() * 8 // 10))


def measured(widget: QWidget, characters: int, lines: int) -> tuple[int, int]:
    """Width and height of the given number of characters and lines, in pixels."""
    metrics = widget.fontMetrics()
    return characters * metrics.averageCharWidth(), lines * metrics.lineSpacing()


def at_the_end(window: QWidget, *widgets: QWidget) -> None:
    """Put widgets last in the tab order, even after widgets that are made later."""
    for widget in widgets:
        last = window.previousInFocusChain()
        # Qt does nothing if one of the two cannot have the focus, such as a label.
        while (
            last is not None
            and last is not window
            and (last is widget or not last.focusPolicy() & Qt.FocusPolicy.TabFocus)
        ):
            last = last.previousInFocusChain()
        if last is not None and last is not window:
            QWidget.setTabOrder(last, widget)


def in_order(*widgets: QWidget) -> None:
    """Set the tab order of widgets; by default, it is the order in which they were made."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


def inside(widget: QWidget) -> list[QWidget]:
    """The widgets within a widget that Tab reaches, in order."""
    found, each = [], widget.nextInFocusChain()
    while each is not None and widget.isAncestorOf(each):
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(each)
        each = each.nextInFocusChain()
    return found

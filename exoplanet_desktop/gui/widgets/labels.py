"""Displayed text that no markup can enter: names and sentences come from files and servers."""

import html

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from exoplanet_desktop.gui.base.painted import painted
from exoplanet_desktop.gui.base.theme import theme

LEAST_LETTERS = 16  # in a line of a narrow label


class PlainLabel(QLabel):
    """A plain-text label. Qt's own would render text that looks like HTML, including links and pictures."""

    def __init__(
        self, text: str = "", role: str = "", wrap: bool = True, selectable: bool = False, parent: QWidget | None = None
    ) -> None:
        """`role` names its look in the style sheet: heading, muted, warning, reason or figure."""
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setWordWrap(wrap)
        if role:
            self.setProperty(role, True)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)


class LargeLabel(PlainLabel):
    """Scale the font relative to that of the application."""

    def __init__(
        self, text: str, role: str, times: float, selectable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, role, wrap=False, selectable=selectable, parent=parent)
        self._times = times
        self._enlarge()
        # After the style sheet, which would restore the font that it has found.
        theme().changed.connect(self._enlarge)

    @Slot()
    def _enlarge(self) -> None:
        font = self.font()
        font.setPointSizeF(QApplication.font().pointSizeF() * self._times)
        self.setFont(font)


class ElidedLabel(PlainLabel):
    """One line, elided in the middle if space is short; the tooltip has the whole text."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, role, wrap=False, parent=parent)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(tip(text))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth(), super().minimumSizeHint().height())

    @painted
    def paintEvent(self, event: QPaintEvent) -> None:
        box, metrics = self.contentsRect(), self.fontMetrics()
        if metrics.horizontalAdvance(self.text()) <= box.width():
            super().paintEvent(event)
            return
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, box.width())
        side = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter = QPainter(self)
        self.style().drawItemText(painter, box, side, self.palette(), self.isEnabled(), shown, self.foregroundRole())


class FittedLabel(PlainLabel):
    """As high as its text at the current width: a form would give it the height for the minimum width."""

    def setText(self, text: str) -> None:
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.setMinimumHeight(0)  # Qt never asks for less than the minimum
        self.setFixedHeight(max(0, self.heightForWidth(self.width())))


class NarrowLabel(PlainLabel):
    """Wraps to any width, however narrow: a name too long for a line is elided in its middle.

    Qt would cut it off, and some of the lines below it. The tooltip then has the whole name; `whole` always has it.
    """

    def __init__(self, text: str = "", role: str = "", selectable: bool = False, parent: QWidget | None = None) -> None:
        self.whole = text
        super().__init__(text, role, selectable=selectable, parent=parent)

    def setText(self, text: str) -> None:
        self.whole = text
        self._show()

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_LETTERS * self.fontMetrics().averageCharWidth(), super().minimumSizeHint().height())

    def heightForWidth(self, width: int) -> int:
        room, flags = QRect(0, 0, width, 0), Qt.TextFlag.TextWordWrap
        return self.fontMetrics().boundingRect(room, flags, self._shortened(width)).height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        shown = self._shortened(self.width())
        super().setText(shown)
        self.setToolTip(tip(self.whole) if shown != self.whole else "")

    def _shortened(self, width: int) -> str:
        metrics, middle = self.fontMetrics(), Qt.TextElideMode.ElideMiddle
        return "\n".join(
            " ".join(metrics.elidedText(word, middle, width) for word in line.split(" "))
            for line in self.whole.split("\n")
        )


def tip(text: str) -> str:
    """A tooltip that shows a text literally."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""

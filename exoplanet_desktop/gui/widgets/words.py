"""Text on screen that nobody's markup can get into: names and sentences come from files and from servers."""

import html

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from exoplanet_desktop.gui.theme import theme


class Words(QLabel):
    """A label of plain text. Qt's own would show what looks like HTML as HTML, links and pictures included."""

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


class LargeWords(Words):
    """Letters so many times as large as those of the application."""

    def __init__(
        self, text: str, role: str, times: float, selectable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, role, wrap=False, selectable=selectable, parent=parent)
        self._times = times
        self._enlarge()
        # After the style sheet, which would bring back the letters that it has found.
        theme().changed.connect(self._enlarge)

    @Slot()
    def _enlarge(self) -> None:
        font = self.font()
        font.setPointSizeF(QApplication.font().pointSizeF() * self._times)
        self.setFont(font)


class ElidedWords(Words):
    """One line, shortened in its middle where there is no room for all of it; the tooltip has it whole."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, role, wrap=False, parent=parent)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(tip(text))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth(), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        box, metrics = self.contentsRect(), self.fontMetrics()
        if metrics.horizontalAdvance(self.text()) <= box.width():
            super().paintEvent(event)
            return
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, box.width())
        side = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter = QPainter(self)
        self.style().drawItemText(painter, box, side, self.palette(), self.isEnabled(), shown, self.foregroundRole())


def tip(text: str) -> str:
    """A tooltip that shows a text as it is."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""

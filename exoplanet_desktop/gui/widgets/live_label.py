"""A line or two of frequently changing text: it repaints without triggering a new layout."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from exoplanet_desktop.gui.base.painted import painted

_FLAGS = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_TALL = 10_000


class LiveLabel(QWidget):
    """Plain text, wrapped. It grows if a text needs more lines, and shrinks when hidden or resized."""

    def __init__(self, bold: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._bold = bold
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(text)
        if self._needed() > self.minimumHeight():
            self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    @painted
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._bold:
            font = self.font()
            font.setBold(True)
            painter.setFont(font)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.rect(), int(_FLAGS), self._text)

    def _fit(self) -> None:
        self.setFixedHeight(self._needed())

    def _needed(self) -> int:
        font = self.font()
        font.setBold(self._bold)
        metrics = QFontMetrics(font)
        room = QRect(0, 0, max(self.width(), 60), _TALL)
        return max(metrics.boundingRect(room, int(_FLAGS), self._text).height(), metrics.height())

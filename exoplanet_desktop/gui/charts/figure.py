"""What a figure is: it paints itself on any device, and offers the same as numbers and as text."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QApplication

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.theme import Tokens
from exoplanet_desktop.wire.vocabulary import Disposition

CLASSES = (*(str(label) for label in Disposition), "")  # "": without one
Numbers = tuple[Sequence[str], Sequence[Sequence[object]]]

PAPER_PX = 13  # the font of figures in files and reports
DASHES: Mapping[str, Qt.PenStyle] = {
    Disposition.CONFIRMED: Qt.PenStyle.SolidLine,
    Disposition.CANDIDATE: Qt.PenStyle.DashLine,
    Disposition.FALSE_POSITIVE: Qt.PenStyle.DotLine,
}


@dataclass(frozen=True)
class ChartStyle:
    """The colours and font of a figure; fonts have a size in pixels, the same on every device."""

    tokens: Tokens
    font: QFont

    @property
    def metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.font)

    @property
    def line(self) -> float:
        """The height of a line of text."""
        return self.metrics.height()

    @property
    def mark(self) -> float:
        """The size of a class mark next to its name."""
        return self.line * 0.68

    def sized(self, share: float) -> "ChartStyle":
        """The same with larger or smaller text."""
        font = QFont(self.font)
        font.setPixelSize(max(int(self.font.pixelSize() * share + 1e-9), 6))
        return replace(self, font=font)

    def colour(self, name: str) -> QColor:
        return QColor(getattr(self.tokens, name))

    def of_class(self, label: str) -> QColor:
        return QColor(self.tokens.of_class(label))

    def pen_of_class(self, label: str, width: float = 2.0) -> QPen:
        """Classes differ by dash pattern as well as by colour."""
        return QPen(self.of_class(label), width, DASHES.get(label, Qt.PenStyle.DashDotLine))


def screen_style() -> ChartStyle:
    """The current style of figures in the window. For the GUI thread."""
    return ChartStyle(theme.tokens(), _in_pixels(QApplication.font()))


def paper_style() -> ChartStyle:
    """The style of figures in files and reports: dark on white, whatever the scheme. For the GUI thread."""
    font = _in_pixels(QApplication.font())
    font.setPixelSize(PAPER_PX)
    return ChartStyle(theme.LIGHT, font)


def _in_pixels(font: QFont) -> QFont:
    sized = QFont(font)
    sized.setPixelSize(max(QFontInfo(font).pixelSize(), 6))
    return sized


class Figure(ABC):
    """A figure of some numbers. It is independent of widgets and can be painted in any thread.

    Attributes:
        title: what it shows.
        name: the same as a file name stem.
        size: its size in a file, in pixels.
    """

    title: str = ""
    name: str = "figure"
    size = QSizeF(560, 400)

    @abstractmethod
    def paint(self, painter: QPainter, room: QRectF, style: ChartStyle) -> None:
        """Paints the figure into `room`, over a background that already exists."""

    @abstractmethod
    def summary(self) -> str:
        """The figure in a few sentences, for screen readers."""

    @abstractmethod
    def numbers(self) -> Numbers:
        """Headers and rows of the data; plain numbers."""

    def hint(self, _at: QPointF, _room: QRectF, _style: ChartStyle) -> str:
        """A description of what is under the pointer; empty by default."""
        return ""

    def height(self, _style: ChartStyle) -> float:
        """The minimum height in the window; none by default."""
        return 0.0


def draw_text(
    painter: QPainter,
    style: ChartStyle,
    room: QRectF,
    text: str,
    colour: str = "text",
    flags: Qt.AlignmentFlag | None = None,
) -> None:
    """Text in a token's colour, unchanged, within `room`; centred by default."""
    painter.setPen(style.colour(colour))
    painter.setFont(style.font)
    painter.drawText(room, int(flags if flags is not None else Qt.AlignmentFlag.AlignCenter), text)


def draw_parts(painter: QPainter, room: QRectF, parts: Sequence[tuple[float, QColor]]) -> None:
    """A bar as wide as its room, in parts of these amounts and colours."""
    total, left = sum(amount for amount, _ in parts), room.left()
    for amount, colour in parts:
        width = room.width() * amount / total
        painter.fillRect(QRectF(left, room.top(), max(width - 1, 0), room.height()), colour)
        left += width


def class_name(label: str) -> str:
    return label or tr("no label")


def blend(low: QColor, high: QColor, share: float) -> QColor:
    """Interpolates between two colours, 0 for the first."""
    share = min(max(share, 0.0), 1.0)
    red, green, blue = (a + (b - a) * share for a, b in zip(_parts(low), _parts(high), strict=True))
    return QColor.fromRgbF(red, green, blue)


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of two colours (WCAG 2.2, 1.4.3), from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour))
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def _parts(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()

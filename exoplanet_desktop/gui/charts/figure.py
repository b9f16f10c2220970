"""What a figure is: something that paints itself anywhere, and tells the same in numbers and in words."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QApplication

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.theme import Tokens
from exoplanet_desktop.wire.vocabulary import Disposition

Numbers = tuple[Sequence[str], Sequence[Sequence[object]]]

PAPER_PX = 13  # the letters of figures in files and reports
DASHES: Mapping[str, Qt.PenStyle] = {
    Disposition.CONFIRMED: Qt.PenStyle.SolidLine,
    Disposition.CANDIDATE: Qt.PenStyle.DashLine,
    Disposition.FALSE_POSITIVE: Qt.PenStyle.DotLine,
}


@dataclass(frozen=True)
class ChartStyle:
    """The colours and letters of a figure; letters have a size in pixels, the same on every device."""

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
        """How large the mark of a class is beside its name."""
        return self.line * 0.68

    def sized(self, share: float) -> "ChartStyle":
        """The same with larger or smaller letters."""
        font = QFont(self.font)
        font.setPixelSize(max(int(self.font.pixelSize() * share + 1e-9), 6))
        return replace(self, font=font)

    def colour(self, name: str) -> QColor:
        return QColor(getattr(self.tokens, name))

    def of_class(self, label: str) -> QColor:
        return QColor(self.tokens.of_class(label))

    def pen_of_class(self, label: str, width: float = 2.0) -> QPen:
        """Classes differ by their dashes as well as by their colours."""
        return QPen(self.of_class(label), width, DASHES.get(label, Qt.PenStyle.DashDotLine))


def screen_style() -> ChartStyle:
    """How figures look in the window now. For the GUI thread."""
    return ChartStyle(theme.tokens(), _in_pixels(QApplication.font()))


def paper_style() -> ChartStyle:
    """How figures look in files and reports: dark on white, whatever the scheme. For the GUI thread."""
    font = _in_pixels(QApplication.font())
    font.setPixelSize(PAPER_PX)
    return ChartStyle(theme.LIGHT, font)


def _in_pixels(font: QFont) -> QFont:
    sized = QFont(font)
    sized.setPixelSize(max(QFontInfo(font).pixelSize(), 6))
    return sized


class Figure(ABC):
    """A figure of some numbers. It knows no widget and may be painted in any thread.

    Attributes:
        title: what it shows.
        name: the same as the stem of a file name.
        size: the room that it takes in a file, in pixels.
    """

    title: str = ""
    name: str = "figure"
    size = QSizeF(560, 400)

    @abstractmethod
    def paint(self, painter: QPainter, room: QRectF, style: ChartStyle) -> None:
        """Paints the figure into `room`; its ground is there already."""

    @abstractmethod
    def summary(self) -> str:
        """The figure in a few sentences, for who cannot see it."""

    @abstractmethod
    def numbers(self) -> Numbers:
        """The headers and rows of what is shown; plain numbers."""

    def hint(self, _at: QPointF, _room: QRectF, _style: ChartStyle) -> str:
        """What is under the pointer; nothing by default."""
        return ""

    def height(self, _style: ChartStyle) -> float:
        """The least height in the window; nothing by default."""
        return 0.0


def draw_text(
    painter: QPainter,
    style: ChartStyle,
    room: QRectF,
    text: str,
    colour: str = "text",
    flags: Qt.AlignmentFlag | None = None,
) -> None:
    """Text of a token's colour, as it is, within `room`; centred by default."""
    painter.setPen(style.colour(colour))
    painter.setFont(style.font)
    painter.drawText(room, int(flags if flags is not None else Qt.AlignmentFlag.AlignCenter), text)


def blend(low: QColor, high: QColor, share: float) -> QColor:
    """A colour between two, 0 for the first."""
    share = min(max(share, 0.0), 1.0)
    red, green, blue = (a + (b - a) * share for a, b in zip(_parts(low), _parts(high), strict=True))
    return QColor.fromRgbF(red, green, blue)


def contrast(one: QColor, other: QColor) -> float:
    """The contrast of two colours (WCAG 2.2, 1.4.3), from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour))
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def _parts(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()

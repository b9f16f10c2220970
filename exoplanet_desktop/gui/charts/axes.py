"""Two axes with ticks, a grid and labels, and the drawing between them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.text import fixed
from exoplanet_desktop.gui.charts.figure import ChartStyle, draw_text

GAP = 6.0
SAMPLE_PX = 30.0
Points = Sequence[tuple[float, float]]
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Axis:
    """One axis: its label, its range, and the positions and texts of its ticks."""

    label: str
    low: float
    high: float
    ticks: Sequence[float]
    written: Callable[[float], str]
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Where a value lies between low (0) and high (1)."""
        low, high = self.low, self.high
        if self.logarithmic:
            return math.log(value / low) / math.log(high / low)
        return (value - low) / (high - low)


def share_axis(label: str) -> Axis:
    """From 0 to 1."""
    return Axis(label, 0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0), lambda value: fixed(value, 1))


def round_ticks(low: float, high: float, most: int = 5, logarithmic: bool = False) -> list[float]:
    """Round numbers within a range, at most `most` + 1 of them; powers of ten on a logarithmic axis with two or more.

    >>> round_ticks(0, 973)
    [0.0, 200.0, 400.0, 600.0, 800.0]
    >>> round_ticks(0.24, 12_900, logarithmic=True)
    [1.0, 10.0, 100.0, 1000.0, 10000.0]
    >>> round_ticks(3, 40, logarithmic=True)
    [5.0, 10.0, 20.0]
    """
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return [low]
    if logarithmic:
        first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
        if last > first:
            return [10.0**power for power in range(first, last + 1, math.ceil((last - first) / most))]
        fine = [digit * 10.0**power for power in range(first - 1, last + 1) for digit in (1, 2, 5)]
        if len(found := [tick for tick in fine if low <= tick <= high]) > 1:
            return found
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


class Plot:
    """The plot area between two axes, once they are drawn."""

    def __init__(
        self,
        painter: QPainter,
        room: QRectF,
        style: ChartStyle,
        across: Axis,
        up: Axis,
        square: bool = False,
        widest: float = 0.0,
    ) -> None:
        """Draws both axes into `room`.

        Args:
            square: about as wide as high.
            widest: minimum width for the labels of the vertical ticks, so that several plots align.
        """
        self._painter, self._style, self._across, self._up = painter, style, across, up
        line, metrics = style.line, style.metrics
        ticks = max(metrics.horizontalAdvance(up.written(tick)) for tick in up.ticks)
        left = max(ticks, widest) + line + 3 * GAP
        right = metrics.horizontalAdvance(across.written(across.ticks[-1])) / 2 + GAP
        inside = room.adjusted(left, line / 2 + 2, -right, -(2 * line + 2 * GAP))
        if square and inside.width() > inside.height() * 1.25:
            spare = inside.width() - inside.height() * 1.25
            inside.adjust(spare / 2, 0, -spare / 2, 0)
        self.inside = inside
        self._draw(room, inside.left() - left)

    def at(self, x: float, y: float) -> QPointF:
        """The position of a point."""
        across, up, inside = self._across, self._up, self.inside
        return QPointF(
            inside.left() + across.share(x) * inside.width(),
            inside.bottom() - up.share(y) * inside.height(),
        )

    def line(self, points: Points, pen: QPen) -> None:
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawPolyline(QPolygonF([self.at(x, y) for x, y in points]))

    def bar(self, low: float, high: float, bottom: float, top: float, colour: str) -> None:
        room = QRectF(self.at(low, top), self.at(high, bottom)).normalized()
        self._painter.fillRect(room.adjusted(0.5, 0, -0.5, 0), self._style.colour(colour))

    def mark(self, x: float, y: float, label: str, size: float = 9.0) -> None:
        theme.draw_mark(self._painter, label, self.at(x, y), size, self._style.of_class(label))

    def _draw(self, room: QRectF, left: float) -> None:
        """`left`: where the text of the vertical axis begins."""
        painter, style, inside = self._painter, self._style, self.inside
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        grid = QPen(style.colour("line"), 1)
        for tick in self._across.ticks:
            at = self.at(tick, self._up.low)
            painter.setPen(grid)
            painter.drawLine(at, QPointF(at.x(), inside.top()))
            width = style.metrics.horizontalAdvance(self._across.written(tick)) + 8
            below = QRectF(at.x() - width / 2, inside.bottom() + GAP, width, style.line)
            draw_text(painter, style, below, self._across.written(tick), "muted")
        for tick in self._up.ticks:
            at = self.at(self._across.low, tick)
            painter.setPen(grid)
            painter.drawLine(at, QPointF(inside.right(), at.y()))
            beside = QRectF(left, at.y() - style.line / 2, inside.left() - GAP - left, style.line)
            draw_text(painter, style, beside, self._up.written(tick), "muted", _RIGHT)
        # A label longer than the axis extends beyond it on both sides, as far as there is space.
        middle, half = inside.center().x(), min(inside.center().x() - room.left(), room.right() - inside.center().x())
        below = QRectF(middle - half, inside.bottom() + GAP + style.line, 2 * half, style.line + GAP)
        draw_text(painter, style, below, self._across.label)
        draw_upwards(painter, style, QRectF(left, room.top(), style.line + GAP, room.height()), self._up.label)


def draw_upwards(painter: QPainter, style: ChartStyle, room: QRectF, text: str) -> None:
    """Text that reads from bottom to top."""
    painter.save()
    painter.translate(room.center())
    painter.rotate(-90)
    draw_text(painter, style, QRectF(-room.height() / 2, -room.width() / 2, room.height(), room.width()), text)
    painter.restore()


def draw_legend(
    painter: QPainter, style: ChartStyle, plot: QRectF, labels: Sequence[tuple[str, str]], left: bool = False
) -> None:
    """A legend with line, mark and text of each class, on its own background in a lower corner of the plot.

    `labels`: (class, text); `left`: which corner.
    """
    width = max(style.metrics.horizontalAdvance(words) for _, words in labels) + SAMPLE_PX + 3 * GAP
    height = style.line * len(labels) + GAP
    x = plot.left() + GAP if left else plot.right() - width - GAP
    room = QRectF(x, plot.bottom() - height - GAP, width, height)
    painter.setPen(QPen(style.colour("line"), 1))
    painter.setBrush(style.colour("base"))
    painter.drawRoundedRect(room, 3, 3)
    for number, (label, words) in enumerate(labels):
        middle = room.top() + GAP / 2 + style.line * (number + 0.5)
        painter.setPen(style.pen_of_class(label))
        painter.drawLine(QPointF(room.left() + GAP, middle), QPointF(room.left() + GAP + SAMPLE_PX, middle))
        at = QPointF(room.left() + GAP + SAMPLE_PX / 2, middle)
        theme.draw_mark(painter, label, at, 9, style.of_class(label))
        text = QRectF(room.left() + SAMPLE_PX + 2 * GAP, middle - style.line / 2, width, style.line)
        draw_text(painter, style, text, words, "text", _LEFT)

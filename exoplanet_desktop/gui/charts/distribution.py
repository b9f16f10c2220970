"""How the values of a column are spread: a histogram for each class, or a bar for each value in parts by class."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.text import count, few_digits, tr
from exoplanet_desktop.gui.charts.axes import Axis, round_ticks
from exoplanet_desktop.gui.charts.figure import CLASSES, ChartStyle, Figure, Numbers, class_name, draw_parts, draw_text

GAP = 8.0
LONGEST_VALUE = 40  # characters
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StripsFigure(Figure):
    """A histogram for each class, one below the other over the same axis; each as high as its fullest bin."""

    name = "distribution"

    def __init__(
        self, column: str, unit: str, edges: Sequence[float], counts: Mapping[str, Sequence[int]], logarithmic: bool
    ) -> None:
        """Args:
        edges: of the bins, ascending, one more than there are bins.
        counts: rows of each bin by class, "" for rows without one.
        logarithmic: the axis is; all edges are positive then.
        """
        self.title = tr("Distribution of {column}", column=column)
        self.counts = {label: tuple(counts[label]) for label in CLASSES if any(counts.get(label, ()))}
        self._edges, self._unit = tuple(edges), unit
        ticks = round_ticks(edges[0], edges[-1], logarithmic=logarithmic)
        self._axis = Axis(unit, edges[0], edges[-1], ticks, few_digits, logarithmic)
        self._split = bool(set(self.counts) - {""})
        self.size = QSizeF(560, 72 * len(self.counts) + 40)

    def summary(self) -> str:
        parts = (self._in_words(label, values) for label, values in self.counts.items())
        return " ".join([self.title + ".", *parts])

    def numbers(self) -> Numbers:
        unit = f" ({self._unit})" if self._unit else ""
        rows = [
            [self._name_of(label), self._edges[place], self._edges[place + 1], value]
            for label, values in self.counts.items()
            for place, value in enumerate(values)
        ]
        return [tr("Class"), tr("From") + unit, tr("to") + unit, tr("Rows")], rows

    def height(self, style: ChartStyle) -> float:
        return style.line * 2 * (len(self.counts) + 1)

    def paint(self, painter: QPainter, room: QRectF, style: ChartStyle) -> None:
        line = style.line
        texts = {label: (self._name_of(label), count(sum(values))) for label, values in self.counts.items()}
        side = max(style.metrics.horizontalAdvance(text) for both in texts.values() for text in both)
        left = room.left() + side + style.mark + 2 * GAP
        high = (room.height() - 2 * line) / max(1, len(self.counts))
        for place, (label, values) in enumerate(self.counts.items()):
            top = room.top() + place * high
            strip = QRectF(left, top + 6, room.right() - GAP - left, high - 10)
            middle = top + high / 2
            if label:
                at = QPointF(room.left() + style.mark / 2, middle - line / 2)
                theme.draw_mark(painter, label, at, style.mark, style.of_class(label))
            begin = room.left() + style.mark + GAP / 2
            draw_text(painter, style, QRectF(begin, middle - line, side, line), texts[label][0], "text", _LEFT)
            draw_text(painter, style, QRectF(begin, middle, side, line), texts[label][1], "muted", _LEFT)
            self._bars(painter, style, strip, label, values)
            painter.setPen(QPen(style.colour("line"), 1))
            painter.drawLine(strip.bottomLeft(), strip.bottomRight())
        self._ticks(painter, style, QRectF(left, room.bottom() - 2 * line, room.right() - GAP - left, line))

    def _bars(self, painter: QPainter, style: ChartStyle, strip: QRectF, label: str, values: Sequence[int]) -> None:
        most, wide = max(values), strip.width() / len(values)
        colour = style.of_class(label) if self._split else style.colour("accent")
        for place, value in enumerate(values):
            if value:
                high = max(1.0, strip.height() * value / most)
                bar = QRectF(strip.left() + place * wide, strip.bottom() - high, max(1.0, wide - 1), high)
                painter.fillRect(bar, colour)

    def _ticks(self, painter: QPainter, style: ChartStyle, room: QRectF) -> None:
        end = room.left() - GAP
        for tick in self._axis.ticks:
            text = few_digits(tick)
            wide = style.metrics.horizontalAdvance(text)
            x = room.left() + self._axis.share(tick) * room.width()
            painter.setPen(QPen(style.colour("line"), 1))
            painter.drawLine(QPointF(x, room.top() - 4), QPointF(x, room.top()))
            at = min(max(x - wide / 2, room.left()), room.right() - wide)
            if at >= end + GAP:
                draw_text(painter, style, QRectF(at - 1, room.top(), wide + 2, room.height()), text, "muted")
                end = at + wide
        draw_text(painter, style, room.translated(0, room.height()), self._unit, "muted")

    def _name_of(self, label: str) -> str:
        return class_name(label) if self._split else tr("all rows")

    def _in_words(self, label: str, values: Sequence[int]) -> str:
        """Where the most and the middle of a class lie."""
        top = max(range(len(values)), key=lambda place: values[place])
        half, seen, middle = sum(values) / 2, 0, 0
        for place, value in enumerate(values):
            seen += value
            if seen >= half:
                middle = place
                break
        return tr(
            "{name}: {rows} rows; the fullest bin runs from {low} to {high}{unit}, and half of the rows are below "
            "{half}.",
            name=self._name_of(label),
            rows=count(sum(values)),
            low=few_digits(self._edges[top]),
            high=few_digits(self._edges[top + 1]),
            half=few_digits(self._edges[middle + 1]),
            unit=f" {self._unit}" if self._unit else "",
        )


class ValuesFigure(Figure):
    """A bar for each frequent value, in parts by class, with the counts beside it."""

    name = "values"

    def __init__(self, column: str, rows: Sequence[tuple[str, Mapping[str, int]]]) -> None:
        """`rows`: each value with its rows by class, "" for those without one."""
        self.title = tr("Frequent values of {column}", column=column)
        self.rows = [(value, {label: parts[label] for label in CLASSES if parts.get(label)}) for value, parts in rows]
        self._split = any(label for _, parts in self.rows for label in parts)
        self.size = QSizeF(620, 22 * len(rows))

    def summary(self) -> str:
        words = "; ".join(f"{_short(value)}: {self._in_words(parts)}" for value, parts in self.rows)
        return f"{self.title}. {words}."

    def numbers(self) -> Numbers:
        rows = [[value, class_name(label), part] for value, parts in self.rows for label, part in parts.items()]
        if not self._split:
            return [tr("Value"), tr("Rows")], [[value, part] for value, _, part in rows]
        return [tr("Value"), tr("Class"), tr("Rows")], rows

    def height(self, style: ChartStyle) -> float:
        return len(self.rows) * self._step(style)

    def paint(self, painter: QPainter, room: QRectF, style: ChartStyle) -> None:
        metrics, step = style.metrics, self._step(style)
        names = max(metrics.horizontalAdvance(_short(value)) for value, _ in self.rows) + 2
        names = min(names, room.width() * 0.35)
        widest = {
            label: max(metrics.horizontalAdvance(count(parts.get(label, 0))) for _, parts in self.rows)
            for label in CLASSES
            if any(label in parts for _, parts in self.rows)
        }
        marks = style.mark + GAP / 2 if self._split else 0.0
        counts = sum(width + marks + 1.5 * GAP for width in widest.values())
        left = room.left() + names + GAP
        width = max(20.0, room.right() - left - counts - GAP)
        most = max(sum(parts.values()) for _, parts in self.rows)
        for place, (value, parts) in enumerate(self.rows):
            top = room.top() + place * step
            text = metrics.elidedText(_short(value), Qt.TextElideMode.ElideRight, names)
            draw_text(painter, style, QRectF(room.left(), top, names, step), text, "text", _RIGHT)
            bar = QRectF(left, top + 4, width * sum(parts.values()) / most, step - 8)
            colours = {label: style.of_class(label) if self._split else style.colour("accent") for label in parts}
            draw_parts(painter, bar, [(part, colours[label]) for label, part in parts.items()])
            x = room.right() - counts
            for label, wide in widest.items():
                if label in parts:
                    if self._split and label:
                        at = QPointF(x + style.mark / 2, top + step / 2)
                        theme.draw_mark(painter, label, at, style.mark, style.of_class(label))
                    box = QRectF(x + marks, top, wide, step)
                    draw_text(painter, style, box, count(parts[label]), "muted", _RIGHT)
                x += wide + marks + 1.5 * GAP

    @staticmethod
    def _step(style: ChartStyle) -> float:
        return style.line + 6

    def _in_words(self, parts: Mapping[str, int]) -> str:
        rows = count(sum(parts.values()))
        split = ", ".join(f"{class_name(label)} {count(part)}" for label, part in parts.items())
        return f"{rows} ({split})" if self._split else rows


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"

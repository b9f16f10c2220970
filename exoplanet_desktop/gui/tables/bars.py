"""Painted distributions: one strip a class for numbers, one bar a value for texts; each class with colour and mark."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.wire.vocabulary import Disposition

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.tables.summary import ColumnSummary

CLASSES = (*(str(label) for label in Disposition), "")
GAP_PX = 8
TICKS = 5
WHOLE_BELOW = 1e12
LONGEST_VALUE = 40  # characters


def class_name(label: str) -> str:
    return label or tr("no label")


class _Painted(QWidget):
    """A drawing that tells in words what it shows."""

    def __init__(self, name: str, description: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)
        self.setToolTip("")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    @property
    def mark_px(self) -> int:
        """How large the mark of a class is."""
        return theme.mark_px(self.fontMetrics().lineSpacing())

    def draw_mark(self, painter: QPainter, label: str, x: float, middle: float) -> float:
        """The mark of a class; returns where its text begins."""
        if label:
            pixmap = theme.class_icon(label, self.mark_px).pixmap(self.mark_px, self.mark_px)
            painter.drawPixmap(int(x), int(middle - self.mark_px / 2), pixmap)
        return x + self.mark_px + GAP_PX / 2

    def draw_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            painter.setPen(QColor(theme.tokens().accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class ClassStrips(_Painted):
    """A histogram for each class, one below the other over the same axis; as high as there is room."""

    def __init__(self, summary: "ColumnSummary", unit: str, parent: QWidget | None = None) -> None:
        histogram = summary.histogram
        assert histogram is not None
        self._counts = {label: histogram.counts[label] for label in CLASSES if any(histogram.counts.get(label, ()))}
        self._edges, self._log, self._unit = histogram.edges, histogram.logarithmic, unit
        self._split = bool(set(self._counts) - {""})
        super().__init__(tr("Distribution of {column}", column=summary.column), self._description(), parent)

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().lineSpacing()
        return QSize(520, len(self._counts) * max(3 * line, 54) + 2 * line)

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().lineSpacing()
        return QSize(280, len(self._counts) * 2 * line + 2 * line)

    def name(self, label: str) -> str:
        return class_name(label) if self._split else tr("all rows")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours, metrics = QPainter(self), theme.tokens(), self.fontMetrics()
        line = metrics.lineSpacing()
        texts = {label: (self.name(label), count(sum(values))) for label, values in self._counts.items()}
        side = max(metrics.horizontalAdvance(text) for both in texts.values() for text in both)
        left = side + self.mark_px + 2 * GAP_PX
        width, height = self.width() - left - GAP_PX, (self.height() - 2 * line) / max(1, len(self._counts))
        for place, (label, values) in enumerate(self._counts.items()):
            bottom = (place + 1) * height - 4
            middle = place * height + height / 2
            begin = self.draw_mark(painter, label, 2, middle - line / 2)
            painter.setPen(QColor(colours.text))
            painter.drawText(QRectF(begin, middle - line, side, line), Qt.AlignmentFlag.AlignVCenter, texts[label][0])
            painter.setPen(QColor(colours.muted))
            painter.drawText(QRectF(begin, middle, side, line), Qt.AlignmentFlag.AlignVCenter, texts[label][1])
            colour = colours.of_class(label) if self._split else colours.accent
            self._bars(painter, values, QColor(colour), left, bottom, width, height - 10)
            painter.setPen(QColor(colours.line))
            painter.drawLine(int(left), int(bottom), int(left + width), int(bottom))
        painter.setPen(QColor(colours.muted))
        self._axis(painter, left, self.height() - 2 * line, width, line)
        self.draw_focus(painter)

    def _bars(
        self,
        painter: QPainter,
        values: Sequence[int],
        colour: QColor,
        left: float,
        bottom: float,
        width: float,
        height: float,
    ) -> None:
        most, wide = max(values), width / len(values)
        for place, value in enumerate(values):
            if value:
                high = max(1.0, height * value / most)
                painter.fillRect(QRectF(left + place * wide, bottom - high, max(1.0, wide - 1), high), colour)

    def _axis(self, painter: QPainter, left: float, top: float, width: float, line: float) -> None:
        end = -math.inf
        for share, value in self._ticks():
            text = few_digits(value)
            room = painter.fontMetrics().horizontalAdvance(text)
            at = min(max(left + share * width - room / 2, left), left + width - room)
            if at > end + GAP_PX:
                painter.drawText(QRectF(at, top, room + 2, line), Qt.AlignmentFlag.AlignVCenter, text)
                end = at + room
        if self._unit:
            painter.drawText(QRectF(left, top + line, width, line), Qt.AlignmentFlag.AlignHCenter, self._unit)

    def _ticks(self) -> list[tuple[float, float]]:
        """Shares of the axis, and the values there."""
        low, high = self._edges[0], self._edges[-1]
        if self._log:
            first, last = math.log10(low), math.log10(high)
            powers = [10.0**power for power in range(math.ceil(first), math.floor(last) + 1)]
            if len(powers) >= 2:
                return [((math.log10(power) - first) / (last - first), power) for power in powers]
        places = [place / (TICKS - 1) for place in range(TICKS)]
        if self._log:
            return [(share, 10 ** (first + share * (last - first))) for share in places]
        return [(share, low * (1 - share) + high * share) for share in places]

    def _description(self) -> str:
        return " ".join(self._in_words(label, values) for label, values in self._counts.items())

    def _in_words(self, label: str, values: Sequence[int]) -> str:
        """Where the most and the middle of a class lie."""
        top = max(range(len(values)), key=lambda place: values[place])
        half, seen = sum(values) / 2, 0
        middle = 0
        for place, value in enumerate(values):
            seen += value
            if seen >= half:
                middle = place
                break
        return tr(
            "{name}: {rows} rows; the fullest bin runs from {low} to {high}{unit}, and half of the rows are below "
            "{half}.",
            name=self.name(label),
            rows=count(sum(values)),
            low=f"{self._edges[top]:.4g}",
            high=f"{self._edges[top + 1]:.4g}",
            half=f"{self._edges[middle + 1]:.4g}",
            unit=f" {self._unit}" if self._unit else "",
        )


class ValueBars(_Painted):
    """A bar for each frequent value, in parts by class, with the counts beside it."""

    def __init__(self, summary: "ColumnSummary", parent: QWidget | None = None) -> None:
        self._rows = [
            (_short(value), rows, _parts(summary.top_classes.get(value, {"": rows}))) for value, rows in summary.top
        ]
        self._split = any(label for _, _, parts in self._rows for label in parts)
        words = "; ".join(f"{value}: {self._told(rows, parts)}" for value, rows, parts in self._rows)
        super().__init__(tr("Frequent values of {column}", column=summary.column), words, parent)

    def _told(self, rows: int, parts: Mapping[str, int]) -> str:
        split = ", ".join(f"{class_name(label)} {count(part)}" for label, part in parts.items())
        return f"{count(rows)} ({split})" if self._split else count(rows)

    def sizeHint(self) -> QSize:
        return QSize(520, len(self._rows) * self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(360, len(self._rows) * self._height())

    def _height(self) -> int:
        return self.fontMetrics().lineSpacing() + 6

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours, metrics, high = QPainter(self), theme.tokens(), self.fontMetrics(), self._height()
        names = min(max(metrics.horizontalAdvance(value) for value, _, _ in self._rows) + 2, int(self.width() * 0.35))
        widest = {
            label: max(metrics.horizontalAdvance(count(parts.get(label, 0))) for _, _, parts in self._rows)
            for label in CLASSES
            if any(label in parts for _, _, parts in self._rows)
        }
        told = sum(width + self.mark_px + 2 * GAP_PX for width in widest.values())
        left = names + GAP_PX
        width, most = max(20.0, self.width() - left - told - GAP_PX), max(rows for _, rows, _ in self._rows)
        align = Qt.AlignmentFlag
        for line, (value, _rows, parts) in enumerate(self._rows):
            top = line * high
            painter.setPen(QColor(colours.text))
            text = metrics.elidedText(value, Qt.TextElideMode.ElideRight, names)
            painter.drawText(QRectF(0, top, names, high), align.AlignVCenter | align.AlignRight, text)
            at = float(left)
            for label, part in parts.items():
                colour = colours.of_class(label) if self._split else colours.accent
                room = width * part / most
                painter.fillRect(QRectF(at, top + 4, max(1.0, room - 1), high - 8), QColor(colour))
                at += room
            x = float(self.width() - told)
            for label, room in widest.items():
                if label in parts:
                    begin = self.draw_mark(painter, label, x, top + high / 2) if self._split else x
                    painter.setPen(QColor(colours.muted))
                    box = QRectF(begin, top, room, high)
                    painter.drawText(box, align.AlignVCenter | align.AlignRight, count(parts[label]))
                x += room + self.mark_px + 2 * GAP_PX
        self.draw_focus(painter)


def _parts(counts: Mapping[str, int]) -> dict[str, int]:
    return {label: counts[label] for label in CLASSES if counts.get(label)}


def few_digits(value: float) -> str:
    """A value in four digits: `19.75`; a whole one in as many as it has: `10,000`, not `1e+04`."""
    return count(round(value)) if 1 <= abs(value) < WHOLE_BELOW and value == round(value) else f"{value:.4g}"


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"

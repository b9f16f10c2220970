"""Bar charts: importance of columns with its spread, rows by class, confidence by class."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.text import count, fixed, percent, tr
from exoplanet_desktop.gui.charts.axes import GAP, Axis, Plot, round_ticks
from exoplanet_desktop.gui.charts.figure import ChartStyle, Figure, Numbers, draw_text
from exoplanet_desktop.wire.payloads import Importance

MOST_DRAWN = 20
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ImportanceFigure(Figure):
    """The drop in accuracy when the values of a column are permuted, and its spread over the permutations."""

    title, name = "Importance: accuracy lost when a column is shuffled", "importance"

    def __init__(self, entries: "Sequence[Importance]") -> None:
        known = [entry for entry in entries if entry.mean == entry.mean]
        self.entries = sorted(known, key=lambda entry: -entry.mean)
        self.size = QSizeF(620, 60 + 19 * len(self.shown))

    @property
    def shown(self) -> "list[Importance]":
        return self.entries[:MOST_DRAWN]

    def summary(self) -> str:
        parts = [
            tr("{name}: {mean} ± {spread}.", name=entry.feature, mean=fixed(entry.mean), spread=fixed(entry.std))
            for entry in self.shown
        ]
        return " ".join([tr(self.title) + ".", *parts])

    def numbers(self) -> Numbers:
        headers = [tr("Column"), tr("Accuracy lost"), tr("Standard deviation")]
        return headers, [[entry.feature, entry.mean, entry.std] for entry in self.entries]

    def height(self, style: ChartStyle) -> float:
        return style.line * (len(self.shown) * 1.25 + 3.5)

    def paint(self, painter: QPainter, room: QRectF, style: ChartStyle) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names = [entry.feature for entry in self.shown]
        widest = max(style.metrics.horizontalAdvance(name) for name in names)
        left = min(widest, room.width() * 0.45) + 2 * GAP
        value = style.metrics.horizontalAdvance("0.000 ± 0.000") + 2 * GAP
        inside = room.adjusted(left, 2, -value, -(style.line * 2 + 2 * GAP))
        low = min(0.0, *(entry.mean - entry.std for entry in self.shown))
        high = max(1e-6, *(entry.mean + entry.std for entry in self.shown))
        step = inside.height() / len(names)

        def at(amount: float) -> float:
            return inside.left() + (amount - low) / (high - low) * inside.width()

        for tick in round_ticks(low, high):
            painter.setPen(QPen(style.colour("line"), 1))
            painter.drawLine(QPointF(at(tick), inside.top()), QPointF(at(tick), inside.bottom()))
            below = QRectF(at(tick) - 40, inside.bottom() + 2, 80, style.line)
            draw_text(painter, style, below, fixed(tick, 2 if high - low > 0.05 else 3), "muted")
        for number, entry in enumerate(self.shown):
            middle = inside.top() + (number + 0.5) * step
            bar = QRectF(at(0), middle - step * 0.32, at(entry.mean) - at(0), step * 0.64).normalized()
            painter.fillRect(bar, style.colour("accent"))
            painter.setPen(QPen(style.colour("text"), 1.5))
            ends = QPointF(at(entry.mean - entry.std), middle), QPointF(at(entry.mean + entry.std), middle)
            painter.drawLine(*ends)
            for end in ends:
                painter.drawLine(end - QPointF(0, 3), end + QPointF(0, 3))
            text = style.metrics.elidedText(entry.feature, Qt.TextElideMode.ElideMiddle, left - GAP)
            draw_text(painter, style, QRectF(room.left(), middle - step / 2, left - GAP, step), text, "text", _RIGHT)
            words = f"{fixed(entry.mean)} ± {fixed(entry.std)}"
            beside = QRectF(inside.right() + GAP, middle - step / 2, value, step)
            draw_text(painter, style, beside, words, "muted", _LEFT)
        below = QRectF(inside.left(), inside.bottom() + style.line + GAP, inside.width(), style.line + GAP)
        draw_text(painter, style, below, tr("Accuracy lost, mean ± standard deviation of the shuffles"))


class ClassesFigure(Figure):
    """Rows by class."""

    title, name = "Rows by predicted class", "classes"
    size = QSizeF(560, 150)

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = dict(counts)

    def summary(self) -> str:
        total = sum(self.counts.values())
        parts = [
            tr("{label}: {rows} ({share}).", label=label, rows=count(rows), share=percent(rows / max(total, 1), 1))
            for label, rows in self.counts.items()
        ]
        return " ".join([tr(self.title) + ".", *parts])

    def numbers(self) -> Numbers:
        return [tr("Class"), tr("Rows")], [[label, rows] for label, rows in self.counts.items()]

    def height(self, style: ChartStyle) -> float:
        return style.line * 1.8 * len(self.counts) + GAP

    def paint(self, painter: QPainter, room: QRectF, style: ChartStyle) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        total, most = max(sum(self.counts.values()), 1), max([1, *self.counts.values()])
        texts = {label: f"{count(rows)}  ({percent(rows / total, 1)})" for label, rows in self.counts.items()}
        names = max(style.metrics.horizontalAdvance(label) for label in self.counts) + style.mark + 15
        value = max(style.metrics.horizontalAdvance(text) for text in texts.values()) + 2 * GAP
        step = min(room.height() / len(self.counts), style.line * 2.2)
        wide = max(room.width() - names - value, 20.0)
        for number, (label, rows) in enumerate(self.counts.items()):
            middle = room.top() + (number + 0.5) * step
            at = QPointF(room.left() + 2 + style.mark / 2, middle)
            theme.draw_mark(painter, label, at, style.mark, style.of_class(label))
            beside = QRectF(room.left() + style.mark + 8, middle - step / 2, names, step)
            draw_text(painter, style, beside, label, "text", _LEFT)
            bar = QRectF(room.left() + names, middle - step * 0.3, wide * rows / most, step * 0.6)
            painter.fillRect(bar, style.of_class(label))
            beside = QRectF(bar.right() + GAP, middle - step / 2, value, step)
            draw_text(painter, style, beside, texts[label], "text", _LEFT)


class ConfidenceFigure(Figure):
    """The confidence of the predictions of each class: one histogram per class, stacked vertically."""

    title, name = "Confidence by predicted class", "confidence"
    size = QSizeF(560, 420)

    def __init__(self, counts: Mapping[str, Sequence[int]]) -> None:
        """`counts`: rows of each class in equal bins of the confidence from 0 to 1."""
        self.counts = {label: tuple(rows) for label, rows in counts.items()}
        self._bins = max((len(rows) for rows in self.counts.values()), default=1)

    def summary(self) -> str:
        parts = [tr(self.title) + "."]
        for label, rows in self.counts.items():
            if total := sum(rows):
                sure = sum(rows[len(rows) * 9 // 10 :])
                parts.append(
                    tr(
                        "{label}: {rows} rows, {share} of them with a confidence of 0.9 or more.",
                        label=label,
                        rows=count(total),
                        share=percent(sure / total),
                    )
                )
        return " ".join(parts)

    def numbers(self) -> Numbers:
        rows = [
            [label, place / self._bins, (place + 1) / self._bins, number]
            for label, bins in self.counts.items()
            for place, number in enumerate(bins)
        ]
        return [tr("Class"), tr("Confidence from"), tr("to"), tr("Rows")], rows

    def height(self, style: ChartStyle) -> float:
        return style.line * 6.5 * len(self.counts)

    def paint(self, painter: QPainter, room: QRectF, style: ChartStyle) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        part = room.height() / len(self.counts)
        places = [0.2 * place for place in range(6)]
        widest = max(style.metrics.horizontalAdvance(count(max(rows))) for rows in self.counts.values())
        for number, (label, rows) in enumerate(self.counts.items()):
            most = max([1, *rows])
            last = number == len(self.counts) - 1
            words = tr("Confidence (highest probability)") if last else ""
            across = Axis(words, 0.0, 1.0, places, lambda value: fixed(value, 1))
            up = Axis(tr("Rows"), 0, most * 1.15, [0, round_ticks(0, most, 3)[-1]], lambda value: count(round(value)))
            own = QRectF(room.left(), room.top() + number * part, room.width(), part)
            inner = own.adjusted(0, style.line, 0, 0 if last else style.line * 0.6)
            plot = Plot(painter, inner, style, across, up, widest=widest)
            for place, amount in enumerate(rows):
                if amount:
                    low, high = plot.at(place / self._bins, 0), plot.at((place + 1) / self._bins, amount)
                    painter.fillRect(QRectF(low, high).normalized().adjusted(0.5, 0, -0.5, 0), style.of_class(label))
            head = QRectF(plot.inside.left(), own.top(), plot.inside.width(), style.line)
            at = QPointF(head.left() + style.mark / 2, head.center().y())
            theme.draw_mark(painter, label, at, style.mark, style.of_class(label))
            text = tr("{label}, {rows} rows", label=label, rows=count(sum(rows)))
            draw_text(painter, style, head.adjusted(style.mark + 6, 0, 0, 0), text, "text", _LEFT)

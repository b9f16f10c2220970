"""ROC, precision-recall and reliability, from the curves of a training's result."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from exoplanet_desktop.gui.base.text import count, fixed, percent, tr
from exoplanet_desktop.gui.charts.axes import Plot, draw_legend, share_axis
from exoplanet_desktop.gui.charts.figure import ChartStyle, Figure, Numbers
from exoplanet_desktop.wire.bounds import MOST_BINS, MOST_CLASSES

Points = list[tuple[float, float]]
MARKS_ON_A_LINE = 6
COLUMNS = 120  # of each of two curves; more curves have fewer
LONGEST_LINE = 6.0  # a curve from corner to corner that never turns back has at most 2
AT_FALSE_RATE, AT_RECALL = 0.05, 0.95
Z = 1.959964  # for 95 %


class CurveFigure(Figure):
    """Lines of several classes over axes from 0 to 1."""

    across = up = ""
    legend_left = False

    def __init__(self, curves: Mapping[str, Points], support: Mapping[str, int]) -> None:
        """`curves`: points by class; `support`: rows of each class, if known."""
        self.curves, self._support = dict(curves), support
        columns = 2 * COLUMNS // max(len(self.curves), 2)
        self._drawn = {label: thinned(points, columns) for label, points in self.curves.items()}

    def numbers(self) -> Numbers:
        rows = [[label, x, y] for label, points in self.curves.items() for x, y in points]
        return [tr("Class"), tr(self.across), tr(self.up)], rows

    def paint(self, painter: QPainter, room: QRectF, style: ChartStyle) -> None:
        plot = Plot(painter, room, style, share_axis(tr(self.across)), share_axis(tr(self.up)), square=True)
        self.draw_chance(plot, style)
        for label, points in self._drawn.items():
            # The dashes of a line that runs to and fro would take seconds to draw.
            is_long = _ways(points)[-1] > LONGEST_LINE
            plot.line(points, QPen(style.of_class(label), 1) if is_long else style.pen_of_class(label))
            for x, y in _spread(points):
                plot.mark(x, y, label)
        words = [(label, self._words(label)) for label in self.curves]
        draw_legend(painter, style, plot.inside, words, self.legend_left)

    def draw_chance(self, plot: Plot, style: ChartStyle) -> None:
        """A line for the performance of guessing; none by default."""

    def _words(self, label: str) -> str:
        rows = self._support.get(label)
        return label if rows is None else tr("{label}, {rows} rows", label=label, rows=count(rows))


class RocFigure(CurveFigure):
    """Each class against the rest."""

    title, name = "ROC: each class against the rest", "roc"
    across, up = "False positive rate", "True positive rate (recall)"

    def draw_chance(self, plot: Plot, style: ChartStyle) -> None:
        plot.line([(0, 0), (1, 1)], QPen(style.colour("muted"), 1, Qt.PenStyle.DashLine))

    def summary(self) -> str:
        parts = [
            tr(
                "{label}: true positive rate {rate} at a false positive rate of {at}.",
                label=label,
                rate=fixed(_at(points, AT_FALSE_RATE)),
                at=percent(AT_FALSE_RATE),
            )
            for label, points in self.curves.items()
        ]
        return " ".join([tr(self.title) + ".", *parts])


class PrecisionRecallFigure(CurveFigure):
    """Precision by recall of each class."""

    title, name = "Precision and recall by class", "precision_recall"
    across, up = "Recall", "Precision"
    legend_left = True

    def summary(self) -> str:
        parts = [
            tr(
                "{label}: precision {precision} at a recall of {at}.",
                label=label,
                precision=fixed(_at(points, AT_RECALL)),
                at=percent(AT_RECALL),
            )
            for label, points in self.curves.items()
        ]
        return " ".join([tr(self.title) + ".", *parts])


@dataclass(frozen=True)
class Bin:
    """A bin of rows with similar confidence: its mean, the fraction that is correct, and the row count."""

    confidence: float
    accuracy: float
    rows: int

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the fraction that is correct, treating rows as independent (Wilson 1927, JASA 22, 209)."""
        share, many = self.accuracy, max(self.rows, 1)
        middle = (share + Z * Z / (2 * many)) / (1 + Z * Z / many)
        half = Z * math.sqrt(share * (1 - share) / many + Z * Z / (4 * many * many)) / (1 + Z * Z / many)
        return max(middle - half, 0.0), min(middle + half, 1.0)


class ReliabilityFigure(Figure):
    """How often a prediction of a given confidence is correct."""

    title, name = "Reliability: how often predictions of each confidence are right", "reliability"

    def __init__(self, bins: Sequence[Bin], ece: float | None) -> None:
        """`ece`: expected calibration error."""
        self.bins, self._ece = tuple(bins), ece

    def summary(self) -> str:
        head = tr(self.title) + "."
        if self._ece is not None:
            head += " " + tr("Expected calibration error {ece}.", ece=fixed(self._ece))
        parts = [
            tr(
                "At a mean confidence of {confidence}, {right} of {rows} rows are correct.",
                confidence=fixed(one.confidence, 2),
                right=percent(one.accuracy),
                rows=count(one.rows),
            )
            for one in self.bins
        ]
        return " ".join([head, *parts])

    def numbers(self) -> Numbers:
        headers = ["Confidence", "Share correct", "95 % from", "95 % to", "Rows"]
        return [tr(text) for text in headers], [
            [one.confidence, one.accuracy, *one.interval, one.rows] for one in self.bins
        ]

    def paint(self, painter: QPainter, room: QRectF, style: ChartStyle) -> None:
        across = share_axis(tr("Confidence (highest probability); bars: number of rows"))
        up = share_axis(tr("Share correct"))
        plot = Plot(painter, room, style, across, up, square=True)
        most = max(one.rows for one in self.bins)
        for one in self.bins:
            left = min(int(one.confidence * 10), 9) / 10
            plot.bar(left, left + 0.1, 0, 0.2 * one.rows / most, "edge")
        plot.line([(0, 0), (1, 1)], QPen(style.colour("muted"), 1, Qt.PenStyle.DashLine))
        pen = QPen(style.colour("accent"), 2)
        for one in self.bins:
            low, high = one.interval
            plot.line([(one.confidence, low), (one.confidence, high)], QPen(style.colour("accent"), 1))
        plot.line([(one.confidence, one.accuracy) for one in self.bins], pen)
        painter.setBrush(style.colour("accent"))
        for one in self.bins:
            painter.drawEllipse(plot.at(one.confidence, one.accuracy), 4, 4)


def roc_of(curves: Mapping[str, Any], support: Mapping[str, int]) -> RocFigure | None:
    """The ROC figure of a result; None if it has no curves to draw."""
    found = _curves(curves.get("roc"), "fpr", "tpr")
    return RocFigure(found, support) if found else None


def precision_recall_of(curves: Mapping[str, Any], support: Mapping[str, int]) -> PrecisionRecallFigure | None:
    """The precision-recall figure of a result; None if it has none."""
    found = _curves(curves.get("pr"), "recall", "precision")
    return PrecisionRecallFigure(found, support) if found else None


def reliability_of(curves: Mapping[str, Any], ece: float | None) -> ReliabilityFigure | None:
    """The reliability figure of a result; None if it has none."""
    found = []
    entries = curves.get("reliability")
    for entry in entries if isinstance(entries, list) and len(entries) <= MOST_BINS else []:
        if not isinstance(entry, Mapping):
            continue
        shares = [entry.get("confidence"), entry.get("accuracy")]
        rows = entry.get("count")
        if all(_is_share(share) for share in shares) and isinstance(rows, int) and rows > 0:
            found.append(Bin(float(shares[0] or 0), float(shares[1] or 0), rows))
    return ReliabilityFigure(found, ece) if found else None


def _curves(curves: Any, across: str, up: str) -> dict[str, Points]:
    """Curves by class, from a backend's reply; invalid ones are left out."""
    found: dict[str, Points] = {}
    if not isinstance(curves, Mapping) or len(curves) > MOST_CLASSES:
        return found
    for label, curve in curves.items():
        if not isinstance(curve, Mapping):
            continue
        pairs = zip(_list(curve.get(across)), _list(curve.get(up)), strict=False)
        points = [(float(x), float(y)) for x, y in pairs if _is_share(x) and _is_share(y)]
        if len(points) > 1:
            found[str(label)] = points
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e-9 <= value <= 1 + 1e-9


def thinned(points: Points, columns: int = COLUMNS) -> Points:
    """The points of a curve that its picture needs: of each narrow column the first, lowest, highest and last.

    >>> len(thinned([(place / 10_000, place / 10_000) for place in range(10_001)])) <= 4 * COLUMNS + 4
    True
    """
    if len(points) <= 4 * columns:
        return points
    kept: Points = []
    for _, group in itertools.groupby(enumerate(points), lambda one: int(one[1][0] * columns)):
        column = list(group)
        lowest, highest = (choose(column, key=lambda one: one[1][1]) for choose in (min, max))
        kept += [point for _, point in sorted({column[0], lowest, highest, column[-1]})]
    # Points that jump to and fro are no curve; drawing a part of them is enough to see that.
    return kept[: 4 * columns + 4]


def _ways(points: Points) -> list[float]:
    """How far each point is along the curve."""
    steps = (math.hypot(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in itertools.pairwise(points))
    return list(itertools.accumulate(steps, initial=0.0))


def _at(points: Points, x: float) -> float:
    """The height of a curve at an x value, by linear interpolation."""
    after = next((place for place, (right, _) in enumerate(points) if right >= x), len(points) - 1)
    (x0, y0), (x1, y1) = points[max(after - 1, 0)], points[after]
    return y1 if x1 == x0 else y0 + (y1 - y0) * (min(x, x1) - x0) / (x1 - x0)


def _spread(points: Points) -> Points:
    """A few points, evenly spaced along the drawn curve."""
    ways = _ways(points)
    chosen, at = [], 0
    for number in range(1, MARKS_ON_A_LINE + 1):
        wanted = ways[-1] * number / (MARKS_ON_A_LINE + 1)
        while at < len(ways) - 1 and ways[at] < wanted:
            at += 1
        chosen.append(points[at])
    return chosen

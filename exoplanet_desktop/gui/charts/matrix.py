"""A confusion matrix: counts, or shares of each true or each predicted class."""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.text import count, percent, tr
from exoplanet_desktop.gui.base.theme import Tokens
from exoplanet_desktop.gui.charts.axes import GAP, draw_upwards
from exoplanet_desktop.gui.charts.figure import ChartStyle, Figure, Numbers, blend, contrast, draw_text

Counts = Sequence[Sequence[int]]
Place = tuple[int, int]
SMALLEST = 0.72  # of the font size
READABLE = 4.5  # contrast of text, WCAG 2.2, 1.4.3


class Shade(StrEnum):
    """What the cells show."""

    COUNTS = "counts"
    BY_TRUE = "by_true"
    BY_PREDICTED = "by_predicted"


SHADES = {
    Shade.COUNTS: "Counts",
    Shade.BY_TRUE: "Shares by class in the catalog",
    Shade.BY_PREDICTED: "Shares by predicted class",
}
TITLES = {
    Shade.COUNTS: "Confusion matrix, rows",
    Shade.BY_TRUE: "Confusion matrix, by class in the catalog",
    Shade.BY_PREDICTED: "Confusion matrix, by predicted class",
}


class MatrixFigure(Figure):
    """Attributes:
    labels: the classes, in the order of rows and columns.
    counts: (class in the catalog, predicted class).
    shade: what the cells show.
    selected: the framed cell; None for none.
    """

    name = "confusion_matrix"
    size = QSizeF(520, 420)

    def __init__(
        self, labels: Sequence[str], counts: Counts, shade: Shade = Shade.COUNTS, selected: Place | None = None
    ) -> None:
        self.labels, self.counts, self.shade, self.selected = tuple(labels), counts, shade, selected
        self.title = tr(TITLES[shade])

    def cell_at(self, at: QPointF, room: QRectF, style: ChartStyle) -> Place | None:
        """The cell at a point."""
        inside = self._inside(room, style)
        if not inside.contains(at):
            return None
        many = len(self.labels)
        true = int((at.y() - inside.top()) / inside.height() * many)
        said = int((at.x() - inside.left()) / inside.width() * many)
        return min(true, many - 1), min(said, many - 1)

    def share(self, true: int, said: int) -> float:
        """The value behind a cell's shade, from 0 to 1."""
        value = self.counts[true][said]
        if self.shade is Shade.BY_TRUE:
            whole = sum(self.counts[true])
        elif self.shade is Shade.BY_PREDICTED:
            whole = sum(row[said] for row in self.counts)
        else:
            whole = max(max(row) for row in self.counts)
        return value / whole if whole else 0.0

    def words_of(self, true: int, said: int) -> str:
        """A description of a cell in a sentence."""
        text = tr(
            "{true} in the catalog, predicted {said}: {count} rows",
            true=self.labels[true],
            said=self.labels[said],
            count=count(self.counts[true][said]),
        )
        if self.shade is Shade.COUNTS:
            return text + "."
        of = self.labels[true] if self.shade is Shade.BY_TRUE else tr("predicted {said}", said=self.labels[said])
        return tr("{text}, {share} of {of}.", text=text, share=percent(self.share(true, said), 1), of=of)

    def summary(self) -> str:
        total = sum(map(sum, self.counts))
        right = sum(self.counts[at][at] for at in range(len(self.labels)))
        head = tr(
            "{title}. {right} of {total} rows agree ({share}).",
            title=self.title,
            right=count(right),
            total=count(total),
            share=percent(right / total if total else 0.0, 1),
        )
        cells = (self.words_of(true, said) for true in range(len(self.labels)) for said in range(len(self.labels)))
        return " ".join([head, *cells])

    def numbers(self) -> Numbers:
        headers = [tr("In the catalog"), *(tr("Predicted {label}", label=label) for label in self.labels)]
        rows = [[label, *row] for label, row in zip(self.labels, self.counts, strict=True)]
        if self.shade is Shade.COUNTS:
            return headers, rows
        places = range(len(self.labels))
        shares = [[label, *(self.share(true, said) for said in places)] for true, label in enumerate(self.labels)]
        return headers, shares

    def hint(self, at: QPointF, room: QRectF, style: ChartStyle) -> str:
        cell = self.cell_at(at, room, style)
        return self.words_of(*cell) if cell else ""

    def height(self, style: ChartStyle) -> float:
        return style.line * (3 + 2.3 * len(self.labels))

    def paint(self, painter: QPainter, room: QRectF, style: ChartStyle) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = self._inside(room, style)
        many = len(self.labels)
        wide, high = inside.width() / many, inside.height() / many
        plain, bold = style.sized(1.25), style.sized(1.25)
        bold.font.setBold(True)
        for true in range(many):
            for said in range(many):
                cell = QRectF(inside.left() + said * wide, inside.top() + true * high, wide, high)
                letters = bold if true == said else plain
                self._cell(painter, cell.adjusted(1, 1, -1, -1), style, letters, true, said)
        self._names(painter, room, inside, style)
        if self.selected is not None:
            true, said = self.selected
            cell = QRectF(inside.left() + said * wide, inside.top() + true * high, wide, high)
            painter.setPen(QPen(style.colour("text"), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(cell.adjusted(1.5, 1.5, -1.5, -1.5))

    def _cell(self, painter: QPainter, cell: QRectF, style: ChartStyle, bold: ChartStyle, true: int, said: int) -> None:
        share, value = self.share(true, said), self.counts[true][said]
        ground, ink = cell_colours(style, share)
        painter.fillRect(cell, ground)
        big, small = (count(value), "") if self.shade is Shade.COUNTS else (percent(share, 1), count(value))
        fits = (cell.width() - 6) / bold.metrics.horizontalAdvance(big)
        if fits < 1:
            bold = bold.sized(fits)
        if not small or cell.height() < bold.line + style.line:
            draw_text(painter, bold, cell, big, ink)
            return
        shift = style.line / 2
        draw_text(painter, bold, cell.translated(0, -shift), big, ink)
        draw_text(painter, style, cell.translated(0, shift), small, ink)

    def _names(self, painter: QPainter, room: QRectF, inside: QRectF, style: ChartStyle) -> None:
        many = len(self.labels)
        wide, high = inside.width() / many, inside.height() / many
        above = QRectF(inside.left(), room.top(), inside.width(), style.line)
        draw_text(painter, style, above, tr("Predicted"), "muted")
        beside = QRectF(room.left(), inside.top(), style.line + 2, inside.height())
        draw_upwards(painter, style, beside, tr("In the catalog"))
        names = inside.left() - beside.right()
        for at, label in enumerate(self.labels):
            column = QRectF(inside.left() + at * wide, above.bottom(), wide, inside.top() - above.bottom())
            row = QRectF(beside.right(), inside.top() + at * high, names - GAP, high)
            for place in (column, row):
                self._name(painter, style, place, label)

    @staticmethod
    def _name(painter: QPainter, style: ChartStyle, room: QRectF, label: str) -> None:
        """Mark and name of a class, one line per word; in smaller text if space is short."""
        lines = label.split(" ")
        asked = style.mark + 8
        if len(lines) == 1 and room.height() >= 2 * style.line:
            wide = style.metrics.horizontalAdvance(label)
            fits = (room.width() - 4) / max(wide, 1.0)  # a class may have no name
            if wide + asked > room.width() and fits >= SMALLEST:  # larger text, with the mark above it
                upper = room.center() - QPointF(0, style.line / 2)
                theme.draw_mark(painter, label, upper, style.mark, style.of_class(label))
                draw_text(painter, style.sized(min(fits, 1.0)), room.translated(0, style.line / 2), label)
                return
        share = min(1.0, (room.width() - 4) / (max(style.metrics.horizontalAdvance(line) for line in lines) + asked))
        style = style.sized(max(share, SMALLEST))
        mark = style.mark
        most = max(room.width() - mark - 8, 8.0)
        lines = [style.metrics.elidedText(line, Qt.TextElideMode.ElideRight, most + 1) for line in lines]
        width = max(style.metrics.horizontalAdvance(line) for line in lines)
        left = room.center().x() - (width + mark + 4) / 2
        theme.draw_mark(painter, label, QPointF(left + mark / 2, room.center().y()), mark, style.of_class(label))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        text = QRectF(left + mark + 4, room.top(), width + 4, room.height())
        draw_text(painter, style, text, "\n".join(lines), "text", flags)

    def _inside(self, room: QRectF, style: ChartStyle) -> QRectF:
        """The area of the cells."""
        words = [word for label in self.labels for word in label.split(" ")]
        names = max(style.metrics.horizontalAdvance(word) for word in words) + style.mark + 8 + 2 * GAP
        lines = max(len(label.split(" ")) for label in self.labels)
        return room.adjusted(style.line + 2 + names, style.line * (1 + lines) + GAP, -2, -2)


def cell_colours(style: ChartStyle, share: float) -> tuple[QColor, str]:
    """The background of a cell, and the token of a text colour that is readable on it."""
    ground, ink = _cell_colours(style.tokens, round(share, 2))
    return QColor(ground), ink


@lru_cache(maxsize=512)
def _cell_colours(tokens: Tokens, share: float) -> tuple[QColor, str]:
    """Cached, because a moving slider asks for those of nine cells each time."""

    def colour(name: str) -> QColor:
        return QColor(getattr(tokens, name))

    shade = 0.06 + 0.94 * share
    while True:
        ground = blend(colour("stripe"), colour("accent_strong"), shade)
        ink = max(("text", "on_accent"), key=lambda name: contrast(colour(name), ground))
        if contrast(colour(ink), ground) >= READABLE or shade >= 1:
            return ground, ink
        shade += 0.02  # half-way between light and dark neither text is readable: make it a little darker

"""Paints cells directly: the style's own method queries seven roles per cell, and matches style sheets for each.

A page has some three hundred cells, and each scroll step paints all of them: anything that stays the same from one
to the next is looked up once.
"""

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.painted import painted

Index = QModelIndex | QPersistentModelIndex
Cell = tuple[str, str | None, bool]  # text, its class, whether it is right-aligned

PADDING_PX = 7
GAP_PX = 6
_SELECTED = QStyle.StateFlag.State_Selected.value
_FOCUSED = QStyle.StateFlag.State_HasFocus.value
_MIRRORED = Qt.LayoutDirection.RightToLeft
_BREAKS = dict.fromkeys(map(ord, "\t\n\v\f\r\x85\u2028\u2029"), " ")  # which Qt would draw as gaps, or not at all


@dataclass(frozen=True)
class _Colours:
    """The current colour scheme, for Qt."""

    text: QColor
    on_accent: QColor
    accent: QColor
    accent_strong: QColor


class CellSource(Protocol):
    """A model that returns everything about a cell at once."""

    def cell(self, index: Index) -> Cell: ...


class CellPainter(QStyledItemDelegate):
    """Draws a model's cells: background, mark of the class, text."""

    def __init__(self, model: CellSource, parent: object = None) -> None:
        super().__init__(parent)  # type: ignore[arg-type]
        self._model = model
        self._take_colours()
        theme.theme().changed.connect(self._take_colours)

    @Slot()
    def _take_colours(self) -> None:
        tokens = theme.tokens()
        names = _Colours.__dataclass_fields__
        self._mark_px = theme.mark_px(QFontMetrics(QApplication.font()).lineSpacing())
        self._colours = _Colours(**{name: QColor(getattr(tokens, name)) for name in names})

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        text, label, right = self._model.cell(index)
        state, box, colours = option.state.value, option.rect, self._colours
        left, top, width, height = box.x(), box.y(), box.width(), box.height()
        selected = state & _SELECTED
        if selected:
            painter.fillRect(box, colours.accent)
        mirrored = option.direction is _MIRRORED
        left, width = left + PADDING_PX, width - 2 * PADDING_PX
        if label:
            mark = self._mark_px
            at = left + width - mark if mirrored else left
            theme.class_icon(label, mark, bool(selected)).paint(painter, at, top + (height - mark) // 2, mark, mark)
            left, width = left if mirrored else left + mark + GAP_PX, width - mark - GAP_PX
        if text:
            if not text.isprintable():
                text = text.translate(_BREAKS)
            metrics = option.fontMetrics
            wide = metrics.horizontalAdvance(text)
            if wide > width:
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
                wide = metrics.horizontalAdvance(text)
            painter.setPen(colours.on_accent if selected else colours.text)
            # At a point: laying the text out in a rectangle would measure it once more.
            line = top + (height - metrics.height() + 1) // 2 + metrics.ascent()
            painter.drawText(left + width - wide if right != mirrored else left, line, text)
        if state & _FOCUSED:
            painter.setPen(colours.on_accent if selected else colours.accent_strong)
            painter.drawRect(box.adjusted(0, 0, -1, -1))

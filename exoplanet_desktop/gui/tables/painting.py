"""Painting cells directly: the style's own way asks seven roles a cell, and matches style sheets for each."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exoplanet_desktop.gui import theme
from exoplanet_desktop.gui.tables.model import TableModel

PADDING_PX = 7
MARK_PX = 12
GAP_PX = 6


class CellPainter(QStyledItemDelegate):
    """Draws a TableModel's cells: ground, mark of the class, text."""

    def __init__(self, model: TableModel, parent: object = None) -> None:
        super().__init__(parent)  # type: ignore[arg-type]
        self._model = model

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        text, label, right = self._model.cell(index)
        state, box, colours = option.state, option.rect, theme.tokens()
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(box, QColor(colours.accent))
        left, width = box.x() + PADDING_PX, box.width() - 2 * PADDING_PX
        if label:
            at = QRect(left, box.y() + (box.height() - MARK_PX) // 2, MARK_PX, MARK_PX)
            theme.class_icon(label).paint(painter, at)
            left, width = left + MARK_PX + GAP_PX, width - MARK_PX - GAP_PX
        if text:
            painter.setPen(QColor(colours.on_accent if selected else colours.text))
            metrics = option.fontMetrics
            shown = (
                text
                if metrics.horizontalAdvance(text) <= width
                else metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            )
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            painter.drawText(QRect(left, box.y(), width, box.height()), int(flags), shown)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.on_accent if selected else colours.accent_strong))
            painter.drawRect(box.adjusted(0, 0, -1, -1))

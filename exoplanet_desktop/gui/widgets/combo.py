"""Combo boxes that never cut a letter."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent, QPalette
from PySide6.QtWidgets import QComboBox, QStyle, QStyledItemDelegate, QStyleOptionComboBox, QStylePainter, QWidget

from exoplanet_desktop.gui.base.painted import painted

LEAST_LETTERS = 8
EDGE_PX = 4  # that the style leaves free before and after the text
BETWEEN = " · "


class ElidedCombo(QComboBox):
    """A combo box that elides its text with “…” if space is short; Qt's own cuts through a letter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Qt's own delegate for these lists ignores the style sheet.
        self.setItemDelegate(QStyledItemDelegate(self))

    def showPopup(self) -> None:
        """Make the list as wide as its longest entry: the box is as narrow as its column, but the list need not be."""
        wanted = self.view().sizeHintForColumn(0) + 2 * EDGE_PX
        self.view().setMinimumWidth(min(wanted, self.screen().availableGeometry().width()))
        super().showPopup()

    @painted
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, look = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(look)
        if self.currentIndex() < 0:
            look.currentText = self.placeholderText()
            colour = look.palette.color(QPalette.ColorRole.PlaceholderText)
            look.palette.setColor(QPalette.ColorRole.ButtonText, colour)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, look)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, look, part, self).width() - EDGE_PX
        look.currentText = whole_parts(self.fontMetrics(), look.currentText, room)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, look)


def combo(
    name: str, entries: Sequence[tuple[str, Any]], least: int = LEAST_LETTERS, parent: QWidget | None = None
) -> QComboBox:
    """A combo box of (text, value) with an accessible name; it never requires more width than `least` letters."""
    box = ElidedCombo(parent)
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(least)
    for text, value in entries:
        box.addItem(text, value)
    return box


def whole_parts(metrics: QFontMetrics, text: str, room: int, name_last: bool = False) -> str:
    """A text elided to its space. In one with parts, separated by “·”, no number or date is cut.

    A number that lacks some digits would be misread; a name or a word may be shortened. `name_last`:
    the last part is a name, whatever digits it contains.
    """
    if metrics.horizontalAdvance(text) <= room:
        return text
    parts = text.split(BETWEEN)
    for shown in range(len(parts) - 1, 0, -1):
        before, cut = BETWEEN.join(parts[:shown]), parts[shown]
        is_name = not any(letter.isdigit() for letter in cut) or (name_last and shown == len(parts) - 1)
        left = room - metrics.horizontalAdvance(before + BETWEEN)
        if is_name and left >= LEAST_LETTERS * metrics.averageCharWidth():
            return before + BETWEEN + metrics.elidedText(cut, Qt.TextElideMode.ElideRight, left)
        if metrics.horizontalAdvance(f"{before} …") <= room:
            return f"{before} …"
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)

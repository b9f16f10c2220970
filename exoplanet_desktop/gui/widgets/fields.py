"""Fields with their labels in one line, or in several if one would be too narrow for their contents."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSizePolicy, QStyle, QStyleOptionComboBox, QWidget

SPACING_PX = 8
HALF_ENOUGH = 0.75  # of the longest entry: in a column, the fields would take the space of the table

Field = tuple[QLabel, QComboBox]


class FoldingFields(QWidget):
    """As narrow as its widest field can be; arranges the fields in lines of equal length."""

    def __init__(self, fields: Sequence[Field], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields = list(fields)
        self._placed: tuple[int, list[Field]] = (0, [])
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACING_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        for widget in (each for field in fields for each in field):
            widget.setParent(self)
        self.fold()

    def fold(self) -> None:
        """Place the visible fields, as many next to each other as fit."""
        shown = [field for field in self._fields if not field[1].isHidden()]
        if not shown:
            return
        whole, half = len(shown), (len(shown) + 1) // 2
        enough = {whole: 1.0, half: HALF_ENOUGH}
        across = next((number for number in enough if self._width(shown, number, enough[number]) <= self.width()), 1)
        if (across, shown) == self._placed:
            return
        self._placed = across, shown
        for place, (label, box) in enumerate(shown):
            row, column = divmod(place, across)
            self._grid.addWidget(label, row, 2 * column)
            self._grid.addWidget(box, row, 2 * column + 1)
        for column in range(len(self._fields)):
            boxes = [_whole_width(box) for _, box in shown[column::across]] if column < across else []
            self._grid.setColumnStretch(2 * column + 1, max(boxes, default=0))
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        widest = max(
            (label.sizeHint().width() + box.minimumSizeHint().width() for label, box in self._placed[1]), default=0
        )
        return QSize(widest + SPACING_PX, self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.fold()

    def _width(self, shown: Sequence[Field], across: int, share: float) -> float:
        """Pixels that the fields need in lines of the given length, the boxes with a share of their longest entry."""
        columns = [shown[column::across] for column in range(across)]
        labels = (max(label.sizeHint().width() for label, _ in column) for column in columns)
        boxes = (max(_whole_width(box) for _, box in column) for column in columns)
        return sum(labels) + share * sum(boxes) + (2 * across - 1) * SPACING_PX


def _whole_width(box: QComboBox) -> int:
    """Width in pixels at which a box cuts none of its entries."""
    metrics, option = box.fontMetrics(), QStyleOptionComboBox()
    box.initStyleOption(option)
    widest = max((metrics.horizontalAdvance(box.itemText(place)) for place in range(box.count())), default=0)
    size = QSize(widest, metrics.height())
    return box.style().sizeFromContents(QStyle.ContentsType.CT_ComboBox, option, size, box).width()

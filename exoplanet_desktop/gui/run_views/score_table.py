"""The small tables of a result: names with numbers beside them."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.widgets.row import with_text

ROW_PADDING_PX = 12
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ScoreTable(QTableWidget):
    """Read-only. A name that is one of the classes gets its mark."""

    def __init__(
        self,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        parent: QWidget | None = None,
        *,
        whole: bool = False,
    ) -> None:
        """`whole`: show all rows, however many, without a scroll bar of its own."""
        super().__init__(len(rows), len(headers), parent)
        self._whole = whole
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setAccessibleName(headers[0])
        self.setTabKeyNavigation(False)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setTextAlignment(RIGHT if column else LEFT)
                self.setItem(row, column, item)
        for column, text in enumerate(headers):
            header = QTableWidgetItem(text)
            header.setTextAlignment(RIGHT if column else LEFT)
            self.setHorizontalHeaderItem(column, header)
        with_text(self, self._dress)
        theme.theme().changed.connect(self._dress)

    @Slot()
    def _dress(self) -> None:
        """Update rows and marks to the current text size and colours."""
        line = self.fontMetrics().lineSpacing()
        size = theme.mark_px(line)
        self.verticalHeader().setDefaultSectionSize(line + ROW_PADDING_PX)
        self.setIconSize(QSize(size, size))
        if self._whole:
            rows = self.verticalHeader().length()
            self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth())
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for row in range(self.rowCount()):
            if (item := self.item(row, 0)) is not None and item.text() in [*theme.MARKS]:
                item.setIcon(theme.class_icon(item.text(), size))

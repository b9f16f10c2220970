"""What the reader of a catalog should know: the notes, and each line that could not be read."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.gui.tables.opening import Opened
from exoplanet_desktop.gui.text import count, tr
from exoplanet_desktop.gui.widgets.row import size_in_text, with_text
from exoplanet_desktop.gui.widgets.words import Words

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.records import BadLine


class NotesDialog(QDialog):
    """Lines with number, reason and text, which can be copied."""

    def __init__(self, opened: Opened, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Notes on {file}", file=opened.path.name))
        self._lines = opened.bad_lines
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for note in opened.notes:
            layout.addWidget(Words(note, selectable=True))
        self.lines = _table(self._lines)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        self.copy = QPushButton(tr("&Copy the lines"), self)
        self.copy.clicked.connect(self._copy)
        if self._lines:
            if opened.bad_count > len(self._lines):
                layout.addWidget(Words(tr("The first {number} are listed.", number=count(len(self._lines))), "muted"))
            layout.addWidget(self.lines, 1)
            buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
            size_in_text(self, 120, 30)
        else:
            self.lines.hide()
            self.copy.hide()
            layout.addStretch(1)
            size_in_text(self, 86, 14)
        layout.addWidget(buttons)

    def _copy(self) -> None:
        rows = [tr("line\treason\ttext"), *(f"{bad.line}\t{bad.reason}\t{bad.text}" for bad in self._lines)]
        QGuiApplication.clipboard().setText("\n".join(rows))


def _table(lines: "tuple[BadLine, ...]") -> QTableWidget:
    table = QTableWidget(len(lines), 3)
    right, left = (
        side | Qt.AlignmentFlag.AlignVCenter for side in (Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft)
    )
    for column, (text, side) in enumerate(((tr("Line"), right), (tr("Reason"), left), (tr("Text"), left))):
        header = QTableWidgetItem(text)
        header.setTextAlignment(side)
        table.setHorizontalHeaderItem(column, header)
    table.setWordWrap(False)  # a line of a catalog has no words, and its end is as good as its beginning
    table.setAccessibleName(tr("Lines that could not be read"))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.horizontalHeader().setHighlightSections(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    for row, bad in enumerate(lines):
        number = QTableWidgetItem(count(bad.line))
        number.setTextAlignment(right)
        for column, item in enumerate((number, QTableWidgetItem(bad.reason), QTableWidgetItem(bad.text))):
            table.setItem(row, column, item)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    with_text(table, lambda: table.verticalHeader().setDefaultSectionSize(table.fontMetrics().lineSpacing() + 9))
    return table

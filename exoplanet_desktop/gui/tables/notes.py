"""What the user should know about a catalog: the notes, and each line that could not be read."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.catalogs.reading.records import BadLine
from exoplanet_desktop.catalogs.tables.account import sentence
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.gui.tables.opening import Opened
from exoplanet_desktop.gui.widgets.labels import PlainLabel, tip
from exoplanet_desktop.gui.widgets.row import at_the_end, size_in_text, with_text


class NotesDialog(QDialog):
    """Cells that were not read as written, with links, and lines with number, reason and text, which can be copied.

    Signals:
        cell_wanted: a CellIssue whose first cell to show.
    """

    cell_wanted = Signal(object)

    def __init__(self, opened: Opened, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Notes on {file}", file=opened.path.name))
        self._lines = opened.bad_lines
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        notes = QPlainTextEdit("\n\n".join(opened.notes), self)
        notes.setReadOnly(True)
        notes.setTabChangesFocus(True)
        notes.setAccessibleName(tr("Notes on the file"))
        notes.setVisible(bool(opened.notes))
        layout.addWidget(notes, 1)
        self.cells = self._cell_table(opened)
        if opened.cells:
            layout.addWidget(PlainLabel(tr("Cells that were not read as written (click one to jump to it)"), "muted"))
            layout.addWidget(self.cells, 1)
        else:
            self.cells.hide()
        self.lines = _table(self._lines)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        self.copy = QPushButton(tr("&Copy the lines"), self)
        self.copy.clicked.connect(self._copy)
        if self._lines:
            if opened.bad_count > len(self._lines):
                layout.addWidget(
                    PlainLabel(tr("Only the first {number} are listed.", number=count(len(self._lines))), "muted")
                )
            layout.addWidget(self.lines, 1)
            buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        else:
            self.lines.hide()
            self.copy.hide()
        if self._lines or opened.cells:
            size_in_text(self, 140, 30)
        else:
            size_in_text(self, 100, 18)
        layout.addWidget(buttons)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        at_the_end(self, notes, self.cells, self.lines, self.copy, close)

    def _cell_table(self, opened: Opened) -> QTableWidget:

        table = QTableWidget(len(opened.cells), 4, self)
        right, left = (
            side | Qt.AlignmentFlag.AlignVCenter for side in (Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft)
        )
        heads = ((tr("Cells"), right), (tr("Column"), left), (tr("First"), left), (tr("Treatment"), left))
        units = opened.rows.table.layout.units
        for place, (words, side) in enumerate(heads):
            header = QTableWidgetItem(words)
            header.setTextAlignment(side)
            table.setHorizontalHeaderItem(place, header)
        for row, told in enumerate(opened.cells):
            words = sentence(told, units.get(told.column, ""))
            texts = (count(told.count), told.column, told.example, words)
            for place, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setTextAlignment(heads[place][1])
                item.setToolTip(tip(words))
                table.setItem(row, place, item)
        _dress(table, tr("Cells that were not read as written"))
        table.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        table.setWordWrap(True)  # here the last column is a sentence
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.cellClicked.connect(lambda row, _: self.cell_wanted.emit(opened.cells[row]))
        table.activated.connect(lambda index: self.cell_wanted.emit(opened.cells[index.row()]))
        return table

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
    for row, bad in enumerate(lines):
        number = QTableWidgetItem(count(bad.line))
        number.setTextAlignment(right)
        for column, item in enumerate((number, QTableWidgetItem(bad.reason), QTableWidgetItem(bad.text))):
            table.setItem(row, column, item)
    _dress(table, tr("Lines that could not be read"))
    table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    return table


def _dress(table: QTableWidget, name: str) -> None:
    table.setWordWrap(False)  # a line of a catalog has no words, so it can be cut anywhere
    table.setAccessibleName(name)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.horizontalHeader().setHighlightSections(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    with_text(table, lambda: table.verticalHeader().setDefaultSectionSize(table.fontMetrics().lineSpacing() + 9))

"""Two or more trainings side by side: their differences, and whether these exceed the noise."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.run_views import comparing
from exoplanet_desktop.gui.run_views.comparing import Cell, Line
from exoplanet_desktop.gui.runs import words
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.labels import PlainLabel, tip
from exoplanet_desktop.gui.widgets.row import room_for_text, with_text
from exoplanet_desktop.stats.comparison import Contender, Verdict

NAME_LETTERS, RUN_LETTERS, LINES = 46, 54, 40  # size in letters and lines
MOST_BESIDE = 4  # runs in view; more are reached by scrolling
ROW_PADDING_PX = 12
WIDEST_CELL = "+0.000 (−0.000 to +0.000) ≈ within noise"


class CompareDialog(QDialog):
    """Not modal: the user can open the runs behind it at the same time."""

    def __init__(self, contenders: Sequence[Contender], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.contenders = list(contenders)
        self.setWindowTitle(tr("Compare runs"))
        self.base = combo(tr("Compare with"), [(_title(one), place) for place, one in enumerate(self.contenders)], 32)
        label = QLabel(tr("Compare &with"), self)
        label.setBuddy(self.base)
        self.same = QCheckBox(tr("Show &identical rows too"), self)
        self.reasons = PlainLabel("", "warning", selectable=True)
        self.table = QTableWidget(0, len(self.contenders) + 1, self)
        self.methods = PlainLabel("", "muted", selectable=True)
        copy = QPushButton(tr("&Copy as table"), self)
        copy.setToolTip(tr("Copies everything as tab-separated text"))
        copy.clicked.connect(self.copy)
        close = QPushButton(tr("Close"), self)
        close.clicked.connect(self.close)
        top = QHBoxLayout()
        top.addWidget(label)
        top.addWidget(self.base)
        top.addStretch(1)
        top.addWidget(self.same)
        bottom = QHBoxLayout()
        bottom.addWidget(copy)
        bottom.addStretch(1)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.reasons)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.methods)
        layout.addLayout(bottom)
        self._dress_table()
        self.base.currentIndexChanged.connect(self.show_all)
        self.same.toggled.connect(self.show_all)
        theme.theme().changed.connect(self.show_all)
        QShortcut(QKeySequence.StandardKey.Copy, self.table, self.copy, context=Qt.ShortcutContext.WidgetShortcut)
        for button in (copy, close):
            button.setAutoDefault(False)  # Enter in the table must not copy
        self.base.setFocus()
        self.show_all()
        with_text(self, self._size)

    def _size(self) -> None:
        """Enough room for the cell texts and a dozen scores, if the screen has it."""
        room_for_text(self, NAME_LETTERS + RUN_LETTERS * min(len(self.contenders), MOST_BESIDE), LINES)
        widest = self.fontMetrics().horizontalAdvance(WIDEST_CELL) + ROW_PADDING_PX * 2
        self.table.horizontalHeader().setMaximumSectionSize(widest)

    @Slot()
    def show_all(self) -> None:
        """Fill the table for the chosen base."""
        base = self.base.currentIndex()
        found = comparing.lines(self.contenders, base)
        shown = [line for line in found if line.differs or self.same.isChecked() or _is_main(line, found)]
        self.table.setRowCount(len(shown))
        for row, line in enumerate(shown):
            self._show_line(row, line)
        reasons = comparing.reasons(self.contenders, base)
        self.reasons.setText("\n".join(f"⚠ {reason}" for reason in reasons))
        self.reasons.setVisible(bool(reasons))
        methods = comparing.methods(self.contenders, base)
        self.methods.setText(" ".join(methods))
        self.methods.setVisible(bool(methods))

    @Slot()
    def copy(self) -> None:
        """Copy the whole comparison to the clipboard as tab-separated text."""
        found = comparing.lines(self.contenders, self.base.currentIndex())
        rows = [["", *(one.run.title for one in self.contenders)]]
        rows += [[line.name, *(cell.text.replace("\n", " ; ") for cell in line.cells)] for line in found]
        QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in rows))

    def _show_line(self, row: int, line: Line) -> None:
        name = QTableWidgetItem(line.name)
        font = name.font()
        font.setBold(line.is_score)
        name.setFont(font)
        self.table.setItem(row, 0, name)
        for column, cell in enumerate(line.cells, start=1):
            self.table.setItem(row, column, _item(cell))
        high = max(len(cell.text.splitlines()) for cell in line.cells)
        self.table.setRowHeight(row, high * self.fontMetrics().lineSpacing() + ROW_PADDING_PX)

    def _dress_table(self) -> None:
        table = self.table
        table.setAccessibleName(tr("Options and scores of these runs"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setAlternatingRowColors(True)
        across = table.horizontalHeader()
        across.setHighlightSections(False)
        across.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.setHorizontalHeaderItem(0, QTableWidgetItem(""))
        for column, one in enumerate(self.contenders, start=1):
            header = QTableWidgetItem(one.run.title)
            header.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            header.setToolTip(tip(_title(one)))
            table.setHorizontalHeaderItem(column, header)


def _item(cell: Cell) -> QTableWidgetItem:
    item = QTableWidgetItem(cell.text)
    item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    item.setToolTip(tip(cell.text))
    colours = theme.tokens()
    if cell.verdict in (Verdict.BETTER, Verdict.WORSE):
        item.setForeground(QColor(colours.confirmed if cell.verdict is Verdict.BETTER else colours.candidate))
    return item


def _is_main(line: Line, found: Sequence[Line]) -> bool:
    """The first score is always shown, equal or not: it is what the user wants to know."""
    return line is next((one for one in found if one.is_score), None)


def _title(one: Contender) -> str:
    return f"{one.run.title}, {words.short_when_words(one.run.created_at)}"

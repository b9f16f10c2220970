"""The line above a table: filter, find, and column selection."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.tables.completion import WordCompleter
from exoplanet_desktop.gui.widgets.labels import PlainLabel

PERIODS = ("koi_period", "pl_orbper")  # the orbital period in KOI, and in K2 and TOI: the most common filter


class TableTools(QWidget):
    """Signals:
    filter_wanted: an expression; empty for all rows.
    find_wanted: a text, and whether to search backwards.
    columns_wanted: the user wants to choose columns.
    """

    filter_wanted = Signal(str)
    find_wanted = Signal(str, bool)
    columns_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter_line = QLineEdit(self)
        self.filter_line.setPlaceholderText(_example(PERIODS))
        self.filter_line.setToolTip(_filter_tip())
        self.filter_line.setAccessibleName(tr("Filter rows by a condition"))
        self.filter_line.setClearButtonEnabled(True)
        self.find_line = QLineEdit(self)
        self.find_line.setPlaceholderText(tr("Find (F3 next)"))
        self.find_line.setAccessibleName(tr("Find in the table"))
        self.find_line.setClearButtonEnabled(True)
        self.columns = QPushButton(tr("Columns…"), self)
        self.message = PlainLabel("", "reason", parent=self)
        self.message.hide()
        self._completer = WordCompleter(self.filter_line)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.filter_line, 3)
        line.addWidget(self.find_line, 2)
        line.addWidget(self.columns)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self.message)
        self.filter_line.returnPressed.connect(self._filter)
        self.filter_line.textChanged.connect(self._filter_cleared)
        self.find_line.returnPressed.connect(self.find_next)
        self.columns.clicked.connect(self.columns_wanted)
        self._keys(QKeySequence.StandardKey.FindNext, self.find_next)
        self._keys(QKeySequence.StandardKey.FindPrevious, self.find_previous)

    def offer(self, names: Sequence[str]) -> None:
        """Reset for a new table: no filter or search, and these names as completions."""
        self._completer.set_names(names)
        self.filter_line.setPlaceholderText(_example(names))
        for line in (self.filter_line, self.find_line):
            line.blockSignals(True)
            line.clear()
            line.blockSignals(False)
        self.say("")

    def show_filter(self, where: str) -> None:
        """Show a filter that is already applied."""
        self.filter_line.blockSignals(True)
        self.filter_line.setText(where)
        self.filter_line.blockSignals(False)

    def say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))

    @Slot()
    def find_next(self) -> None:
        self.find_wanted.emit(self.find_line.text(), False)

    @Slot()
    def find_previous(self) -> None:
        self.find_wanted.emit(self.find_line.text(), True)

    @Slot()
    def start_finding(self) -> None:
        self.find_line.setFocus()
        self.find_line.selectAll()

    @Slot()
    def _filter(self) -> None:
        self.filter_wanted.emit(self.filter_line.text().strip())

    @Slot(str)
    def _filter_cleared(self, text: str) -> None:
        if not text:
            self._filter()

    def _keys(self, keys: QKeySequence.StandardKey, slot: object) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(slot)


def _example(names: Sequence[str]) -> str:
    """Placeholder examples for a table with these columns."""
    if period := next((name for name in PERIODS if name in names), None):
        return tr("Filter rows, such as {column} < 10", column=period)
    return tr("Filter rows by a condition")


def _filter_tip() -> str:
    return tr(
        "Rows that meet a condition, such as: koi_period < 10 and koi_disposition = 'CANDIDATE'. You can use and, "
        "or, not, in, between, like, contains, is missing, and arithmetic."
    )

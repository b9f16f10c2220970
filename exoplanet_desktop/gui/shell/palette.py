"""The command palette: type some letters of a command, and press Enter to run it. Needs only the keyboard."""

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.gui.base.commands import Command, Commands
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.row import size_in_text

MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
WIDTH_CHARACTERS = 84
ROWS_SHOWN = 12


class CommandPalette(QDialog):
    """A field, and below it the matching commands, the best first."""

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self.setWindowTitle(tr("Commands"))
        self.setModal(True)
        self.field = QLineEdit(self)
        self.field.setAccessibleName(tr("What do you want to do?"))
        self.field.setPlaceholderText(tr("What do you want to do?"))
        self.field.installEventFilter(self)
        self.list = QTreeWidget(self)
        self.list.setAccessibleName(tr("Commands"))
        self.list.setProperty("roomy", True)
        self.list.ensurePolished()  # before rows of one height are measured
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setTabKeyNavigation(False)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.none = PlainLabel(tr("No commands match."), "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        layout.addWidget(self.none)
        size_in_text(self, WIDTH_CHARACTERS, 2 * ROWS_SHOWN)
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._run)
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        self._fill("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow keys move in the list while the field keeps the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in MOVES:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _fill(self, wanted: str) -> None:
        self.list.clear()
        ranked = [(score(wanted, words(command)), command) for command in self._commands.all]
        fitting = [(rank, command) for rank, command in ranked if rank is not None]
        if wanted.strip():
            fitting.sort(key=lambda pair: -pair[0])
        for _, command in fitting:
            action = self._commands.action(command.name)
            if action.isEnabled():
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                item = QTreeWidgetItem(self.list, [words(command), keys])
                item.setData(0, Qt.ItemDataRole.UserRole, command.name)
        self.list.setCurrentIndex(self.list.model().index(0, 0))
        self.none.setVisible(self.list.topLevelItemCount() == 0)

    @Slot()
    def _run(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.accept()
            self._commands.action(item.data(0, Qt.ItemDataRole.UserRole)).trigger()


def words(command: Command) -> str:
    """A command as the palette shows it: its menu, and its text."""
    return f"{plain(command.menu)}: {plain(command.text)}"


def plain(text: str) -> str:
    """A text without its mnemonic.

    >>> plain("C&hoose columns…"), plain("This && that")
    ('Choose columns…', 'This & that')
    """
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def score(wanted: str, text: str) -> float | None:
    """How well letters match a text that contains them in this order; None if it does not.

    Letters at the start of a word count most, then letters directly after the previous match.

    >>> score("xyz", "File: Open catalog…") is None
    True
    >>> score("oc", "File: Open catalog…") > score("oc", "Edit: Choose columns…")
    True
    """
    text, total, place = text.lower(), 0.0, -1
    for letter in wanted.lower():
        if letter.isspace():
            continue
        starts = [spot for spot in range(place + 1, len(text)) if text[spot] == letter and not text[spot - 1].isalnum()]
        following = place + 1 < len(text) and text[place + 1] == letter and place >= 0
        found = place + 1 if following else starts[0] if starts else text.find(letter, place + 1)
        if found < 0:
            return None
        total += 3.0 if found in starts else 2.0 if following else 1.0
        place = found
    return total - len(text) / 1000

"""The list of keyboard shortcuts, generated from the commands."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.gui.base.commands import Commands
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.shell.palette import plain
from exoplanet_desktop.gui.widgets.row import size_in_text


class KeysDialog(QDialog):
    """A read-only list by menu.

    Signals:
        help_wanted: the user wants to read the help pages.
    """

    help_wanted = Signal()

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        self.list = QTreeWidget(self)
        self.list.setAccessibleName(tr("Keys"))
        self.list.setHeaderLabels([tr("What it does"), tr("Keys")])
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setTabKeyNavigation(False)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        for title, rows in (*_by_menu(commands), (tr("In tables and lists"), _elsewhere())):
            group = QTreeWidgetItem(self.list, [title, ""])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            for words, keys in rows:
                QTreeWidgetItem(group, [words, keys])
            group.setExpanded(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        pages = buttons.addButton(tr("&Help pages"), QDialogButtonBox.ButtonRole.ActionRole)
        pages.clicked.connect(self.reject)
        pages.clicked.connect(lambda: self.help_wanted.emit())
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.list)
        layout.addWidget(buttons)
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        self.list.setProperty("roomy", True)
        size_in_text(self, 80, 30)


def _by_menu(commands: Commands) -> list[tuple[str, list[tuple[str, str]]]]:
    """The commands that have keys, menu by menu."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for command in commands.all:
        shortcuts = commands.action(command.name).shortcuts()
        if shortcuts:
            groups.setdefault(plain(command.menu), []).append((plain(command.text), _native(shortcuts)))
    return list(groups.items())


def _elsewhere() -> list[tuple[str, str]]:
    """Shortcuts that belong to a part of the window, not to a command."""
    standard = QKeySequence.StandardKey
    return [
        (tr("Copy the selected cells"), _native(QKeySequence.keyBindings(standard.Copy)[:1])),
        (tr("Select all rows"), _native(QKeySequence.keyBindings(standard.SelectAll)[:1])),
        (tr("Next match"), _native(QKeySequence.keyBindings(standard.FindNext)[:1])),
        (tr("Previous match"), _native(QKeySequence.keyBindings(standard.FindPrevious)[:1])),
        (tr("Next and previous control"), _native([QKeySequence("Tab"), QKeySequence("Shift+Tab")])),
        (tr("Next and previous tab"), _native([QKeySequence("Ctrl+Tab"), QKeySequence("Ctrl+Shift+Tab")])),
        (tr("Close a dialog"), _native([QKeySequence("Esc")])),
    ]


def _native(shortcuts: Sequence[QKeySequence]) -> str:
    return ", ".join(keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in shortcuts)

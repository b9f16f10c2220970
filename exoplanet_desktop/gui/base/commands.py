"""All commands of the window in one list, from which menus, shortcuts, the palette and the list of keys are built."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

Keys = str | QKeySequence.StandardKey


@dataclass(frozen=True)
class Command:
    """One command for the user.

    Attributes:
        name: internal name, such as `file.open`.
        menu: title of its menu, translated.
        text: label with mnemonic, translated.
        run: the function to call.
        keys: its shortcuts; the first is shown.
        role: its role in the macOS menu bar.
        new_group: whether a separator precedes it.
        checked: whether it is on, for a command that toggles something.
    """

    name: str
    menu: str
    text: str
    run: Callable[[], object]
    keys: Sequence[Keys] = ()
    role: QAction.MenuRole = QAction.MenuRole.NoRole
    new_group: bool = False
    checked: Callable[[], bool] | None = None


class Commands:
    """The commands of a window; each has one action, found by name.

    Attributes:
        menus: the menus by title.
    """

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._commands: dict[str, Command] = {}
        self.menus: dict[str, QMenu] = {}

    def add(self, commands: Sequence[Command]) -> None:
        """Add commands to their menus, in order."""
        for command in commands:
            self._add(command)

    @property
    def all(self) -> list[Command]:
        return list(self._commands.values())

    def action(self, name: str) -> QAction:
        return self._actions[name]

    def menu(self, title: str) -> QMenu:
        """The menu with a title, created if missing."""
        if title not in self.menus:
            self.menus[title] = self._window.menuBar().addMenu(title)
        return self.menus[title]

    def _add(self, command: Command) -> None:
        menu = self.menu(command.menu)
        if command.new_group:
            menu.addSeparator()
        action = QAction(command.text, self._window)
        menu.addAction(action)
        action.setObjectName(command.name)
        action.setMenuRole(command.role)
        action.triggered.connect(lambda: command.run())
        action.setShortcuts([key for keys in command.keys for key in _sequences(keys)])
        if command.checked is not None:
            is_on = command.checked
            action.setCheckable(True)
            menu.aboutToShow.connect(lambda: action.setChecked(is_on()))
        self._actions[command.name] = action
        self._commands[command.name] = command


def _sequences(keys: Keys) -> list[QKeySequence]:
    if isinstance(keys, QKeySequence.StandardKey):
        # The first key is the one to type; the others serve the extra keys of some keyboards.
        return QKeySequence.keyBindings(keys)[:1]
    return [QKeySequence(keys)]

"""What the user can do, as one list: menus, keys, the palette and the list of keys are all drawn from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

Keys = str | QKeySequence.StandardKey


@dataclass(frozen=True)
class Command:
    """One thing that the user can do.

    Attributes:
        name: what the program calls it, such as `file.open`.
        menu: title of its menu, translated.
        text: its words with mnemonic, translated.
        run: what it does.
        keys: its shortcuts; the first is shown.
        role: where macOS puts it.
        new_group: whether a line stands above it.
        checked: whether it is on, for a command that switches something.
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
    """The commands of a window, each as one action by its name.

    Attributes:
        menus: each menu by its title.
    """

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._commands: dict[str, Command] = {}
        self.menus: dict[str, QMenu] = {}

    def add(self, commands: Sequence[Command]) -> None:
        """Put commands into their menus, in their order."""
        for command in commands:
            self._add(command)

    @property
    def all(self) -> list[Command]:
        return list(self._commands.values())

    def action(self, name: str) -> QAction:
        return self._actions[name]

    def menu(self, title: str) -> QMenu:
        """The menu with a title, made where there is none."""
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
        # The first is the one to type; the others are for the extra keys of some keyboards.
        return QKeySequence.keyBindings(keys)[:1]
    return [QKeySequence(keys)]

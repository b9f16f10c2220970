"""What the dialog of backends asks before something is lost."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from exoplanet_desktop.gui.base.text import tr

Then = Callable[[], object]


def ask_what_becomes_of_the_draft(parent: QWidget, name: str, save: Then, drop: Then) -> None:
    """Save or discard what was typed, or go on with it."""
    box = _box(parent, tr("Keep the changes?"), tr("Your changes to “{name}” are not saved.", name=name))
    saving = box.addButton(tr("&Save"), QMessageBox.ButtonRole.AcceptRole)
    dropping = box.addButton(tr("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(saving)
    saving.clicked.connect(lambda: save())
    dropping.clicked.connect(lambda: drop())
    box.open()


def ask_whether_to_remove(parent: QWidget, name: str, in_use: bool, remove: Then) -> None:
    """Forget a backend, or not."""
    words = tr("Its address and token will be deleted. Models it has trained stay on the backend.")
    if in_use:
        words += " " + tr(
            "It is in use: the embedded engine will take over. Jobs running there are watched until the program closes."
        )
    box = _box(parent, tr("Remove the backend?"), tr("Remove “{name}”?", name=name))
    box.setInformativeText(words)
    removing = box.addButton(tr("&Remove"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    removing.clicked.connect(lambda: remove())
    box.open()


def _box(parent: QWidget, title: str, text: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(title)
    box.setText(text)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box

"""Pop-ups over the window: each menu, and the list of each combo box in the tabs."""

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QComboBox, QMenu, QWidget

from exoplanet_desktop.gui.demo.camera import Camera
from exoplanet_desktop.gui.shell.main_window import MainWindow


async def all_of_them(window: MainWindow, camera: Camera) -> None:
    for action in window.menuBar().actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            await camera.take_anew(partial(_opened, window, menu), f"menu-{_slug(action.text())}")
    for number in range(window.tabs.count()):
        window.tabs.setCurrentIndex(number)
        for box in window.tab.findChildren(QComboBox):
            if box.isVisible() and box.isEnabled() and box.count() > 1:
                await camera.take_anew(partial(_listed, box), f"list-{_slug(box.accessibleName())}")


async def _opened(window: MainWindow, menu: QMenu) -> QWidget:
    menu.popup(window.mapToGlobal(QPoint(0, window.menuBar().height())))
    return menu


async def _listed(box: QComboBox) -> QWidget:
    box.showPopup()
    return box.view().window()


def _slug(text: str) -> str:
    """A valid file name.

    >>> _slug("&Edit"), _slug("Class balance")
    ('edit', 'class-balance')
    """
    return text.replace("&", "").lower().replace(" ", "-") or "unnamed"

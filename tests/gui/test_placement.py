"""Windows stay on their screen."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.placement import grow


def test_a_window_that_grows_stays_on_its_screen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    room = window.screen().availableGeometry()
    window.setGeometry(room.right() - 150, room.bottom() - 120, 140, 100)

    grow(window, 500, 10 * room.height())

    assert window.width() == 500
    assert room.contains(window.frameGeometry())


def test_a_window_that_is_larger_already_keeps_its_size_and_place(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.setGeometry(40, 60, 300, 200)
    before = window.frameGeometry()

    grow(window, 200, 100)

    assert window.frameGeometry() == before

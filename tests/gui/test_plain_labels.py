"""Text from files and servers is shown as text, never as markup."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.widgets.labels import PlainLabel, tip

MARKUP = '<img src="http://elsewhere/x.png"><b>bold</b>'


def test_markup_is_shown_as_it_is(qtbot: QtBot) -> None:
    words = PlainLabel(MARKUP)
    qtbot.addWidget(words)

    assert words.textFormat() is Qt.TextFormat.PlainText
    assert words.text() == MARKUP
    assert "<b>" not in tip(MARKUP)
    assert "&lt;b&gt;" in tip(MARKUP)


def test_no_label_of_the_window_guesses(window: MainWindow) -> None:
    guessing = [
        label
        for label in window.findChildren(QLabel)
        if not isinstance(label, PlainLabel)
        and label.textFormat() is not Qt.TextFormat.PlainText
        and label.buddy() is None
    ]
    # Marks, class names and form labels: fixed texts of this program.
    fixed = {"", "from", "to"}
    assert {label.text() for label in guessing if "  " not in label.text()} <= fixed

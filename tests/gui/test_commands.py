"""Menus, shortcuts and palette share one list: every command is available by keyboard alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.settings import Settings
from exoplanet_desktop.gui.shell.keys import KeysDialog
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.shell.palette import CommandPalette, plain, score, words
from exoplanet_desktop.gui.shell.recent import RecentMenu


def keys_of(window: MainWindow) -> list[str]:
    actions = (window.commands.action(command.name) for command in window.commands.all)
    return [keys.toString() for action in actions for keys in action.shortcuts()]


def test_every_command_is_in_a_menu_and_no_key_has_two(window: MainWindow) -> None:
    in_menus = {action.objectName() for menu in window.commands.menus.values() for action in menu.actions()}
    assert {command.name for command in window.commands.all} <= in_menus
    keys = [
        key.toString() for command in window.commands.all for key in window.commands.action(command.name).shortcuts()
    ]
    assert len(keys) == len(set(keys))


def test_the_usual_keys_are_there(window: MainWindow) -> None:
    keys = {
        key.toString() for command in window.commands.all for key in window.commands.action(command.name).shortcuts()
    }
    standard = QKeySequence.StandardKey
    for wanted in (
        "Ctrl+1",
        "Ctrl+2",
        "Ctrl+3",
        "Ctrl+Return",
        "Ctrl+Shift+P",
        "F1",
        "Ctrl+F",
        "Ctrl+Q",
        "Ctrl+,",
        "Esc",
    ):
        assert wanted in keys
    for kind in (standard.Open, standard.Save, standard.ZoomIn, standard.ZoomOut):
        assert QKeySequence(kind).toString() in keys


def test_a_command_is_found_by_some_of_its_letters_and_run(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    palette = window.findChild(CommandPalette)
    assert palette is not None
    qtbot.waitUntil(lambda: palette.isVisible(), timeout=5_000)
    assert palette.list.topLevelItemCount() == len(window.commands.all)

    QTest.keyClicks(palette.field, "vmer")
    assert palette.list.topLevelItem(0).text(0) == "View: Merge"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)

    assert window.tabs.currentWidget() is window.merge


def test_the_arrows_move_in_the_list(window: MainWindow, qtbot: QtBot) -> None:
    palette = CommandPalette(window.commands, window)
    qtbot.addWidget(palette)
    palette.show()

    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Down)

    assert palette.list.currentIndex().row() == 2
    QTest.keyClicks(palette.field, "zzzz")
    assert palette.list.topLevelItemCount() == 0
    assert palette.none.isVisible()
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible(), "nothing was chosen"
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


@pytest.mark.parametrize(
    ("wanted", "best", "other"),
    [("oc", "File: Open catalog…", "Edit: Choose columns…"), ("find", "Edit: Find in the table", "File: in x d")],
)
def test_the_better_fit_comes_first(wanted: str, best: str, other: str) -> None:
    assert (score(wanted, best) or 0) > (score(wanted, other) or 0)


def test_every_key_of_a_command_is_in_the_list(window: MainWindow, qtbot: QtBot) -> None:
    dialog = KeysDialog(window.commands, window)
    qtbot.addWidget(dialog)
    groups = [dialog.list.topLevelItem(row) for row in range(dialog.list.topLevelItemCount())]
    listed = {group.child(row).text(0) for group in groups for row in range(group.childCount())}
    with_keys = [one for one in window.commands.all if window.commands.action(one.name).shortcuts()]
    assert len(with_keys) > 10
    assert {plain(command.text) for command in with_keys} <= listed
    assert all(words(command) for command in with_keys)


def test_files_that_were_opened_are_offered_again_and_missing_ones_marked(
    start: Callable[..., Any], sample: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    gone = tmp_path / "gone & lost.csv"
    window: MainWindow = start(settings=Settings(recent=(str(sample()), str(gone)))).window
    (menu,) = window.findChildren(RecentMenu)
    with qtbot.waitSignal(window.files.recent_known, timeout=5_000):
        menu.aboutToShow.emit()

    first, second, *_, clear = menu.actions()
    assert (first.isEnabled(), second.isEnabled()) == (True, False)
    assert "gone && lost.csv" in second.text()
    assert "missing" in second.text()
    with qtbot.waitSignal(window.train.view.opened, timeout=20_000):
        first.trigger()
    assert window.train.picker.paths == [sample()]
    clear.trigger()
    assert window.settings.recent == ()


def test_samples_of_our_own_are_not_remembered(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.train.view.opened, timeout=20_000):
        window.train.use_sample()
    assert window.train.picker.paths
    assert window.settings.recent == ()
    assert not window.settings.files


def test_text_grows_in_every_window_and_rows_with_it(window: MainWindow) -> None:
    before = QApplication.font().pointSizeF()
    rows = window.train.view.grid.verticalHeader()
    high = rows.defaultSectionSize()
    try:
        window.commands.action("view.larger").trigger()
        assert QApplication.font().pointSizeF() == pytest.approx(before * 1.25)
        assert window.train.go.button.font().pointSizeF() == pytest.approx(before * 1.25)
        assert rows.defaultSectionSize() > high
    finally:
        window.commands.action("view.normal").trigger()
    assert QApplication.font().pointSizeF() == pytest.approx(before)
    assert rows.defaultSectionSize() == high


def test_escape_stops_what_the_tab_in_front_waits_for_and_else_dismisses_messages(
    window: MainWindow, sample: Callable[..., Path], qtbot: QtBot
) -> None:
    window.services.notices.information("Nothing to see.")
    window.train.view.show_busy("Reading …", cancellable=True)
    with qtbot.waitSignal(window.train.view.busy.cancelled, timeout=5_000):
        QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.notices.texts()
    window.train.view.back()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.notices.texts()


def test_a_checked_command_shows_its_state(window: MainWindow) -> None:
    menu: QMenu = window.commands.menu("&View")
    window.toggle_runs()
    menu.aboutToShow.emit()
    assert window.commands.action("view.runs").isChecked()

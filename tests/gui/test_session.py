"""What is restored at the next start: files, tab, sizes, and a place on an existing screen."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QSplitter
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.placement import placement
from exoplanet_desktop.gui.base.preferences import show_settings
from exoplanet_desktop.gui.base.settings import Settings, load
from exoplanet_desktop.gui.base.theme import DARK, tokens
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.shell.settings_dialog import SettingsDialog
from exoplanet_desktop.gui.tables.view import CatalogView

READ_MS = 20_000
Start = Any  # from conftest, which tests do not import


def test_files_tab_and_sizes_come_back(
    start: Callable[..., Start], sample: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    kept = tmp_path / "settings.json"
    first = start(settings_file=kept)
    with qtbot.waitSignal(first.window.train.view.opened, timeout=READ_MS):
        first.window.open_files([sample()])
    first.window.tabs.setCurrentIndex(2)
    first.window.resize(790, 600)  # no wider than the offscreen screen
    first.window.merge.splitter.setSizes([380, 400])
    sizes = first.window.merge.splitter.sizes()
    first.close()

    second = start(settings=load(kept), settings_file=kept).window
    second.files.restore()

    assert second.tabs.currentIndex() == 2
    assert second.merge.splitter.sizes() == sizes
    assert second.train.picker.paths == [], "a tab's files are opened when it is looked at"
    with qtbot.waitSignal(second.train.view.opened, timeout=READ_MS):
        second.tabs.setCurrentIndex(0)
    assert second.train.picker.paths == [sample()]
    assert second.settings.recent == (str(sample()),)


def test_an_open_dock_comes_back(start: Callable[..., Start], tmp_path: Path) -> None:
    kept = tmp_path / "settings.json"
    first = start(settings_file=kept)
    first.window.toggle_runs()
    first.close()

    assert start(settings=load(kept)).window.runs_dock.isVisible()


def test_a_file_that_is_gone_is_told_and_forgotten_nowhere_else(
    start: Callable[..., Start], sample: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    gone = str(tmp_path / "gone.csv")
    settings = Settings(files={"train.0": (gone, str(sample()))}, recent=(gone,))
    window = start(settings=settings).window

    with qtbot.waitSignal(window.train.view.opened, timeout=READ_MS):
        window.files.restore()

    assert window.train.picker.paths == [sample()]
    assert any("gone.csv" in text for text in window.notices.texts())
    assert gone in window.settings.recent, "it is marked as missing in the list of recent files"


def test_nothing_is_restored_where_the_user_does_not_want_it(
    start: Callable[..., Start], sample: Callable[..., Path], qtbot: QtBot
) -> None:
    window = start(settings=Settings(files={"train.0": (str(sample()),)}, restore=False)).window

    window.files.restore()
    qtbot.wait(50)

    assert window.train.picker.paths == []


def test_a_window_of_a_screen_that_is_gone_comes_to_one_that_is_there(start: Callable[..., Start]) -> None:
    first = start()
    first.window.move(30_000, 30_000)
    first.window.preferences.change(**placement(first.window))
    kept = first.window.settings
    first.close()

    window = start(settings=kept).window

    assert any(screen.geometry().intersects(window.frameGeometry()) for screen in QGuiApplication.screens())


def test_a_window_that_is_closed_at_once_forgets_no_place(start: Callable[..., Start]) -> None:
    first = start()
    first.window.runs_dock.show()
    first.window.tabs.setCurrentWidget(first.window.predict)
    splitter = first.window.predict.findChild(QSplitter)
    name = splitter.objectName()
    splitter.setSizes([340, splitter.width() - 340])
    sizes = tuple(splitter.sizes())
    first.window.tabs.setCurrentWidget(first.window.train)
    first.close()
    kept = first.window.settings
    assert kept.splitters[name] == sizes

    hurried = start(settings=kept, complete=False)
    hurried.close()
    assert hurried.window.settings.splitters[name] == sizes

    assert start(settings=hurried.window.settings).window.runs_dock.isVisible()


def test_every_table_keeps_to_the_memory_of_the_settings(start: Callable[..., Start]) -> None:
    window = start(settings=Settings(table_memory_mb=700)).window

    assert {view.memory_mb for view in window.findChildren(CatalogView)} == {700}


def test_settings_are_used_at_once_and_kept(start: Callable[..., Start], tmp_path: Path, qtbot: QtBot) -> None:
    kept = tmp_path / "settings.json"
    window: MainWindow = start(settings_file=kept).window
    dialog = SettingsDialog(window.preferences, window)
    dialog.show()
    try:
        dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
        dialog.numbers.setCurrentIndex(dialog.numbers.findData("de_DE"))
        dialog.table_memory_mb.setValue(640)
        dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()

        assert tokens() is DARK
        window.status.show_rows(9464)
        assert window.status.rows_label.text() == "9.464 rows"
        assert window.train.view.memory_mb == 640
        qtbot.waitUntil(kept.exists, timeout=5_000)
        qtbot.waitUntil(lambda: load(kept) == replace(Settings(), theme="dark", numbers="de_DE", table_memory_mb=640))
    finally:
        show_settings(Settings())


def test_cancelled_settings_change_nothing(window: MainWindow) -> None:
    dialog = SettingsDialog(window.preferences, window)
    dialog.show()
    dialog.poll_ms.setValue(5000)

    dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel).click()

    assert window.settings == Settings()

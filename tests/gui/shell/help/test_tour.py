"""There are three first steps, which can be skipped, block nothing, and appear once."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.shell.help.tour import Tour
from exoplanet_desktop.gui.shell.main_window import MainWindow


def tour_of(window: MainWindow) -> Tour:
    window.commands.action("help.tour").trigger()
    return window.findChildren(Tour)[-1]


def test_three_steps_inside_the_window(window: MainWindow, qtbot: QtBot) -> None:
    tour = tour_of(window)
    for number in (1, 2, 3):
        assert tour.place.text() == f"{number} of 3"
        assert window.rect().contains(tour.geometry())
        assert tour.text.height() >= tour.text.heightForWidth(tour.text.width()), "words are cut"
        window.resize(900, 600)
        qtbot.waitUntil(lambda: window.rect().contains(tour.geometry()), timeout=5_000)
        if number < 3:
            QTest.mouseClick(tour.next, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(tour.ended, timeout=5_000):
        QTest.mouseClick(tour.next, Qt.MouseButton.LeftButton)
    assert window.settings.tour_seen


def test_it_can_be_skipped_and_seen_again(window: MainWindow, qtbot: QtBot) -> None:
    tour = tour_of(window)
    with qtbot.waitSignal(tour.ended, timeout=5_000):
        tour.skip.click()
    assert window.settings.tour_seen
    assert tour_of(window) is not tour


def test_the_window_can_be_used_meanwhile(window: MainWindow) -> None:
    tour = tour_of(window)
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.tabs.currentWidget() is window.predict
    assert tour.isVisible()


def test_it_goes_on_when_its_step_was_taken(live: MainWindow, sample: Callable[..., Path], qtbot: QtBot) -> None:
    tour = tour_of(live)
    with qtbot.waitSignal(live.train.view.opened, timeout=20_000):
        live.train.open_files([sample()])
    assert tour.place.text() == "2 of 3"
    with qtbot.waitSignal(live.train.view.opened, timeout=20_000):
        live.train.open_files([sample(rows=700)])
    assert tour.place.text() == "2 of 3", "it waits for a training now"
    with qtbot.waitSignal(live.services.runs.started, timeout=5_000):
        QTest.mouseClick(live.train.go.button, Qt.MouseButton.LeftButton)
    assert tour.place.text() == "3 of 3"
    with qtbot.waitSignal(live.train.training_ended, timeout=90_000):
        tour.next.click()
    assert live.settings.tour_seen


def test_it_calls_nobody_back_from_another_tab(window: MainWindow, sample: Callable[..., Path], qtbot: QtBot) -> None:
    tour = tour_of(window)
    with qtbot.waitSignal(window.train.view.opened, timeout=20_000):
        window.train.open_files([sample()])
        window.tabs.setCurrentWidget(window.predict)
    assert window.tabs.currentWidget() is window.predict
    assert tour.place.text() == "1 of 3"
    tour.next.click()
    assert window.tabs.currentWidget() is window.train
    assert tour.place.text() == "2 of 3"

"""Unreferenced widgets are destroyed in the window's thread, whichever thread is working."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.garbage import YOUNG, GarbageCollector


class Knot(QWidget):
    """A widget that references itself, as dialogs with connected lambdas do."""

    def __init__(self, gone: list[threading.Thread]) -> None:
        super().__init__()
        self.knot = self
        self.destroyed.connect(lambda: gone.append(threading.current_thread()), type=Qt.ConnectionType.DirectConnection)


def allocate(many: int) -> list[list[int]]:
    """New objects, which trigger Python's own collections unless disabled."""
    return [[number] for number in range(many)]


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    was_enabled = gc.isenabled()
    collector = GarbageCollector()
    collector.start()
    yield collector
    collector.stop()
    if was_enabled:
        gc.enable()


def test_a_widget_is_not_destroyed_by_a_busy_worker(collector: GarbageCollector, qtbot: QtBot) -> None:
    gone: list[threading.Thread] = []
    Knot(gone)
    worker = threading.Thread(target=allocate, args=(200 * YOUNG,))
    worker.start()
    worker.join()
    assert gone == []

    kept = allocate(2 * YOUNG)
    qtbot.waitUntil(lambda: gone != [], timeout=5_000)

    assert gone == [threading.main_thread()]
    assert len(kept) == 2 * YOUNG


def test_nothing_is_collected_while_the_last_widgets_go(collector: GarbageCollector) -> None:
    collector.stop()
    assert not gc.isenabled()

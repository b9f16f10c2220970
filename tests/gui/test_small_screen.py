"""The smallest supported window: 1024 × 640, with a catalog, a prediction and a merged file in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QPushButton, QScrollArea, QTableView, QWidget
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.shell.main_window import MainWindow

SMALL = 1024, 640
LEAST_ROWS, LEAST_LARGE_ROWS = 5, 3
JOB_MS = 90_000


@pytest.fixture
def filled(live: MainWindow, sample: Callable[..., Path], qtbot: QtBot) -> Iterator[MainWindow]:
    """A window in which each tab has its content."""
    rows = sample(rows=300)
    with qtbot.waitSignal(live.train.view.opened, timeout=JOB_MS):
        live.train.open_files([rows])
    predict, merge = live.predict, live.merge
    with qtbot.waitSignal(predict.view.opened, timeout=JOB_MS):
        predict.open_files([rows])
    predict.training_picker.set_paths([rows])
    qtbot.waitUntil(predict.go.button.isEnabled, timeout=JOB_MS)
    with qtbot.waitSignal(predict.predicted, timeout=JOB_MS):
        predict.go.button.click()
    merge.open_files([rows, sample(rows=310)])
    qtbot.waitUntil(merge.go.button.isEnabled, timeout=JOB_MS)
    with qtbot.waitSignal(merge.merged, timeout=JOB_MS):
        merge.go.button.click()
    with qtbot.waitSignal(merge.view.opened, timeout=JOB_MS):
        merge.use_button.click()
    qtbot.waitUntil(merge.using.train_button.isEnabled, timeout=JOB_MS)
    live.notices.clear()
    live.resize(*SMALL)
    yield live
    live.preferences.change(text_percent=100)


def screens(window: MainWindow) -> list[tuple[QWidget, QPushButton, QTableView]]:
    """Each tab with its primary button and its table."""
    return [
        (window.train, window.train.go.button, window.train.view.pane.grid),
        (window.predict, window.predict.go.button, window.predict.result.pane.grid),
        (window.merge, window.merge.using.train_button, window.merge.view.pane.grid),
    ]


def is_whole(widget: QWidget) -> bool:
    """Whether it is completely visible."""
    return widget.isVisible() and widget.visibleRegion().boundingRect() == widget.rect()


def whole_rows(grid: QTableView) -> int:
    """The number of completely visible rows."""
    seen = grid.viewport().visibleRegion().boundingRect()
    rows = (grid.visualRect(grid.model().index(row, 0)) for row in range(grid.model().rowCount()))
    return sum(row.height() > 0 and row.top() >= seen.top() and row.bottom() <= seen.bottom() for row in rows)


def outside(window: QWidget) -> list[QWidget]:
    """Widgets beyond the edges of the window, except those in scroll areas."""
    room = window.rect()
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.window() is window
        and not scrolls(widget)
        and not room.contains(QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()))
    ]


def scrolls(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea | QTableView):
            return True
        above = above.parentWidget()
    return False


def bring_into_sight(widget: QWidget) -> None:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget, 0, 0)
        above = above.parentWidget()


def test_all_three_tabs_fit_into_the_least_window_and_can_be_used_in_it_with_large_text(
    filled: MainWindow, qtbot: QtBot
) -> None:
    for tab, button, grid in screens(filled):
        filled.tabs.setCurrentWidget(tab)
        qtbot.waitUntil(lambda grid=grid: whole_rows(grid) >= LEAST_ROWS, timeout=5_000)
        qtbot.waitUntil(lambda button=button: is_whole(button), timeout=5_000)
        assert filled.size().toTuple() == SMALL
        assert outside(filled) == []

    filled.preferences.change(text_percent=200)
    filled.resize(*SMALL)
    for tab, button, grid in screens(filled):
        filled.tabs.setCurrentWidget(tab)
        qtbot.waitUntil(
            lambda grid=grid: (bring_into_sight(grid), whole_rows(grid) >= LEAST_LARGE_ROWS)[1], timeout=5_000
        )
        assert filled.size().toTuple() == SMALL
        assert outside(filled) == []
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton)
        assert grid.currentIndex().isValid()
        bring_into_sight(button)
        assert is_whole(button)

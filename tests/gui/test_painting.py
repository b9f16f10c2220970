"""Cells as they are painted."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.grid import Grid
from exoplanet_desktop.gui.tables.model import TableModel
from exoplanet_desktop.gui.tables.pages import FirstRows
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.wire.vocabulary import Disposition

Show = Callable[..., Grid]


@pytest.fixture
def show(styled: QApplication, loop: QEventLoop, qtbot: QtBot) -> Iterator[Show]:
    workers = Workers(1)

    def show_row(cells: tuple[str, ...], direction: Qt.LayoutDirection) -> Grid:
        """One row: the focused cell, a number, a class, and text."""
        cells = ("focus", *cells)
        model = TableModel(workers)
        grid = Grid(model, workers, Notices())
        qtbot.addWidget(grid)
        grid.setLayoutDirection(direction)
        names = tuple(f"c{place}" for place in range(len(cells)))
        classes = {names[2]: {str(label): str(label) for label in Disposition}}
        model.show_table(names, FirstRows([cells]), numeric=frozenset(names[1:2]), classes=classes)
        grid.resize(100 + grid.columnWidth(0) * len(cells), 120)
        grid.show()
        qtbot.waitUntil(lambda: model.text(0, 0) == "focus", timeout=5_000)
        return grid

    yield show_row
    workers.close()


def painted(grid: Grid, column: int) -> QImage:
    where = grid.visualRect(grid.model().index(0, column))
    return grid.viewport().grab(where).toImage()


def ink(picture: QImage) -> QRect:
    """The bounding box of everything painted."""
    ground = picture.pixel(0, 0)
    at = [(x, y) for x in range(picture.width()) for y in range(picture.height()) if picture.pixel(x, y) != ground]
    columns, rows = [x for x, _ in at], [y for _, y in at]
    return QRect(min(columns), min(rows), max(columns) - min(columns) + 1, max(rows) - min(rows) + 1)


@pytest.mark.parametrize("text", ["two\nlines", "two\tlines", "two\rlines", "two\u2028lines"])
def test_a_cell_of_several_lines_is_painted_as_one(show: Show, text: str) -> None:
    grid = show(("1", "", text, "two lines"), Qt.LayoutDirection.LeftToRight)
    assert painted(grid, 3) == painted(grid, 4)


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_cells_stand_at_the_side_of_their_header(show: Show, direction: Qt.LayoutDirection) -> None:
    grid = show(("1.5", str(Disposition.CONFIRMED), "ab"), direction)
    numbers, classes, words = (painted(grid, column) for column in (1, 2, 3))
    middle = words.width() // 2
    left_to_right = direction is Qt.LayoutDirection.LeftToRight
    assert (ink(numbers).left() > middle) is left_to_right
    assert (ink(words).right() < middle) is left_to_right
    begin = classes.copy(QRect(0 if left_to_right else classes.width() - 16, 0, 16, classes.height()))
    colours = {begin.pixelColor(x, y).name() for x in range(begin.width()) for y in range(begin.height())}
    assert theme.tokens().confirmed in colours, "the mark stands first"

"""Tab follows the visual order, even for parts added later."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from exoplanet_desktop.catalogs.tables.view import ColumnFilter
from exoplanet_desktop.gui.charts.matrix import MatrixFigure
from exoplanet_desktop.gui.charts.view import FigurePanel, FigureView
from exoplanet_desktop.gui.shell.main_window import MainWindow
from tests.gui import walk


def test_the_conditions_come_between_the_tools_and_the_table(
    window: MainWindow, sample: Callable[..., Path], qtbot: QtBot
) -> None:
    pane = window.train.view.pane
    with qtbot.waitSignal(window.train.view.opened, timeout=20_000):
        window.train.open_files([sample()])
    for label in ("CONFIRMED", "CANDIDATE"):
        with qtbot.waitSignal(pane.queries.selected, timeout=5_000):
            pane.queries.add_filter(ColumnFilter("koi_disposition", "one of", (label,)))

    def chips() -> list[QToolButton]:
        return [button for button in pane.chips.findChildren(QToolButton) if button.isVisible()]

    qtbot.waitUntil(lambda: len(chips()) == 2, timeout=5_000)
    chain = walk.tab_chain(window)
    first = chain.index(pane.tools.columns)
    assert chain[first : first + 4] == [pane.tools.columns, *chips(), pane.grid]


def test_what_stands_above_a_figure_comes_before_it(window: MainWindow, qtbot: QtBot) -> None:
    view = FigureView(MatrixFigure(["CONFIRMED", "FALSE POSITIVE"], [[5, 1], [2, 6]]))
    panel = FigurePanel(view, window.services.workers, window.services.notices)
    qtbot.addWidget(panel)
    panel.resize(600, 400)
    panel.show()

    assert walk.tab_chain(panel) == [panel.words_button, panel.button, view]

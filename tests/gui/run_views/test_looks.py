"""The list of runs, a ranking and a comparison with large text."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.run_views.columns import Column
from exoplanet_desktop.gui.run_views.compare_dialog import CompareDialog
from exoplanet_desktop.gui.run_views.ranking import Standing, headers
from exoplanet_desktop.gui.run_views.ranking_dialog import ROOM, STATE, RankingDialog
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.shell.status_bar import StatusBar
from exoplanet_desktop.gui.widgets.row import measured

SOON_MS = 5_000
NUMBERS = "0.888 ± 0.010", "0.874 to 0.903", "−0.007 (−0.018 to +0.004)\n≈ within noise", "0.958", "12.5 s"


@pytest.fixture
def usual(window: MainWindow) -> Iterator[MainWindow]:
    window.preferences.change(theme="light", text_percent=100)
    yield window
    window.preferences.change(theme="system", text_percent=100)


def ranking(window: MainWindow, qtbot: QtBot, states: list[str]) -> RankingDialog:
    dialog = RankingDialog("", "KOI · all models", None, window.services.runs.recorder, window)
    qtbot.addWidget(dialog)
    dialog.show()
    standings = [Standing(str(n), ("1 =", "Support vector machine", state, *NUMBERS)) for n, state in enumerate(states)]
    dialog._show(standings, "XGBoost is the best; its lead is larger than the noise.", "By accuracy over the folds.")
    return dialog


def test_a_ranking_shows_all_that_it_says(usual: MainWindow, qtbot: QtBot) -> None:
    dialog = ranking(usual, qtbot, ["✓ done"] * 6)
    assert len(headers()) == dialog.table.columnCount()
    edges = 2 * 16 + 2 * 2
    assert dialog.table.horizontalHeader().length() <= measured(dialog, *ROOM)[0] - edges
    for percent in (100, 200):
        usual.preferences.change(text_percent=percent)
        table, metrics = dialog.table, dialog.table.fontMetrics()
        qtbot.waitUntil(lambda table=table: table.rowHeight(1) == table.verticalHeader().defaultSectionSize())
        assert table.rowHeight(1) >= 2 * metrics.lineSpacing()
        for column, text in enumerate((*headers()[:3], *NUMBERS)):
            widest = max(metrics.horizontalAdvance(line) for line in text.split("\n"))
            assert table.columnWidth(column) >= widest + 12, text


def test_a_ranking_says_how_far_the_one_that_runs_is_and_gives_the_room_back(usual: MainWindow, qtbot: QtBot) -> None:
    dialog = ranking(usual, qtbot, ["✓ done", "◌ blind fold 5 of 5", "not started"])
    running = dialog.table.columnWidth(STATE)
    assert running >= dialog.table.fontMetrics().horizontalAdvance("◌ blind fold 5 of 5") + 12
    dialog._show([Standing("0", ("1", "XGBoost", "✓ done", *NUMBERS))], "", "")
    assert dialog.table.columnWidth(STATE) < running


def test_columns_keep_what_the_user_made_of_them_when_the_text_changes(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run("KOI · Support vector machine, blind")
    runs = dock()
    window, table = runs._main_window(), runs.view.table
    usual = {column: table.columnWidth(column) for column in Column if not table.isColumnHidden(column)}
    table.setColumnWidth(Column.NAME, 2 * usual[Column.NAME])
    table.setColumnWidth(Column.DATASET, usual[Column.DATASET] // 2)
    given = {column: table.columnWidth(column) for column in usual}

    window.preferences.change(text_percent=200)
    try:
        for column, width in given.items():
            assert 1.4 * width <= table.columnWidth(column) <= 2.4 * width
        window.preferences.change(text_percent=100)
        again = {column: table.columnWidth(column) for column in given}
        assert again == pytest.approx(given, abs=4)
    finally:
        window.preferences.change(text_percent=100)


def test_names_of_the_models_are_whole_in_the_table(dock: Any, filled: Any, qtbot: QtBot) -> None:
    runs = dock()
    table = runs.view.table
    for percent in (100, 200):
        runs._main_window().preferences.change(text_percent=percent)
        words = table.fontMetrics().horizontalAdvance("    KOI · Support vector machine")
        assert table.columnWidth(Column.NAME) >= words + 16
    runs._main_window().preferences.change(text_percent=100)


def test_the_keyboard_is_in_the_search_of_a_list_with_a_window_of_its_own(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run()
    runs = dock()
    qtbot.waitUntil(runs.search.isVisible, timeout=SOON_MS)
    qtbot.mouseClick(runs.title.float_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(runs.search.hasFocus, timeout=SOON_MS)
    runs.setFloating(False)


def test_an_empty_list_has_its_menu_at_the_edge(dock: Any, filled: Any, qtbot: QtBot) -> None:
    runs = dock()
    more: QToolButton = runs.more
    qtbot.waitUntil(more.isVisible, timeout=SOON_MS)
    page = runs.widget()
    qtbot.waitUntil(lambda: page.width() - more.mapTo(page, QPoint(more.width(), 0)).x() <= 10, timeout=SOON_MS)


def test_a_comparison_grows_with_the_text_and_wastes_no_room(dock: Any, filled: Any, qtbot: QtBot) -> None:
    for name in ("one", "two"):
        filled.run(name)
    runs = dock()
    qtbot.waitUntil(lambda: len(runs.model.rows) == 2, timeout=SOON_MS)
    runs.view.in_front.selectAll()
    qtbot.mouseClick(runs.compare_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(runs.findChildren(CompareDialog)), timeout=SOON_MS)
    (dialog,) = runs.findChildren(CompareDialog)
    before = dialog.size()
    names = [dialog.table.item(row, 0).text() for row in range(dialog.table.rowCount())]
    runs._main_window().preferences.change(text_percent=200)
    try:
        qtbot.waitUntil(lambda: dialog.height() > before.height(), timeout=SOON_MS)
        widest = max(dialog.table.fontMetrics().horizontalAdvance(name) for name in names)
        qtbot.waitUntil(lambda: dialog.table.columnWidth(0) <= 1.3 * widest + 32, timeout=SOON_MS)
    finally:
        runs._main_window().preferences.change(text_percent=100)


class Trained(QObject):
    """The part of the runs that the status bar uses: two trainings have ended this session."""

    changed = Signal()
    live, waiting, all = (), (), (1, 2)


def test_the_status_bar_does_not_call_its_count_that_of_the_list(usual: MainWindow, qtbot: QtBot) -> None:
    trained = Trained()
    bar = StatusBar(usual.services.session, trained)  # type: ignore[arg-type]  # has all that is used
    qtbot.addWidget(bar)
    assert bar.runs_chip.text() == "2 trainings this session"

"""Filter, sort, find and choose columns in a real table, as a user does."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.charts.distribution import StripsFigure, ValuesFigure
from exoplanet_desktop.gui.charts.view import FigurePanel, FigureView
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.tables.catalog_columns import CatalogColumns
from exoplanet_desktop.gui.tables.distribution import DistributionDialog
from exoplanet_desktop.gui.tables.filtering import FilterDialog
from exoplanet_desktop.gui.tables.pane import TablePane


@pytest.fixture
def pane(window: MainWindow, sample: Callable[..., Path], qtbot: QtBot) -> TablePane:
    with qtbot.waitSignal(window.train.view.opened, timeout=20_000):
        window.train.open_files([sample()])
    return window.train.view.pane


def cells(pane: TablePane, column: str, rows: int, qtbot: QtBot) -> list[str]:
    at = pane.model.columns.index(column)

    def read() -> list[str]:
        return [pane.model.index(row, at).data() for row in range(min(rows, pane.model.rowCount()))]

    qtbot.waitUntil(lambda: "…" not in read(), timeout=5_000)
    return read()


def filter_by(pane: TablePane, text: str, qtbot: QtBot) -> None:
    pane.tools.filter_line.setFocus()
    pane.tools.filter_line.setText(text)
    qtbot.keyClick(pane.tools.filter_line, Qt.Key.Key_Return)


def test_a_filter_leaves_the_rows_that_meet_it(pane: TablePane, qtbot: QtBot) -> None:
    filter_by(pane, "koi_period < 10 and koi_disposition = 'CANDIDATE'", qtbot)

    qtbot.waitUntil(lambda: "of 600 rows" in pane.size_label.text(), timeout=5_000)
    count = pane.model.rowCount()
    assert 0 < count < 600
    assert pane.size_label.text().startswith(f"{count} of 600")
    assert all(float(text) < 10 for text in cells(pane, "koi_period", count, qtbot))
    assert set(cells(pane, "koi_disposition", count, qtbot)) == {"CANDIDATE"}
    of_these = f"CANDIDATE {count}, CONFIRMED 0, FALSE POSITIVE 0"
    qtbot.waitUntil(lambda: pane.classes.accessibleName() == of_these, timeout=5_000)

    pane.tools.filter_line.clear()
    qtbot.waitUntil(lambda: pane.model.rowCount() == 600, timeout=5_000)
    qtbot.waitUntil(lambda: "CONFIRMED 0" not in pane.classes.accessibleName(), timeout=5_000)


def test_a_sort_at_once_after_a_filter_keeps_the_filter(pane: TablePane, qtbot: QtBot) -> None:
    filter_by(pane, "koi_period < 10", qtbot)
    pane.grid.sortByColumn(pane.model.columns.index("koi_period"), Qt.SortOrder.DescendingOrder)

    qtbot.waitUntil(lambda: bool(pane.model.order) and pane.model.rowCount() < 600, timeout=5_000)
    periods = [float(text) for text in cells(pane, "koi_period", 30, qtbot)]
    assert periods == sorted(periods, reverse=True)
    assert periods[0] < 10


def test_a_filter_that_is_none_is_told_below_it_and_changes_nothing(pane: TablePane, qtbot: QtBot) -> None:
    filter_by(pane, "koi_perod < 10", qtbot)

    qtbot.waitUntil(lambda: "koi_perod" in pane.tools.message.text(), timeout=5_000)
    assert pane.tools.message.isVisible()
    assert pane.model.rowCount() == 600

    filter_by(pane, "koi_period < 10", qtbot)
    qtbot.waitUntil(lambda: pane.model.rowCount() < 600, timeout=5_000)
    assert not pane.tools.message.isVisible()


def test_a_second_click_keeps_the_first_as_the_second_key(pane: TablePane, qtbot: QtBot) -> None:
    columns = pane.model.columns
    pane.grid.sortByColumn(columns.index("koi_period"), Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: pane.model.order == (("koi_period", False),), timeout=5_000)

    pane.grid.sortByColumn(columns.index("koi_disposition"), Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: len(pane.model.order) == 2, timeout=5_000)

    assert pane.model.order == (("koi_disposition", True), ("koi_period", False))
    shown = list(zip(cells(pane, "koi_disposition", 50, qtbot), cells(pane, "koi_period", 50, qtbot), strict=True))
    assert {label for label, _ in shown} == {"FALSE POSITIVE"}
    periods = [float(period) for _, period in shown]
    assert periods == sorted(periods)


def test_find_goes_on_and_round_the_end(pane: TablePane, qtbot: QtBot) -> None:
    names = cells(pane, "kepoi_name", 600, qtbot)
    pane.tools.find_line.setText(names[500])

    qtbot.keyClick(pane.tools.find_line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.grid.currentIndex().row() == 500, timeout=5_000)
    assert pane.model.columns[pane.grid.currentIndex().column()] == "kepoi_name"

    pane.tools.find_line.setText(names[3])
    pane.tools.find_next()
    qtbot.waitUntil(lambda: pane.grid.currentIndex().row() == 3, timeout=5_000)

    pane.tools.find_line.setText("no such thing")
    pane.tools.find_next()
    qtbot.waitUntil(lambda: "no such thing" in pane.tools.message.text(), timeout=5_000)


def test_columns_are_searched_and_hidden(pane: TablePane, qtbot: QtBot) -> None:
    pane.choose_columns()
    (dialog,) = pane.findChildren(CatalogColumns)
    dialog.search.setText("disposition")
    left = [dialog.list.item(row).text() for row in range(dialog.list.count()) if not dialog.list.item(row).isHidden()]
    assert any(text.startswith("koi_disposition") for text in left)
    assert not any(text.startswith("koi_period") for text in left)

    dialog.hide_all.click()

    columns = pane.model.columns
    assert pane.grid.isColumnHidden(columns.index("koi_disposition"))
    assert not pane.grid.isColumnHidden(columns.index("koi_period"))
    dialog.close()


def test_a_filter_completes_the_word_that_is_written(pane: TablePane, qtbot: QtBot) -> None:
    line = pane.tools.filter_line
    line.setFocus()
    qtbot.keyClicks(line, "koi_teq > 300 and koi_perio")
    completer = pane.tools._completer
    offered = [
        completer.completionModel().index(row, 0).data() for row in range(completer.completionModel().rowCount())
    ]
    assert "koi_period" in offered

    completer.activated.emit("koi_period")

    assert line.text() == "koi_teq > 300 and koi_period"
    completer.popup().hide()


def test_what_is_shown_is_exported(pane: TablePane, qtbot: QtBot, tmp_path: Path) -> None:
    filter_by(pane, "koi_period < 10", qtbot)
    pane.grid.sortByColumn(pane.model.columns.index("koi_period"), Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: bool(pane.model.order) and pane.model.rowCount() < 600, timeout=5_000)
    pane.grid.setColumnHidden(pane.model.columns.index("kepid"), True)
    target = tmp_path / "shown.csv"

    pane.export(str(target))

    qtbot.waitUntil(target.exists, timeout=10_000)
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == pane.model.rowCount()
    assert "kepid" not in rows[0]
    assert [row["koi_period"] for row in rows] == cells(pane, "koi_period", len(rows), qtbot)


def menu_of(pane: TablePane, column: str) -> dict[str, QAction]:
    """The commands in a header's menu, by label."""
    menu = QMenu(pane)
    pane.menus.fill(menu, column)
    return {action.text().replace("&", ""): action for action in menu.actions()}


def test_a_condition_on_a_column_joins_the_filter_and_is_a_chip_that_can_be_removed(
    pane: TablePane, qtbot: QtBot
) -> None:
    filter_by(pane, "koi_period < 50", qtbot)
    qtbot.waitUntil(lambda: pane.model.rowCount() < 600, timeout=5_000)
    menu_of(pane, "koi_disposition")["Filter on this column…"].trigger()
    (dialog,) = pane.findChildren(FilterDialog)
    qtbot.waitUntil(lambda: dialog.values.count() == 3, timeout=5_000)
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    (item,) = [item for item in map(dialog.values.item, range(3)) if item.text().startswith("CANDIDATE")]
    item.setCheckState(Qt.CheckState.Checked)
    ok.click()

    chip = "Remove the condition: koi_disposition is CANDIDATE"
    qtbot.waitUntil(lambda: bool(buttons(pane, chip)), timeout=5_000)
    rows = pane.model.rowCount()
    assert pane.size_label.text() == f"{rows} of 600 rows"
    assert set(cells(pane, "koi_disposition", rows, qtbot)) == {"CANDIDATE"}
    assert all(float(text) < 50 for text in cells(pane, "koi_period", rows, qtbot))

    buttons(pane, chip)[0].click()
    qtbot.waitUntil(lambda: pane.model.rowCount() > rows, timeout=5_000)
    assert not pane.chips.isVisible()


def test_a_range_takes_numbers_alone_and_may_be_open(pane: TablePane, qtbot: QtBot) -> None:
    pane.ask_filter("koi_period")
    (dialog,) = pane.findChildren(FilterDialog)
    dialog.low.setText("ten")
    assert dialog.condition() is None
    dialog.low.setText("10")
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()

    qtbot.waitUntil(lambda: pane.model.rowCount() < 600, timeout=5_000)
    assert all(float(text) >= 10 for text in cells(pane, "koi_period", pane.model.rowCount(), qtbot))
    assert buttons(pane, "Change the condition: koi_period ≥ 10")


def test_the_distribution_of_a_column_is_told_in_words_as_well(pane: TablePane, qtbot: QtBot) -> None:
    menu_of(pane, "koi_period")["Distribution…"].trigger()
    (dialog,) = pane.findChildren(DistributionDialog)
    qtbot.waitUntil(lambda: bool(dialog.findChildren(FigureView)), timeout=5_000)

    (view,) = dialog.findChildren(FigureView)
    told = view.accessibleDescription()
    assert isinstance(view.figure, StripsFigure)
    assert all(f"{label}: " in told for label in ("CONFIRMED", "CANDIDATE", "FALSE POSITIVE"))
    assert "days" in told
    assert dialog.figures.text().startswith("600 rows shown, 0 missing")
    dialog.grab()  # forces a paint
    dialog.close()

    pane.show_distribution("koi_fpflag_nt")
    dialog = pane.findChildren(DistributionDialog)[-1]
    qtbot.waitUntil(lambda: bool(dialog.findChildren(FigureView)), timeout=5_000)
    (view,) = dialog.findChildren(FigureView)
    assert isinstance(view.figure, ValuesFigure)
    assert "FALSE POSITIVE" in view.accessibleDescription()
    dialog.grab()
    dialog.close()


def test_a_distribution_is_saved_as_every_chart_is(pane: TablePane, tmp_path: Path, qtbot: QtBot) -> None:
    pane.show_distribution("koi_period")
    (dialog,) = pane.findChildren(DistributionDialog)
    qtbot.waitUntil(lambda: bool(dialog.findChildren(FigurePanel)), timeout=5_000)
    (panel,) = dialog.findChildren(FigurePanel)
    target = tmp_path / "period.csv"
    panel.save("csv", str(target))

    qtbot.waitUntil(target.exists, timeout=5_000)
    head, *rows = csv.reader(target.read_text().splitlines())
    assert head == ["Class", "From (days)", "to (days)", "Rows"]
    assert sum(int(row[-1]) for row in rows) == 600
    dialog.close()


def test_a_header_s_menu_sorts_by_one_column_and_then_by_another(pane: TablePane, qtbot: QtBot) -> None:
    menu_of(pane, "koi_disposition")["Sort ascending"].trigger()
    qtbot.waitUntil(lambda: len(pane.model.order) == 1, timeout=5_000)
    menu_of(pane, "koi_period")["Then sort by this, descending"].trigger()
    qtbot.waitUntil(lambda: len(pane.model.order) == 2, timeout=5_000)

    assert pane.model.order == (("koi_disposition", False), ("koi_period", True))
    at = pane.model.columns.index("koi_period")
    assert pane.model.headerData(at, Qt.Orientation.Horizontal) == "koi_period (days) ²"
    menu_of(pane, "koi_period")["Original file order"].trigger()
    qtbot.waitUntil(lambda: not pane.model.order, timeout=5_000)


def test_frozen_columns_stay_in_sight_and_share_rows_selection_and_keyboard(pane: TablePane, qtbot: QtBot) -> None:
    grid = pane.grid
    menu_of(pane, "kepoi_name")["Freeze on the left"].trigger()
    qtbot.waitUntil(grid.frozen.isVisible, timeout=5_000)
    name = pane.model.columns.index("kepoi_name")
    views, corner = (grid, grid.frozen), QPoint(0, 0)
    # They cover the grid's cells exactly, so that rows align and nothing shows at the edges.
    assert len({view.viewport().mapToGlobal(corner) for view in views}) == 1
    assert len({view.viewport().mapToGlobal(view.viewport().rect().bottomLeft()) for view in views}) == 1
    assert grid.frozen.viewport().width() == grid.columnWidth(name)
    last = grid.order_of_columns()[-1]

    grid.go_to(400, pane.model.columns[last])
    assert grid.frozen.visualRect(pane.model.index(400, name)).width() > 0
    assert grid.frozen.verticalScrollBar().value() == grid.verticalScrollBar().value()
    assert grid.frozen.rowViewportPosition(400) == grid.rowViewportPosition(400)
    assert grid.frozen.columnViewportPosition(name) == 0

    qtbot.keyClick(grid, Qt.Key.Key_Home)
    assert grid.currentIndex().column() == name
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.columnViewportPosition(grid.currentIndex().column()) >= grid.frozen.viewport().width()

    grid.frozen.selectRow(2)
    cells(pane, "kepoi_name", 3, qtbot)
    QApplication.clipboard().clear()
    grid.copy_with_names()
    qtbot.waitUntil(lambda: "\n" in QApplication.clipboard().text(), timeout=5_000)
    head, row = QApplication.clipboard().text().split("\n")
    assert head.split("\t")[0] == "kepoi_name"
    assert row.split("\t")[0] == cells(pane, "kepoi_name", 3, qtbot)[2]

    menu_of(pane, "kepoi_name")["Unfreeze"].trigger()
    assert not grid.frozen.isVisible()


def test_all_rows_and_columns_are_exported_whatever_is_shown(pane: TablePane, qtbot: QtBot, tmp_path: Path) -> None:
    filter_by(pane, "koi_period < 10", qtbot)
    qtbot.waitUntil(lambda: pane.model.rowCount() < 600, timeout=5_000)
    target = tmp_path / "all.csv"

    pane.export_all(str(target))

    qtbot.waitUntil(target.exists, timeout=10_000)
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 600
    assert set(rows[0]) == set(pane.model.columns)


def dialog_of_columns(pane: TablePane) -> CatalogColumns:
    pane.choose_columns()
    return pane.findChildren(CatalogColumns)[-1]


def test_a_set_of_columns_is_shown_and_said(pane: TablePane, qtbot: QtBot) -> None:
    dialog = dialog_of_columns(pane)
    dialog.presets.setCurrentIndex(dialog.presets.findText("Identifiers and labels"))
    dialog.presets.activated.emit(dialog.presets.currentIndex())
    assert set(pane.grid.shown_columns()) == {"kepid", "kepoi_name", "kepler_name", "koi_disposition"}
    every = pane.model.columnCount()
    qtbot.waitUntil(lambda: f"4 of {every} columns" in pane.size_label.text(), timeout=5_000)

    dialog.presets.activated.emit(dialog.presets.findText("What a model uses"))
    shown = pane.grid.shown_columns()
    assert {"koi_period", "koi_fpflag_nt", "koi_disposition", "kepid"} <= set(shown)
    assert "ra" not in shown
    dialog.presets.activated.emit(dialog.presets.findText("All"))
    assert len(pane.grid.shown_columns()) == every
    dialog.close()


def test_columns_without_variety_are_hidden(pane: TablePane, qtbot: QtBot) -> None:
    table = pane.queries.table
    flat = {name for name in table.columns if len(set(table.texts(name))) == 1}
    assert flat
    dialog = dialog_of_columns(pane)

    dialog.hide_flat.click()

    qtbot.waitUntil(lambda: set(pane.grid.shown_columns()) == set(table.columns) - flat, timeout=5_000)
    dialog.close()


def test_columns_are_moved_and_frozen_with_the_keyboard(pane: TablePane, qtbot: QtBot) -> None:
    dialog = dialog_of_columns(pane)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow, timeout=5_000)
    dialog.list.setCurrentRow(3)
    name = dialog.list.item(3).data(Qt.ItemDataRole.UserRole)

    qtbot.keyClick(dialog.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert pane.grid.shown_columns()[1] == name

    dialog.freeze.click()
    assert pane.grid.frozen_columns() == [name]
    assert pane.grid.shown_columns()[0] == name
    assert dialog.list.item(0).text().endswith("frozen")
    dialog.freeze.click()
    assert not pane.grid.frozen_columns()
    dialog.close()


def buttons(pane: TablePane, name: str) -> list[QToolButton]:
    found = pane.chips.findChildren(QToolButton)
    return [button for button in found if button.accessibleName() == name and button.isVisible()]

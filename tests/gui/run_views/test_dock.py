"""The list of runs in use: search, sort, star, rename, delete and undo, by keyboard too."""

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.run_views.bin import BinDialog
from exoplanet_desktop.gui.run_views.columns import Column
from exoplanet_desktop.gui.run_views.model import Filter, RunsModel
from exoplanet_desktop.record.entry import RunEntry

SOON_MS = 5_000


def titles(dock: Any) -> list[str]:
    return [row.entry.title for row in dock.model.rows]


def select(dock: Any, *wanted: str) -> None:
    """Click the rows with these titles, from the second on with Ctrl."""
    from PySide6.QtCore import QItemSelectionModel

    flags = QItemSelectionModel.SelectionFlag
    chosen = dock.view.table.selectionModel()
    chosen.clearSelection()
    for title in wanted:
        index = dock.model.index(titles(dock).index(title), Column.NAME)
        chosen.setCurrentIndex(index, flags.Select | flags.Rows)


def kept(dock: Any, qtbot: QtBot, *, bin: bool = False) -> dict[str, RunEntry]:
    reading = asyncio.ensure_future(dock._runs.recorder.work(lambda record: record.runs(bin=bin)))
    qtbot.waitUntil(reading.done, timeout=SOON_MS)
    return {entry.title: entry for entry in reading.result()}


def test_a_search_and_a_filter_leave_what_fits(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run("first", satellite="K2", model="rf")
    filled.run("second", files=["long name.csv"])
    filled.run("third", error="The disk is full.")
    dock = dock()
    assert titles(dock) == ["third", "second", "first"]
    assert dock.counts.text() == "3 runs"

    qtbot.keyClicks(dock.search, "random FOREST")
    qtbot.waitUntil(lambda: titles(dock) == ["first"], timeout=SOON_MS)
    assert dock.counts.text() == "1 of 3"
    dock.search.setText("name.csv")
    qtbot.waitUntil(lambda: titles(dock) == ["second"], timeout=SOON_MS)
    dock.search.setText("disk is full")
    qtbot.waitUntil(lambda: titles(dock) == ["third"], timeout=SOON_MS)

    dock.search.clear()
    menu = dock.filter.menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "Done").trigger()
    qtbot.waitUntil(lambda: titles(dock) == ["second", "first"], timeout=SOON_MS)
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "K2").trigger()
    assert titles(dock) == ["first"]
    assert dock.filter.text() == "Filter (2)"

    dock.search.setText("nothing has this")
    qtbot.waitUntil(lambda: not titles(dock), timeout=SOON_MS)
    (button,) = (button for button in dock.findChildren(QPushButton) if button.text() == "Show all")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(titles(dock)) == 3, timeout=SOON_MS)


def test_columns_sort_and_those_without_a_value_come_last(dock: Any, filled: Any) -> None:
    filled.run("low", result={"cv_mean": 0.8, "accuracy": 0.99})
    filled.run("high", result={"cv_mean": 0.9, "accuracy": 0.7})
    filled.run("failed", error="No.")
    dock = dock()
    across = dock.view.table.horizontalHeader()
    across.setSortIndicator(Column.FOLDS, Qt.SortOrder.DescendingOrder)
    assert titles(dock) == ["high", "low", "failed"]
    across.setSortIndicator(Column.ACCURACY, Qt.SortOrder.AscendingOrder)
    assert titles(dock) == ["high", "low", "failed"]
    select(dock, "low")
    across.setSortIndicator(Column.NAME, Qt.SortOrder.AscendingOrder)
    assert titles(dock) == ["failed", "high", "low"]
    assert [row.entry.title for row in dock.view.chosen()] == ["low"]  # the selection stays


def test_a_run_is_renamed_in_place_and_starred_by_key(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run("old")
    dock = dock()
    view = dock.view.in_front
    view.setFocus()
    select(dock, "old")
    qtbot.keyClick(view, Qt.Key.Key_F2)
    (editor,) = view.findChildren(QLineEdit)
    editor.setText("  my <b>best</b> ")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: titles(dock) == ["my <b>best</b>"], timeout=SOON_MS)
    qtbot.keyClick(view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dock.model.rows[0].entry.starred, timeout=SOON_MS)
    assert kept(dock, qtbot)["my <b>best</b>"].starred
    assert "&lt;b&gt;" in dock.model.index(0, Column.NAME).data(Qt.ItemDataRole.ToolTipRole)


def test_what_is_deleted_is_taken_back_by_undo_or_out_of_the_bin(dock: Any, filled: Any, qtbot: QtBot) -> None:
    for title in ("a", "b", "c"):
        filled.run(title)
    dock = dock()
    window = dock.window()
    dock.view.in_front.setFocus()
    select(dock, "b")
    qtbot.keyClick(dock.view.in_front, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: titles(dock) == ["c", "a"], timeout=SOON_MS)
    assert list(kept(dock, qtbot, bin=True)) == ["b"]
    qtbot.waitUntil(lambda: window.notices.texts() == ["“b” was moved to the bin."], timeout=SOON_MS)
    (undo,) = window.notices.findChildren(QPushButton, "offer")
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: titles(dock) == ["c", "b", "a"], timeout=SOON_MS)

    select(dock, "a", "c")
    dock.actions_of_runs.delete.trigger()
    qtbot.waitUntil(lambda: titles(dock) == ["b"], timeout=SOON_MS)
    dock.commands.show_bin()
    (bin,) = dock.view.findChildren(BinDialog)
    qtbot.waitUntil(lambda: bin.model.total == 2, timeout=SOON_MS)
    bin.view.choose(next(row for row in bin.model.rows if row.entry.title == "a"))
    qtbot.mouseClick(bin.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: titles(dock) == ["b", "a"], timeout=SOON_MS)

    qtbot.mouseClick(bin.empty_button, Qt.MouseButton.LeftButton)
    (box,) = bin.findChildren(QMessageBox)
    assert "1 run will be permanently deleted" in box.informativeText() + box.text()
    next(button for button in box.buttons() if button.text() == "Empty the bin").click()
    qtbot.waitUntil(lambda: bin.model.total == 0, timeout=SOON_MS)
    assert not bin.empty_button.isEnabled()
    assert not kept(dock, qtbot, bin=True)
    assert list(kept(dock, qtbot)) == ["b", "a"]
    bin.close()


def test_each_undo_takes_back_what_it_stands_beside_and_nothing_comes_back_twice(
    dock: Any, filled: Any, qtbot: QtBot
) -> None:
    for title in ("a", "b", "c"):
        filled.run(title)
    dock = dock()
    window = dock.window()
    for title, left in (("a", ["c", "b"]), ("b", ["c"])):
        select(dock, title)
        dock.actions_of_runs.delete.trigger()
        qtbot.waitUntil(lambda left=left: titles(dock) == left, timeout=SOON_MS)
    qtbot.waitUntil(lambda: len(window.notices.findChildren(QPushButton, "offer")) == 2, timeout=SOON_MS)
    first, _second = window.notices.findChildren(QPushButton, "offer")
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: titles(dock) == ["c", "a"], timeout=SOON_MS)

    dock.commands.show_bin()
    (bin,) = dock.view.findChildren(BinDialog)
    qtbot.waitUntil(lambda: bin.model.total == 1, timeout=SOON_MS)
    bin.view.choose(bin.model.rows[0])
    qtbot.mouseClick(bin.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: titles(dock) == ["c", "b", "a"], timeout=SOON_MS)
    bin.close()
    dock.actions_of_runs.undo.trigger()
    qtbot.waitUntil(lambda: not dock.commands.can_undo, timeout=SOON_MS)
    assert titles(dock) == ["c", "b", "a"]


def test_the_list_is_two_lines_where_narrow_and_a_table_where_wide(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run("one")
    dock = dock()
    dock.setFloating(True)
    dock.resize(260, 400)
    qtbot.waitUntil(lambda: dock.view.in_front is dock.view.list, timeout=SOON_MS)
    select(dock, "one")
    dock.resize(1100, 400)
    qtbot.waitUntil(lambda: dock.view.in_front is dock.view.table, timeout=SOON_MS)
    assert [row.entry.title for row in dock.view.chosen()] == ["one"]


def test_the_context_menu_offers_what_fits(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run("good")
    filled.run("bad", error="No.")
    dock = dock()
    select(dock, "bad")
    dock.view.in_front.customContextMenuRequested.emit(dock.view.in_front.rect().center())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    offered = {action.text().replace("&", ""): action.isEnabled() for action in menu.actions() if action.text()}
    assert offered["Open"]
    assert offered["Delete"]
    assert not offered["Use in Predict"]
    assert not offered["Compare side by side"]
    menu.close()
    select(dock, "good")
    assert dock.actions_of_runs.predict.isEnabled()


def test_the_model_is_a_good_one(qapp: QApplication) -> None:
    model = RunsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    entries = [entry(str(number), cv_mean=number / 10) for number in range(5)]
    model.set_entries(entries)
    model.sort(Column.FOLDS, Qt.SortOrder.DescendingOrder)
    model.set_filter(Filter(search="3"))
    assert [row.entry.title for row in model.rows] == ["3"]
    model.set_filter(Filter())
    model.remove(model.rows[:2])
    model.take(entry("new"))
    assert [row.entry.title for row in model.rows] == ["2", "1", "0", "new"]


@pytest.mark.parametrize("created_at", ["", "never", "9999-12-31T23:59:59+00:00"])
def test_an_odd_date_of_an_import_is_no_trouble(qapp: QApplication, created_at: str) -> None:
    model = RunsModel()
    model.set_entries([entry("odd", created_at=created_at)])
    assert isinstance(model.index(0, Column.WHEN).data(), str)


def entry(title: str, **more: Any) -> RunEntry:
    values = {
        "run_id": title * 2,
        "kind": "train",
        "title": title,
        "status": "SUCCEEDED",
        "starred": False,
        "backend_title": "Lab",
        "backend_address": "http://lab",
        "data_digest": None,
        "created_at": "2026-11-24T08:00:00+00:00",
        "changed_at": "",
        "accuracy": None,
        "error": None,
        "deleted_at": None,
        "imported": False,
    }
    return RunEntry(**{**values, **more})


def test_a_command_and_a_program_are_copied_without_a_token(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run("mine", paths=["/data/my koi.csv"])
    dock = dock()
    select(dock, "mine")
    dock.view.in_front.setFocus()
    ctrl_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(dock.view.in_front, Qt.Key.Key_C, ctrl_shift)
    clipboard = QApplication.clipboard()
    qtbot.waitUntil(lambda: clipboard.text().startswith("exoplanet-desktop train"), timeout=SOON_MS)
    assert clipboard.text().endswith("'/data/my koi.csv'")
    assert "this window is using its own" in dock.window().notices.texts()[0]
    qtbot.keyClick(dock.view.in_front, Qt.Key.Key_Y, ctrl_shift)
    qtbot.waitUntil(lambda: "import requests" in clipboard.text(), timeout=SOON_MS)
    assert "EXOPLANET_TOKEN" in clipboard.text()


def test_a_run_goes_out_as_one_file_and_comes_in_again(dock: Any, filled: Any, qtbot: QtBot, tmp_path: Any) -> None:
    filled.run("mine")
    dock = dock()
    select(dock, "mine")
    target = tmp_path / "run.zip"
    dock.commands.export(dock.view.chosen()[0], str(target))
    qtbot.waitUntil(target.is_file, timeout=SOON_MS)
    dock.commands.import_run(str(target))
    qtbot.waitUntil(lambda: titles(dock) == ["mine", "mine"], timeout=SOON_MS)
    (row,) = dock.view.chosen()
    assert row.entry.imported
    (tmp_path / "none.zip").write_text("no zip")
    dock.commands.import_run(str(tmp_path / "none.zip"))
    qtbot.waitUntil(lambda: len(dock.window().notices.failures()) == 1, timeout=SOON_MS)


def test_a_report_is_written_of_a_training_that_has_ended(dock: Any, filled: Any, qtbot: QtBot, tmp_path: Any) -> None:
    filled.run("mine <b>own</b>")
    filled.run("broken", error="No rows.")
    dock = dock()
    select(dock, "mine <b>own</b>")
    assert dock.actions_of_runs.report.isEnabled()
    target = tmp_path / "report.html"
    dock.commands.report(dock.view.chosen()[0], str(target))
    qtbot.waitUntil(target.is_file, timeout=SOON_MS)
    page = target.read_text(encoding="utf-8")
    assert "mine &lt;b&gt;own&lt;/b&gt;" in page and "0.930" in page and "koi.csv" in page
    select(dock, "broken")
    assert not dock.actions_of_runs.report.isEnabled()


def test_a_run_without_a_model_or_backend_says_so(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run("good")
    dock = dock()
    select(dock, "good")
    dock.actions_of_runs.predict.trigger()
    qtbot.waitUntil(lambda: bool(dock.window().notices.failures()), timeout=SOON_MS)
    assert dock.window().tab is dock.window().train


def test_keys_in_the_search_belong_to_the_search(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run("mine")
    dock = dock()
    select(dock, "mine")
    dock.search.setFocus()
    qtbot.keyClicks(dock.search, "mi")
    qtbot.keyClick(dock.search, Qt.Key.Key_Home)
    qtbot.keyClick(dock.search, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: dock.model.filter.search == "i", timeout=SOON_MS)
    assert titles(dock) == ["mine"]
    assert not kept(dock, qtbot, bin=True)

"""Which rows are used: those shown in the table if the user chooses that, and otherwise a note says so."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.rows_used import RowScope
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.options import choose
from exoplanet_desktop.wire.vocabulary import Duplicates

Sample = Callable[..., Path]
JOB_MS = 90_000


def filtered(view: CatalogView, where: str, qtbot: QtBot) -> int:
    with qtbot.waitSignal(view.selected, timeout=10_000):
        view.pane.queries.filter(where)
    assert view.pane.queries.view is not None
    return view.pane.queries.view.row_count


def test_a_filter_that_does_not_count_is_said_beside_the_button(
    window: MainWindow, sample: Sample, qtbot: QtBot
) -> None:
    tab = window.train
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([sample()])
    model = tab.rows.box.model()
    assert isinstance(model, QStandardItemModel)
    assert not model.item(1).isEnabled()
    assert "no filter is set" in tab.rows.box.itemText(1)
    assert "none are selected" in tab.rows.box.itemText(2)

    rows = filtered(tab.view, "koi_period < 10", qtbot)

    assert 0 < rows < 600
    assert tab.go.note.text() == "The filter is not applied: all 600 rows will be used."
    assert not tab.go.note.isHidden()
    assert tab.rows.box.itemText(1) == f"Rows shown ({rows})"
    choose(tab.rows.box, RowScope.SHOWN)
    assert tab.go.note.isHidden()
    tab.view.pane.queries.filter("")
    qtbot.waitUntil(lambda: tab.rows.kind is RowScope.ALL, timeout=5_000)


def test_a_training_uses_the_rows_that_are_shown_and_says_how_many(
    live: MainWindow, sample: Sample, qtbot: QtBot
) -> None:
    tab = live.train
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([sample()])
    rows = filtered(tab.view, "koi_period < 20", qtbot)
    choose(tab.rows.box, RowScope.SHOWN)
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=10_000)

    with qtbot.waitSignal(tab.training_ended, timeout=JOB_MS) as ended:
        qtbot.mouseClick(tab.go.button, Qt.MouseButton.LeftButton)

    (run,) = ended.args
    assert run.result is not None, run.failure
    assert run.result.evaluation.rows_used == rows
    assert run.request.rows.sentence == f"{rows} of 600 rows were used: koi_period < 20. They were renumbered."
    kept = TrainTask.from_json(run.request.to_json())
    assert kept.rows is not None
    assert (kept.rows.condition, kept.rows.rows, kept.rows.every) == ("koi_period < 20", rows, 600)
    assert not kept.can_be_repeated


def test_a_prediction_uses_the_rows_that_are_selected(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    tab = live.predict
    live.tabs.setCurrentWidget(tab)
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([sample()])
    tab.training_picker.set_paths([sample()])
    grid, flag = tab.view.grid, QItemSelectionModel.SelectionFlag
    model = grid.table_model
    picked = QItemSelection(model.index(3, 0), model.index(12, 1))
    picked.merge(QItemSelection(model.index(10, 2), model.index(20, 2)), flag.Select)
    grid.selectionModel().select(picked, flag.ClearAndSelect)
    assert tab.rows.choice.box.itemText(2) == "Rows selected (18)"
    choose(tab.rows.choice.box, RowScope.SELECTED)
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=10_000)
    name = model.columns.index("kepoi_name")
    qtbot.waitUntil(lambda: model.text(20, name) is not None, timeout=5_000)
    wanted = [model.text(row, name) for row in range(3, 21)]

    with qtbot.waitSignal(tab.predicted, timeout=JOB_MS) as predicted:
        qtbot.mouseClick(tab.go.button, Qt.MouseButton.LeftButton)

    (prediction,) = predicted.args
    assert prediction.reply.total_predicted == 18
    assert "18 of 600 rows were used: those selected" in tab.summary.rows.text()
    shown = tab.result.model
    column = shown.columns.index("kepoi_name")
    qtbot.waitUntil(lambda: shown.text(17, column) is not None, timeout=5_000)
    assert [shown.text(row, column) for row in range(18)] == wanted


def test_rows_of_several_catalogs_are_all_used(
    window: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path
) -> None:
    tab = window.train
    other = tmp_path / "other.csv"
    other.write_bytes(sample().read_bytes())
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([sample(), other])

    assert "not with several catalogs" in tab.rows.box.itemText(1)
    filtered(tab.view, "koi_period < 10", qtbot)
    assert tab.go.note.text() == "The filter is not applied: all rows of all catalogs will be used."


@pytest.mark.parametrize("change", ["grows", "goes"])
def test_a_file_that_changed_on_the_disk_is_not_trained_on(
    live: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path, change: str
) -> None:
    tab, path = live.train, tmp_path / "mine.csv"
    path.write_bytes(sample().read_bytes())
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([path])
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=10_000)
    if change == "grows":
        path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[-1])
    else:
        path.unlink()

    qtbot.mouseClick(tab.go.button, Qt.MouseButton.LeftButton)

    def told() -> bool:
        return any("mine.csv has changed on disk" in text for text in live.notices.texts())

    qtbot.waitUntil(told, timeout=5_000)
    assert not live.services.runs.all


def test_objects_of_several_catalogs_are_asked_about(
    live: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts come from the merge, which has tests of its own."""
    tab = live.train
    other = tmp_path / "later.csv"
    other.write_bytes(sample().read_bytes())
    monkeypatch.setattr("exoplanet_desktop.gui.run_views.several.counted_objects", lambda *_: (9_564, 923))
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([sample(), other])
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=10_000)

    def question() -> QMessageBox | None:
        return next((box for box in tab.findChildren(QMessageBox) if box.isVisible()), None)

    qtbot.mouseClick(tab.go.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: question() is not None, timeout=10_000)
    box = question()
    assert box is not None
    assert box.text() == "9,564 objects are in both catalogs, 923 with different dispositions."
    box.reject()
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=10_000)
    assert not live.services.runs.all

    qtbot.mouseClick(tab.go.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: question() is not None, timeout=10_000)
    box = question()
    assert box is not None
    with qtbot.waitSignal(tab.training_ended, timeout=JOB_MS) as ended:
        qtbot.mouseClick(box.defaultButton(), Qt.MouseButton.LeftButton)
    (run,) = ended.args
    assert run.request.duplicates is Duplicates.BY_IDENTIFIER_LAST
    assert run.result is not None, run.failure
    assert run.result.evaluation.rows_used == 600

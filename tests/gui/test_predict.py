"""The Predict tab in use."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.rows_used import RowScope
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.widgets.options import choose

Sample = Callable[..., Path]
JOB_MS = 90_000


def open_catalog(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    window.tabs.setCurrentWidget(window.predict)
    with qtbot.waitSignal(window.predict.view.opened, timeout=20_000):
        window.predict.open_files([path])


def test_nothing_trained_says_what_to_do(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    open_catalog(live, sample(), qtbot)

    qtbot.waitUntil(lambda: "No model is trained yet" in live.predict.go.reason.text(), timeout=5_000)
    assert not live.predict.go.button.isEnabled()


def test_train_first_then_predict_a_range_and_save(
    live: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path
) -> None:
    tab = live.predict
    open_catalog(live, sample(), qtbot)
    tab.training_picker.set_paths([sample()])
    choose(tab.rows.choice.box, RowScope.RANGE)
    tab.rows.first.setValue(10)
    tab.rows.last.setValue(109)
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=10_000)

    with qtbot.waitSignal(tab.predicted, timeout=JOB_MS) as predicted:
        qtbot.mouseClick(tab.go.button, Qt.MouseButton.LeftButton)

    (prediction,) = predicted.args
    assert prediction.reply.total_predicted == 100
    assert (prediction.reply.from_row, prediction.reply.to_row) == (10, 109)
    assert sum(prediction.counts.values()) == 100
    assert prediction.known == 100
    assert "100 rows" in tab.summary.headline.text()
    headers = tab.result.model.columns
    assert list(headers[2:5]) == ["Predicted_Class", "Confidence", "Match"]
    qtbot.waitUntil(lambda: "Yes" in str(tab.result.model.index(0, 4).data()), timeout=5_000)
    assert tab.result.model.index(0, 4).data() in ("✓ Yes", "✗ No")

    target = tmp_path / "kept.csv"
    tab.save(str(target))
    qtbot.waitUntil(target.exists, timeout=5_000)
    assert len(target.read_text().splitlines()) == 101

    chips, rows = tab.summary.chips, tab.result.model.rowCount
    differ = prediction.known - prediction.matches
    assert chips["differ"].text() == f"✗ {differ} differ"
    qtbot.mouseClick(chips["CONFIRMED"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rows() == prediction.counts["CONFIRMED"], timeout=5_000)
    qtbot.mouseClick(chips["FALSE POSITIVE"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rows() == prediction.counts["FALSE POSITIVE"], timeout=5_000)
    qtbot.waitUntil(lambda: not chips["CONFIRMED"].isChecked(), timeout=5_000)
    tab.result.pane.queries.drop_filter("Predicted_Class")
    qtbot.waitUntil(lambda: not chips["FALSE POSITIVE"].isChecked(), timeout=5_000)
    qtbot.mouseClick(chips["uncertain"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rows() == prediction.uncertain, timeout=5_000)
    assert chips["uncertain"].isChecked()


def test_the_result_is_read_once_and_its_model_is_named_with_its_date(
    live: MainWindow, sample: Sample, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = live.predict
    open_catalog(live, sample(), qtbot)
    tab.training_picker.set_paths([sample()])
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=10_000)
    opened: list[Path] = []
    read = Table.open.__func__  # type: ignore[attr-defined]

    def noticed(cls: type[Table], path: Path, **options: Any) -> Table:
        opened.append(path)
        return read(cls, path, **options)

    monkeypatch.setattr(Table, "open", classmethod(noticed))
    with qtbot.waitSignal(tab.predicted, timeout=JOB_MS) as predicted:
        tab.go.button.click()
    assert opened.count(predicted.args[0].csv) == 1
    assert predicted.args[0].reply.results == []
    tab.training_picker.set_paths([])
    qtbot.waitUntil(lambda: "trained" in tab.models.hint.text(), timeout=5_000)
    assert "vetted features · 0." in tab.models.hint.text()


def test_sorting_by_a_click_sorts_the_whole_table(window: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    open_catalog(window, sample(), qtbot)
    view = window.predict.view
    column = view.model.columns.index("koi_period")

    view.grid.sortByColumn(column, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: view.model.order == (("koi_period", True),), timeout=5_000)

    def periods() -> list[str]:
        return [view.model.index(row, column).data() for row in range(20)]

    qtbot.waitUntil(lambda: "…" not in periods(), timeout=5_000)
    shown = [float(text) for text in periods()]
    assert shown == sorted(shown, reverse=True)


def test_a_file_without_the_columns_is_refused_with_their_names(live: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")

    open_catalog(live, path, qtbot)

    assert not live.predict.go.button.isEnabled()
    assert "`koi_period`" in live.predict.go.reason.text()


def test_what_is_predicted_is_what_stood_in_the_form_at_the_click(
    live: MainWindow, sample: Sample, qtbot: QtBot
) -> None:
    tab = live.predict
    open_catalog(live, sample(rows=500), qtbot)
    tab.training_picker.set_paths([sample()])
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=10_000)

    with qtbot.waitSignal(tab.predicted, timeout=JOB_MS) as predicted:
        tab.go.button.click()
        qtbot.waitUntil(lambda: bool(live.services.runs.all), timeout=5_000)
        tab.open_files([sample(rows=600)])

    assert predicted.args[0].reply.total_predicted == 500
    assert sample(rows=500).name in tab.summary.headline.text()


def test_a_model_is_offered_as_soon_as_it_is_trained_and_the_choice_stays(
    live: MainWindow, sample: Sample, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(live.train.view.opened, timeout=20_000):
        live.train.open_files([sample()])
    for model in ("Decision tree", "XGBoost"):
        live.train.options.model.setCurrentText(model)
        with qtbot.waitSignal(live.train.training_ended, timeout=JOB_MS):
            live.train.go.button.click()

    tab = live.predict
    qtbot.waitUntil(lambda: tab.model.count() == 2, timeout=5_000)
    tab.model.setCurrentIndex(tab.model.findText("Decision tree", Qt.MatchFlag.MatchStartsWith))
    tab.models.refresh()
    qtbot.waitUntil(lambda: not [task for task in aio._tasks if not task.done()], timeout=5_000)
    assert tab.model.currentText().startswith("Decision tree")


def test_a_range_that_runs_backwards_is_refused_before_the_work(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    tab = live.predict
    open_catalog(live, sample(), qtbot)
    tab.training_picker.set_paths([sample()])
    choose(tab.rows.choice.box, RowScope.RANGE)
    tab.rows.first.setValue(50)
    tab.rows.last.setValue(10)

    qtbot.waitUntil(lambda: "comes after the last one" in tab.go.reason.text(), timeout=5_000)
    assert not tab.go.button.isEnabled()

"""A complete workflow by keyboard alone: train, view, predict, merge, report."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
from exoplanet_desktop.gui.shell.main_window import MainWindow
from tests.gui.keyboard import ALT, CTRL, Keyboard

Sample = Callable[..., Path]
Key = Qt.Key
READ_MS, JOB_MS = 20_000, 90_000


def test_train_look_predict_merge_and_report(live: MainWindow, sample: Sample, tmp_path: Path, qtbot: QtBot) -> None:
    keys = Keyboard(qtbot, live)
    live.activateWindow()
    keys.window(MainWindow)

    # Train: open a catalog, go.
    with qtbot.waitSignal(live.train.view.opened, timeout=READ_MS):
        keys.press(Key.Key_O, CTRL)
        keys.name_file(sample())
    with qtbot.waitSignal(live.train.training_ended, timeout=JOB_MS):
        keys.press(Key.Key_Return, CTRL)
    run = live.services.runs.all[0]
    assert run.failure == ""

    # View: a page of the result, a cell of the matrix, the rows behind it in the catalog.
    dialog = keys.window(ProgressDialog)
    assert isinstance(dialog, ProgressDialog)
    page = dialog.results.matrix
    assert page is not None
    qtbot.waitUntil(page.errors.isVisible, timeout=READ_MS)
    pages = keys.tab_to("Matrix")
    assert isinstance(pages, QTabBar)
    keys.press(Key.Key_Right)
    assert pages.tabText(pages.currentIndex()) == "Curves"
    keys.press(Key.Key_Left)
    keys.tab_to("Confusion matrix, rows")
    keys.press(Key.Key_Down)
    keys.press(Key.Key_Right)
    assert page.selected == (0, 1)
    queries = live.train.view.pane.queries
    with qtbot.waitSignal(queries.selected, timeout=READ_MS):
        keys.push("Show these in the catalog")
    assert queries.view is not None
    assert queries.view.row_count == page.view.figure.counts[0][1] < 600

    # Predict with this model.
    keys.window(MainWindow)
    keys.push("Back to the result")
    assert keys.window(ProgressDialog) is dialog
    keys.push("Use in Predict")
    keys.window(MainWindow)
    assert live.tabs.currentWidget() is live.predict
    with qtbot.waitSignal(live.predict.view.opened, timeout=READ_MS):
        keys.press(Key.Key_O, CTRL)
        keys.name_file(sample(rows=500))
    qtbot.waitUntil(live.predict.go.button.isEnabled, timeout=READ_MS)
    with qtbot.waitSignal(live.predict.predicted, timeout=JOB_MS) as predicted:
        keys.press(Key.Key_Return, CTRL)
    assert predicted.args[0].reply.total_predicted == 500
    saved = tmp_path / "predicted.csv"
    keys.press(Key.Key_S, CTRL)
    keys.name_file(saved)
    qtbot.waitUntil(saved.exists, timeout=READ_MS)

    # Merge two catalogs, and use the result.
    keys.window(MainWindow)
    keys.press(Key.Key_3, CTRL)
    for rows in (600, 500):
        keys.press(Key.Key_O, CTRL)
        keys.name_file(sample(rows=rows))
        keys.window(MainWindow)
    with qtbot.waitSignal(live.merge.merged, timeout=JOB_MS) as merged:
        keys.press(Key.Key_Return, CTRL)
    assert merged.args[0].merged_rows == 600
    with qtbot.waitSignal(live.merge.view.opened, timeout=READ_MS):
        keys.push("Use")

    # The report, from the list of runs.
    keys.press(Key.Key_R, CTRL)
    keys.tab_to("Runs")
    qtbot.waitUntil(lambda: live.runs_dock.model.total == 3, timeout=READ_MS)
    keys.press(Key.Key_End)
    keys.press(Key.Key_Return)
    keys.window(ProgressDialog)
    report = tmp_path / "report.html"
    keys.press(Key.Key_R, ALT)
    keys.name_file(report)
    qtbot.waitUntil(report.exists, timeout=READ_MS)
    assert "KOI · XGBoost" in report.read_text(encoding="utf-8")
    keys.window(ProgressDialog)
    keys.press(Key.Key_Escape)
    keys.window(MainWindow)
    assert not live.notices.failures()

"""From a run's figures to the rows of its catalog, and again after a restart without a backend."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.run_views import results as results_module
from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
from exoplanet_desktop.gui.run_views.list_dialog import ListDialog
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.widgets.picture_view import decoded
from exoplanet_desktop.wire.vocabulary import Model, Satellite

JOB_MS, WAIT_MS = 90_000, 10_000


def click_first_error(dialog: ProgressDialog, qtbot: QtBot) -> str:
    """Clicks the first line; returns its object's name."""
    errors = dialog.results.matrix.errors
    first = errors.model.index(0, 0)
    point = errors.table.visualRect(first).center()
    qtbot.mouseClick(errors.table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    return str(first.data())


def current_object(window: MainWindow) -> str:
    """The name of the object in the catalog's current row."""
    model, grid = window.train.view.model, window.train.view.grid
    column = list(model.columns).index("kepoi_name")
    return str(model.index(grid.currentIndex().row(), column).data())


def test_errors_lead_into_the_catalog_and_the_threshold_stays(
    start: Callable[[], Any], sample: Callable[..., Path], qtbot: QtBot, tmp_path: Path
) -> None:
    first = start()
    first.start_engine()
    window: MainWindow = first.window
    with qtbot.waitSignal(window.train.view.opened, timeout=20_000):
        window.train.open_files([sample()])
    with qtbot.waitSignal(window.train.training_ended, timeout=JOB_MS) as ended:
        window.train.go.button.click()
    (run,) = ended.args
    dialog = window.dialogs[run]
    page = dialog.results.matrix
    qtbot.waitUntil(page.errors.isVisible, timeout=WAIT_MS)
    window.tabs.setCurrentIndex(1)

    name = click_first_error(dialog, qtbot)
    qtbot.waitUntil(lambda: current_object(window) == name, timeout=WAIT_MS)
    assert window.tabs.currentWidget() is window.train

    many = page.errors.model.rowCount()
    qtbot.mouseClick(page.errors.button, Qt.MouseButton.LeftButton)
    queries = window.train.view.pane.queries
    qtbot.waitUntil(lambda: queries.view.row_count == many, timeout=WAIT_MS)
    assert window.train.view.pane.chips.isVisible()
    assert not dialog.isVisible(), "it covers the rows"
    (back,) = [button for button in window.notices.findChildren(QPushButton) if button.text() == "Back to the result"]
    with qtbot.waitActive(dialog, timeout=WAIT_MS):
        qtbot.mouseClick(back, Qt.MouseButton.LeftButton)

    qtbot.mouseClick(page.errors.table_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(dialog.findChildren(ListDialog)), timeout=WAIT_MS)
    (listed,) = dialog.findChildren(ListDialog)
    qtbot.waitUntil(lambda: listed.view.shown is not None, timeout=WAIT_MS)
    assert listed.view.shown.row_count == many
    assert {"koi_period", "koi_disposition", "Predicted_Class", "Confidence", "Prob_CONFIRMED"} <= set(
        listed.view.shown.columns
    )
    table, list_model = listed.view.model, page.errors.model
    for name, column in (("kepoi_name", 0), ("koi_disposition", 1), ("Predicted_Class", 2)):
        at = list(table.columns).index(name)
        told = [str(list_model.index(line, column).data()) for line in range(3)]
        qtbot.waitUntil(
            lambda at=at, told=told: [str(table.index(line, at).data()) for line in range(3)] == told, timeout=WAIT_MS
        )
    listed.close()

    queries.drop_filter("")
    qtbot.waitUntil(lambda: queries.view.row_count == 600, timeout=WAIT_MS)

    with qtbot.waitSignal(page.threshold_settled, timeout=WAIT_MS):
        page.threshold.miss_at_most()
    threshold = page.threshold.threshold
    counts = page.view.figure.counts
    first.close()

    window = start().window
    window.runs_dock.view.opened.emit(window.runs_dock.model.rows[0])
    qtbot.waitUntil(lambda: bool(window.dialogs), timeout=WAIT_MS)
    (dialog,) = window.dialogs.values()
    page = dialog.results.matrix
    qtbot.waitUntil(lambda: page.threshold.threshold == threshold, timeout=WAIT_MS)
    assert page.view.figure.counts == counts

    assert dialog.report_button.isVisible()
    report = tmp_path / "report.html"
    dialog.save_report(str(report))
    qtbot.waitUntil(report.exists, timeout=WAIT_MS)
    assert f"add up to {threshold:.4f} or more" in report.read_text(encoding="utf-8")
    qtbot.waitUntil(lambda: bool(dialog.notice_bar.texts()), timeout=WAIT_MS)
    dialog.notice_bar.clear()

    window.train.view.clear()
    click_first_error(dialog, qtbot)
    qtbot.waitUntil(lambda: bool(dialog.notice_bar.texts()), timeout=WAIT_MS)
    assert "is not open on the Train tab" in dialog.notice_bar.texts()[0]
    offer = dialog.notice_bar.findChild(QPushButton, "offer")
    with qtbot.waitSignal(window.train.view.opened, timeout=20_000):
        qtbot.mouseClick(offer, Qt.MouseButton.LeftButton)
    name = click_first_error(dialog, qtbot)
    qtbot.waitUntil(lambda: current_object(window) == name, timeout=WAIT_MS)


def test_a_backend_without_numbers_shows_its_pictures(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[threading.Thread] = set()

    def noted(data: bytes) -> QImage:
        threads.add(threading.current_thread())
        return decoded(data)

    monkeypatch.setattr(results_module, "decoded", noted)
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    device = QBuffer()
    device.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(device, "PNG")
    services = window.services
    request = TrainTask(Satellite.KOI, Model.RF, paths=(Path("koi.csv"),))
    run = TrainingRun(request, None, False, services.workers, services.poller, services.recorder)
    told = {"accuracy": 0.9, "cv_mean": 0.91, "cv_std": 0.01, "auc_score": float("nan")}
    run.show_past("SUCCEEDED", "", "", told, {"counts": bytes(device.data().data()), "shares": b"no picture"})
    window.run_dialogs.show(run)
    results = window.dialogs[run].results
    qtbot.waitUntil(lambda: results.complete, timeout=5_000)
    shown = [results.tabs.tabText(at) for at in range(results.tabs.count())]
    assert shown == ["Scores", "Pictures from the backend", "Protocol"]
    assert list(results.pictures.pictures) == ["counts"]
    assert threads, "nothing was unpacked"
    assert threading.main_thread() not in threads
    assert "does not say how it evaluated" in results.protocol.text()

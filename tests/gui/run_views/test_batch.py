"""All models one after another, on a real engine: ranked, cancelled, and resumed after a restart."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.run_views.ranking_dialog import RankingDialog
from exoplanet_desktop.gui.runs.batch import Batch
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.wire.vocabulary import Model, Status

Sample = Callable[..., Path]
JOB_MS = 90_000


def train_all(window: MainWindow, path: Path, qtbot: QtBot) -> tuple[Batch, RankingDialog]:
    with qtbot.waitSignal(window.train.view.opened, timeout=20_000):
        window.train.open_files([path])
    window.train.options.sentinel.setChecked(False)
    qtbot.mouseClick(window.train.all_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.services.runs.groups), timeout=5_000)
    (batch,) = window.services.runs.groups
    (dialog,) = window.runs_dock.opener.rankings.values()
    assert dialog.isVisible()
    return batch, dialog


def lines(dialog: RankingDialog) -> list[list[str]]:
    table = dialog.table
    return [
        [table.item(row, column).text() for column in range(table.columnCount())] for row in range(table.rowCount())
    ]


@pytest.mark.slow
def test_the_six_are_ranked_and_one_that_ends_early_keeps_no_other(
    live: MainWindow, sample: Sample, qtbot: QtBot
) -> None:
    batch, dialog = train_all(live, sample(rows=300), qtbot)
    qtbot.waitUntil(lambda: len(batch.parts) == 2 and bool(batch.parts[1].snapshot.status == "RUNNING"), timeout=JOB_MS)
    assert batch.snapshot.words.startswith("2 of 6, Random forest")
    qtbot.waitUntil(lambda: bool(lines(dialog)) and "not started" in lines(dialog)[-1], timeout=5_000)
    cancelling = asyncio.ensure_future(batch.parts[1].cancel())
    qtbot.waitUntil(lambda: batch.is_over, timeout=JOB_MS)
    assert cancelling.done()
    assert batch.snapshot.status == Status.SUCCEEDED
    assert [part.request.model for part in batch.parts] == list(Model)

    qtbot.waitUntil(lambda: "5 of 6 models trained" in dialog.state.text(), timeout=5_000)
    qtbot.waitUntil(lambda: [line[0] == "" for line in lines(dialog)] == [False] * 5 + [True], timeout=5_000)
    assert lines(dialog)[-1][1:3] == ["Random forest", "■ cancelled"]
    best = max((part for part in batch.parts if part.result), key=lambda part: part.result.cv_mean)
    assert lines(dialog)[0][1] == best.request.model.display_name
    assert best.request.model.display_name in dialog.verdict.text()
    assert "row by row on the same held-out rows" in dialog.method.text()

    model = live.runs_dock.model
    (row,) = model.rows  # its parts are folded
    assert (row.entry.kind, row.state, row.entry.cv_mean) == ("train-all", RunState.SUCCEEDED, best.result.cv_mean)
    model.unfold(row, True)
    assert len(model.rows) == 7
    qtbot.mouseClick(dialog.predict_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: live.tab is live.predict, timeout=10_000)


def test_all_are_cancelled_at_once(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    batch, dialog = train_all(live, sample(rows=300), qtbot)
    qtbot.waitUntil(lambda: bool(batch.parts) and batch.parts[0].snapshot.status == "RUNNING", timeout=JOB_MS)
    live.close()
    (box,) = live.findChildren(QMessageBox)
    assert "The rest of “KOI · all models” will be trained after the next start." in box.informativeText()
    box.button(QMessageBox.StandardButton.Cancel).click()
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: batch.is_over, timeout=JOB_MS)
    assert batch.snapshot.status == Status.CANCELLED
    assert len(batch.parts) == 1
    qtbot.waitUntil(lambda: live.runs_dock.model.rows[0].said == "cancelled", timeout=5_000)


@pytest.mark.slow
def test_after_a_restart_it_goes_on_with_what_is_left(start: Callable[[], Any], sample: Sample, qtbot: QtBot) -> None:
    first = start()
    first.start_engine()
    batch, _ = train_all(first.window, sample(rows=300), qtbot)
    qtbot.waitUntil(lambda: len(batch.parts) == 2 and batch.parts[1].snapshot.status == "RUNNING", timeout=JOB_MS)
    first.close()

    second = start()
    (row,) = second.window.runs_dock.model.rows
    assert row.said == "not finished"
    second.start_engine()
    qtbot.waitUntil(lambda: bool(second.services.runs.groups), timeout=10_000)
    (again,) = second.services.runs.groups
    qtbot.waitUntil(lambda: again.is_over, timeout=JOB_MS)
    assert again.snapshot.status == Status.SUCCEEDED
    assert [part.request.model for part in again.parts] == list(Model)
    assert again.parts[0].result is not None
    assert "interrupted" in again.parts[1].failure  # the engine stopped with the window
    assert all(part.result for part in again.parts[2:])
    assert len(second.window.runs_dock.model.rows) == 1


def test_where_the_file_is_gone_it_says_so(start: Callable[[], Any], filled: Any, qtbot: QtBot) -> None:
    request = {
        "satellite": "KOI",
        "model": None,
        "features": "vetted",
        "files": ["koi.csv"],
        "paths": ["/gone/koi.csv"],
    }
    filled.record.new(
        "train-all", "KOI · all models", request, "Embedded engine", "http://127.0.0.1:1", status=Status.RUNNING
    )
    begun = start()
    begun.start_engine()
    dock = begun.window.runs_dock
    qtbot.waitUntil(lambda: dock.model.rows[0].said == "failed", timeout=10_000)
    assert dock.model.rows[0].entry.error == "6 models were not trained: koi.csv no longer exists."


@pytest.mark.slow
def test_an_engine_that_dies_costs_one_model_and_not_the_others(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    batch, _ = train_all(live, sample(rows=300), qtbot)
    qtbot.waitUntil(lambda: len(batch.parts) == 2 and batch.parts[1].snapshot.status == "RUNNING", timeout=JOB_MS)
    process = live.services.session.engine.engine
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: batch.is_over, timeout=JOB_MS)
    assert batch.snapshot.status == Status.SUCCEEDED
    assert batch.parts[0].result is not None
    assert batch.parts[1].failure
    assert [part.failure for part in batch.parts[2:]] == [""] * 4

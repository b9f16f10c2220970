"""Runs outlive the window: finished ones are readable without a backend, unfinished ones resume."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.shell.main_window import MainWindow

Start = Callable[[], Any]
Sample = Callable[..., Path]
JOB_MS = 90_000


def train(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.train.view.opened, timeout=20_000):
        window.train.open_files([path])
    window.train.go.button.click()
    qtbot.waitUntil(lambda: bool(window.services.runs.all), timeout=5_000)


def test_a_run_of_the_last_time_is_read_without_a_backend(start: Start, sample: Sample, qtbot: QtBot) -> None:
    first = start()
    first.start_engine()
    with qtbot.waitSignal(first.window.train.training_ended, timeout=JOB_MS):
        train(first.window, sample(), qtbot)
    log_text = first.services.runs.all[0].snapshot.log_text
    accuracy = first.services.runs.all[0].result.accuracy
    first.close()

    window = start().window
    (row,) = window.runs_dock.model.rows
    assert row.entry.title == "KOI · XGBoost"
    assert row.entry.dataset == sample().name
    window.runs_dock.view.opened.emit(row)

    qtbot.waitUntil(lambda: bool(window.dialogs), timeout=10_000)
    (dialog,) = window.dialogs.values()
    assert dialog.run.result.accuracy == accuracy
    qtbot.waitUntil(lambda: dialog.results.complete, timeout=5_000)
    assert set(dialog.results.pictures.pictures) == {"counts", "shares"}
    assert dialog.log.toPlainText() == log_text
    run = dialog.run
    dialog.close()
    assert window.dialogs == {}, "the figures of a dialog that was closed take no memory"
    window.run_dialogs.show(run)
    assert window.dialogs[run].log.toPlainText() == log_text
    assert window.services.session.connection is None


def test_a_job_that_ran_when_the_window_closed_is_accounted_for(start: Start, sample: Sample, qtbot: QtBot) -> None:
    first = start()
    first.start_engine()
    train(first.window, sample(rows=20_000), qtbot)
    qtbot.waitUntil(lambda: first.services.runs.all[0].snapshot.status == "RUNNING", timeout=30_000)
    first.close()

    second = start()
    assert [row.said for row in second.window.runs_dock.model.rows] == ["not finished"]
    second.start_engine()

    qtbot.waitUntil(lambda: bool(second.services.runs.all), timeout=10_000)
    (run,) = second.services.runs.all
    qtbot.waitUntil(lambda: run.is_over, timeout=30_000)
    assert run.snapshot.status == "FAILED"
    assert "interrupted" in run.failure
    assert second.window.runs_dock.model.total == 1
    second.close()

    third = start()
    assert [row.said for row in third.window.runs_dock.model.rows] == ["failed"]


def test_an_upload_cut_short_says_so_at_the_next_start(start: Start, sample: Sample, qtbot: QtBot) -> None:
    first = start()
    recorder = first.services.recorder
    request = {"satellite": "KOI", "model": "xgb", "files": ["koi.csv"]}
    first.wait(asyncio.ensure_future(recorder.begin("KOI · XGBoost", request, "Embedded engine", "http://127.0.0.1:1")))
    first.close()

    second = start()
    second.start_engine()
    qtbot.waitUntil(lambda: second.services.runs.room.is_empty, timeout=5_000)
    second.close()

    (row,) = start().window.runs_dock.model.rows
    assert row.said == "failed"
    assert "Train again" in row.entry.error


def test_a_run_whose_request_is_damaged_is_given_up_once(start: Start, qtbot: QtBot) -> None:
    first = start()
    recorder = first.services.recorder
    damaged = {"satellite": "no such one", "model": "xgb", "files": ["koi.csv"]}
    for title, kind in (("one", "train"), ("all", "train-all")):
        begun = recorder.begin(title, damaged, "Embedded engine", "http://127.0.0.1:1", kind=kind)
        run_id = first.wait(asyncio.ensure_future(begun))
        recorder.note(run_id, status="RUNNING", job_id="1", status_url="/status/1", logs_url="/logs/1")
    first.close()

    second = start()
    second.start_engine()
    qtbot.waitUntil(lambda: second.services.runs.room.is_empty, timeout=5_000)
    second.close()

    rows = start().window.runs_dock.model.rows
    assert [row.said for row in rows] == ["failed", "failed"]
    assert all("can no longer be read" in row.entry.error for row in rows)


def test_a_training_of_all_models_goes_on_without_a_part_that_is_damaged(start: Start, qtbot: QtBot) -> None:
    first = start()
    recorder = first.services.recorder
    request = {"satellite": "KOI", "model": None, "files": ["koi.csv"]}
    begun = recorder.begin("all", request, "Embedded engine", "http://127.0.0.1:1", kind="train-all")
    group = first.wait(asyncio.ensure_future(begun))
    recorder.note(group, status="RUNNING")
    damaged = {**request, "model": "no such one"}
    begun = recorder.begin("one", damaged, "Embedded engine", "http://127.0.0.1:1", group_id=group)
    recorder.note(first.wait(asyncio.ensure_future(begun)), status="SUCCEEDED")
    first.close()

    second = start()
    second.start_engine()
    with qtbot.waitSignal(second.services.runs.group_ended, timeout=5_000):
        pass
    assert second.services.runs.groups == [], "closing would ask because of it"
    second.close()

    rows = start().window.runs_dock.model.rows
    (entry,) = [row.entry for row in rows if row.entry.run_id == group]
    assert entry.status == "FAILED"
    assert "koi.csv no longer exists" in entry.error

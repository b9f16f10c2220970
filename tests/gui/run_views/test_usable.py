"""The model of a past run works in Predict, and if it is gone, a message says so."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

Start = Callable[[], Any]


def test_the_model_of_a_past_run_predicts(start: Start, sample: Callable[..., Path], qtbot: QtBot) -> None:
    first = start()
    first.start_engine()
    with qtbot.waitSignal(first.window.train.view.opened, timeout=20_000):
        first.window.train.open_files([sample(rows=300)])
    with qtbot.waitSignal(first.window.train.training_ended, timeout=90_000):
        first.window.train.go.button.click()
    (run,) = first.services.runs.all
    version = run.result.model_version
    first.close()

    second = start()
    second.start_engine()
    window = second.window
    window.runs_dock.show()
    window.runs_dock.view.table.selectRow(0)
    window.runs_dock.actions_of_runs.predict.trigger()
    qtbot.waitUntil(lambda: window.tab is window.predict, timeout=10_000)
    qtbot.waitUntil(lambda: window.predict.model.currentData() is not None, timeout=10_000)
    assert window.predict.model.currentData().version == version

    # The engine's folder was tidied in the meantime: the model is gone.
    (row,) = window.runs_dock.model.rows
    again = second.wait(asyncio.ensure_future(second.services.runs.past(row.entry.run_id)))
    again.result.model_version = "gone"
    window.tabs.setCurrentWidget(window.train)
    window.runs_dock.actions_of_runs.predict.trigger()
    qtbot.waitUntil(lambda: bool(window.notices.failures()), timeout=10_000)
    assert "no longer has the model of this run" in window.notices.failures()[0]
    assert window.tab is window.train

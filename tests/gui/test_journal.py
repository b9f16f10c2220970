"""Predictions and merges are runs too: kept with their files, readable without a backend, exported as one zip."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.run_views.kept_dialog import KeptDialog
from exoplanet_desktop.gui.runs.journal import plain
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.wire.vocabulary import Status

Start = Callable[[], Any]
Sample = Callable[..., Path]


def entries(window: MainWindow, qtbot: QtBot) -> list[Any]:
    """The recorded runs, newest first."""
    import asyncio

    reading = asyncio.ensure_future(window.services.recorder.work(lambda record: record.runs()))
    qtbot.waitUntil(reading.done, timeout=10_000)
    return reading.result()


def train_and_predict(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    window.tabs.setCurrentWidget(window.predict)
    window.predict.training_picker.set_paths([path])
    with qtbot.waitSignal(window.predict.view.opened, timeout=20_000):
        window.predict.open_files([path])
    with qtbot.waitSignal(window.predict.predicted, timeout=90_000):
        window.predict.go.button.click()


def test_a_prediction_is_read_later_and_elsewhere(start: Start, sample: Sample, qtbot: QtBot, tmp_path: Path) -> None:
    first = start()
    first.start_engine()
    train_and_predict(first.window, sample(), qtbot)
    qtbot.waitUntil(lambda: not first.window.predict.is_busy, timeout=10_000)
    prediction = first.window.predict.prediction
    assert prediction is not None
    shown = prediction.csv.read_bytes()
    agreement = first.window.predict.summary.agreement.text()
    first.close()

    second = start()
    dock = second.window.runs_dock
    assert [f"{row.state.mark} {row.entry.title}" for row in dock.model.rows] == [
        "✓ Predict · KOI · XGBoost",
        "✓ KOI · XGBoost",
    ]
    dock.view.opened.emit(dock.model.rows[0])
    qtbot.waitUntil(lambda: bool(second.window.findChildren(KeptDialog)), timeout=10_000)
    (dialog,) = second.window.findChildren(KeptDialog)
    facts = dict(dialog.kept.facts())
    assert facts["Rows predicted"] == "600"
    assert sample().name in facts["Sent"]
    target = tmp_path / "again.csv"
    second.wait(dialog.save(str(target)))
    assert target.read_bytes() == shown

    predict = second.window.predict
    with qtbot.waitSignal(predict.predicted, timeout=20_000):
        dialog.table_button.click()
    assert second.window.tab is predict and predict.result.shown.row_count == 600
    assert predict.summary.agreement.text() == agreement
    assert "600 rows" in predict.summary.headline.text()
    assert predict.prediction.csv != dialog.kept.files[0]  # the record's own file stays its own
    assert not predict.summary.worth.button.isVisible()

    run_id = dialog.kept.run_id
    import asyncio

    second.wait(asyncio.ensure_future(second.services.runs.export(run_id, tmp_path / "run.zip")))
    before = dock.model.total
    entry = second.wait(asyncio.ensure_future(second.services.runs.import_(tmp_path / "run.zip")))
    assert entry.imported
    assert entry.kind == "predict"
    assert dock.model.total == before + 1
    kept = second.wait(asyncio.ensure_future(second.services.runs.past(entry.run_id)))
    assert kept.files[0].read_bytes() == shown


def shown_again(window: MainWindow, row: Any, qtbot: QtBot) -> None:
    """Opens a run from the list of runs and asks for its table."""
    window.runs_dock.view.opened.emit(row)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(KeptDialog)), timeout=10_000)
    next(one for one in window.findChildren(KeptDialog) if one.isVisible()).table_button.click()


def test_a_merge_is_kept_with_what_was_sent(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    live.tabs.setCurrentWidget(live.merge)
    live.merge.open_files([sample(rows=300), sample(rows=200)])
    qtbot.waitUntil(live.merge.go.button.isEnabled, timeout=10_000)
    with qtbot.waitSignal(live.merge.merged, timeout=30_000):
        live.merge.go.button.click()

    (entry,) = entries(live, qtbot)
    assert (entry.kind, entry.status) == ("merge", Status.SUCCEEDED)
    assert "300" in entry.title
    (row,) = live.runs_dock.model.rows
    assert (row.state.mark, row.entry.title[:5]) == ("✓", "Merge")

    live.tabs.setCurrentWidget(live.train)
    with qtbot.waitSignal(live.merge.view.opened, timeout=20_000):
        shown_again(live, row, qtbot)
    assert live.tab is live.merge and live.merge.tabs.currentWidget() is live.merge.using

    with qtbot.waitSignal(live.merge.listing.deleted, timeout=20_000):
        live.merge.listing.delete(live.merge.files.current)
    shown_again(live, row, qtbot)
    qtbot.waitUntil(lambda: bool(live.notices.failures()), timeout=20_000)
    assert "is no longer on this backend or on this machine" in live.notices.failures()[0]


def test_a_prediction_that_fails_says_why_in_the_record(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    path = sample(rows=300)
    with qtbot.waitSignal(live.predict.view.opened, timeout=20_000):
        live.predict.open_files([path])
    live.services.session.health.extensions.remove("models")  # so that an untrained model can be requested
    live.predict.models.refresh()
    qtbot.waitUntil(live.predict.go.button.isEnabled, timeout=10_000)
    live.predict.go.button.click()
    qtbot.waitUntil(lambda: bool(live.notices.failures()), timeout=30_000)

    (entry,) = entries(live, qtbot)
    assert (entry.kind, entry.status) == ("predict", Status.FAILED)
    assert entry.error in live.notices.failures()


def test_names_of_files_become_plain() -> None:
    assert plain("koi 2024_predicted.csv") == "koi 2024_predicted.csv"
    assert plain("<b>:x?.csv") == "file__b__x_.csv"
    assert plain(".hidden") == "file_.hidden"

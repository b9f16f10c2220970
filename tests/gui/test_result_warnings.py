"""A backend's replies are compared with the requests, and its accuracy with its model's predictions."""

import asyncio
import csv
import io
from collections.abc import Callable
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.run_views.columns import second_line
from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.wire.vocabulary import Model
from tests.reference_server import lab
from tests.reference_server.stage import Handler, Reply, Stage

Start = Callable[[], Any]
Sample = Callable[..., Path]
WAIT_MS = 30_000


def connect(window: MainWindow, stage: Stage, name: str = "Lab") -> None:
    """Use a reference backend, as the dialog does."""
    from exoplanet_desktop.client.calls.backend import Backend

    window.services.session.adopt(Connection(Backend(stage.base), name, embedded=False))


def predicts(stage: Stage, label: Callable[[dict[str, str]], str]) -> None:
    """Makes the backend predict each row that it receives."""

    def act(handler: Handler) -> None:
        head = f"Content-Type: {handler.headers['Content-Type']}\r\n\r\n".encode()
        parts = BytesParser().parsebytes(head + handler.sent).get_payload()
        (file,) = [part for part in parts if part.get_param("name", header="content-disposition") == "file"]
        text = file.get_payload(decode=True).decode()
        lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
        rows = list(csv.DictReader(io.StringIO("".join(lines))))
        results = [{"Row_Number": number, "Predicted_Class": label(row)} for number, row in enumerate(rows)]
        predicted = [{**row, "Predicted_Class": label(row)} for row in rows]
        stage.on("GET", lab.PREDICTED, Reply(lab.as_csv(predicted), content_type="text/csv"))
        body = {
            "ok": True, "satellite": "KOI", "model_type": "xgb", "from_row": 0, "to_row": len(rows) - 1,
            "total_predicted": len(rows), "csv_file": stage.base + lab.PREDICTED, "results": results,
        }  # fmt: skip
        Reply(body)(handler)

    stage.on("POST", lab.PREDICT, act)


def trained(window: MainWindow, path: Path, qtbot: QtBot) -> ProgressDialog:
    with qtbot.waitSignal(window.train.view.opened, timeout=WAIT_MS):
        window.train.open_files([path])
    with qtbot.waitSignal(window.train.training_ended, timeout=WAIT_MS):
        window.train.go.button.click()
    return window.dialogs[window.services.runs.all[-1]]


def check_again(dialog: ProgressDialog, qtbot: QtBot) -> None:
    assert dialog.result_warnings.check_button.isVisible()
    with qtbot.waitSignal(dialog.run.judged, timeout=WAIT_MS):
        dialog.result_warnings.check_button.click()
    qtbot.waitUntil(lambda: not dialog.result_warnings.transfer.is_busy, timeout=WAIT_MS)


def test_a_contradiction_stays_with_the_model(start: Start, stage: Stage, sample: Sample, qtbot: QtBot) -> None:
    lab.mount(stage)
    predicts(stage, lambda row: "CANDIDATE")
    first = start()
    connect(first.window, stage)
    dialog = trained(first.window, sample(), qtbot)
    warning = dialog.result_warnings.warnings.text()
    assert "reports accuracy 0.93" in warning
    assert "contradict each other. Do not use this model's labels." in warning
    assert dialog.result_warnings.offer.text() == "After a restart of Lab, you can check its model again."
    (row,) = first.window.runs_dock.model.rows
    assert (row.mark, row.said) == ("⚠", "done, but contradicts its score")
    assert "0.931 ± 0.004, contradicted" in second_line(row)
    words = dialog.result_warnings.warnings
    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()), timeout=5_000)
    box = first.window.predict.model
    qtbot.waitUntil(lambda: box.findText("contradicts", Qt.MatchFlag.MatchContains) >= 0, timeout=WAIT_MS)
    assert box.itemText(0) == "XGBoost · ⚠ contradicts its reported accuracy"
    assert box.itemText(1) == Model.RF.display_name
    first.close()

    second = start()
    run_id = dialog.run.run_id
    again = second.wait(asyncio.ensure_future(second.services.runs.past(run_id)))
    second.window.run_dialogs.show(again)
    shown = second.window.dialogs[again].result_warnings
    assert shown.warnings.text() == warning
    connect(second.window, stage)
    box = second.window.predict.model
    qtbot.waitUntil(lambda: box.findText("contradicts", Qt.MatchFlag.MatchContains) >= 0, timeout=WAIT_MS)
    with qtbot.waitSignal(second.window.predict.view.opened, timeout=WAIT_MS):
        second.window.predict.open_files([sample()])
    with qtbot.waitSignal(second.window.predict.predicted, timeout=WAIT_MS):
        second.window.predict.go.button.click()
    assert "contradict each other" in second.window.predict.summary.notes.text()


def test_a_model_that_does_what_it_says_is_told_so(
    window: MainWindow, stage: Stage, sample: Sample, qtbot: QtBot
) -> None:
    lab.mount(stage)
    predicts(stage, lambda row: row["koi_disposition"])
    connect(window, stage)
    dialog = trained(window, sample(), qtbot)
    assert dialog.result_warnings.warnings.text() == ""
    assert "of the training file, which is consistent." in dialog.result_warnings.fits.text()
    assert not dialog.result_warnings.check_button.isVisible()
    assert window.predict.model.itemText(0) == Model.XGB.display_name


def test_a_restarted_backend_can_be_checked_again(
    window: MainWindow, stage: Stage, sample: Sample, qtbot: QtBot
) -> None:
    lab.mount(stage)
    predicts(stage, lambda row: "CANDIDATE")
    connect(window, stage)
    dialog = trained(window, sample(), qtbot)
    assert "contradict each other" in dialog.result_warnings.warnings.text()

    predicts(stage, lambda row: row["koi_disposition"])
    check_again(dialog, qtbot)

    assert dialog.result_warnings.warnings.text() == ""
    assert "which is consistent." in dialog.result_warnings.fits.text()
    box = window.predict.model
    qtbot.waitUntil(lambda: box.itemText(0) == Model.XGB.display_name, timeout=WAIT_MS)
    (row,) = window.runs_dock.model.rows
    assert row.said == "done"


def test_a_check_that_fails_says_why_and_can_be_made_again(
    window: MainWindow, stage: Stage, sample: Sample, qtbot: QtBot
) -> None:
    lab.mount(stage)
    stage.on("POST", lab.PREDICT, Reply({"ok": False, "error": "No model was trained."}, 400))
    connect(window, stage)
    dialog = trained(window, sample(), qtbot)
    assert "could not be checked: " in dialog.result_warnings.offer.text()
    assert "No model was trained." in dialog.result_warnings.offer.text()
    assert "No model was trained." in dialog.run.snapshot.log_text

    dialog.result_warnings.check_button.click()

    qtbot.waitUntil(lambda: bool(dialog.notice_bar.failures()), timeout=WAIT_MS)
    assert "No model was trained." in dialog.notice_bar.failures()[0]
    assert dialog.result_warnings.check_button.isVisible()


def test_what_deviates_from_the_request_is_told_beside_the_result(
    window: MainWindow, stage: Stage, sample: Sample, qtbot: QtBot
) -> None:
    lab.mount(stage)
    odd = {**lab.result(stage.base), "cv_std": 0.7, "labels": ["A", "CONFIRMED"]}
    params = {"data_path": "/srv/old.csv", "satellite": "K2", "model": "rf"}
    stage.on("GET", lab.STATUS, Reply(lab.status(base=stage.base, params=params, result=odd)))
    connect(window, stage)

    dialog = trained(window, sample(), qtbot)

    told = dialog.result_warnings.warnings.text().splitlines()
    assert told[:2] == [
        "⚠ The backend trained with satellite K2, although KOI was requested: this is another model.",
        "⚠ The backend trained with model rf, although xgb was requested: this is another model.",
    ]
    assert "cv_std 0.7, which is impossible" in told[2]
    assert "the class “A”, which a KOI catalog does not know" in told[3]
    kept = asyncio.ensure_future(window.services.recorder.work(lambda record: record.run(dialog.run.run_id)))
    qtbot.waitUntil(kept.done, timeout=WAIT_MS)
    assert [f"⚠ {warning}" for warning in kept.result().warnings] == told


def test_our_own_engine_needs_no_check(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    dialog = trained(live, sample(), qtbot)
    assert dialog.run.result is not None
    assert dialog.run.warnings == ()
    assert not dialog.result_warnings.isVisible()

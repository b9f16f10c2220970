"""A plain backend's flaws are told in the window without being asked for, where the numbers stand."""

import csv
from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.rows_used import RowScope
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.predict.request import PredictionResult
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.widgets.options import choose
from exoplanet_desktop.wire.vocabulary import Satellite
from tests.reference_server.field import FieldBackend
from tests.reference_server.stage import Stage

Sample = Callable[..., Path]
WAIT_MS = 30_000


def connect(window: MainWindow, stage: Stage) -> None:
    from exoplanet_desktop.client.calls.backend import Backend

    window.services.session.adopt(Connection(Backend(stage.base), "Lab", embedded=False))


def predicted(window: MainWindow, path: Path, qtbot: QtBot, rows: tuple[int, int] | None = None) -> PredictionResult:
    tab = window.predict
    with qtbot.waitSignal(tab.view.opened, timeout=WAIT_MS):
        tab.open_files([path])
    if rows:
        choose(tab.rows.choice.box, RowScope.RANGE)
        tab.rows.first.setValue(rows[0])
        tab.rows.last.setValue(rows[1])
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=WAIT_MS)
    with qtbot.waitSignal(window.predict.predicted, timeout=WAIT_MS):
        window.predict.go.button.click()
    result = window.predict.prediction
    assert result is not None
    return result


def test_too_little_agreement_is_told_above_the_table_and_beside_the_saved_one(
    window: MainWindow, stage: Stage, sample: Sample, qtbot: QtBot, tmp_path: Path
) -> None:
    backend = FieldBackend(accuracy=0.94).mount(stage)
    connect(window, stage)
    with qtbot.waitSignal(window.train.view.opened, timeout=WAIT_MS):
        window.train.open_files([sample()])
    with qtbot.waitSignal(window.train.training_ended, timeout=WAIT_MS):
        window.train.go.button.click()
    backend.right = 0.75

    predicted(window, sample(rows=300), qtbot)

    summary = window.predict.summary
    assert summary.agreement.text().startswith("⚠ ")
    assert summary.agreement.text().endswith("; the backend reported 0.940")
    assert "although the backend reported accuracy 0.94 for this model." in summary.notes.first.text()
    target = tmp_path / "saved.csv"
    window.predict.save(str(target))
    qtbot.waitUntil((tmp_path / "saved.csv.note.txt").exists, timeout=WAIT_MS)
    assert "reported accuracy 0.94" in (tmp_path / "saved.csv.note.txt").read_text(encoding="utf-8")


def test_k2_rows_have_their_class_though_the_table_has_none(
    window: MainWindow, stage: Stage, sample: Sample, qtbot: QtBot
) -> None:
    FieldBackend(class_in_table=False).mount(stage)
    connect(window, stage)

    result = predicted(window, sample(Satellite.K2, rows=60), qtbot)

    with result.csv.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60 and all(row["pred_label"] for row in rows)
    assert not [note for note in result.notes if "not recorded here" not in note and "plain copy" not in note]
    assert window.predict.summary.chips["CONFIRMED"].isEnabled()


def test_only_the_rows_asked_for_are_shown_and_counted(
    window: MainWindow, stage: Stage, sample: Sample, qtbot: QtBot
) -> None:
    FieldBackend(whole_table=True).mount(stage)
    connect(window, stage)

    result = predicted(window, sample(), qtbot, rows=(10, 19))

    assert result.reply.total_predicted == sum(result.counts.values()) == 10
    opened = window.predict.result.shown
    assert opened is not None and opened.row_count == 10

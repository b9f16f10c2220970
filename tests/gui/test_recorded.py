"""The window with a backend that replays the exchanges recorded from one in the field."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.widgets.options import choose
from exoplanet_desktop.wire.vocabulary import Model
from tests.reference_server.recorded import Exchange, mount, read
from tests.reference_server.stage import Stage

WAIT_MS = 30_000


@pytest.fixture
def exchanges(shared_contract: Path) -> dict[str, Exchange]:
    return {exchange.name: exchange for exchange in read(shared_contract)}


@pytest.fixture
def field(
    window: MainWindow, stage: Stage, exchanges: dict[str, Exchange], sample: Callable[..., Path], tmp_path: Path,
    qtbot: QtBot,
) -> MainWindow:  # fmt: skip
    """A window with a catalog of the recorded name, and that backend in use."""
    mount(stage, list(exchanges.values()))
    window.services.session.adopt(Connection(Backend(stage.base), "Field", embedded=False))
    catalog = tmp_path / "koi_train.csv"
    catalog.write_bytes(sample(rows=60).read_bytes())
    with qtbot.waitSignal(window.train.view.opened, timeout=WAIT_MS):
        window.train.open_files([catalog])
    return window


def trained(window: MainWindow, qtbot: QtBot, model: Model = Model.XGB) -> ProgressDialog:
    choose(window.train.options.model, model)
    with qtbot.waitSignal(window.train.training_ended, timeout=WAIT_MS):
        window.train.go.button.click()
    return window.dialogs[window.services.runs.all[-1]]


def test_a_training_is_watched_from_running_to_its_numbers(
    field: MainWindow, stage: Stage, exchanges: dict[str, Exchange], qtbot: QtBot
) -> None:
    dialog = trained(field, qtbot)
    recorded: dict[str, Any] = exchanges["status_succeeded"].response["body"]["result"]
    assert dialog.run.result is not None
    assert (dialog.run.result.accuracy, dialog.run.result.cv_std) == (recorded["accuracy"], recorded["cv_std"])
    assert dialog.result_warnings.warnings.text() == ""
    assert "koi_train.csv" in dialog.run.request.source, "the user sees the name that he knows"
    # Its replies name 127.0.0.1:8000, where the backend is not.
    assert stage.paths("GET").count(f"/api/train/{recorded_job(exchanges)}/status") >= 2
    assert "The picture /media/plots/" in dialog.run.snapshot.log_text, "it is gone; the numbers are the same"


def test_a_success_without_metrics_is_a_failure_with_its_log(
    field: MainWindow, stage: Stage, exchanges: dict[str, Exchange], qtbot: QtBot
) -> None:
    stage.on("POST", "/api/train", exchanges["train_no_label_column"].reply())
    dialog = trained(field, qtbot)
    assert dialog.run.snapshot.status == "FAILED"
    assert "calls the training a success but sent no metrics" in dialog.words.text()
    assert dialog.log.isVisible()
    assert not dialog.predict_button.isVisible()


def test_a_failure_says_why_and_shows_its_log(field: MainWindow, exchanges: dict[str, Exchange], qtbot: QtBot) -> None:
    dialog = trained(field, qtbot, Model.LR)
    assert dialog.run.snapshot.status == "FAILED"
    assert "unexpected keyword argument 'multi_class'" in dialog.words.text()
    last = exchanges["logs_failed"].response["body"]["logs"].splitlines()[-1]
    assert last in dialog.log.toPlainText()


def recorded_job(exchanges: dict[str, Exchange]) -> str:
    return str(exchanges["train_accepted"].response["body"]["job_id"])

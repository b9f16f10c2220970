"""A training that could not be sent waits until its backend is back, even across restarts."""

import asyncio
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.profiles.profiles import Profile
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
from exoplanet_desktop.gui.runs import outbox
from exoplanet_desktop.wire.vocabulary import WAITING
from tests.gui.conftest import plain_part
from tests.reference_server import lab
from tests.reference_server.acts import reset
from tests.reference_server.stage import Stage

Start = Callable[[], Any]
Sample = Callable[..., Path]
WAIT_MS = 20_000


class Address:
    """A backend's future or past address: nothing listens there until `come_back`."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self._port}"
        self.stage: Stage | None = None

    def come_back(self) -> Stage:
        self.stage = Stage(self._port)
        lab.mount(self.stage)
        self._thread = threading.Thread(target=self.stage.serve_forever, args=(0.02,))
        self._thread.start()
        return self.stage

    def close(self) -> None:
        if self.stage is not None:
            self.stage.close()
            self._thread.join()


@pytest.fixture
def address() -> Iterator[Address]:
    place = Address()
    yield place
    place.close()


@pytest.fixture
def catalog(sample: Sample, tmp_path: Path) -> Path:
    """A private copy, which the test may change."""
    return Path(shutil.copy(sample(), tmp_path / "koi.csv"))


def use(started: Any, base: str) -> None:
    """Add a lab and use it, as after its first answer."""
    session = started.services.session
    started.wait(asyncio.ensure_future(session.registry.save(Profile("Lab", base), None, None)))
    session.adopt(Connection(Backend(base), "Lab", embedded=False))


def put_into_outbox(started: Any, base: str, catalog: Path, qtbot: QtBot) -> ProgressDialog:
    """Train on an absent backend, and let the training wait."""
    window = started.window
    use(started, base)
    with qtbot.waitSignal(window.train.view.opened, timeout=WAIT_MS):
        window.train.open_files([catalog])
    # It may count as down by now: a training on it can still be requested.
    with qtbot.waitSignal(window.train.training_ended, timeout=WAIT_MS):
        window.train.go.button.click()
    run = window.services.runs.all[-1]
    dialog = window.dialogs[run]
    assert run.snapshot.status == "FAILED"
    assert "Nothing listens" in run.failure
    assert dialog.wait_button.isVisible()
    dialog.wait_button.click()
    qtbot.waitUntil(lambda: run.snapshot.status == WAITING, timeout=WAIT_MS)
    assert "Waiting for Lab" in dialog.words.text()
    assert not dialog.wait_button.isVisible()
    return dialog


def test_it_goes_at_the_next_start_once_the_backend_is_back(
    start: Start, address: Address, catalog: Path, qtbot: QtBot
) -> None:
    first = start()
    put_into_outbox(first, address.base, catalog, qtbot)
    assert first.services.runs.live == []  # nothing delays the closing of the window
    assert "1 training in the outbox" in first.window.status.runs_chip.text()
    first.close()

    second = start()
    (run,) = second.services.runs.waiting
    qtbot.waitUntil(lambda: "last tried" in run.snapshot.words, timeout=WAIT_MS)
    assert "Waiting for Lab; last tried " in run.snapshot.words
    assert "Nothing listens" in run.snapshot.words
    second.window.run_dialogs.show(run)
    dialog = second.window.dialogs[run]
    assert "OUTBOX" in dialog.chip.text()
    stage = address.come_back()

    dialog.ask_button.click()

    qtbot.waitUntil(lambda: run.is_over, timeout=WAIT_MS)
    assert run.result is not None
    assert run.result.accuracy == 0.929
    (sent,) = [request for request in stage.requests if request.path == lab.TRAIN]
    assert plain_part(catalog.read_bytes()) in sent.body
    qtbot.waitUntil(dialog.results.isVisible, timeout=WAIT_MS)
    second.close()
    third = start()
    assert third.services.runs.waiting == []
    kept = third.wait(asyncio.ensure_future(third.services.runs.past(run.run_id)))
    assert kept.result.accuracy == 0.929


def test_a_file_that_was_changed_since_is_told_and_not_sent(
    start: Start, address: Address, catalog: Path, qtbot: QtBot
) -> None:
    started = start()
    dialog = put_into_outbox(started, address.base, catalog, qtbot)
    catalog.write_text(catalog.read_text() + "\n")
    stage = address.come_back()

    dialog.ask_button.click()

    qtbot.waitUntil(lambda: dialog.run.is_over, timeout=WAIT_MS)
    assert "because a catalog has changed since you started it: koi.csv" in dialog.words.text()
    assert stage.paths("POST") == []
    assert not dialog.wait_button.isVisible()


def test_what_waits_can_be_cancelled_for_good(start: Start, address: Address, catalog: Path, qtbot: QtBot) -> None:
    first = start()
    dialog = put_into_outbox(first, address.base, catalog, qtbot)
    dialog.cancel_button.click()
    qtbot.waitUntil(lambda: dialog.run.is_over, timeout=WAIT_MS)
    assert dialog.words.text() == "Cancelled before it was sent."
    assert first.services.runs.room.is_empty
    first.close()
    second = start()
    assert second.services.runs.waiting == []
    assert second.services.runs.room.is_empty


def test_a_backend_that_answers_but_takes_no_file_is_waited_for_on(
    start: Start, address: Address, catalog: Path, qtbot: QtBot
) -> None:
    started = start()
    dialog = put_into_outbox(started, address.base, catalog, qtbot)
    stage = address.come_back()
    stage.on("POST", lab.TRAIN, reset)

    dialog.ask_button.click()

    qtbot.waitUntil(lambda: bool(stage.paths("POST")), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: dialog.run.snapshot.status == WAITING, timeout=WAIT_MS)
    lab.mount(stage)
    dialog.ask_button.click()
    qtbot.waitUntil(lambda: dialog.run.result is not None and dialog.run.is_over, timeout=WAIT_MS)


def test_an_upload_that_was_cut_by_a_crash_can_be_sent_again(
    start: Start, address: Address, catalog: Path, qtbot: QtBot
) -> None:
    first = start()
    recorder = first.services.recorder
    request = {"satellite": "KOI", "model": "xgb", "files": [catalog.name], "paths": [str(catalog)]}
    run_id = first.wait(asyncio.ensure_future(recorder.begin("KOI · XGBoost", request, "Lab", address.base)))
    first.wait(asyncio.ensure_future(first.services.session.registry.save(Profile("Lab", address.base), None, None)))
    first.close()
    address.come_back()

    second = start()
    qtbot.waitUntil(lambda: second.services.runs.room.is_empty, timeout=WAIT_MS)
    run = second.wait(asyncio.ensure_future(second.services.runs.past(run_id)))
    second.window.run_dialogs.show(run)
    second.window.dialogs[run].wait_button.click()

    qtbot.waitUntil(lambda: run.snapshot.status == WAITING, timeout=WAIT_MS)
    second.window.dialogs[run].ask_button.click()
    qtbot.waitUntil(lambda: run.result is not None and run.is_over, timeout=WAIT_MS)


def test_a_cancel_while_its_files_are_read_again_keeps_it_here(
    start: Start, address: Address, catalog: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = start()
    dialog = put_into_outbox(started, address.base, catalog, qtbot)
    stage = address.come_back()
    reading, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def slowly(*_told: object) -> None:
        reading.set()
        go_on.wait(10)
        done.set()

    monkeypatch.setattr(outbox, "_check_unchanged", slowly)
    dialog.ask_button.click()
    qtbot.waitUntil(reading.is_set, timeout=WAIT_MS)
    ended: list[str] = []
    dialog.run.ended.connect(lambda: ended.append(dialog.run.snapshot.status))
    dialog.cancel_button.click()
    qtbot.waitUntil(lambda: dialog.run.is_over, timeout=WAIT_MS)
    go_on.set()
    qtbot.waitUntil(done.is_set, timeout=WAIT_MS)
    started.close()

    assert ended == ["CANCELLED"]
    assert stage.paths("POST") == []

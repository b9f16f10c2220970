"""Several backends at once: work belongs to the one it was started on, and is watched there, in use or not."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.profiles.profiles import Profile
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.wire.vocabulary import Status
from tests.gui.conftest import plain_part
from tests.reference_server import lab
from tests.reference_server.stage import Reply, Stage

Start = Callable[[], Any]
Sample = Callable[..., Path]
WAIT_MS = 20_000


def use(started: Any, stage: Stage, name: str = "Lab") -> None:
    """Add a backend and use it, as the dialog does."""
    session = started.services.session
    started.wait(asyncio.ensure_future(session.registry.save(Profile(name, stage.base), None, None)))
    started.wait(asyncio.ensure_future(session.use(name)))


def begin_training(started: Any, path: Path, qtbot: QtBot) -> Any:
    window = started.window
    if window.train.view.shown is None:
        with qtbot.waitSignal(window.train.view.opened, timeout=WAIT_MS):
            window.train.open_files([path])
    runs = window.services.runs.all
    before = len(runs)
    qtbot.waitUntil(window.train.go.button.isEnabled, timeout=WAIT_MS)
    window.train.go.button.click()
    qtbot.waitUntil(lambda: len(runs) > before, timeout=WAIT_MS)
    return runs[-1]


def posts(stage: Stage) -> list[str]:
    return [request.path for request in stage.requests if request.method == "POST"]


def test_a_training_of_the_last_time_is_watched_on_a_backend_that_is_not_in_use(
    start: Start, stage: Stage, sample: Sample, qtbot: QtBot
) -> None:
    lab.mount(stage, extensions=lab.EXTENSIONS)
    stage.on("GET", lab.STATUS, lab.keeps_running)
    first = start()
    use(first, stage)
    run = begin_training(first, sample(), qtbot)
    qtbot.waitUntil(lambda: run.snapshot.status == Status.RUNNING, timeout=WAIT_MS)
    first.close()

    second = start()
    qtbot.waitUntil(lambda: bool(second.services.runs.live), timeout=WAIT_MS)
    (again,) = second.services.runs.live
    assert again.snapshot.can_cancel  # the abilities of that backend, not of the one in use
    qtbot.waitUntil(lambda: again.snapshot.status == Status.RUNNING, timeout=WAIT_MS)
    stage.on("GET", lab.STATUS, Reply(lab.status(base=stage.base)))

    qtbot.waitUntil(lambda: again.is_over, timeout=WAIT_MS)
    assert again.result is not None
    assert again.run_id == run.run_id
    assert second.services.session.connection is None


def test_a_prediction_of_the_last_time_is_finished_in_the_record(
    start: Start, stage: Stage, sample: Sample, qtbot: QtBot
) -> None:
    lab.mount(stage, extensions=lab.EXTENSIONS)
    reply = stage.acts["POST", lab.PREDICT][0].body  # type: ignore[attr-defined]
    stage.on("POST", lab.PREDICT, Reply(lab.accepted(stage.base), 202))
    stage.on("GET", lab.STATUS, lab.keeps_running)
    first = start()
    use(first, stage)
    window = first.window
    with qtbot.waitSignal(window.predict.view.opened, timeout=WAIT_MS):
        window.predict.open_files([sample()])
    qtbot.waitUntil(window.predict.go.button.isEnabled, timeout=WAIT_MS)
    window.predict.go.button.click()
    qtbot.waitUntil(lambda: stage.paths().count(lab.STATUS) > 1, timeout=WAIT_MS)
    first.close()

    stage.on("GET", lab.STATUS, Reply(lab.status(base=stage.base, result=reply)))
    second = start()
    qtbot.waitUntil(lambda: any("has finished" in text for text in second.window.notices.texts()), timeout=WAIT_MS)
    (entry,) = second.wait(asyncio.ensure_future(second.services.recorder.work(lambda record: record.runs())))
    assert (entry.kind, entry.status) == ("predict", Status.SUCCEEDED)
    kept = second.wait(asyncio.ensure_future(second.services.runs.past(entry.run_id)))
    assert kept.run.result["total_predicted"] == 3
    assert kept.files[0].read_bytes() == lab.as_csv(lab.predicted_rows(3))


def test_work_stays_with_the_backend_it_was_started_on(
    start: Start, stages: Callable[[], Stage], sample: Sample, qtbot: QtBot
) -> None:
    here, there = stages(), stages()
    for stage in (here, there):
        lab.mount(stage, extensions=lab.EXTENSIONS)
        stage.on("GET", lab.STATUS, lab.keeps_running)
    started = start()
    use(started, here, "Here")
    first = begin_training(started, sample(), qtbot)
    qtbot.waitUntil(lambda: first.snapshot.status == Status.RUNNING, timeout=WAIT_MS)
    use(started, there, "There")
    second = begin_training(started, sample(), qtbot)
    qtbot.waitUntil(lambda: second.snapshot.status == Status.RUNNING, timeout=WAIT_MS)

    cancelling = asyncio.ensure_future(first.cancel())
    qtbot.waitUntil(lambda: lab.CANCEL in posts(here), timeout=WAIT_MS)
    here.on("GET", lab.STATUS, Reply(lab.status("CANCELLED")))
    there.on("GET", lab.STATUS, Reply(lab.status(base=there.base)))

    qtbot.waitUntil(lambda: first.is_over and second.is_over and cancelling.done(), timeout=WAIT_MS)
    assert (first.snapshot.status, second.snapshot.status) == (Status.CANCELLED, Status.SUCCEEDED)
    assert lab.CANCEL not in posts(there)
    assert posts(there) == [lab.TRAIN, lab.PREDICT]  # the model is checked where it was trained
    assert lab.PREDICT not in posts(here)


def test_training_on_a_merged_file_of_a_plain_backend_is_one_step(
    start: Start, stage: Stage, sample: Sample, qtbot: QtBot
) -> None:
    catalog = sample().read_bytes()
    lab.mount(stage, catalog, base="http://127.0.0.1:8000")  # its replies have its own machine's addresses
    started = start()
    use(started, stage)
    tab = started.window.merge
    started.window.tabs.setCurrentWidget(tab)
    qtbot.waitUntil(lambda: tab.files.names() == [lab.MERGED_NAME], timeout=WAIT_MS)
    tab.files.setCurrentRow(0)
    with qtbot.waitSignal(tab.view.opened, timeout=WAIT_MS):
        tab.use_button.click()
    qtbot.waitUntil(tab.using.train_button.isEnabled, timeout=WAIT_MS)

    with qtbot.waitSignal(tab.training_ended, timeout=WAIT_MS) as ended:
        tab.using.train_button.click()
        qtbot.waitUntil(lambda: bool(started.services.runs.all), timeout=WAIT_MS)
        run = started.services.runs.all[0]

    assert ended.args == [run]
    assert run.failure == ""
    assert started.services.runs.all == [run]
    (sent,) = [request for request in stage.requests if request.path == lab.TRAIN]
    plain = plain_part(catalog)
    assert plain in sent.body and b"# SIMULATED" not in sent.body
    digest = hashlib.sha256(plain).hexdigest()[:12]
    name = lab.MERGED_NAME.removesuffix(".csv")
    assert f'filename="{name}__{digest}.csv"'.encode() in sent.body


def test_a_backend_in_the_background_is_asked_seldom(start: Start, stage: Stage, qtbot: QtBot) -> None:
    started = start()
    room = started.services.runs.room
    session = started.services.session
    started.wait(asyncio.ensure_future(session.registry.save(Profile("Lab", stage.base), None, None)))
    done: list[Connection] = []

    async def work(connection: Connection) -> None:
        done.append(connection)

    stage.on("GET", lab.HEALTH, Reply("", 503))
    queue = room.wait("Lab", stage.base, work)
    qtbot.waitUntil(lambda: queue.tried_at is not None, timeout=WAIT_MS)
    asked = len(stage.requests)
    for _ in range(50):
        room._look()
    assert len(stage.requests) == asked
    lab.mount(stage, extensions=lab.EXTENSIONS)
    session.adopt(Connection(Backend(stage.base), "Lab", embedded=False))
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT_MS)
    assert room.is_empty

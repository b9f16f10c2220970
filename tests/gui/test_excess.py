"""Well-formed replies of absurd size: a window that showed them in full would freeze for minutes."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.gui.backends import words
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
from exoplanet_desktop.wire.bounds import LONGEST_LOG, LONGEST_TEXT, MOST_ENTRIES
from tests.gui.misbehaviour_calls import Heartbeat
from tests.reference_server import lab
from tests.reference_server.stage import Reply, Stage

WAIT_MS = 30_000
WORK_S = 1.0  # of uninterrupted processor time
LONG = "x" * 1_000_000


def large_picture() -> bytes:
    """8000 × 8000 pixels in some kB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head, rows = struct.pack(">IIBBBBB", 8000, 8000, 8, 0, 0, 0, 0), zlib.compress(bytes(8001) * 8000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def done(base: str, **more: Any) -> Reply:
    return Reply(lab.status(result={**lab.result(base), **more}))


def long_stage(stage: Stage) -> None:
    running = Reply(lab.status("RUNNING", stage=LONG, progress=0.5))
    stage.on("GET", lab.STATUS, running, running, Reply(lab.status(base=stage.base)))


def log_of(text: str) -> Callable[[Stage], None]:
    return lambda stage: stage.on("GET", lab.LOGS, Reply({"ok": True, "job_id": "j", "tail": None, "logs": text}))


def result_of(**more: Any) -> Callable[[Stage], None]:
    return lambda stage: stage.on("GET", lab.STATUS, done(stage.base, **more))


def params(stage: Stage) -> None:
    told = {"satellite": LONG, "model": LONG}
    stage.on("GET", lab.STATUS, Reply(lab.status(base=stage.base, params=told)))


CLASSES = [f"C{number}" for number in range(400)]
IMPORTANCE = [{"feature": f"f{number}", "name": f"f{number}", "mean": 0.1, "std": 0.1} for number in range(20_000)]
# The backend's reply, and the window's message about it (none: it is merely large).
EXCESSES: dict[str, tuple[Callable[[Stage], None], str]] = {
    "a stage": (long_stage, ""),
    "a line of the log": (log_of(LONG), ""),
    "lines of the log": (log_of("line\n" * 1_000_000), ""),
    "an error": (lambda stage: stage.on("GET", lab.STATUS, Reply(lab.status("FAILED", error=LONG))), "The job failed"),
    "classes": (result_of(labels=CLASSES, confusion_matrix=[[1] * 400] * 400), "reports 400 classes"),
    "the name of a class": (result_of(labels=[LONG, "CONFIRMED"], confusion_matrix=[[5, 1], [2, 8]]), "the class “xxx"),
    "features": (result_of(importance=IMPORTANCE), ""),
    "a picture": (
        lambda stage: stage.on("GET", lab.PICTURE, Reply(large_picture(), content_type="image/png")),
        "",
    ),
    "parameters": (params, "trained with satellite xxx"),
}


def test_the_window_goes_on_whatever_the_size(
    start: Callable[[], Any], stage: Stage, sample: Callable[..., Path], qtbot: QtBot
) -> None:
    window = start().window
    with qtbot.waitSignal(window.train.view.opened, timeout=WAIT_MS):
        window.train.open_files([sample(rows=60)])
    heartbeat, bad = Heartbeat(), []
    for name, (spoil, told) in EXCESSES.items():
        stage.clear()
        lab.mount(stage)
        spoil(stage)
        window.services.session.adopt(Connection(Backend(stage.base), "Lab", embedded=False))
        heartbeat.begin()
        with qtbot.waitSignal(window.train.training_ended, timeout=WAIT_MS):
            window.train.go.button.click()
        run = window.services.runs.all[-1]
        dialog: ProgressDialog = window.dialogs[run]
        dialog.log_button.setChecked(True)
        dialog.grab()  # paints everything
        qtbot.wait(50)
        if heartbeat.worked_s > WORK_S:
            bad.append(f"{name}: stood still for {heartbeat.worked_s:.1f} s")
        shown = f"{dialog.words.text()} {dialog.result_warnings.warnings.text()}"
        if told not in shown or len(shown) > 3 * LONGEST_TEXT or len(run.snapshot.log_text) > LONGEST_LOG:
            bad.append(f"{name}: {len(shown)} characters: {shown[:200]}")
        dialog.close()
    heartbeat.end()
    assert not bad, "\n".join(bad)


def test_lists_and_names_of_any_length_are_shown(start: Callable[[], Any], stage: Stage, qtbot: QtBot) -> None:
    lab.mount(stage, extensions=("models",))
    file = {"url": "/media/m.csv", "rows": 1, "size_bytes": 9, "modified": "2026-11-20T10:00:00", "merge_token": "t"}
    files = [{**file, "filename": f"m{number}.csv"} for number in range(20_000)]
    stage.on("GET", lab.MERGE, Reply({"ok": True, "count": len(files), "files": files}))
    kind = {"satellite": "KOI", "model": "xgb", "features": "vetted", "created_at": "2026-11-20T10:00:00Z"}
    models = [{**kind, "model_version": f"v{number}"} for number in range(20_000)]
    stage.on("GET", lab.MODELS, Reply({"ok": True, "models": models}))
    health = {"ok": True, "name": LONG, "version": LONG, "satellites": ["KOI"], "models": ["xgb"], "limits": {}}
    extensions = ["models", *(f"e{number}" for number in range(20_000))]
    stage.on("GET", lab.HEALTH, Reply({**health, "extensions": extensions}))
    window = start().window
    backend, heartbeat = Backend(stage.base), Heartbeat()
    window.services.session.adopt(Connection(backend, "Lab", embedded=False, health=backend.health()))
    window.tabs.setCurrentIndex(2)
    heartbeat.begin()
    qtbot.waitUntil(lambda: len(window.merge.files.names()) == MOST_ENTRIES, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.predict.model.count() > 0, timeout=WAIT_MS)
    window.grab()
    heartbeat.end()
    assert heartbeat.worked_s < WORK_S
    told = "\n".join(words.details(window.services.session))
    assert "and 9,970 more" in told
    assert len(told) < LONGEST_TEXT

"""Kill -9 of the window in mid-upload, mid-poll and mid-download: the next start notices, and the work continues."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from exoplanet_desktop.client.profiles.profiles import Profile
from exoplanet_desktop.files.temporary import sweep
from tests.reference_server.acts import forever
from tests.reference_server.stage import Handler, Reply, Stage

CHECKOUT = Path(__file__).resolve().parents[2]
JOB_MS = 90_000
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is of POSIX")


class Killer:
    """Starts a window in its own process, waits until it is in the middle of a scene, and kills it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data_dir, self.temporary = folder, folder / "data", folder / "tmp"
        self.target = folder / "saved" / "merged.csv"
        for place in (self.temporary, self.target.parent):
            place.mkdir()

    def kill(self, scene: str, address: str, catalog: Path) -> None:
        command = [sys.executable, "-m", "tests.gui.killed_window", scene, address, str(catalog)]
        environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "TMPDIR": str(self.temporary)}
        window = subprocess.Popen(
            [*command, str(self.data_dir), str(self.target)],
            cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert window.stdout is not None
        line = window.stdout.readline().strip()
        children = _children(window.pid)
        window.send_signal(signal.SIGKILL)
        window.wait(10)
        window.stdout.close()
        assert line == "IN THE MIDDLE", line
        end = time.monotonic() + 30
        while any(Path(f"/proc/{child}").exists() for child in children):
            assert time.monotonic() < end, "the engine outlived its window"
            time.sleep(0.05)

    def sweep(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The clean-up that every start does in a worker."""
        monkeypatch.setattr(tempfile, "tempdir", str(self.temporary))
        sweep()
        left = [path.name for path in self.temporary.iterdir() if path.name.startswith("exoplanet-desktop")]
        assert left == []
        assert list(self.target.parent.iterdir()) == []


def _children(pid: int) -> list[int]:
    try:
        listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True)
    except FileNotFoundError:
        return []
    return [int(word) for word in listed.stdout.split()]


@pytest.fixture
def killer(tmp_path: Path) -> Killer:
    return Killer(tmp_path)


@contextmanager
def lab_server(folder: Path) -> Iterator[str]:
    """The engine as served in a lab, in a process that outlives the window; yields its address."""
    command = [
        sys.executable,
        "-m",
        "exoplanet_desktop",
        "serve",
        "--port",
        "0",
        "--data-dir",
        str(folder),
        "--no-auth",
    ]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            assert server.stdout is not None
            words = server.stdout.readline().split()
            assert words[:2] == ["Listening", "on"], words
            yield words[2]
        finally:
            server.terminate()
            server.wait(30)


def use(started: Any, address: str) -> None:
    """Use a backend from the user's list."""
    session = started.services.session
    started.wait(asyncio.ensure_future(session.registry.save(Profile("Lab", address), None, None)))
    started.wait(asyncio.ensure_future(session.use("Lab")))


@pytest.mark.slow
def test_killed_while_a_lab_server_trains(
    killer: Killer,
    start: Callable[..., Any],
    sample: Callable[..., Path],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with lab_server(killer.folder / "lab") as address:
        killer.kill("poll", address, sample(rows=8_000))
        killer.sweep(monkeypatch)
        started = start()
        use(started, address)
        qtbot.waitUntil(lambda: bool(started.services.runs.all), timeout=20_000)
        (run,) = started.services.runs.all
        qtbot.waitUntil(lambda: run.is_over, timeout=JOB_MS)
        assert run.snapshot.status == "SUCCEEDED", run.failure
        assert set(run.pictures) == {"counts", "shares"}
        started.close()
    entries = start().window.services.recorder
    listed = start_entries(entries, qtbot)
    assert [(entry.status, entry.accuracy is not None) for entry in listed] == [("SUCCEEDED", True)]


@pytest.mark.slow
def test_killed_while_the_embedded_engine_trains(
    killer: Killer,
    start: Callable[..., Any],
    sample: Callable[..., Path],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killer.kill("poll", "embedded", sample(rows=8_000))
    killer.sweep(monkeypatch)
    started = start()
    started.start_engine()
    qtbot.waitUntil(lambda: bool(started.services.runs.all), timeout=20_000)
    (run,) = started.services.runs.all
    qtbot.waitUntil(lambda: run.is_over, timeout=30_000)
    assert run.snapshot.status == "FAILED"
    assert "interrupted" in run.failure
    window = started.window
    window.run_dialogs.show(run)
    assert window.dialogs[run].again_button.isVisible()
    window.dialogs[run].again_button.click()
    qtbot.waitUntil(lambda: len(started.services.runs.all) == 2, timeout=5_000)
    again = started.services.runs.all[1]
    qtbot.waitUntil(lambda: again.is_over, timeout=JOB_MS)
    assert again.snapshot.status == "SUCCEEDED", again.failure


@pytest.mark.slow
def test_killed_in_the_middle_of_an_upload(
    killer: Killer, start: Callable[..., Any], sample: Callable[..., Path], stage: Stage, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    stage.on("GET", "/api/get-uploads-file", Reply({"ok": True, "count": 0, "files": []}))
    stage.on("GET", "/api/merge", Reply({"ok": True, "count": 0, "files": []}))
    catalog = killer.folder / "large.csv"
    lines = sample(rows=600).read_text().splitlines(keepends=True)
    catalog.write_text(lines[0] + "".join(lines[1:]) * 60)

    def slow(handler: Handler) -> None:
        handler.rfile.read(500_000)
        handler.server.closing.wait(60)
        handler.close_connection = True

    stage.on("POST", "/api/train", slow)
    stage.reads_bodies = False
    killer.kill("upload", stage.base, catalog)
    killer.sweep(monkeypatch)
    stage.reads_bodies = True
    started = start()
    use(started, stage.base)
    recorder = started.services.recorder
    qtbot.waitUntil(lambda: start_entries(recorder, qtbot)[0].status == "FAILED", timeout=20_000)
    (entry,) = start_entries(recorder, qtbot)
    assert entry.error == "The program ended before the catalog was sent. Train again, or send it now."


def test_killed_in_the_middle_of_a_download(
    killer: Killer, sample: Callable[..., Path], stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.on("GET", "/api/get-uploads-file", Reply({"ok": True, "count": 0, "files": []}))
    stage.on("GET", "/api/merge", Reply({"ok": True, "count": 0, "files": []}))
    stage.on("GET", "/media/m.csv", forever(b"1,2,3,4\n" * 1000, 0.05, Content_Length="10000000"))
    killer.kill("download", stage.base, sample())
    parts = [path for path in killer.target.parent.iterdir() if path.suffix == ".part"]
    assert len(parts) == 1
    killer.sweep(monkeypatch)
    assert not killer.target.exists()


def start_entries(recorder: Any, qtbot: QtBot) -> list[Any]:
    """The recorded runs, newest first."""
    work = asyncio.ensure_future(recorder.work(lambda record: record.runs()))
    qtbot.waitUntil(work.done, timeout=5_000)
    return work.result()

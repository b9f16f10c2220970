"""A window closed while the program is still starting leaves no process, whichever of the two is faster."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.client.profiles.engine import EmbeddedEngine
from exoplanet_desktop.errors import Cancelled
from exoplanet_desktop.gui.backends.engine_supervisor import EngineSupervisor
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.widgets.notices import Notices

CLOSES_AT_ONCE = """
import sys
from pathlib import Path
from exoplanet_desktop.gui.shell import app
from exoplanet_desktop.gui.shell.main_window import MainWindow

class Impatient(MainWindow):
    def show(self):
        super().show()
        self.close()

if __name__ == "__main__":
    app.MainWindow = Impatient
    raise SystemExit(app.run((), Path(sys.argv[1])))
"""


def test_a_window_closed_as_soon_as_it_is_there_ends_the_program(tmp_path: Path) -> None:
    program = tmp_path / "impatient.py"
    program.write_text(CLOSES_AT_ONCE)
    command = [sys.executable, str(program), str(tmp_path / "data")]
    # Into a file: reading a pipe would block for as long as a leftover engine has it open.
    with (tmp_path / "said.txt").open("w") as said:
        done = subprocess.run(command, stdout=said, stderr=said, timeout=40)
    assert done.returncode == 0, (tmp_path / "said.txt").read_text()
    assert not (tmp_path / "data/engine.lock").exists(), "an engine was started for a window that had gone"


def test_an_engine_that_starts_while_the_window_closes_is_ended(
    tmp_path: Path, loop: QEventLoop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, under_way, may_go_on = EmbeddedEngine.start, threading.Event(), threading.Event()

    def slowly(engine: EmbeddedEngine) -> object:
        under_way.set()
        may_go_on.wait(20)
        return start(engine)

    monkeypatch.setattr(EmbeddedEngine, "start", slowly)
    workers = Workers()
    recorder = EngineSupervisor(workers, Notices(), tmp_path)
    running = asyncio.ensure_future(recorder.running())
    qtbot.waitUntil(under_way.is_set, timeout=10_000)

    closing = asyncio.ensure_future(recorder.close())
    qtbot.waitUntil(closing.done, timeout=10_000)
    may_go_on.set()
    qtbot.waitUntil(running.done, timeout=30_000)

    assert isinstance(running.exception(), Cancelled)
    assert not recorder.alive
    workers.close()

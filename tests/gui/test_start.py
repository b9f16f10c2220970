"""A start by a click on the icon: what the first appearance of the window waits for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

application = QApplication([])
seen = {}

def look():
    for window in QApplication.topLevelWidgets():
        if isinstance(window, QMainWindow) and window.isVisible() and window.windowHandle().isExposed():
            looking.stop()
            seen["modules"], seen["title"] = sorted(sys.modules), window.windowTitle()
            window.close()
            return

looking = QTimer(interval=0)
looking.timeout.connect(look)
looking.start()
sys.argv[1:] = []
from exoplanet_desktop.__main__ import main
code = main()
print(json.dumps({**seen, "code": code}))
"""
LATER = (
    "click",  # it parses no command line
    "PySide6.QtNetwork",
    "requests",
    "duckdb",
    "pydantic",
    "exoplanet_desktop.catalogs.tables.expression",
    "exoplanet_desktop.client.calls.backend",
    "exoplanet_desktop.gui.merge.tab",
    "exoplanet_desktop.gui.predict.tab",
    "exoplanet_desktop.gui.runs.training_run",
    "exoplanet_desktop.gui.tables.pane",
)


STOPPED = """
import os, signal, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

application = QApplication([])
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored

def look():
    for window in QApplication.topLevelWidgets():
        if isinstance(window, QMainWindow) and window.isVisible() and {moment}:
            looking.stop()
            os.kill(os.getpid(), signal.SIGINT)
            return

looking = QTimer(interval=0)
looking.timeout.connect(look)
looking.start()
sys.argv[1:] = []
from exoplanet_desktop.__main__ import main
sys.exit(main())
"""
FAILED = """
import sys
from exoplanet_desktop.gui.shell import app

def broken(*_arguments):
    raise RuntimeError("no window today")

app.MainWindow = broken
sys.argv[1:] = []
from exoplanet_desktop.__main__ import main
sys.exit(main())
"""


def start(program: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    homes = {name: str(folder / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    environment = {**os.environ, **homes, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_the_window_is_seen_before_what_it_does_not_show_is_imported(tmp_path: Path) -> None:
    seen = json.loads(start(PROGRAM, tmp_path).stdout.splitlines()[-1])
    assert (seen["code"], seen["title"]) == (0, "Exoplanet Desktop")
    assert "exoplanet_desktop.gui.train.tab" in seen["modules"]
    assert not set(LATER) & set(seen["modules"])


@pytest.mark.skipif(sys.platform == "win32", reason="a console of its own is needed to send Ctrl+C there")
@pytest.mark.parametrize("moment", ["True", "window.windowHandle().isExposed()", "'files' in vars(window)"])
def test_ctrl_c_in_the_terminal_closes_the_window_in_order(tmp_path: Path, moment: str) -> None:
    done = start(STOPPED.format(moment=moment), tmp_path)
    assert (done.returncode, done.stderr.splitlines()) == (130, ["Stopped."])


def test_a_start_that_fails_says_why_and_where_the_log_is(tmp_path: Path) -> None:
    done = start(FAILED, tmp_path)
    (sentence,) = done.stderr.splitlines()
    told, _, log = sentence.rstrip(".").rpartition(" The log is ")
    assert done.returncode == 1
    assert "no window today" in told
    assert "Traceback" in Path(log).read_text()


def test_imports_are_those_of_python_and_read_no_source(tmp_path: Path) -> None:
    (tmp_path / "looked_at.py").write_text(
        "looks = []\n\ndef __getattr__(name):\n    looks.append(name)\n    raise AttributeError(name)\n"
    )
    program = "import exoplanet_desktop.gui, PySide6.QtCore\nimport looked_at\nprint(looked_at.looks)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = subprocess.run([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True)
    assert done.stdout.strip() == "[]"

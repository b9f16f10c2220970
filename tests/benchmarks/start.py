"""`start`: how soon the window is usable, and its resources, compared with a bare PySide6 window in the same run."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say

STARTS = 7
SETTLED_MS = 4000  # by then the engine is ready and deferred modules are loaded

# Both programs report when their main window was exposed, which is when Qt paints it, and the event loop has come round
# again, and their resources up to then. This uses a timer: an event filter would slow down the program with more
# events.
WATCH = """
import json, sys, time
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

def resident():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1000 for line in file if line.startswith("VmRSS"))

class Watch(QTimer):
    def look(self):
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QMainWindow) and widget.isVisible() and widget.windowHandle().isExposed():
                self.stop()
                self.seen = {"usable_at": time.time(), "usable_mb": resident()}
                QTimer.singleShot(settled_ms, self.settled)
                return
    def settled(self):
        print(json.dumps({**self.seen, "settled_mb": resident()}), flush=True)
        window, = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QMainWindow)]
        window.close()

settled_ms = int(sys.argv[1])
application = QApplication(sys.argv[:1])
watch = Watch(interval=0)
watch.timeout.connect(watch.look)
watch.start()
"""
BARE = """
window = QMainWindow()
window.show()
application.exec()
"""
OURS = """
sys.argv[1:] = []  # as a click on the icon starts it
from exoplanet_desktop.__main__ import main
main()
"""


def measure(say: Say) -> Sequence[Figure]:
    lab.need_proc()
    bare, ours = [], []
    with lab.folder() as work:
        for program in (BARE, OURS):  # warm the byte code and file caches for all
            _start(program, work / "warm", work / "bytecode")
        for turn in range(STARTS):
            bare.append(_start(BARE, work / "bare", work / "bytecode"))
            ours.append(_start(OURS, work / f"ours-{turn}", work / "bytecode"))
            say(f"start {turn + 1} of {STARTS}: bare {bare[-1]['seconds']:.3f} s, window {ours[-1]['seconds']:.3f} s")

    def middle(of: list[dict[str, float]], name: str) -> float:
        return median(each[name] for each in of)

    seconds, bare_s = middle(ours, "seconds"), middle(bare, "seconds")
    usable, settled = (middle(ours, name) - middle(bare, name) for name in ("usable_mb", "settled_mb"))
    took = f"{seconds:.3f} s, bare {bare_s:.3f} s; medians of {STARTS}"
    whole = f"{middle(ours, 'usable_mb'):.0f} MB, bare {middle(bare, 'usable_mb'):.0f} MB, when they can be used"
    later = f"{middle(ours, 'settled_mb'):.0f} MB, bare {middle(bare, 'settled_mb'):.0f} MB, {SETTLED_MS} ms later"
    return [
        Figure("window usable, times a bare one", seconds / bare_s, "", 3.0, None, took),
        Figure("memory above a bare window", usable, "MB", 60.0, None, whole),
        Figure("memory above a bare window, engine ready", settled, "MB", detail=later),
    ]


def _start(program: str, folder: Path, bytecode: Path) -> dict[str, float]:
    """Seconds from the start of the process until the window is usable, and memory in MB.

    `folder`: the home folder; `bytecode`: Python's byte code cache, as in an installation.
    """
    command = [sys.executable, "-c", WATCH + program, str(SETTLED_MS)]
    home = {name: str(folder / "home") for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    platform = os.environ.get("QT_QPA_PLATFORM") or ("xcb" if os.environ.get("DISPLAY") else "offscreen")
    environment = {**os.environ, **home, "QT_QPA_PLATFORM": platform, "PYTHONPYCACHEPREFIX": str(bytecode)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.time()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    if done.returncode != 0 or not done.stdout:
        raise RuntimeError(f"the program ended with {done.returncode}: {done.stderr[-2000:]}")
    seen: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {**seen, "seconds": seen["usable_at"] - started}

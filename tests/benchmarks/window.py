"""`open-first`, `scroll`, `sort-painted`, `stall`, `window-memory`: a table of a million rows in the window.

Each is measured in a process of its own: the program as a user starts it, driven by a script (see window_drive), on a
screen if there is one and else off it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say
from tests.benchmarks.tables import MEGABYTE, ROWS, catalog

RESULT_ROWS = 100_000


def open_first(say: Say) -> Sequence[Figure]:
    """From the choice of a file to its first 200 rows on screen."""
    found = _drive("first", say)
    detail = f"of {len(found['seconds'])} openings: {_all(found['seconds'])}"
    return [Figure("first rows of a million on screen, median", found["median"] * 1000, "ms", 200.0, None, detail)]


def scroll(say: Say) -> Sequence[Figure]:
    """Jumps to random rows, until their cells are painted."""
    found = _drive("scroll", say)
    detail = f"{found['jumps']} jumps, longest {found['longest'] * 1000:.0f} ms"
    return [
        Figure("jump to a random row, until painted, median", found["p50"] * 1000, "ms", 10.0, None, detail),
        Figure("jump to a random row, until painted, 99 %", found["p99"] * 1000, "ms", 40.0, None, detail),
    ]


def painted(say: Say) -> Sequence[Figure]:
    """A click on a header, and a filter, to the painted page."""
    found = _drive("painted", say)
    return [
        Figure("sort, click to painted page, slowest", max(found["sorts"]), "s", 1.5, None, _all(found["sorts"])),
        Figure("filter, click to painted page, slowest", max(found["filters"]), "s", 0.5, None, _all(found["filters"])),
    ]


def stall(say: Say) -> Sequence[Figure]:
    """Gaps of a heartbeat on the GUI thread while tables are opened, sorted, merged, trained on and predicted."""
    found = _drive("stall", say)
    detail = "; ".join(f"{name} {at[0]:.0f}/{at[1]:.0f} ms" for name, at in found["parts"].items())
    return [
        Figure("heartbeat of 5 ms, gap, 99 %", found["p99"], "ms", 17.0, None, f"99 %/longest: {detail}"),
        Figure("heartbeat of 5 ms, longest gap", found["longest"], "ms", 60.0, None, f"{found['beats']:,} beats"),
    ]


def memory(say: Say) -> Sequence[Figure]:
    """What the window's process holds above the empty window."""
    lab.need_proc()
    found = _drive("memory", say)
    return [
        Figure("memory with one table open", found["one"] / MEGABYTE, "MB", 250.0),
        Figure("memory with two tables open", found["two"] / MEGABYTE, "MB", 350.0),
    ]


def _drive(what: str, say: Say) -> dict[str, Any]:
    """What `window_drive` measures, in a process of its own."""
    with lab.folder() as work:
        csv = catalog(work / "a.csv", 1, say)
        env = dict(os.environ)
        if not env.get("DISPLAY"):
            env["QT_QPA_PLATFORM"] = "offscreen"
        say(f"opening a window, {ROWS:,} rows")
        command = [sys.executable, "-m", "tests.benchmarks.window_drive", what, str(csv), str(work)]
        out = work / "found.json"
        subprocess.run([*command, str(out)], check=True, env=env, cwd=Path(lab.CHECKOUT), stdout=subprocess.DEVNULL)
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def _all(seconds: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in seconds) + " s"

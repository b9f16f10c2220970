"""`open-first`, `scroll`, `sort`, `filter`, `stall`, `window-memory`: a table of a million rows in the window.

`ten-million`: one of ten million.

Each runs in its own process: the program as a user starts it, driven by a script (see window_drive), on a screen if
there is one, otherwise offscreen.
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
from tests.benchmarks.turns import Turns

LONG_ROWS = 10_000_000


def open_first(say: Say) -> Sequence[Figure]:
    """From choosing a file to its first 200 rows on screen."""
    found = _drive("first", say)
    detail = f"of {len(found['seconds'])} openings: {_all(found['seconds'])}"
    return [Figure("first rows of a million on screen, median", found["median"] * 1000, "ms", 200.0, None, detail)]


def scroll(say: Say) -> Sequence[Figure]:
    """Jumps to random rows until their cells are painted, compared with a bare QTableView of such cells in memory."""
    turns = Turns(_drive("scroll", say)["pairs"])
    return turns.figures("jump to a random row, until painted", "a bare view", 2.0, 3.0, milli=True)


def sort(say: Say) -> Sequence[Figure]:
    """From a click on a header to the painted page, compared with bare DuckDB that sorts and reads the same page."""
    return Turns(_drive("sort", say)["pairs"]).figures("sort, click to painted page", "bare DuckDB", 3.0)


def filter_rows(say: Say) -> Sequence[Figure]:
    """From an expression to the painted page, compared with bare DuckDB that filters, counts and reads the page."""
    return Turns(_drive("filter", say)["pairs"]).figures("filter, click to painted page", "bare DuckDB", 2.7)


def stall(say: Say) -> Sequence[Figure]:
    """Gaps in a heartbeat on the GUI thread during opening, sorting, merging, training and predicting."""
    found = _drive("stall", say)
    detail = "; ".join(f"{name} {at[0]:.0f}/{at[1]:.0f} ms" for name, at in found["parts"].items())
    return [
        Figure("heartbeat of 5 ms, gap, 99 %", found["p99"], "ms", 17.0, None, f"99 %/longest: {detail}"),
        Figure("heartbeat of 5 ms, longest gap", found["longest"], "ms", 60.0, None, f"{found['beats']:,} beats"),
    ]


def memory(say: Say) -> Sequence[Figure]:
    """The memory of the window's process beyond that of the empty window."""
    lab.need_proc()
    found = _drive("memory", say)
    return [
        Figure("memory with one table open", found["one"] / MEGABYTE, "MB", 250.0),
        Figure("memory with two tables open", found["two"] / MEGABYTE, "MB", 350.0),
    ]


def ten_million(say: Say) -> Sequence[Figure]:
    """A table ten times as long: it may take longer, but nothing freezes and memory stays flat."""
    lab.need_proc()
    found = _drive("long", say, LONG_ROWS)
    gap = found["gap"]
    return [
        Figure("first rows of ten million on screen", found["first"] * 1000, "ms", 200.0),
        Figure("ten million rows open", found["opened"], "s", detail=f"{found['bytes'] / MEGABYTE:,.0f} MB of CSV"),
        Figure("memory with them open", found["memory"] / MEGABYTE, "MB", 250.0),
        Figure("jump to a random row of them, until painted, 99 %", found["jump"] * 1000, "ms", 40.0),
        Figure("sort of them, slowest", max(found["sorts"]), "s", None, None, _all(found["sorts"])),
        Figure("filter of them, slowest", max(found["filters"]), "s", None, None, _all(found["filters"])),
        Figure(
            "heartbeat of 5 ms meanwhile, longest gap", gap, "ms", 200.0, None, f"memory after {found['after']:,} B"
        ),
        Figure("bytes of temporary files, for each of the CSV", found["temporary"] / found["bytes"]),
        Figure("temporary files when the window has closed", found["left"], ""),
    ]


def _drive(what: str, say: Say, rows: int = ROWS) -> dict[str, Any]:
    """The measurements of `window_drive`, in a separate process."""
    with lab.folder() as work:
        csv = catalog(work / "a.csv", 1, say, rows)
        env = dict(os.environ)
        if not env.get("DISPLAY"):
            env["QT_QPA_PLATFORM"] = "offscreen"
        say(f"opening a window, {rows:,} rows")
        command = [sys.executable, "-m", "tests.benchmarks.window_drive", what, str(csv), str(work)]
        out = work / "found.json"
        subprocess.run([*command, str(out)], check=True, env=env, cwd=Path(lab.CHECKOUT), stdout=subprocess.DEVNULL)
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def _all(seconds: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in seconds) + " s"

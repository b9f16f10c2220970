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
from statistics import mean, median
from typing import Any

from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say
from tests.benchmarks.tables import MEGABYTE, ROWS, catalog
from tests.benchmarks.turns import Turns, quantile

LONG_ROWS = 10_000_000


def open_first(say: Say) -> Sequence[Figure]:
    """From choosing a file to its first 200 rows on screen, compared with bare DuckDB and a bare QTableView."""
    turns = Turns(_drive("first", say)["pairs"])
    return turns.figures("first rows of a million on screen", "bare DuckDB and a bare view", 0.4, milli=True)


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
    """Pauses of the window during opening, sorting, merging, training and predicting."""
    gaps = _drive("stall", say)
    return [*_pauses(gaps, 0.99, "99 %", 5.0), *_pauses(gaps, 1.0, "longest", 6.0)]


Gaps = dict[str, list[list[tuple[float, float]]]]


def _pauses(found: dict[str, Gaps], share: float, name: str, at_most: float) -> list[Figure]:
    """Pauses of the window, against those of a bare event loop beside it; both without the wait for a processor."""
    gaps, bare = (_gaps(found[who], share, 1) for who in ("ours", "bare"))
    seen = _gaps(found["ours"], share, 0)
    means = f"mean of the activities {mean(gaps.values()):.1f} ms, bare {mean(bare.values()):.1f} ms"
    each = "; ".join(f"{part} {seen[part]:.0f} ms, {gaps[part]:.0f} ms without" for part in seen)
    pause, ratio = f"pause of the window, {name}", mean(gaps.values()) / mean(bare.values())
    return [
        Figure(f"{pause}, against a bare event loop", ratio, at_most=at_most, detail=means),
        Figure(f"{pause}, with the wait for a processor", max(seen.values()), "ms", detail=each),
    ]


def _gaps(gaps: Gaps, share: float, place: int) -> dict[str, float]:
    """A quantile of the gaps of each activity in milliseconds, the median of all times that it was done.

    `place`: gaps as the user sees them (0), or without the wait for a processor (1).
    """
    return {part: median(quantile([gap[place] for gap in once], share) for once in each) for part, each in gaps.items()}


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
    first, jump = Turns(found["firsts"]), Turns(found["jumps"])
    return [
        *first.figures("first rows of ten million on screen", "bare DuckDB and a bare view", 0.4, milli=True),
        Figure("ten million rows open", found["opened"], "s", detail=f"{found['bytes'] / MEGABYTE:,.0f} MB of CSV"),
        Figure("memory with them open", found["memory"] / MEGABYTE, "MB", 250.0, None, f"later {_mb(found['after'])}"),
        *jump.figures("jump to a random row of them, until painted", "a bare view", 2.0, 2.0, milli=True),
        Figure("sort of them, slowest", max(found["sorts"]), "s", None, None, _all(found["sorts"])),
        Figure("filter of them, slowest", max(found["filters"]), "s", None, None, _all(found["filters"])),
        *_pauses(found["gaps"], 1.0, "longest", 6.0),
        Figure("bytes of temporary files, for each of the CSV", found["temporary"] / found["bytes"]),
        Figure("temporary files when the window has closed", found["left"], "", 0),
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


def _mb(number: float) -> str:
    return f"{number / MEGABYTE:,.0f} MB"


def _all(seconds: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in seconds) + " s"

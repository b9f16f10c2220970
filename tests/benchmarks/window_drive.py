"""The process of a measurement: the program itself, driven as by a user."""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, cast

from PySide6.QtCore import QObject, Qt, QTimer

from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.shell import app
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.tables.grid import Grid
from exoplanet_desktop.gui.tables.pane import TablePane
from exoplanet_desktop.gui.tables.view import CatalogView
from tests.benchmarks.bare import WITHIN_S, BareModel, BareTable, BareView, Watched

JUMPS = 600
SETTLED_S = 0.03
OPENINGS = 5
BEAT_MS = 5
BARE_ROWS = 10_000  # rows whose cells a bare view repeats
RESULT_ROWS = 100_000
WARM_S = 2.0
# Each only once: the wait includes what the program learns about a column at its first sort or filter.
SORTS = (
    *("koi_period", "koi_depth_err1", "kepoi_name", "kepid", "koi_impact", "koi_disposition", "koi_srad", "ra"),
    *("koi_prad", "koi_steff", "koi_duration", "koi_score", "koi_insol", "koi_kepmag", "koi_model_snr"),
)
FILTERS = {  # as the user writes it, and as SQL
    "koi_period < 10 and koi_prad between 0.8 and 1.25": "koi_period < 10 AND koi_prad BETWEEN 0.8 AND 1.25",
    "koi_disposition = 'CONFIRMED' or koi_score is missing": "koi_disposition = 'CONFIRMED' OR koi_score IS NULL",
    "kepoi_name contains '77.01'": "contains(kepoi_name, '77.01')",
    "koi_depth > 1000": "koi_depth > 1000",
    "koi_teq between 200 and 300": "koi_teq BETWEEN 200 AND 300",
    "koi_pdisposition = 'CANDIDATE'": "koi_pdisposition = 'CANDIDATE'",
    "koi_steff < 4000 or koi_slogg < 4": "koi_steff < 4000 OR koi_slogg < 4",
    "koi_kepmag >= 15": "koi_kepmag >= 15",
    "koi_insol is missing": "koi_insol IS NULL",
}


class WatchedGrid(Watched, Grid):
    """The window's grid; a cell that waits for its page does not count as painted."""

    def is_there(self) -> bool:
        model, top = self.table_model, max(self.rowAt(0), 0)
        bottom = self.rowAt(self.viewport().height() - 1)
        bottom = bottom if bottom >= 0 else model.rowCount() - 1
        return model.rowCount() > 0 and model.text(top, 0) is not None and model.text(bottom, 0) is not None


async def until(condition: Callable[[], bool], what: str) -> None:
    """Waits, accurate to a few milliseconds, without taking much of the GUI thread's time."""
    end = time.monotonic() + WITHIN_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        await asyncio.sleep(0.003)


async def settled(measured: Awaitable[float]) -> float:
    """The measured time, once the window has also finished its follow-up work, such as reading ahead."""
    seconds = await measured
    await asyncio.sleep(SETTLED_S)
    return seconds


async def opened(view: CatalogView, open_file: Callable[[], object]) -> None:
    done: list[object] = []
    view.opened.connect(done.append)
    open_file()
    await until(lambda: bool(done), "the file was not opened")
    view.opened.disconnect(done.append)


async def first(window: MainWindow, csv: Path, _work: Path) -> dict[str, Any]:
    grid: Any = window.train.view.grid
    seconds = []
    for _ in range(OPENINGS):
        window.train.view.clear()
        window.train.picker.set_paths([])
        await asyncio.sleep(0.2)
        begun = time.perf_counter()
        window.train.open_files([csv])
        await until(lambda: grid.table_model.rowCount() >= 200, "no first rows")
        seconds.append(await grid.painted_after(begun))
        await until(lambda: window.train.view.shown is not None, "the file was not opened")
    return {"seconds": seconds, "median": median(seconds)}


async def scroll(window: MainWindow, csv: Path, _work: Path) -> dict[str, Any]:
    await opened(window.train.view, lambda: window.train.open_files([csv]))
    grid, table = cast(WatchedGrid, window.train.view.grid), window.train.view.pane.queries.table
    assert table is not None
    model = BareModel(table.columns, table.select().page(0, BARE_ROWS), table.row_count)
    bare = BareView(model, grid)
    await asyncio.sleep(WARM_S)
    rng, pairs = random.Random(1), []
    for _ in range(JUMPS):
        share = rng.random()
        pairs.append((await settled(grid.jump(share)), await settled(bare.jump(share))))
    bare.close()
    return {"pairs": pairs}


async def sort(window: MainWindow, csv: Path, work: Path) -> dict[str, Any]:
    pane = window.train.view.pane
    await opened(window.train.view, lambda: window.train.open_files([csv]))
    with BareTable(csv, work) as bare:
        await asyncio.sleep(WARM_S)
        return {"pairs": [(await settled(sorted_by(pane, name)), bare.sort(name)) for name in SORTS]}


async def filter_rows(window: MainWindow, csv: Path, work: Path) -> dict[str, Any]:
    pane, pairs = window.train.view.pane, []
    await opened(window.train.view, lambda: window.train.open_files([csv]))
    with BareTable(csv, work) as bare:
        await asyncio.sleep(WARM_S)
        for text, sql in FILTERS.items():
            pairs.append((await settled(filtered_by(pane, text)), bare.filter(sql)))
            if pane.model.rowCount() != bare.rows:
                raise AssertionError(f"{pane.model.rowCount():,} rows, but DuckDB has {bare.rows:,}: {text}")
    return {"pairs": pairs}


async def sorted_by(pane: TablePane, name: str) -> float:
    """Seconds for a sort, from the click to the painted page."""
    at, wanted = pane.model.columns.index(name), ((name, True),)
    sort = partial(pane.grid.sortByColumn, at, Qt.SortOrder.DescendingOrder)
    return await shown_after(pane, sort, lambda: pane.model.order[:1] == wanted)


async def filtered_by(pane: TablePane, text: str) -> float:
    """Seconds for a filter, from the request to the painted page."""
    before = pane.queries.view
    return await shown_after(pane, partial(pane.queries.filter, text), lambda: pane.queries.view is not before)


async def shown_after(pane: TablePane, act: Callable[[], object], done: Callable[[], bool]) -> float:
    """Seconds from an action to the painted page that shows its result."""
    grid: Any = pane.grid

    def forget() -> None:
        grid.painted_at = 0.0  # paints from before the rows arrived do not count

    pane.queries.selected.connect(forget)
    begun = time.perf_counter()
    act()
    await until(done, "the rows were not selected")
    pane.queries.selected.disconnect(forget)
    seconds: float = await grid.painted_after(begun)
    return seconds


async def memory(window: MainWindow, csv: Path, _work: Path) -> dict[str, Any]:
    await asyncio.sleep(WARM_S)
    empty = _held()
    await opened(window.train.view, lambda: window.train.open_files([csv]))
    await asyncio.sleep(WARM_S)
    one = _held()
    window.tabs.setCurrentWidget(window.predict)
    await opened(window.predict.view, lambda: window.predict.open_files([csv]))
    await asyncio.sleep(WARM_S)
    return {"one": one - empty, "two": _held() - empty}


class Heartbeat(QObject):
    """Gaps between the beats of a timer, by the activity at the time."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: dict[str, list[float]] = {}
        self._part, self._last = "", 0.0
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    @contextmanager
    def during(self, part: str) -> Any:
        self._part, self._last = part, time.perf_counter()
        self.gaps.setdefault(part, [])
        self._timer.start()
        yield
        self._beat()
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps[self._part].append((now - self._last) * 1000)
        self._last = now


async def stall(window: MainWindow, csv: Path, work: Path) -> dict[str, Any]:
    from exoplanet_desktop.catalogs.simulate.catalog import simulate

    small = work / "result.csv"
    await window.services.workers.call(simulate, "KOI", RESULT_ROWS, 5, small)
    await until(lambda: window.services.session.state is State.READY, "no engine")
    pane, heart = window.train.view.pane, Heartbeat()
    with heart.during("open"):
        await opened(window.train.view, lambda: window.train.open_files([csv]))
    with heart.during("scroll"):
        bar, rng = pane.grid.verticalScrollBar(), random.Random(2)
        for _ in range(200):
            bar.setValue(rng.randrange(bar.maximum()))
            await asyncio.sleep(0.02)
    with heart.during("sort and filter"):
        pane.queries.sort((("koi_period", True),))
        await until_quietly(lambda: bool(pane.model.order))
        pane.queries.filter("koi_period < 10")
        await until_quietly(lambda: pane.model.rowCount() < 1_000_000)
    connection: Any = window.services.session.connection
    connection.backend._own = False  # from here on like a lab's engine: files are uploaded and downloaded
    with heart.during("upload and training"):
        await opened(window.train.view, lambda: window.train.open_files([small]))
        ended: list[object] = []
        window.train.training_ended.connect(ended.append)
        window.train.start()
        await until_quietly(lambda: bool(ended))
    with heart.during("result of 100,000 rows"):
        window.tabs.setCurrentWidget(window.predict)
        await opened(window.predict.view, lambda: window.predict.open_files([small]))
        await until_quietly(lambda: window.predict.go.button.isEnabled())
        done: list[object] = []
        window.predict.predicted.connect(done.append)
        window.predict.start()
        await until_quietly(lambda: bool(done))
        await asyncio.sleep(0.5)
    with heart.during("merge"):
        from exoplanet_desktop.catalogs.merging.merge import merge

        await window.services.workers.call(merge, csv, small, work / "merged.csv")
    every = sorted(gap for gaps in heart.gaps.values() for gap in gaps)
    return {
        "beats": len(every),
        "p99": every[int(len(every) * 0.99)],
        "longest": every[-1],
        "parts": {name: (sorted(gaps)[int(len(gaps) * 0.99)], max(gaps)) for name, gaps in heart.gaps.items()},
    }


async def long(window: MainWindow, csv: Path, work: Path) -> dict[str, Any]:
    """A table longer than the others."""
    await asyncio.sleep(WARM_S)
    empty, heart, view, grid = _held(), Heartbeat(), window.train.view, cast(WatchedGrid, window.train.view.grid)
    with heart.during("all"):
        begun = time.perf_counter()
        opening = asyncio.ensure_future(opened(view, lambda: window.train.open_files([csv])))
        await until_quietly(lambda: grid.painted_at > begun)
        first = grid.painted_at - begun
        await opening
        whole = time.perf_counter() - begun
        await asyncio.sleep(WARM_S)
        held, temporary = _held() - empty, sum(file.stat().st_size for file in _temporary_files())
        rng = random.Random(1)
        jumped = sorted([await grid.jump(rng.random()) for _ in range(JUMPS // 5)])
        sorts = [await sorted_by(view.pane, name) for name in SORTS]
        view.pane.queries.sort(())
        await until_quietly(lambda: not view.pane.model.order)
        filters = [await filtered_by(view.pane, text) for text in FILTERS]
    after = _held() - empty
    view.clear()
    await until_quietly(lambda: not list(_temporary_files()))
    return {
        "sorts": sorts,
        "filters": filters,
        "first": first,
        "opened": whole,
        "bytes": csv.stat().st_size,
        "memory": held,
        "after": after,
        "temporary": temporary,
        "jump": jumped[int(len(jumped) * 0.99)],
        "gap": max(heart.gaps["all"]),
        "left": len(list(_temporary_files())),
    }


def _temporary_files() -> Iterator[Path]:
    """Temporary files of tables that this process has open."""
    for folder in Path(tempfile.gettempdir()).glob(f"exoplanet-desktop-own-table-{os.getpid()}-*"):
        yield from (file for file in folder.rglob("*") if file.is_file())


async def until_quietly(condition: Callable[[], bool]) -> None:
    """Waits without taking the GUI thread's time."""
    end = time.monotonic() + WITHIN_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("it did not happen")
        await asyncio.sleep(0.02)


def _held() -> int:
    with Path("/proc/self/status").open(encoding="utf-8") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS:"))


WORKS: dict[str, Callable[[MainWindow, Path, Path], Awaitable[dict[str, Any]]]] = {
    "first": first,
    "scroll": scroll,
    "sort": sort,
    "filter": filter_rows,
    "long": long,
    "memory": memory,
    "stall": stall,
}


def main(what: str, csv: Path, work: Path, out: Path) -> None:
    import exoplanet_desktop.gui.tables.pane as pane

    pane.Grid = WatchedGrid  # type: ignore[misc]
    found: dict[str, Any] = {}

    async def script(window: MainWindow) -> None:
        window.resize(1280, 800)
        found.update(await WORKS[what](window, csv, work))

    app.run([], work / "data", script)
    out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("XDG_CONFIG_HOME", sys.argv[3])
    main(sys.argv[1], *map(Path, sys.argv[2:5]))

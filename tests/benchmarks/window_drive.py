"""The process of a measurement: the program itself, driven as by a user."""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import Qt

from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.shell import app
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.tables.grid import Grid
from exoplanet_desktop.gui.tables.pane import TablePane
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.options import choose
from exoplanet_desktop.wire.vocabulary import Model
from tests.benchmarks.bare import PAGE, WITHIN_S, BareModel, BareTable, BareView, Watched, bare_first_rows
from tests.benchmarks.heartbeat import Hearts

JUMPS = 600
SETTLED_S = 0.03
OPENINGS = 31
CLEARED_S = 0.2
BARE_ROWS = 10_000  # rows whose cells a bare view repeats
RESULT_ROWS = 100_000
TRAINING_ROWS = 20_000
STALL_COLUMNS = ("koi_period", "koi_prad", "koi_depth")  # others each time, because a file opens in its last order
LONG_JUMPS = 120
LONG_OPENINGS = 9
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
    await opened(window.train.view, lambda: window.train.open_files([csv]))
    return {"pairs": await openings(window, csv, OPENINGS)}


async def openings(window: MainWindow, csv: Path, many: int) -> list[tuple[float, float]]:
    """Seconds from choosing a file to its first rows, painted, and those of the bare view."""
    view, grid = window.train.view, cast(WatchedGrid, window.train.view.grid)
    names, cells = bare_first_rows(csv)
    bare, pairs = BareView(BareModel(names, cells, len(cells)), grid), []
    for _ in range(many):
        view.clear()
        window.train.picker.set_paths([])
        await asyncio.sleep(CLEARED_S)
        begun = time.perf_counter()
        window.train.open_files([csv])
        await until(lambda: grid.table_model.rowCount() >= PAGE, "no first rows")
        ours = await grid.painted_after(begun)
        view.clear()  # the rest of the file is not read, so that it takes no time from the bare view
        await asyncio.sleep(CLEARED_S)
        begun = time.perf_counter()
        bare.open(*bare_first_rows(csv))
        pairs.append((ours, await bare.painted_after(begun)))
    bare.close()
    return pairs


async def scroll(window: MainWindow, csv: Path, _work: Path) -> dict[str, Any]:
    await opened(window.train.view, lambda: window.train.open_files([csv]))
    return {"pairs": await jumps(window, JUMPS)}


async def jumps(window: MainWindow, many: int) -> list[tuple[float, float]]:
    """Seconds from a jump to a random row until it is painted, and those of the bare view."""
    grid, table = cast(WatchedGrid, window.train.view.grid), window.train.view.pane.queries.table
    assert table is not None
    model = BareModel(table.columns, table.select().page(0, BARE_ROWS), table.row_count)
    bare = BareView(model, grid)
    await asyncio.sleep(WARM_S)
    rng, pairs = random.Random(1), []
    for _ in range(many):
        share = rng.random()
        pairs.append((await settled(grid.jump(share)), await settled(bare.jump(share))))
    bare.close()
    return pairs


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


async def stall(window: MainWindow, csv: Path, work: Path) -> dict[str, Any]:
    from exoplanet_desktop.catalogs.merging.merge import merge
    from exoplanet_desktop.catalogs.simulate.catalog import simulate

    small, training = work / "result.csv", work / "training.csv"
    await window.services.workers.call(simulate, "KOI", RESULT_ROWS, 5, small)
    await window.services.workers.call(simulate, "KOI", TRAINING_ROWS, 6, training)
    await until(lambda: window.services.session.state is State.READY, "no engine")
    connection: Any = window.services.session.connection
    connection.backend._own = False  # like a lab's engine: files are uploaded and downloaded
    choose(window.train.options.model, Model.DT)
    pane, hearts = window.train.view.pane, Hearts()
    for column in (
        "koi_period",
        "koi_prad",
        "koi_depth",
    ):  # a file opens with the order and the filter that it had: each time others
        window.tabs.setCurrentWidget(window.train)
        with hearts.during("open"):
            await opened(window.train.view, lambda: window.train.open_files([csv]))
        with hearts.during("scroll"):
            bar, rng = pane.grid.verticalScrollBar(), random.Random(2)
            for _ in range(200):
                bar.setValue(rng.randrange(bar.maximum()))
                await asyncio.sleep(0.02)
        with hearts.during("sort and filter"):
            await selected(pane, partial(pane.queries.sort, ((column, True),)))
            await selected(pane, partial(pane.queries.filter, f"{column} > 1"))
        with hearts.during("upload and training"):
            await opened(window.train.view, lambda: window.train.open_files([training]))
            await done(window.train.training_ended, window.train.start)
        with hearts.during("result of 100,000 rows"):
            window.tabs.setCurrentWidget(window.predict)
            await opened(window.predict.view, lambda: window.predict.open_files([small]))
            await until_quietly(lambda: window.predict.go.button.isEnabled())
            await done(window.predict.predicted, window.predict.start)
            await asyncio.sleep(0.5)
        with hearts.during("merge"):
            await window.services.workers.call(merge, csv, small, work / "merged.csv")
    return dict(hearts.found())


async def selected(pane: TablePane, act: Callable[[], object]) -> None:
    """Waits for other rows after an action without taking the GUI thread's time."""
    before = pane.queries.view
    act()
    await until_quietly(lambda: pane.queries.view is not before)


async def done(signal: Any, act: Callable[[], object]) -> None:
    """Waits for a signal after an action without taking the GUI thread's time."""
    told: list[object] = []
    signal.connect(told.append)
    act()
    await until_quietly(lambda: bool(told))
    signal.disconnect(told.append)


async def long(window: MainWindow, csv: Path, _work: Path) -> dict[str, Any]:
    """A table longer than the others. What is bare comes last, so that its memory does not count."""
    await asyncio.sleep(WARM_S)
    empty, hearts, view = _held(), Hearts(), window.train.view
    with hearts.during("open"):
        begun = time.perf_counter()
        await opened(view, lambda: window.train.open_files([csv]))
        whole = time.perf_counter() - begun
    await asyncio.sleep(WARM_S)
    held, temporary = _held() - empty, sum(file.stat().st_size for file in _temporary_files())
    with hearts.during("sort"):
        sorts = [await sorted_by(view.pane, name) for name in SORTS]
    view.pane.queries.sort(())
    await until_quietly(lambda: not view.pane.model.order)
    with hearts.during("filter"):
        filters = [await filtered_by(view.pane, text) for text in FILTERS]
    after, gaps = _held() - empty, hearts.found()
    await selected(view.pane, partial(view.pane.queries.filter, ""))
    jumped, firsts = await jumps(window, LONG_JUMPS), await openings(window, csv, LONG_OPENINGS)
    view.clear()
    await until_quietly(lambda: not list(_temporary_files()))
    return {
        "sorts": sorts,
        "filters": filters,
        "firsts": firsts,
        "opened": whole,
        "bytes": csv.stat().st_size,
        "memory": held,
        "after": after,
        "temporary": temporary,
        "jumps": jumped,
        "gaps": gaps,
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

"""`open-all`, `pages`, `merge`: tables of a million rows without a window.

Each measurement runs in its own process, so that its peak memory belongs to that work alone.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say

ROWS = 1_000_000
ROUNDS = 3
PAGE = 200
MEGABYTE = 1e6


def open_all(say: Say) -> Sequence[Figure]:
    """Reading a CSV into a table, compared with a bare `CREATE TABLE … read_csv` of the same columns as text."""
    with lab.folder() as work:
        csv = catalog(work / "a.csv", 1, say)
        rounds = [{name: _run(name, csv, work) for name in ("ours", "bare", "typed")} for _ in range(ROUNDS)]
    ratio = median(each["ours"]["seconds"] / each["bare"]["seconds"] for each in rounds)
    times = {name: median(each[name]["seconds"] for each in rounds) for name in rounds[0]}
    held = median(each["ours"]["held"] for each in rounds) / MEGABYTE
    detail = f"{times['ours']:.1f} s, bare {times['bare']:.1f} s; bare with types found out {times['typed']:.1f} s"
    return [
        Figure("table open, against bare DuckDB", ratio, at_most=1.3, detail=detail),
        Figure("memory with the table open, above before", held, "MB", detail="DuckDB and libraries, no window"),
    ]


def pages(say: Say) -> Sequence[Figure]:
    """Pages at random rows, as for scrolling, without a window."""
    with lab.folder() as work:
        found = _run("pages", catalog(work / "a.csv", 1, say), work)
    return [
        Figure("page at a random row of a sorted view, median", found["sorted"] * 1000, "ms", 10.0),
        Figure("page at a random row in the file's order, median", found["plain"] * 1000, "ms", 10.0),
    ]


def merge(say: Say) -> Sequence[Figure]:
    """Merging two catalogs, compared with pandas: concat, drop_duplicates, to_csv."""
    with lab.folder() as work:
        a, b = catalog(work / "a.csv", 1, say), catalog(work / "b.csv", 2, say)
        ours = _run("merge", a, work, b)
        say(f"ours: {ours}")
        same = _run("merge", a, work, a)
        pandas = _run("pandas", a, work, b)
        if ours["rows"] != pandas["rows"]:
            raise AssertionError(f"{ours['rows']:,} rows, but pandas has {pandas['rows']:,}")
    detail = f"{ours['seconds']:.1f} s, pandas {pandas['seconds']:.1f} s; a file with itself {same['seconds']:.1f} s"
    memory = f"{ours['peak'] / MEGABYTE:.0f} MB, pandas {pandas['peak'] / MEGABYTE:.0f} MB"
    return [
        Figure("time of a merge, against pandas", ours["seconds"] / pandas["seconds"], "", 0.25, None, detail),
        Figure("memory of a merge, against pandas", ours["peak"] / pandas["peak"], "", 1 / 3, None, memory),
    ]


def catalog(path: Path, seed: int, say: Say, rows: int = ROWS) -> Path:
    from exoplanet_desktop.catalogs.simulate.catalog import simulate

    say(f"simulating {rows:,} rows")
    simulate("KOI", rows, seed, path)
    return path


def _run(name: str, csv: Path, work: Path, other: Path | None = None) -> dict[str, Any]:
    """The result of one of the functions below, run in its own process."""
    command = [sys.executable, "-m", "tests.benchmarks.tables", name, str(csv), str(work), str(other or csv)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# --- in the process of a measurement


def _ours(csv: Path, _work: Path, _other: Path) -> dict[str, Any]:
    import duckdb  # noqa: F401 - keep loading it out of the reading time

    from exoplanet_desktop.catalogs.tables.table import Table

    before = _held()
    started = time.perf_counter()
    with Table.open(csv, lean=True):
        return {"seconds": time.perf_counter() - started, "held": _held() - before}


def _bare(csv: Path, work: Path, _other: Path, types: bool = False) -> dict[str, Any]:
    import duckdb

    from exoplanet_desktop.catalogs.reading.layout import sniff

    layout = sniff(csv)
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in layout.columns)
    how = "header = true" if types else f"header = false, auto_detect = false, delim = ',', columns = {{{columns}}}"
    skip = layout.skip if types else layout.first_row - 1
    file = work / "bare.duckdb"
    started = time.perf_counter()
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"CREATE TABLE data AS SELECT * FROM read_csv('{csv}', skip = {skip}, {how})")
        seconds = time.perf_counter() - started
    file.unlink()
    return {"seconds": seconds}


def _typed(csv: Path, work: Path, other: Path) -> dict[str, Any]:
    return _bare(csv, work, other, types=True)


def _pages(csv: Path, _work: Path, _other: Path) -> dict[str, Any]:
    from exoplanet_desktop.catalogs.tables.table import Table

    with Table.open(csv, lean=True) as table:
        views = {"sorted": table.select(order=[("koi_period", False)]), "plain": table.select()}
        rng = random.Random(1)
        places = [rng.randrange(ROWS - PAGE) for _ in range(200)]
        return {
            name: median(_timed(lambda at=at, view=view: view.page(at, PAGE)) for at in places)
            for name, view in views.items()
        }


def _merge(csv: Path, work: Path, other: Path) -> dict[str, Any]:
    from exoplanet_desktop.catalogs.merging.merge import merge as merge_tables

    started = time.perf_counter()
    summary = merge_tables(csv, other, work / "merged.csv")
    return {"seconds": time.perf_counter() - started, "rows": summary.rows, "peak": _peak()}


def _pandas(csv: Path, work: Path, other: Path) -> dict[str, Any]:
    import pandas

    from exoplanet_desktop.catalogs.reading.layout import sniff

    started = time.perf_counter()
    frames = [pandas.read_csv(path, skiprows=sniff(path).skip) for path in (csv, other)]
    whole = pandas.concat(frames, ignore_index=True).drop_duplicates()
    whole.to_csv(work / "pandas.csv", index=False)
    return {"seconds": time.perf_counter() - started, "rows": len(whole), "peak": _peak()}


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _held() -> int:
    return _status("VmRSS:")


def _peak() -> int:
    return _status("VmHWM:")


def _status(field: str) -> int:
    """A memory field of this process, in bytes."""
    lab.need_proc()
    lines = (lab.PROC / "self" / "status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


if __name__ == "__main__":
    works = {
        "ours": _ours,
        "bare": _bare,
        "typed": _typed,
        "pages": _pages,
        "merge": _merge,
        "pandas": _pandas,
    }
    print(json.dumps(works[sys.argv[1]](*map(Path, sys.argv[2:5]))))

"""`predict-large`: a million simulated rows, and two: how fast, and in how much memory."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from statistics import median

from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say

ROWS = 1_000_000
TRAINING_ROWS = 10_000
SEED = 42
MEGABYTE = 1e6


def measure(say: Say) -> Sequence[Figure]:
    lab.need_proc()
    with lab.folder() as work:
        small, one, two = (work / f"{name}.csv" for name in ("training", "one", "two"))
        say(f"simulating {2 * ROWS:,} rows")
        _simulate(two)
        _first_rows(two, one, ROWS)
        _first_rows(two, small, TRAINING_ROWS)
        with lab.folder() as data_dir:
            with lab.warm_engine(data_dir) as (_, backend):
                lab.trained(backend, small, sentinel=False)
            runs = []
            for csv, rows in ((one, ROWS), (two, 2 * ROWS), (one, ROWS)):
                runs.append(_run(data_dir, csv, rows))
                say(f"{rows:,} rows: {runs[-1]}")
    return _figures(runs)


@dataclass(frozen=True)
class _Run:
    """Seconds from file to file with the way through HTTP, and of the job alone; bytes its process held at most."""

    rows: int
    whole_s: float
    job_s: float
    peak: int


def _figures(runs: list[_Run]) -> list[Figure]:
    job = [run.rows / run.job_s for run in runs]
    whole = [run.rows / run.whole_s for run in runs]
    one = max(run.peak for run in runs if run.rows == ROWS)
    two = max(run.peak for run in runs if run.rows == 2 * ROWS)
    seconds = ", ".join(f"{run.rows:,} rows in {run.job_s:.1f} s" for run in runs)
    all_seconds = ", ".join(f"{run.whole_s:.1f} s" for run in runs)
    compared = f"{two / MEGABYTE:.0f} MB against {one / MEGABYTE:.0f} MB"
    return [
        Figure("rows a second, CSV in to CSV out", median(job), "rows/s", at_least=60_000, detail=seconds),
        Figure("the same with upload and download", median(whole), "rows/s", detail=all_seconds),
        Figure("peak memory of the job", one / MEGABYTE, "MB", at_most=700, detail=f"{ROWS:,} rows, VmHWM"),
        Figure("peak memory, twice the rows / once", two / one, at_most=1.15, detail=compared),
    ]


def _run(data_dir: Path, csv: Path, rows: int) -> _Run:
    """One prediction, by a process that has done nothing else: a process's peak never falls."""
    from exoplanet_desktop.client.jobs import prediction_of
    from exoplanet_desktop.wire.payloads import PredictReply
    from exoplanet_desktop.wire.vocabulary import Model, Satellite

    out = csv.with_suffix(".out")
    with lab.warm_engine(data_dir) as (engine, backend):
        assert engine.pid is not None
        with lab.MemoryWatch(engine.pid) as memory:
            started = time.perf_counter()
            accepted = backend.predict(csv, Satellite.KOI, Model.XGB, results_limit=0)
            assert not isinstance(accepted, PredictReply)
            status = lab.ended(backend, accepted)
        reply = prediction_of(status)
        backend.download(reply.csv_file, out)
        whole_s = time.perf_counter() - started
    begun, done = (datetime.fromisoformat(str(text)) for text in (status.started_at, status.finished_at))
    with out.open("rb") as file:
        lines = sum(1 for _ in file)
    if (reply.total_predicted, lines - 1) != (rows, rows):
        raise AssertionError(f"{reply.total_predicted:,} rows predicted, {lines - 1:,} in the file")
    out.unlink()
    for path in (data_dir / "uploads").iterdir():
        path.unlink()  # gigabytes
    return _Run(rows, whole_s, (done - begun).total_seconds(), memory.highest)


def _simulate(out: Path) -> None:
    from exoplanet_desktop.catalogs.simulate.catalog import simulate

    simulate("KOI", 2 * ROWS, SEED, out)


def _first_rows(csv: Path, out: Path, rows: int) -> None:
    """The catalog's header block, its header, and its first rows, as a shorter simulation has them."""
    with csv.open("rb") as source, out.open("wb") as target:
        line = source.readline()
        while line.startswith(b"#"):
            target.write(line)
            line = source.readline()
        target.write(line)
        target.writelines(islice(source, rows))

"""`predict-large`: speed and memory of predicting one and two million simulated rows.

The baseline is a bare process that does the minimum for the same result: DuckDB reads the file and writes it again with
the probabilities added, `inplace_predict` calculates them; both use all cores.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from statistics import median

from exoplanet_desktop.wire.requests import PredictRequest
from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say
from tests.benchmarks.turns import Turns

ROUNDS = 3
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
                _, result = lab.trained(backend, small, sentinel=False)
                backend.download(str(result.model_url), work / "model.exomodel")
            twice = _run(data_dir, two, 2 * ROWS)
            say(f"{2 * ROWS:,} rows: {twice}")
            two.unlink()
            rounds = []
            for _ in range(ROUNDS):
                rounds.append((_run(data_dir, one, ROWS), _bare_seconds(work / "model.exomodel", one)))
                say(f"{ROWS:,} rows: {rounds[-1][0]}; bare {rounds[-1][1]:.1f} s")
    return _figures(twice, rounds)


@dataclass(frozen=True)
class _Run:
    """Seconds from file to file including HTTP, seconds for the job alone, and the peak memory of its process."""

    rows: int
    whole_s: float
    job_s: float
    peak: int


def _figures(twice: _Run, rounds: list[tuple[_Run, float]]) -> list[Figure]:
    runs = [run for run, _ in rounds]
    once = max(run.peak for run in runs)
    compared = f"{twice.peak / MEGABYTE:.0f} MB against {once / MEGABYTE:.0f} MB"
    whole = median(run.whole_s for run in runs)
    turns = Turns([(run.job_s, bare) for run, bare in rounds])
    return [
        *turns.figures("a million rows, CSV in to CSV out", "bare DuckDB and inplace_predict", 1.3),
        Figure("rows a second", ROWS / median(turns.ours), "rows/s", detail="CSV in to CSV out"),
        Figure("the same with upload and download", ROWS / whole, "rows/s", detail=f"{whole:.1f} s"),
        Figure("peak memory of the job", once / MEGABYTE, "MB", at_most=700, detail=f"{ROWS:,} rows, VmHWM"),
        Figure("peak memory, twice the rows / once", twice.peak / once, at_most=1.15, detail=compared),
    ]


def _run(data_dir: Path, csv: Path, rows: int) -> _Run:
    """One prediction, in a fresh process, because a process's peak memory never falls."""
    from exoplanet_desktop.client.jobs.jobs import prediction_of
    from exoplanet_desktop.wire.payloads import PredictReply
    from exoplanet_desktop.wire.vocabulary import Model, Satellite

    out = csv.with_suffix(".out")
    with lab.warm_engine(data_dir) as (engine, backend):
        assert engine.pid is not None
        with lab.MemoryWatch(engine.pid) as memory:
            started = time.perf_counter()
            accepted = backend.predict(csv, PredictRequest(Satellite.KOI, Model.XGB, results_limit=0))
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
    """Writes the catalog's header block, its header and its first rows, like a shorter simulation."""
    with csv.open("rb") as source, out.open("wb") as target:
        line = source.readline()
        while line.startswith(b"#"):
            target.write(line)
            line = source.readline()
        target.write(line)
        target.writelines(islice(source, rows))


def _bare_seconds(model: Path, csv: Path) -> float:
    """Seconds for the bare process, without its imports and without loading the model."""
    out = csv.with_suffix(".bare")
    command = [sys.executable, "-m", "tests.benchmarks.predict_large", str(model), str(csv), str(out)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    with out.open("rb") as file:
        if (lines := sum(1 for _ in file)) != ROWS + 1:
            raise AssertionError(f"the bare process wrote {lines:,} lines")
    out.unlink()
    return float(done.stdout)


def _bare(model: Path, csv: Path, out: Path) -> float:
    import duckdb
    import numpy as np

    from exoplanet_desktop.catalogs.reading.layout import sniff
    from exoplanet_desktop.classify.modelfile import load

    classifier, layout = load(model), sniff(csv)
    booster = classifier.estimator.booster  # type: ignore[attr-defined]
    names = [name for name in classifier.features.numbers if name in layout.columns]
    started = time.perf_counter()
    with duckdb.connect() as connection:
        read = f"read_csv('{csv}', skip = {layout.skip}, header = true, all_varchar = true)"
        connection.execute(f"CREATE TABLE data AS FROM {read}")
        numbers = ", ".join(f"TRY_CAST({name} AS FLOAT) AS {name}" for name in names)
        columns = connection.execute(f"SELECT {numbers} FROM data").fetchnumpy()
        # Plain columns stand in for features that the program derives from several columns.
        each = [np.ma.filled(columns[names[place % len(names)]], np.nan) for place in range(booster.num_features())]
        found = booster.inplace_predict(np.column_stack(each))
        chances = {f"p{place}": np.ascontiguousarray(found[:, place]) for place in range(found.shape[1])}
        connection.register("chances", chances)
        connection.execute(f"COPY (FROM data POSITIONAL JOIN chances) TO '{out}' (HEADER)")
        return time.perf_counter() - started


if __name__ == "__main__":
    print(_bare(*map(Path, sys.argv[1:4])))

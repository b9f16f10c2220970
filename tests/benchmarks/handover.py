"""`handover`: passing a catalog of a million rows to our own engine by its path, compared with uploading it."""

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.wire.requests import TrainRequest
from exoplanet_desktop.wire.vocabulary import Model, Satellite
from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say
from tests.benchmarks.tables import MEGABYTE, ROWS, catalog

ROUNDS = 3


def measure(say: Say) -> Sequence[Figure]:
    """Times from the call to the accepted training; the engine has by then read the file once for its digest."""
    with lab.folder() as work:
        csv = catalog(work / "a.csv", 1, say)
        data = work / "data"
        with lab.warm_engine(data) as (_engine, backend):
            seconds: dict[str, list[float]] = {"by path": [], "sent": []}
            for number in range(ROUNDS):
                say(f"round {number + 1} of {ROUNDS}")
                backend._own = True
                seconds["by path"].append(_accepted(backend, csv))
                held_by_path = _stored(data)
                backend._own = False  # like a lab's engine, which receives no paths
                seconds["sent"].append(_accepted(backend, csv))
                held_sent = _stored(data) - held_by_path
                for file in (data / "uploads").iterdir():
                    file.unlink()
    by_path, by_line = median(seconds["by path"]), median(seconds["sent"])
    detail = f"{by_path:.2f} s against {by_line:.2f} s; {ROWS:,} rows"
    copies = f"sent: {held_sent / MEGABYTE:,.0f} MB"
    return [
        Figure("file handed over by path, against sent", by_path / by_line, "", 1.0, None, detail),
        Figure("copy of a file handed over by path", held_by_path / MEGABYTE, "MB", 0.0, None, copies),
    ]


def _accepted(backend: Backend, csv: Path) -> float:
    started = time.perf_counter()
    accepted = backend.train(csv, TrainRequest(Satellite.KOI, Model.DT))
    seconds = time.perf_counter() - started
    backend.cancel(accepted.job_id)
    lab.ended(backend, accepted)
    return seconds


def _stored(data: Path) -> int:
    return sum(file.stat().st_size for file in (data / "uploads").iterdir())

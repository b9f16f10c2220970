"""`cold`: how soon a newly started program has an engine and can train."""

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from exoplanet_desktop.wire.requests import TrainRequest
from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say

CATALOG = "koi_train.csv"
STARTS = 5


def measure(say: Say) -> Sequence[Figure]:
    lab.need_proc()
    csv = lab.catalog(CATALOG)
    health, ready = [], []
    begun, done = [], []
    for turn in range(STARTS):
        first, spare = _idle_start()
        health.append(first)
        ready.append(spare)
        first, begins, ends = _busy_start(csv)
        health.append(first)
        begun.append(begins)
        done.append(ends)
        say(f"start {turn + 1} of {STARTS}: health {health[-2]:.2f} s, spare {spare:.2f} s; job begins {begins:.2f} s")
    return [
        Figure("start to first health reply", median(health), "s", 1.0, None, lab.middle(health)),
        Figure("start to a spare process with its libraries loaded", median(ready), "s", 3.0, None, lab.middle(ready)),
        Figure("start to the begin of a training asked for at once", median(begun), "s", 3.0, None, lab.middle(begun)),
        Figure("start to the end of that training", median(done), "s", detail=lab.middle(done)),
    ]


def _idle_start() -> tuple[float, float]:
    """Seconds from starting the engine's process to the first health reply, and to a spare process ready to work."""
    from exoplanet_desktop.client.profiles.engine import EmbeddedEngine

    with lab.folder() as data_dir:
        engine = EmbeddedEngine(data_dir)
        try:
            started = time.perf_counter()
            engine.start().health()
            health = time.perf_counter() - started
            assert engine.pid is not None
            return health, lab.spare_ready(engine.pid) - started
        finally:
            engine.stop()


def _busy_start(csv: Path) -> tuple[float, float, float]:
    """Seconds to the first health reply, then to the first stage of a training requested then, and to its end."""
    from exoplanet_desktop.client.profiles.engine import EmbeddedEngine
    from exoplanet_desktop.wire.vocabulary import Model, Satellite

    with lab.folder() as data_dir:
        engine = EmbeddedEngine(data_dir)
        try:
            started = time.perf_counter()
            backend = engine.start()
            backend.health()
            health = time.perf_counter() - started
            accepted = backend.train(csv, TrainRequest(Satellite.KOI, Model.XGB, sentinel=False))
            while not (status := backend.status(accepted.status_url)).stage and not status.error:
                time.sleep(lab.POLL_S)
            begun = time.perf_counter() - started
            if (final := lab.ended(backend, accepted)).error:
                raise RuntimeError(final.error)
            return health, begun, time.perf_counter() - started
        finally:
            engine.stop()

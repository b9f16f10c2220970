"""`cold`: how soon a newly started program has an engine and can train.

The baseline is a process that only imports the libraries that the engine imports, and says so.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from exoplanet_desktop.wire.requests import TrainRequest
from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say
from tests.benchmarks.turns import Turns

CATALOG = "koi_train.csv"
STARTS = 7
SERVING = ("fastapi", "uvicorn", "python_multipart")


def measure(say: Say) -> Sequence[Figure]:
    """Times without the wait of the processes for a processor, which would depend on other work on the machine."""
    lab.need_proc()
    csv = lab.catalog(CATALOG)
    health, ready, begun, done = [], [], [], []
    _idle_start(), _bare_start()  # warm the byte code and file caches
    for turn in range(STARTS):
        serving, all_libraries = _bare_start()
        first, spare = _idle_start()
        begins, ends = _busy_start(csv)
        health.append((first, serving))
        ready.append((spare, all_libraries))
        begun.append((begins, serving))
        done.append(ends)
        say(f"start {turn + 1} of {STARTS}: health {first:.2f} s, spare {spare:.2f} s; job begins {begins:.2f} s")
    imports = "bare imports"
    return [
        *Turns(health).figures("start to the first health reply", imports, 2.5),
        *Turns(ready).figures("start to a spare process with its libraries loaded", imports, 2.0),
        *Turns(begun).figures("start to the begin of a training asked for at once", imports, 4.0),
        Figure("start to the end of that training, with waits", median(done), "s", detail=lab.middle(done)),
    ]


class _Clock:
    """Seconds since its start, less the time that processes waited for a processor.

    Only waits of processes that worked one after another may be subtracted, hence in phases.
    """

    def __init__(self) -> None:
        self._before, self._waited = lab.waited_seconds(os.getpid()), 0.0
        self.started = time.perf_counter()

    def end_phase(self, *pids: int) -> float:
        """The time now; this process and new ones that it waited for worked until now."""
        self._waited += lab.waited_seconds(os.getpid(), *pids) - self._before
        return self.seconds(time.perf_counter())

    def seconds(self, at: float, *pids: int) -> float:
        """The time at a moment; only new processes have worked since the last phase."""
        return at - self.started - self._waited - lab.waited_seconds(*pids)


def _bare_start() -> tuple[float, float]:
    """Seconds from starting a process until it has the libraries for serving, and until it has all of a job as well."""
    from exoplanet_desktop.server.settings import WARM_MODULES

    warm = [name for name in WARM_MODULES if not name.startswith("exoplanet_desktop.")]
    program = "\n".join(f"import {', '.join(names)}\nprint(flush=True)\ninput()" for names in (SERVING, warm))
    clock, pipe, times = _Clock(), subprocess.PIPE, []
    with subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None and process.stdout is not None
        for _ in (SERVING, warm):
            process.stdout.readline()
            times.append(clock.seconds(time.perf_counter(), process.pid))
            process.stdin.write(b"\n")
            process.stdin.flush()
    serving, everything = times
    return serving, everything


def _idle_start() -> tuple[float, float]:
    """Seconds from starting the engine's process to the first health reply, and to a spare process ready to work."""
    from exoplanet_desktop.client.profiles.engine import EmbeddedEngine

    with lab.folder() as data_dir:
        engine = EmbeddedEngine(data_dir)
        try:
            clock = _Clock()
            engine.start().health()
            assert engine.pid is not None
            health = clock.end_phase(engine.pid)
            ready = lab.spare_ready(engine.pid)
            return health, clock.seconds(ready, *lab.job_processes(engine.pid))
        finally:
            engine.stop()


def _busy_start(csv: Path) -> tuple[float, float]:
    """Seconds to the first stage of a training requested as soon as the engine answers; to its end, with all waits."""
    from exoplanet_desktop.client.profiles.engine import EmbeddedEngine
    from exoplanet_desktop.wire.vocabulary import Model, Satellite

    with lab.folder() as data_dir:
        engine = EmbeddedEngine(data_dir)
        try:
            clock = _Clock()
            backend = engine.start()
            backend.health()
            accepted = backend.train(csv, TrainRequest(Satellite.KOI, Model.XGB, sentinel=False))
            assert engine.pid is not None
            clock.end_phase(engine.pid)
            while not (status := backend.status(accepted.status_url)).stage and not status.error:
                time.sleep(lab.POLL_S)
            begun = clock.seconds(time.perf_counter(), *lab.job_processes(engine.pid)[:1])
            if (final := lab.ended(backend, accepted)).error:
                raise RuntimeError(final.error)
            return begun, time.perf_counter() - clock.started
        finally:
            engine.stop()

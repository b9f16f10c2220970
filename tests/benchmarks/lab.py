"""Shared by the benches: real catalogs, engines, completed jobs, and process data from /proc."""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import TYPE_CHECKING

from exoplanet_desktop.wire.requests import TrainRequest
from tests.benchmarks.figures import Skipped

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend
    from exoplanet_desktop.client.profiles.engine import EmbeddedEngine
    from exoplanet_desktop.wire.payloads import JobStatus, TrainAccepted, TrainResult

CHECKOUT = Path(__file__).resolve().parents[2]
PROC = Path("/proc")
POLL_S = 0.02
WARM_WITHIN_S = 60.0
STILL_S = 0.3  # a process that is idle for this long counts as waiting


def catalog(name: str) -> Path:
    """A real catalog beside the project. Raises Skipped if it is missing."""
    path = CHECKOUT.parent / "shared" / "data" / name
    if not path.is_file():
        raise Skipped(f"the real catalog {name} is not here (../shared/data)")
    return path


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="exoplanet-bench-", ignore_cleanup_errors=True) as path:
        yield Path(path)


@contextmanager
def warm_engine(data_dir: Path) -> "Iterator[tuple[EmbeddedEngine, Backend]]":
    """The embedded engine on a folder, with its spare process ready and its libraries loaded."""
    from exoplanet_desktop.client.profiles.engine import EmbeddedEngine

    engine = EmbeddedEngine(data_dir)
    try:
        backend = engine.start()
        backend.health()
        assert engine.pid is not None
        spare_ready(engine.pid)
        yield engine, backend
    finally:
        engine.stop()


def ended(backend: "Backend", accepted: "TrainAccepted", within_s: float = 600.0) -> "JobStatus":
    """The final status of a job, polled at short intervals so that polling adds little to the measurement."""
    from exoplanet_desktop.client.jobs.tracker import is_final

    deadline = time.monotonic() + within_s
    while not is_final(status := backend.status(accepted.status_url)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"a job did not end within {within_s:.0f} s")
        time.sleep(POLL_S)
    return status


def trained(backend: "Backend", csv: Path, *, sentinel: bool) -> "tuple[float, TrainResult]":
    """Seconds for a KOI/xgb training, from request to end of job, and its result."""
    from exoplanet_desktop.client.jobs.jobs import judge
    from exoplanet_desktop.wire.vocabulary import Model, Satellite

    started = time.perf_counter()
    accepted = backend.train(csv, TrainRequest(Satellite.KOI, Model.XGB, sentinel=sentinel))
    status = ended(backend, accepted)
    seconds = time.perf_counter() - started
    outcome = judge(status)
    if outcome.result is None:
        raise RuntimeError(outcome.sentence)
    return seconds, outcome.result


def middle(values: list[float]) -> str:
    """Median and range, for a detail."""
    return f"{median(values):.3g} s (of {len(values)}: {min(values):.3g}…{max(values):.3g})"


# --- processes


def need_proc() -> None:
    """Raises Skipped if the system has no /proc."""
    if not (PROC / "self" / "status").is_file():
        raise Skipped("processes are looked at by /proc, which this system does not have")


def job_processes(engine_pid: int) -> list[int]:
    """The engine's job processes, which it spawned, the oldest first."""
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            pid = int(entry.name)
            fields = stat(pid)
            if fields and int(fields[1]) == engine_pid and b"multiprocessing.spawn" in _read(entry / "cmdline"):
                found.append((int(fields[19]), pid))
    return [pid for _, pid in sorted(found)]


def spare_ready(engine_pid: int) -> float:
    """Waits until a job process has loaded its libraries and is idle; returns the time (perf_counter)."""
    need_proc()
    deadline = time.monotonic() + WARM_WITHIN_S
    since, state = time.perf_counter(), None
    while time.monotonic() < deadline:
        now, new = time.perf_counter(), [_activity(pid) for pid in job_processes(engine_pid)]
        resting = any(new) and all(one and one[0] == "S" for one in new)
        if new != state or not resting:
            since, state = now, new
        elif now - since > STILL_S and max(one[1] for one in new if one) > STILL_S:
            return since
        time.sleep(POLL_S)
    raise TimeoutError(f"the spare process was not ready within {WARM_WITHIN_S:.0f} s")


def _activity(pid: int) -> tuple[str, float] | None:
    """The state of a process's main thread, and its CPU seconds."""
    fields = stat(pid)
    return (fields[0], _cpu_seconds(fields)) if fields else None


def cpu_seconds(pid: int) -> float:
    """The processor time that all threads of a running process have used."""
    return _cpu_seconds(stat(pid))


def waited_seconds(*pids: int) -> float:
    """How long the main threads of processes were ready, but waited for a processor; 0 for one that has exited."""
    return sum(int(fields[1]) / 1e9 for pid in pids if (fields := _read(PROC / str(pid) / "schedstat").split()))


def _cpu_seconds(fields: list[str]) -> float:
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat, starting with the state; [] for a process that has exited."""
    return _read(PROC / str(pid) / "stat").decode(errors="replace").rpartition(")")[2].split()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def peak_bytes(pid: int) -> int:
    """The peak memory of a process since its start; 0 if it has exited."""
    return _bytes(pid, "VmHWM:")


def resident_bytes(pid: int) -> int:
    """The memory of a process now; 0 if it has exited."""
    return _bytes(pid, "VmRSS:")


def _bytes(pid: int, field: str) -> int:
    lines = _read(PROC / str(pid) / "status").decode(errors="replace").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field)), 0)


class MemoryWatch:
    """Repeatedly reads the peak memory of an engine's job processes while they run."""

    def __init__(self, engine_pid: int) -> None:
        need_proc()
        self.peaks: dict[int, int] = {}
        self._engine = engine_pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory-watch")

    def _watch(self) -> None:
        while True:
            last = self._stop.wait(0.05)
            for pid in job_processes(self._engine):
                self.peaks[pid] = max(self.peaks.get(pid, 0), peak_bytes(pid))
            if last:
                return

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: TracebackType | object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def highest(self) -> int:
        return max(self.peaks.values(), default=0)

"""`siege`: a lab server under more than it should have to bear, for three minutes.

200 clients ask for the state of a job each second, 20 others upload catalogs of 10 MB without a break, and four
trainings are always under way. Every upload must be answered, with a job or with a refusal that says why; the engine's
memory must not grow; and it must end when told. A stranger asks for its health all the while: how long that takes is
how long the event loop was busy with something else, or waited for a processor.

`python -m tests.benchmarks.siege ADDRESS PATH SECONDS` is the process of those clients, which the uploads would
otherwise slow down. It prints their waits as JSON.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from exoplanet_desktop.errors import AppError, NoAnswer
from exoplanet_desktop.wire.requests import TrainRequest
from exoplanet_desktop.wire.vocabulary import Model, Satellite
from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.poll import TOKEN, ask, lab_server
from tests.benchmarks.runner import Say

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend

SECONDS = 180.0
CLIENTS, UPLOADERS, JOBS = 200, 20, 4
EVERY_S = 1.0
HEALTH_EVERY_S = 0.05
UPLOAD_BYTES = 10_000_000
JOB_ROWS = 20_000
WARM_SHARE = 0.25  # of the memory's samples, while libraries load
ENDS_WITHIN_S = 5.0


def measure(say: Say) -> Sequence[Figure]:
    from exoplanet_desktop.catalogs.simulate.catalog import simulate

    lab.need_proc()
    seconds = float(os.environ.get("BENCH_SECONDS", SECONDS))
    with lab.folder() as work:
        small, large = work / "job.csv", work / "upload.csv"
        say("simulating")
        simulate(Satellite.KOI, JOB_ROWS, 42, small)
        with large.open("wb") as file:
            file.write(small.read_bytes())
            rows = small.read_bytes().splitlines(keepends=True)[-1_000:]
            while file.tell() < UPLOAD_BYTES:
                file.writelines(rows)
        with lab_server(work) as (backend, pid):
            siege = Siege(backend, small, large, seconds)
            memory = siege.run(pid, say)
            begun = time.perf_counter()
            os.kill(pid, 15)
            while _state(pid) not in ("", "Z") and time.perf_counter() - begun < 60:
                time.sleep(lab.POLL_S)
            ended_s = time.perf_counter() - begun
    return figures(siege, memory, ended_s)


class Siege:
    """What asks, uploads and trains, and what came of it."""

    def __init__(self, backend: "Backend", small: Path, large: Path, seconds: float) -> None:
        self._backend, self._small, self._large = backend, small, large
        self._until = time.monotonic() + seconds
        self.answers: Counter[str] = Counter()
        self.silent: list[str] = []
        self.waits: list[float] = []
        self.health: list[float] = []
        self.jobs = 0
        self._watched = ""
        self._lock = threading.Lock()

    def run(self, pid: int, say: Say) -> list[int]:
        """Runs until the time is over; returns samples of the engine's memory, in bytes."""
        trainings = [threading.Thread(target=self._train) for _ in range(JOBS)]
        uploads = [threading.Thread(target=self._upload) for _ in range(UPLOADERS)]
        for thread in (*trainings, *uploads):
            thread.start()
        while not self._watched and time.monotonic() < self._until:
            time.sleep(lab.POLL_S)
        where = (urlsplit(self._backend.base_url).netloc, urlsplit(self._watched).path)
        command = [sys.executable, "-m", "tests.benchmarks.siege", *where, str(self._until - time.monotonic())]
        polling = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        memory = []
        while time.monotonic() < self._until:
            memory.append(lab.resident_bytes(pid))
            say(f"{memory[-1] / 1e6:.0f} MB, {sum(self.answers.values())} uploads answered, {self.jobs} jobs done")
            time.sleep(min(5.0, max(self._until - time.monotonic(), 0.1)))
        for thread in (*trainings, *uploads):
            thread.join()
        told, _ = polling.communicate(timeout=60)
        self.waits, self.health = json.loads(told)
        return memory

    def _train(self) -> None:
        """Keeps one training under way."""
        while time.monotonic() < self._until:
            try:
                accepted = self._backend.train(self._small, TrainRequest(Satellite.KOI, Model.RF), in_place=False)
            except AppError as error:
                self._note(f"a training refused ({error.code})")
                time.sleep(1)
                continue
            self._watched = accepted.status_url
            with suppress(TimeoutError):
                lab.ended(_Slow(self._backend), accepted, max(self._until - time.monotonic(), 1))  # type: ignore[arg-type]
                self.jobs += 1
            with suppress(AppError):
                self._backend.cancel(accepted.job_id)

    def _upload(self) -> None:
        while time.monotonic() < self._until:
            try:
                accepted = self._backend.train(self._large, TrainRequest(Satellite.KOI, Model.DT), in_place=False)
            except NoAnswer as error:
                self.silent.append(str(error))
                continue
            except AppError as error:
                self._note(f"refused ({error.code}): {error}"[:90])
                continue
            self._note("a job")
            with suppress(AppError):
                self._backend.cancel(accepted.job_id)

    def _note(self, answer: str) -> None:
        with self._lock:
            self.answers[answer] += 1


class _Slow:
    """A backend that is asked for a job's state twice a second, as a window does."""

    def __init__(self, backend: "Backend") -> None:
        self._backend = backend

    def status(self, url: str) -> object:
        time.sleep(0.5)
        return self._backend.status(url)


def figures(siege: Siege, memory: list[int], ended_s: float) -> list[Figure]:
    kept = memory[int(len(memory) * WARM_SHARE) :]
    half = max(1, len(kept) // 2)
    first, second = median(kept[:half]), median(kept[-half:])
    answers = ", ".join(f"{many} {what}" for what, many in siege.answers.most_common(8))
    asked = len(siege.waits)
    return [
        Figure("uploads answered", sum(siege.answers.values()), at_least=1, detail=answers),
        Figure("uploads without an answer", len(siege.silent), at_most=0, detail="; ".join(siege.silent[:3])),
        Figure("memory of the engine, second half / first", second / first, at_most=1.15,
               detail=f"{first / 1e6:.0f} MB, then {second / 1e6:.0f} MB"),
        Figure("trainings that ended", siege.jobs),
        Figure("health reply, 99th percentile", 1000 * _p99(siege.health), "ms",
               detail=f"median {1000 * median(siege.health):.3g} ms, longest {1000 * max(siege.health):.3g} ms"),
        Figure("status reply, 99th percentile", 1000 * _p99(siege.waits), "ms",
               detail=f"{asked:,} requests of {CLIENTS} clients; median {1000 * median(siege.waits):.3g} ms"),
        Figure("from SIGTERM to the engine's end", ended_s, "s", at_most=ENDS_WITHIN_S),
    ]  # fmt: skip


async def _poll(place: str, path: str, until: float) -> tuple[list[float], list[float]]:
    """The waits of all clients for the state of a job, and of the stranger for the engine's health."""
    waits: list[float] = []
    health: list[float] = []
    clients = [
        _ask_often(place, path, "status", waits, (EVERY_S * n / CLIENTS, EVERY_S), until) for n in range(CLIENTS)
    ]
    stranger = _ask_often(place, "/api/health", "ok", health, (0, HEALTH_EVERY_S), until)
    await asyncio.gather(stranger, *clients)
    return waits, health


async def _ask_often(
    place: str, path: str, part: str, waits: list[float], times: tuple[float, float], until: float
) -> None:
    first, every = times
    host, _, port = place.partition(":")
    await asyncio.sleep(first)
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"GET {path} HTTP/1.1\r\nHost: {place}\r\nAuthorization: Bearer {TOKEN}\r\n"
    try:
        while time.monotonic() < until:
            waits.append(await ask(reader, writer, head, part))
            await asyncio.sleep(max(every - waits[-1], 0))
    finally:
        writer.close()


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]


def _state(pid: int) -> str:
    fields = lab.stat(pid)
    return fields[0] if fields else ""


if __name__ == "__main__":
    _, where, status, seconds = sys.argv
    print(json.dumps(asyncio.run(_poll(where, status, time.monotonic() + float(seconds)))))

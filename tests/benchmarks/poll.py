"""`poll`: many clients poll a lab server for the state of a running training."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from exoplanet_desktop.wire.requests import TrainRequest
from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend

CLIENTS = 200
EVERY_S = 2.0
SECONDS = 30.0
READ = 0.1  # the job's progress after reading the catalog, when the fits begin
ROWS = 300_000  # enough for fits that take longer than that
TOKEN = "only-for-measuring-0123"


def measure(say: Say) -> Sequence[Figure]:
    from exoplanet_desktop.catalogs.simulate.catalog import simulate
    from exoplanet_desktop.client.jobs.tracker import is_final
    from exoplanet_desktop.wire.vocabulary import Model, Satellite, Status

    with lab.folder() as work:
        csv = work / "catalog.csv"
        say(f"simulating {ROWS:,} rows")
        simulate(Satellite.KOI, ROWS, 42, csv)
        with _server(work) as backend:
            accepted = backend.train(csv, TrainRequest(Satellite.KOI, Model.XGB))
            while not is_final(state := backend.status(accepted.status_url)) and (state.progress or 0) <= READ:
                time.sleep(lab.POLL_S)
            say(f"{CLIENTS} clients for {SECONDS:.0f} s")
            waits = asyncio.run(_poll(f"{backend.base_url}{urlsplit(accepted.status_url).path}"))
            last = backend.status(accepted.status_url)
            if last.status != Status.RUNNING:
                raise AssertionError(f"the job was {last.status} before the clients had asked")
            backend.cancel(accepted.job_id)
            lab.ended(backend, accepted)
    waits.sort()
    shares = ", ".join(f"{share:.0%} {_share(waits, share):.1f} ms" for share in (0.5, 0.9, 0.95, 1.0))
    detail = f"{len(waits):,} requests: {shares}"
    return [
        Figure("99th percentile of a status request", _share(waits, 0.99), "ms", 50.0, None, detail),
        Figure(
            "requests answered",
            len(waits) / (CLIENTS * SECONDS / EVERY_S),
            at_least=0.99,
            detail=f"of {CLIENTS} clients every {EVERY_S:.0f} s for {SECONDS:.0f} s; stage at the end: {last.stage}",
        ),
    ]


def _share(waits: list[float], share: float) -> float:
    """A quantile in milliseconds."""
    return waits[min(int(share * len(waits)), len(waits) - 1)] * 1000


@contextmanager
def _server(work: Path) -> "Iterator[Backend]":
    """The engine, served from the command line as in a lab."""
    from exoplanet_desktop.client.calls.backend import Backend

    token = work / "token"
    token.write_text(TOKEN)
    command = [sys.executable, "-m", "exoplanet_desktop", "serve", "--port", "0"]
    places = ["--token-file", str(token), "--data-dir", str(work / "data")]
    with subprocess.Popen([*command, *places], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            if words[:2] != ["Listening", "on"]:
                raise RuntimeError("the server did not start")
            yield Backend(words[2], TOKEN)
        finally:
            process.terminate()
            process.wait(30)


async def _poll(url: str) -> list[float]:
    """Seconds for each request of all clients.

    All run in one event loop with bare sockets: otherwise this machine's processors would do the work of 200 users'
    machines and slow down the engine.
    """
    start = time.perf_counter() + 0.5
    each = (_client(url, start + EVERY_S * number / CLIENTS, start + SECONDS) for number in range(CLIENTS))
    return [wait for waits in await asyncio.gather(*each) for wait in waits]


async def _client(url: str, first: float, end: float) -> list[float]:
    """One client: a kept-alive connection, and a request every two seconds however long the last one took."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    waits, due = [], first
    try:
        while due < end:
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            asked = time.perf_counter()
            writer.write(head.encode())
            await _answer(reader)
            waits.append(time.perf_counter() - asked)
            due += EVERY_S
    finally:
        writer.close()
        await writer.wait_closed()
    return waits


async def _answer(reader: asyncio.StreamReader) -> None:
    """Reads one whole reply. Raises if it is not the state of a job."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    fields = dict(line.split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(fields["content-length"]))
    if head[0].split()[1] != "200" or "status" not in json.loads(body):
        raise AssertionError(f"{head[0]}: {body[:200]!r}")

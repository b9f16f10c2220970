"""`poll`: many clients poll a lab server for the state of a running training.

The baseline is uvicorn with nothing behind it, which gives each time the same reply. The same clients ask both in turn.

`python -m tests.benchmarks.poll FILE` serves a file in this way, and prints its port.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from exoplanet_desktop.wire.requests import TrainRequest
from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say
from tests.benchmarks.turns import Turns

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

    lab.need_proc()
    with lab.folder() as work:
        csv = work / "catalog.csv"
        say(f"simulating {ROWS:,} rows")
        simulate(Satellite.KOI, ROWS, 42, csv)
        with lab_server(work) as (backend, pid):
            accepted = backend.train(csv, TrainRequest(Satellite.KOI, Model.XGB))
            while not is_final(state := backend.status(accepted.status_url)) and (state.progress or 0) <= READ:
                time.sleep(lab.POLL_S)
            url = f"{backend.base_url}{urlsplit(accepted.status_url).path}"
            with _bare_server(_reply(url), work / "reply.json") as (bare_url, bare_pid):
                say(f"{CLIENTS} clients for {SECONDS:.0f} s")
                before = lab.cpu_seconds(pid), lab.cpu_seconds(bare_pid)
                pairs = asyncio.run(_poll((url, bare_url)))
                used, bare_used = lab.cpu_seconds(pid) - before[0], lab.cpu_seconds(bare_pid) - before[1]
            last = backend.status(accepted.status_url)
            if last.status != Status.RUNNING:
                raise AssertionError(f"the job was {last.status} before the clients had asked")
            backend.cancel(accepted.job_id)
            lab.ended(backend, accepted)
    each, bare = (1000 * seconds / len(pairs) for seconds in (used, bare_used))
    users = f"{len(pairs):,} requests of {CLIENTS} clients in {SECONDS:.0f} s; stage at the end: {last.stage}"
    return [
        Figure("processor time of a status request, against bare uvicorn", used / bare_used, at_most=3, detail=users),
        Figure("processor time of a status request", each, "ms", detail=f"bare uvicorn {bare:.3g} ms"),
        *Turns(pairs).figures("wait for a status reply", "bare uvicorn", 3, 2, milli=True),
    ]


def _reply(url: str) -> bytes:
    import requests

    return requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30).content


@contextmanager
def _bare_server(reply: bytes, file: Path) -> Iterator[tuple[str, int]]:
    """The address and process id of the baseline."""
    file.write_bytes(reply)
    command = [sys.executable, "-m", "tests.benchmarks.poll", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/", process.pid
        finally:
            process.terminate()
            process.wait(30)


def _serve(reply: bytes) -> None:
    import socket

    import uvicorn

    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(reply))]

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": reply})

    listener = socket.create_server(("127.0.0.1", 0), backlog=2 * CLIENTS)
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(answer, http="h11", loop="asyncio", lifespan="off", log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def lab_server(work: Path) -> "Iterator[tuple[Backend, int]]":
    """The engine, served from the command line as in a lab, and its process id."""
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
            yield Backend(words[2], TOKEN), process.pid
        finally:
            process.terminate()
            process.wait(30)


async def _poll(urls: tuple[str, str]) -> list[tuple[float, ...]]:
    """Seconds for each request of all clients to both servers.

    All run in one event loop with bare sockets: otherwise this machine's processors would do the work of 200 users'
    machines and slow down the engine.
    """
    start = time.perf_counter() + 0.5
    each = (_client(urls, start + EVERY_S * number / CLIENTS, start + SECONDS) for number in range(CLIENTS))
    return [pair for pairs in await asyncio.gather(*each) for pair in pairs]


async def _client(urls: tuple[str, str], first: float, end: float) -> list[tuple[float, ...]]:
    """One client: a kept-alive connection to each, and a request to each, one after the other, every two seconds."""
    parts = [urlsplit(url) for url in urls]
    lines = [await asyncio.open_connection(part.hostname, part.port) for part in parts]
    heads = [f"GET {part.path} HTTP/1.1\r\nHost: {part.netloc}\r\nAuthorization: Bearer {TOKEN}\r\n" for part in parts]
    waits, due = [], first
    try:
        while due < end:
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            waits.append(tuple([await ask(*line, head) for line, head in zip(lines, heads, strict=True)]))
            due += EVERY_S
    finally:
        for _, writer in lines:
            writer.close()
            await writer.wait_closed()
    return waits


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str, part: str = "status") -> float:
    """Seconds from a request to its whole reply, which must have a part of this name."""
    asked = time.perf_counter()
    writer.write(f"{head}\r\n".encode())
    await _answer(reader, part)
    return time.perf_counter() - asked


async def _answer(reader: asyncio.StreamReader, part: str) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    fields = dict(line.split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(fields["content-length"]))
    if head[0].split()[1] != "200" or part not in json.loads(body):
        raise AssertionError(f"{head[0]}: {body[:200]!r}")


if __name__ == "__main__":
    _serve(Path(sys.argv[1]).read_bytes())

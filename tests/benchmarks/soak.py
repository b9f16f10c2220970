"""`soak`: the window works over a randomly failing line while the engine is killed every 20 seconds.

Seeded; 300 s unless `--seconds` says otherwise. At the end the record of runs must account for every job that the
engine accepted, every recorded file must be complete, and the window's memory must not have grown.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say

SECONDS = 300.0
KILL_EVERY_S = 20.0
SEED = 42
ROWS = 600
WARM_SHARE = 0.25  # share of samples to skip while libraries load and pages fill
PNG_END = b"IEND\xaeB`\x82"


def measure(say: Say) -> Sequence[Figure]:
    lab.need_proc()
    seconds = float(os.environ.get("BENCH_SECONDS", SECONDS))
    with lab.folder() as work:
        found = run(work, seconds, SEED, say)
    return figures(found)


def run(work: Path, seconds: float, seed: int, say: Say) -> dict[str, Any]:
    """Runs the soak in a folder; returns its outcome."""
    from exoplanet_desktop.catalogs.simulate.catalog import simulate
    from exoplanet_desktop.wire.vocabulary import Satellite

    catalog = work / "catalog.csv"
    simulate(Satellite.KOI, ROWS, seed, catalog)
    with _Engine(work / "engine") as engine, _proxy(engine.port, seed) as proxy:
        window = _window(work, f"http://127.0.0.1:{proxy.port}", catalog, seconds, seed)
        killing = threading.Thread(target=engine.kill_often, name="killing")
        killing.start()
        lines: list[dict[str, Any]] = []
        assert window.stdout is not None
        for text in window.stdout:
            with suppress(ValueError):
                lines.append(json.loads(text))
                if "memory" in lines[-1]:
                    say(f"{lines[-1]['memory'] / 1e6:.0f} MB, {lines[-1]['threads']} threads")
                if lines[-1].get("calm"):
                    engine.stop_killing()
                    proxy.calm()
        code = window.wait(60)
        engine.stop_killing()
        killing.join()
    record = _record(work / "window" / "record")
    return {
        "code": code,
        "kills": engine.kills,
        "line": proxy.did,
        "samples": [line for line in lines if "memory" in line],
        "end": next((line for line in lines if "done" in line), {}),
        "jobs": _jobs(work / "engine"),
        **record,
        "left": [str(path.relative_to(work)) for path in (work / "tmp").iterdir()]
        + [path.name for path in (work / "window").rglob("*.part")],
    }


def figures(found: dict[str, Any]) -> list[Figure]:
    end, runs = found["end"], found["runs"]
    known = {run["job_id"] for run in runs}
    lost = Counter(kind for job, kind, _ in found["jobs"] if job not in known)
    # If the line lost the answer, the run has failed or was given up, and has no job id.
    without = Counter(run["kind"] for run in runs if not run["job_id"] and run["final"])
    missing = sum((lost - without).values())
    samples = found["samples"][int(len(found["samples"]) * WARM_SHARE) :] or found["samples"]
    half = max(1, len(samples) // 2)
    memory = [median(sample["memory"] for sample in part) for part in (samples[:half], samples[-half:])]
    threads = [max(sample["threads"] for sample in part) for part in (samples[:half], samples[-half:])]
    outcomes = Counter(f"{run['kind']} {run['status']}" for run in runs)
    detail = ", ".join(f"{many} {what}" for what, many in sorted(outcomes.items()))
    line = ", ".join(f"{many} {what}" for what, many in sorted(found["line"].items()))
    return [
        Figure("runs in the record", len(runs), detail=detail),
        Figure("jobs that the engine took", len(found["jobs"]), at_least=1, detail=f"{lost.total()} answers lost"),
        Figure("jobs that the record does not account for", missing, at_most=0),
        Figure("runs that never ended", sum(not run["final"] for run in runs), at_most=0),
        Figure("files in the record that are not whole", len(found["damaged"]), at_most=0,
               detail=f"of {found['files']}; {found['damaged'][:3]}"),
        Figure("errors in the log of the window", len(end.get("errors", ["no end"])), at_most=0,
               detail=str(end.get("errors", ["the window did not come to its end"]))[:600]),
        Figure("files left behind", len(found["left"]), at_most=0, detail=str(found["left"][:5])),
        Figure("exit code of the window", found["code"], at_most=0),
        Figure("engine killed", found["kills"], detail=f"requests: {line}"),
        Figure("memory, second half / first", memory[1] / memory[0], at_most=1.15,
               detail=f"{memory[0] / 1e6:.0f} MB, then {memory[1] / 1e6:.0f} MB"),
        Figure("threads more in the second half", threads[1] - threads[0], at_most=8,
               detail=f"at most {threads[0]}, then {threads[1]}"),
        Figure("steps of the user", sum(end.get("done", {}).values()), at_least=1, detail=str(end.get("done"))),
    ]  # fmt: skip


class _Engine:
    """A lab server that is killed again and again, and comes back on the same port with the same data."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.kills = 0
        self._enough = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "_Engine":
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_killing()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)

    def kill_often(self) -> None:
        while not self._enough.wait(KILL_EVERY_S):
            assert self._process is not None
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self.kills += 1
            self._start()

    def stop_killing(self) -> None:
        self._enough.set()

    def _start(self) -> None:
        command = [sys.executable, "-m", "exoplanet_desktop", "serve", "--port", str(self.port), "--no-auth"]
        self._process = subprocess.Popen(
            [*command, "--data-dir", str(self._data_dir)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("Listening on"):
            raise RuntimeError(f"the engine did not start: {line!r}")


class _Line:
    """The proxy's process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stdout is not None
        self.port = int(process.stdout.readline())
        self.did: dict[str, int] = {}

    def calm(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("calm\n")
        self._process.stdin.flush()

    def end(self) -> None:
        told, _ = self._process.communicate(timeout=30)
        self.did.update(json.loads(told.splitlines()[-1]))


@contextmanager
def _proxy(target_port: int, seed: int) -> Iterator[_Line]:
    command = [sys.executable, "-m", "tests.reference_server.proxy", str(target_port), str(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        line = _Line(process)
        try:
            yield line
        finally:
            line.end()


def _window(work: Path, address: str, catalog: Path, seconds: float, seed: int) -> "subprocess.Popen[str]":
    (work / "tmp").mkdir()
    command = [sys.executable, "-m", "tests.benchmarks.soak_window", address, str(catalog), str(work / "window")]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(work / "tmp")}
    with (work / "window.log").open("w") as log:
        return subprocess.Popen(
            [*command, str(seconds), str(seed)], env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )


def _jobs(data_dir: Path) -> list[tuple[str, str, str]]:
    """(id, kind, status) of every job that the engine accepted."""
    (database,) = data_dir.glob("*.sqlite*[!lm]")
    with sqlite3.connect(database) as connection:
        return connection.execute("SELECT id, kind, status FROM jobs ORDER BY seq").fetchall()


def _record(folder: Path) -> dict[str, Any]:
    """The recorded runs, and those of their files that are incomplete."""
    from exoplanet_desktop.record.record import Record

    with Record(folder) as record:
        entries = [record.run(entry.run_id) for entry in record.runs(limit=100_000)]
        damaged, files = [], 0
        for entry in entries:
            told = (entry.result or {}).get("file") if isinstance(entry.result, dict) else None
            for name in record.files(entry.run_id):
                path = record.file(entry.run_id, name)
                files += 1
                if path is None or not _is_whole(path, told):
                    damaged.append(f"{entry.kind} {entry.status} {name}")
    runs = [
        {"kind": run.kind, "status": run.status, "final": run.is_final, "job_id": run.job_id or ""} for run in entries
    ]
    return {"runs": runs, "damaged": damaged, "files": files}


def _is_whole(path: Path, told: Any) -> bool:
    content = path.read_bytes()
    if path.suffix == ".png":
        return content.endswith(PNG_END)
    if isinstance(told, dict) and told.get("name") == path.name:
        return bool(sha256(content).hexdigest() == told["sha256"])
    return bool(content) and (path.suffix != ".csv" or content.endswith(b"\n"))

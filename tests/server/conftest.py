"""A live engine in a real process, and a client that speaks plain HTTP to it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

# Scripts for other processes, which only those can import.
collect_ignore = ["cluster_kinds.py", "schemathesis_hooks.py", "shifted_clock.py"]

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DEADLINE_S = 30.0

KOI_HEADER = "kepid,kepoi_name,kepler_name,koi_disposition,koi_period,koi_duration,koi_depth,koi_prad"
KOI_ROWS = [
    f"{1000 + i},K{i:05}.01,,{'CONFIRMED' if i % 3 else 'FALSE POSITIVE'},{i + 0.5},{2.5},{100 + i},{1.5}"
    for i in range(12)
]
KOI_CSV = "\n".join([KOI_HEADER, *KOI_ROWS]) + "\n"


def wait_until(what: Callable[[], Any], why: str, deadline_s: float = DEADLINE_S) -> Any:
    """The first truthy result of `what`."""
    end = time.monotonic() + deadline_s
    while not (found := what()):
        assert time.monotonic() < end, f"waited in vain: {why}"
        time.sleep(0.01)
    return found


class LiveEngine:
    """An engine's process, and requests to it."""

    csv = KOI_CSV

    def __init__(self, data_dir: Path, **wishes: Any) -> None:
        self.data_dir = data_dir
        self.token = wishes.get("token")
        arguments = json.dumps({"data_dir": str(data_dir), **wishes})
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "serve_for_tests.py"), arguments],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline().strip()
        self.base = self.first_line
        self.session = requests.Session()
        self.session.trust_env = False
        if self.token:
            self.session.headers["Authorization"] = f"Bearer {self.token}"

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else self.base + path
        return self.session.request(method, url, timeout=DEADLINE_S, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.call("POST", path, **options)

    def train(self, model: str = "xgb", csv: str = KOI_CSV, name: str = "koi.csv", **fields: str) -> requests.Response:
        data = {"satellite": "KOI", "model": model, **fields}
        return self.post("/api/train", data=data, files={"file": (name, csv.encode())})

    def predict(self, csv: str = KOI_CSV, name: str = "koi.csv", **fields: str) -> requests.Response:
        return self.post("/api/predict", data={"satellite": "KOI", **fields}, files={"file": (name, csv.encode())})

    def status(self, job_id: str) -> dict[str, Any]:
        reply = self.get(f"/api/train/{job_id}/status")
        assert reply.status_code == 200, reply.text
        return reply.json()

    def ended(self, job_id: str, deadline_s: float = DEADLINE_S) -> dict[str, Any]:
        """The final status of a job."""
        final = ("SUCCEEDED", "FAILED", "CANCELLED")

        def look() -> dict[str, Any] | None:
            status = self.status(job_id)
            return status if status["status"] in final else None

        return wait_until(look, f"job {job_id} to end", deadline_s)

    def running(self, job_id: str) -> dict[str, Any]:
        """The status of a job once it is working, not merely started."""

        def look() -> dict[str, Any] | None:
            status = self.status(job_id)
            assert status["status"] in ("PENDING", "RUNNING"), status
            return status if status["progress"] else None

        return wait_until(look, f"job {job_id} to run")

    def come_to_rest(self) -> None:
        """Cancel queued and running jobs, newest first, and wait until only one process is left, waiting for a job."""
        for job in self.get("/api/train").json()["jobs"]:
            if job["status"] in ("PENDING", "RUNNING"):
                self.post(f"/api/train/{job['job_id']}/cancel")
                self.ended(job["job_id"])
        self.get("/api/health")  # the first health call starts the waiting process
        self.wait_until(lambda: len(self.children()) == 1, "the engine to come to rest")

    def children(self) -> list[int]:
        """The engine's live child processes, without Python's own resource tracker."""
        return [pid for pid in _children(self.process.pid) if "resource_tracker" not in _command(pid)]

    def job_process(self) -> int:
        """The only job process, if no spare is waiting."""
        return int(wait_until(self.children, "a job process")[0])

    @staticmethod
    def wait_until(what: Callable[[], Any], why: str, deadline_s: float = DEADLINE_S) -> Any:
        return wait_until(what, why, deadline_s)

    @staticmethod
    def wait_until_gone(pids: list[int], deadline_s: float = DEADLINE_S) -> None:
        wait_until(lambda: not any(map(alive, pids)), f"the processes {pids} to end", deadline_s)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(DEADLINE_S)

    def stop(self) -> int:
        """Stop it with SIGTERM; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(DEADLINE_S)
        self.close()
        return code

    def close(self) -> None:
        self.session.close()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def made(self) -> set[str]:
        """The output of jobs: files in the store that were not uploaded, including predictions."""
        return {name for name in self.files() if not name.startswith("uploads/") or "__pred_" in name}

    def files(self) -> set[str]:
        """The files in the store, except the record, the lock and logs."""
        found = (path for path in self.data_dir.rglob("*") if path.is_file())
        names = {str(path.relative_to(self.data_dir)) for path in found}
        return {name for name in names if not name.startswith(("engine.", "logs/"))}


def _children(pid: int) -> list[int]:
    """Children of all threads of a process: the thread that starts a child is its parent."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        try:
            found += map(int, (thread / "children").read_text().split())
        except OSError:
            continue
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def alive(pid: int) -> bool:
    """Whether a process is alive; a zombie is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


@pytest.fixture(scope="session")
def live_engine() -> type[LiveEngine]:
    """For modules that start engines of their own to share among their tests."""
    return LiveEngine


@pytest.fixture
def start_engine(tmp_path: Path) -> Iterator[Callable[..., LiveEngine]]:
    """Starts engines on a folder of the test, and stops them."""
    engines: list[LiveEngine] = []

    def start(data_dir: Path | None = None, **wishes: Any) -> LiveEngine:
        engine = LiveEngine(data_dir or tmp_path / "store", **wishes)
        engines.append(engine)
        return engine

    yield start
    for engine in engines:
        workers = engine.children()
        engine.stop()
        engine.wait_until_gone(workers)


@pytest.fixture
def engine(start_engine: Callable[..., LiveEngine]) -> LiveEngine:
    return start_engine()


@pytest.fixture(scope="session")
def shared_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveEngine]:
    """One engine for all tests that leave it unchanged."""
    engine = LiveEngine(tmp_path_factory.mktemp("store"))
    yield engine
    engine.stop()


@pytest.fixture(scope="module")
def _module_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveEngine]:
    engine = LiveEngine(tmp_path_factory.mktemp("workshop"))
    yield engine
    engine.stop()


@pytest.fixture
def workshop(_module_engine: LiveEngine) -> Iterator[LiveEngine]:
    """One engine for all job-starting tests of a module; each finds it idle, with one process waiting."""
    _module_engine.come_to_rest()
    yield _module_engine

"""The engine as a child process: its handshake, and its end with the parent."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

PARENT = """
import multiprocessing, sys
from exoplanet_desktop.server.embedded import run_embedded

def main():
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=run_embedded, args=(theirs, sys.argv[1]))
    child.start()
    theirs.close()
    print(child.pid, *ours.recv(), flush=True)
    sys.stdin.read()
    child.terminate()
    child.join()
    print("exit code", child.exitcode, flush=True)

if __name__ == "__main__":
    main()
"""


@pytest.fixture
def start_parent(tmp_path: Path) -> Any:
    """Starts parents with an embedded engine; returns the parent, the engine's pid, and what it sent."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parents: list[subprocess.Popen[str]] = []

    def start(data_dir: Path) -> tuple[subprocess.Popen[str], int, list[str]]:
        parent = subprocess.Popen(
            [sys.executable, str(script), str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        parents.append(parent)
        assert parent.stdout is not None
        pid, *words = parent.stdout.readline().split(maxsplit=3)
        return parent, int(pid), words

    yield start
    for parent in parents:
        parent.kill()
        parent.wait(10)
        for stream in (parent.stdin, parent.stdout):
            assert stream is not None
            stream.close()


def test_it_greets_with_address_and_token(start_parent: Any, tmp_path: Path, engine: Any) -> None:
    parent, pid, (word, address, token) = start_parent(tmp_path / "own")
    assert word == "ready" and address.startswith("http://127.0.0.1:") and len(token.strip()) >= 32
    headers = {"Authorization": f"Bearer {token.strip()}"}
    assert requests.get(f"{address}/api/health", headers=headers, timeout=5).json()["ok"]
    assert requests.get(f"{address}/api/health", timeout=5).status_code == 401
    parent.stdin.close()
    assert parent.wait(10) == 0
    assert parent.stdout.read().strip() == "exit code 0"
    engine.wait_until_gone([pid])


def test_it_ends_with_its_parent_however_that_dies(start_parent: Any, tmp_path: Path, engine: Any) -> None:
    parent, pid, (_, address, token) = start_parent(tmp_path / "own")
    headers = {"Authorization": f"Bearer {token.strip()}"}
    requests.get(f"{address}/api/health", headers=headers, timeout=5)
    spare = engine.wait_until(lambda: spares(pid), "the spare process")
    parent.send_signal(signal.SIGKILL)
    parent.wait(10)
    engine.wait_until_gone([pid, *spare], 5)


def spares(pid: int) -> list[int]:
    """The engine's child processes; Python's resource tracker is a child of its parent."""
    return [int(word) for tasks in Path(f"/proc/{pid}/task").glob("*/children") for word in tasks.read_text().split()]


def test_it_says_why_it_cannot_start(start_parent: Any, engine: Any) -> None:
    _, _, (word, *sentence) = start_parent(engine.data_dir)
    assert word == "failed" and "Another engine" in " ".join(sentence)

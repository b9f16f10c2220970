"""The command line as a user sees it: a process with arguments, two streams and an exit code."""

import csv
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Run:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The last line of stderr: the final message."""
        return self.err.strip().splitlines()[-1]


def with_mark(mark: str) -> list[int]:
    """Running processes that were started with this mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@pytest.fixture(scope="session")
def command() -> list[str]:
    return [sys.executable, "-m", "exoplanet_desktop"]


@pytest.fixture(scope="session")
def run(command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """Runs a command line to its end; it may leave no process or temporary file, except the log of a failure."""
    temporary = tmp_path_factory.mktemp("temporary")

    def call(*args: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> Run:
        mark = f"mark-{uuid.uuid4().hex}"
        done = subprocess.run(
            [*command, *map(str, args)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=cwd,
            env={**(os.environ if env is None else env), "EXOPLANET_TEST_MARK": mark, "TMPDIR": str(temporary)},
            timeout=120,
        )
        assert "Traceback" not in done.stderr
        assert with_mark(mark) == []
        assert [path.name for path in temporary.iterdir() if "-log-" not in path.name] == []
        return Run(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory, run: Callable[..., Run]) -> Path:
    """A small simulated KOI catalog."""
    path = tmp_path_factory.mktemp("catalog") / "small koi.csv"
    done = run(
        "simulate", "--satellite", "KOI", "--rows", 400, "--seed", 7, "-o", path, "--data-dir", path.parent / "d"
    )
    assert done.code == 0, done.err
    return path


@pytest.fixture(scope="session")
def rows(catalog: Path) -> list[list[str]]:
    """Header and rows of the catalog, without the block of `#` lines."""
    with catalog.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(line for line in file if not line.startswith("#")))


@pytest.fixture(scope="session")
def write() -> Callable[[Path, Sequence[Sequence[str]]], Path]:
    def put(path: Path, content: Sequence[Sequence[str]]) -> Path:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(content)
        return path

    return put


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, run: Callable[..., Run], catalog: Path) -> Path:
    """A data folder with a decision tree trained on the catalog."""
    folder = tmp_path_factory.mktemp("trained")
    done = run("train", catalog, "--satellite", "KOI", "--model", "dt", "--data-dir", folder, "--json")
    assert done.code == 0, done.err
    (folder / "reply.json").write_text(done.out)
    return folder

"""The hunt in a tiny project with one room and one that uses it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.mutants import runner
from tests.mutants.mutations import mutations
from tests.mutants.runner import DIED, SURVIVED, TIMED_OUT, WIDELY, Mutant, Tree, hunt, report

CODE = """
def both(a, b):
    return a + b

def in_a_process(a, b):
    return a - b

def elsewhere(a, b):
    return a * b

def on_a_busy_machine(a, b):
    return a // b

def untested(a, b):
    return a % b
"""
TESTS = """
import os
import subprocess
import sys
from exoplanet_desktop.server.sums import both, on_a_busy_machine

def test_both():
    assert both(2, 3) == 5

def test_in_a_process():
    code = "import sys; from exoplanet_desktop.server.sums import in_a_process; sys.exit(in_a_process(3, 2) != 1)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0

def test_on_a_busy_machine():
    on_a_busy_machine(3, 2)
    if "MUTANTS_CHOICE" in os.environ and not os.path.exists("once"):
        open("once", "w").close()
        raise TimeoutError

def test_something_else():
    pass

def test_that_fails_anyway():
    assert both(1, 1) == 3
"""
OTHER_TESTS = """
from exoplanet_desktop.server.sums import elsewhere

def test_elsewhere():
    assert elsewhere(2, 3) == 6
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    files = {
        "exoplanet_desktop/__init__.py": "",
        "exoplanet_desktop/server/__init__.py": "",
        "exoplanet_desktop/server/sums.py": CODE,
        "tests/server/test_sums.py": TESTS,
        "tests/cli/test_program.py": OTHER_TESTS,
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\nmarkers = ["slow: long"]\n',
        "tests/mutants/plugin.py": (Path(runner.__file__).parent / "plugin.py").read_text(),
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_each_mutant_meets_its_fate_and_the_project_stays_as_it_is(project: Path, tmp_path: Path) -> None:
    source = CODE.encode()
    drawn = [
        Mutant("server", "server/sums.py", mutation, mutation.lines(source))
        for mutation in mutations(source)
        if mutation.kind == "operator"
    ]
    before = contents(project)
    (tmp_path / "hunt").mkdir()
    hunt(drawn, tmp_path / "hunt", project)
    assert [mutant.fate for mutant in drawn] == [DIED, DIED, WIDELY, SURVIVED, SURVIVED]
    # Only tests that reach the place are run, and none that fails without the mutation; one failure may be by chance.
    assert [mutant.tests for mutant in drawn] == [1, 1, 1, 1, 0]
    assert drawn[0].by == "tests/server/test_sums.py::test_both"
    assert contents(project) == before
    said = report(drawn)
    assert "| server | 5 | 3 | 1 | 0 | 2 |" in said
    assert "exoplanet_desktop/server/sums.py:15 (operator, 0 tests)\n- return a % b\n+ return a * b" in said


def test_a_run_that_takes_too_long_is_ended_with_all_its_processes(project: Path, tmp_path: Path) -> None:
    (project / "tests/server/test_sums.py").write_text(
        "import os, pathlib, subprocess, sys, time\n"
        "def test_sleeps():\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
        "    pathlib.Path(os.environ['OUT']).write_text(str(child.pid))\n"
        "    time.sleep(600)\n"
    )
    tree = Tree(tmp_path / "copy", project)
    out = tmp_path / "pid"
    began = time.monotonic()
    code, _ = tree.pytest(["tests/server"], 8.0, OUT=str(out))
    assert code is None
    assert time.monotonic() - began < 60
    if sys.platform == "linux":  # elsewhere those that leave the group are not found
        state = Path(f"/proc/{out.read_text()}/stat")
        while is_alive(state) and time.monotonic() - began < 60:  # a busy machine takes a moment to end it
            time.sleep(0.05)
        assert not is_alive(state)


def is_alive(state: Path) -> bool:
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_timeout_counts_neither_as_died_nor_as_survived() -> None:
    source = b"x = a < b\n"
    [mutation] = mutations(source)
    slow = Mutant("client", "client/a.py", mutation, mutation.lines(source), TIMED_OUT)
    assert "| client | 1 | 0 | 0 | 1 | 0 |" in report([slow])
    assert "client/a.py" not in report([slow])


def test_an_unknown_room_is_refused_in_words() -> None:
    checkout = Path(runner.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    command = [sys.executable, "-m", "tests.mutants", "cellar"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=checkout)
    assert done.returncode == 2
    assert "There is no room “cellar” here. Choose among catalogs, classify, client, server." in done.stderr

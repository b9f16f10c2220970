"""The real engine in a real process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.profiles import engine as engine_module
from exoplanet_desktop.client.profiles.engine import EmbeddedEngine
from exoplanet_desktop.errors import NoAnswer, NotAllowed, UnavailableError

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def parent_of(pid: int) -> int | None:
    """The parent of a process; None if the process has exited or is a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[1])


def descendants(pid: int) -> set[int]:
    parents = {int(path.name): parent_of(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        grown = bool(more)
        found |= more
    return found


def all_gone(pids: set[int]) -> bool:
    return all(parent_of(pid) is None for pid in pids)


@pytest.fixture
def engine(tmp_path) -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine(tmp_path / "data")
    yield engine
    engine.stop()


@needs_proc
def test_it_starts_answers_and_leaves_no_process(engine):
    backend = engine.start()
    assert engine.alive
    assert backend.is_loopback
    assert "cancel" in backend.health().extensions
    with pytest.raises(NotAllowed, match="requires a token"):
        Backend(backend.base_url).health()
    processes = descendants(engine.pid)
    engine.stop()
    assert not engine.alive
    assert wait_until(lambda: all_gone(processes))
    with pytest.raises(NoAnswer):
        backend.health()
    engine.stop()  # stopping again is harmless


@needs_proc
def test_one_that_was_killed_is_noticed_and_can_be_started_again(engine):
    first = engine.start()
    processes = descendants(engine.pid)
    os.kill(engine.pid, signal.SIGKILL)
    assert wait_until(lambda: not engine.alive)
    assert wait_until(lambda: all_gone(processes))
    second = engine.restart()
    assert engine.alive
    assert second.health() is not None
    with pytest.raises((NoAnswer, NotAllowed)):
        first.health()


PARENT = """
import sys, time
from pathlib import Path
from exoplanet_desktop.client.profiles.engine import EmbeddedEngine

if __name__ == "__main__":
    engine = EmbeddedEngine(Path(sys.argv[1]))
    engine.start()
    print(engine.pid, flush=True)
    time.sleep(60)
"""


@needs_proc
def test_it_ends_when_its_parent_is_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    command = [sys.executable, str(script), str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        try:
            pid = int(parent.stdout.readline())
            processes = descendants(pid)
        finally:
            parent.kill()
    assert wait_until(lambda: all_gone(processes))


def test_a_second_engine_on_the_same_folder_is_refused_in_words(engine):
    engine.start()
    with pytest.raises(UnavailableError, match="Another engine already uses"):
        EmbeddedEngine(engine.data_dir).start()
    assert engine.alive


BAD_ENTRIES = """
import os, time

def raises(pipe, data_dir):
    raise ValueError("broken")

def hangs(pipe, data_dir):
    time.sleep(60)

def dies(pipe, data_dir):
    os._exit(7)

def refuses(pipe, data_dir):
    pipe.send(("failed", "The folder is on fire. Put it out."))
"""


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("raises", r"failed \(ValueError: broken\)"),
        ("hangs", "did not start within"),
        ("dies", r"stopped while starting \(code 7\)"),
        ("refuses", "on fire"),
        ("missing", "failed"),
    ],
)
def test_an_engine_that_cannot_start_says_why(tmp_path, monkeypatch, capfd, function, words):
    (tmp_path / "bad_entries.py").write_text(BAD_ENTRIES)
    monkeypatch.syspath_prepend(tmp_path)
    if function == "hangs":
        monkeypatch.setattr(engine_module, "START_S", 1.0)
    engine = EmbeddedEngine(tmp_path / "data", entry=f"bad_entries:{function}")
    with pytest.raises(UnavailableError, match=words):
        engine.start()
    assert not engine.alive
    assert engine.pid is None
    assert "Traceback" not in capfd.readouterr().err
    if function == "raises":
        assert "ValueError: broken" in (tmp_path / "data" / engine_module.FAILURE_FILE).read_text()

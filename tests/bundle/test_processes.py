"""A program's processes and children are found by their mark, and the one that listens is the engine."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bundle import processes

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="/proc is Linux's")
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
child.stdin.close()
child.wait()
"""
CHILD = """
import socket, sys
listening = socket.create_server(("127.0.0.1", 0))
print("listens", flush=True)
sys.stdin.read()
"""


def test_children_are_found_and_the_one_that_listens_is_the_engine() -> None:
    mark = processes.new_mark()
    assert processes.marked(mark) == {}
    program = f"CHILD = {CHILD!r}\n{PARENT}"
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, processes.MARK: mark}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert parent.stdin is not None and parent.stdout is not None
    child = int(parent.stdout.readline())
    assert set(processes.marked(mark)) == {parent.pid, child}
    assert processes.engine_of(parent.pid, mark) == child
    assert processes.engine_of(child, mark) is None
    parent.communicate()
    assert processes.marked(mark) == {}


def test_a_process_is_killed_without_a_chance_to_tidy_up() -> None:
    program = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); signal.pause()"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        processes.kill(process.pid)
        assert process.wait(20) == -signal.SIGKILL

"""Every command and program in the documents runs as printed, in order, in an empty folder."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.docs.blocks import CHECKOUT, DOCUMENTS, EXEMPT, Block, blocks, kind, why_exempt

WITHIN_S = 150.0
WITH_COMMANDS = [document for document in DOCUMENTS if blocks(document)]

# In place of the installed command, and of a Python that would install the program first.
COMMAND = '#!/bin/sh\nexec "{python}" -m exoplanet_desktop "$@"\n'
PYTHON = """#!{python}
import sys
sys.path.insert(0, "{checkout}")
import run
run.prepare = lambda extra="": None
run.PYTHON = sys.executable
sys.exit(run.main(sys.argv[2:]))
"""


class Reader:
    """A reader who types the commands of a document."""

    def __init__(self, folder: Path, endings: ExitStack) -> None:
        self.folder, self._endings = folder, endings
        tools = folder / ".tools"
        tools.mkdir()
        for name, text in (("exoplanet-desktop", COMMAND), ("python3", PYTHON)):
            (tools / name).write_text(text.format(python=sys.executable, checkout=CHECKOUT))
            (tools / name).chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(CHECKOUT),
            "QT_QPA_PLATFORM": "offscreen",
        }
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = str(probe.getsockname()[1])

    def follow(self, block: Block) -> None:
        if block.language == "python":
            self._to_its_end([sys.executable, "-c", self._own_port(block.text)], f"the program in line {block.line}")
            return
        for command in block.commands:
            if not why_exempt(command):
                self._type(self._own_port(command), kind(command))

    def _own_port(self, text: str) -> str:
        """Replaces the usual port, which may be taken on this machine."""
        return text.replace("8001", self._port)

    def _type(self, command: str, what: str) -> None:
        if what == "task":
            self._to_its_end(["bash", "-c", command], command)
        elif what == "server":
            self._serve(command)
        else:
            self._open_window(command)

    def _to_its_end(self, command: list[str], words: str) -> None:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=WITHIN_S
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"

    def _serve(self, command: str) -> None:
        """Serves until the end of the document."""
        process = self._start(command)
        assert process.stdout is not None
        told = process.stdout.readline()
        assert told.startswith("Listening on"), f"{command}: {told}"

    def _open_window(self, command: str) -> None:
        """Waits until the log reports a window, then ends it like a task manager."""
        process = self._start(command)
        log = Path(self.environment["XDG_DATA_HOME"]) / "exoplanet-desktop" / "engine.sqlite3"
        end = time.monotonic() + WITHIN_S
        while not log.exists():
            assert process.poll() is None, f"{command} ended by itself with {process.returncode}"
            assert time.monotonic() < end, f"{command} opened no window"
            time.sleep(0.05)
        self._end(process)

    def _start(self, command: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._endings.callback(self._end, process)
        return process

    @staticmethod
    def _end(process: "subprocess.Popen[str]") -> None:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with ExitStack() as endings:
        yield Reader(tmp_path, endings)


@pytest.mark.slow
@pytest.mark.timeout(400)  # all commands of a page; each starts a program, most an engine
@pytest.mark.skipif(os.name != "posix", reason="the commands are those of a POSIX shell")
@pytest.mark.parametrize("document", WITH_COMMANDS, ids=lambda document: document.name)
def test_commands_run_as_they_stand_there(document: Path, reader: Reader) -> None:
    for block in blocks(document):
        reader.follow(block)


def test_only_what_cannot_be_run_is_exempt() -> None:
    commands = [command for document in DOCUMENTS for block in blocks(document) for command in block.commands]
    assert {"python3 run.py", "python3 run.py test"}.issubset(commands)
    for start in EXEMPT:
        assert any(command.startswith(start) for command in commands), f"{start} stands nowhere"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python3 run.py", "window"),
        ("exoplanet-desktop sample.csv", "window"),
        ("exoplanet-desktop train sample.csv", "task"),
        ("python3 run.py exec serve --port 8001", "server"),
        ("cat sample.csv", "task"),
    ],
)
def test_kinds_of_commands(command: str, expected: str) -> None:
    assert kind(command) == expected

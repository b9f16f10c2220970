"""run.py's own messages; running it in a fresh clone shows what it installs."""

import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType, SimpleNamespace
from urllib.parse import urlsplit

import pytest

from exoplanet_desktop.cli.front_door import front_door
from tests.benchmarks.__main__ import BENCHES

CHECKOUT = Path(__file__).resolve().parent.parent
# Stands in for `python3 run.py` with everything installed: in the environment of the tests.
INSTALLED = f"""
import sys
sys.path.insert(0, {str(CHECKOUT)!r})
import run
run.prepare = lambda extra="": None
run.PYTHON = sys.executable
sys.exit(run.main(sys.argv[1:]))
"""


def load_run() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_for_tests", CHECKOUT / "run.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(CHECKOUT / "run.py"), *args], capture_output=True, text=True)


def test_help_names_the_commands() -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in ("test", "bench", "mutants", "exec", "package", "lock", "bounds"):
        assert command in done.stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["gui", "-h"], "run.py [gui"),
        (["test", "--help"], "--all"),
        (["test", "--all", "--help"], "--all"),
        (["bench", "--help"], "--json FILE"),
        (["mutants", "--help"], "--seed N"),
        (["exec", "--help"], "COMMAND"),
        (["package", "--once", "--help"], "--once"),
        (["lock", "--help"], "--upgrade"),
        (["bounds", "--help"], "--newest"),
    ],
    ids=" ".join,
)
def test_each_command_explains_itself_and_installs_nothing(
    args: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = load_run()
    for name in ("prepare", "locked_environment", "install_system_packages", "become", "run"):
        monkeypatch.setattr(loaded, name, lambda *_, **__: pytest.fail("something is installed or run"))
    assert loaded.main(args) == 0
    said = capsys.readouterr().out
    assert said.startswith("python3 run.py ")
    assert told in said


def test_the_help_of_bench_names_all_benches() -> None:
    done = run("bench", "--help")
    assert done.returncode == 0, done.stderr
    listed = re.findall(r"[\w-]+", done.stdout.split("Benches: ")[1])
    assert {"train", "soak"} <= set(BENCHES) <= set(listed)


def test_the_help_of_exec_names_all_commands_of_the_program() -> None:
    said = run("exec", "--help").stdout
    assert not [name for name in front_door.commands if name not in said]


@pytest.mark.parametrize("args", [["train", "--help"], ["--", "--help"], ["--version"]], ids=" ".join)
def test_what_follows_exec_is_for_the_program(args: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, handed_on = load_run(), []
    monkeypatch.setattr(loaded, "prepare", lambda *_: None)
    monkeypatch.setattr(loaded, "become", lambda command: handed_on.extend(command))
    loaded.main(["exec", *args])
    assert handed_on[1:] == ["-m", "exoplanet_desktop", *args]


def test_an_unknown_command_is_refused_in_words() -> None:
    done = run("fly")
    assert done.returncode == 2
    assert "“fly”" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_environment_of_another_python_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, made = tmp_path / "environment", []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: made.append(command) or SimpleNamespace(returncode=0))
    for version, count in (("3.0.1", 1), (sys.version.split()[0], 0)):
        made.clear()
        folder.mkdir(exist_ok=True)
        (folder / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
        (folder / "left.txt").touch()
        load_run().make_environment(folder)
        assert len(made) == count
        assert (folder / "left.txt").exists() == (count == 0)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a process of Windows at once, and no other with it")
def test_a_signal_ends_the_server_that_it_started(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", INSTALLED, "exec", "serve", "--port", "0", "--no-auth", "--data-dir", "data"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            place = urlsplit(process.stdout.readline().split()[2])
            address = (str(place.hostname), int(place.port or 0))
            socket.create_connection(address, 5).close()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)  # the output ends once no process is left that could write to it
            assert process.returncode == 0
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address, 5)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def test_the_essential_tests_are_where_they_are_looked_for() -> None:
    assert not [path for path in load_run().ESSENTIAL_TESTS if not (CHECKOUT / path).exists()]

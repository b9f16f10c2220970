"""run.py's own words; what it installs is shown by running it in a fresh clone."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


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
    for command in ("test", "bench", "exec", "package", "lock", "bounds"):
        assert command in done.stdout


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

"""run.py's own words; what it installs is shown by running it in a fresh clone."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


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

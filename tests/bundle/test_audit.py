"""pip-audit's output becomes a verdict; if the service does not answer there is no verdict, and a note says so."""

import sys
from pathlib import Path

import pytest

from bundle.audit import audit

CASES = [
    (0, "No known vulnerabilities found", 0, "ok      vulnerabilities: No known vulnerabilities found"),
    (1, "Found 2 known vulnerabilities in 1 package", 1, "FAILED  vulnerabilities:"),
    (1, "ERROR: ConnectionError: nobody there", 0, "not checked, the service did not answer (ERROR: ConnectionError"),
    (3, "", 0, "not checked, the service did not answer (pip-audit ended with 3)"),
]


@pytest.mark.skipif(sys.platform == "win32", reason="stands in for the tool with a script of a POSIX shell")
@pytest.mark.parametrize(("code", "said", "verdict", "told"), CASES)
def test_verdicts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: int, said: str, verdict: int, told: str
) -> None:
    tool = tmp_path / "pip-audit"
    tool.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit {code}\n")
    tool.chmod(0o755)
    assert audit(tmp_path) == verdict
    assert told in capsys.readouterr().out

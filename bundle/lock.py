"""The locks: every package with its version and file digests, for all systems, without naming an index."""

import subprocess
from pathlib import Path

from bundle.parts import PROJECT

LOCKS = Path(__file__).with_name("lock")
OLDEST_PYTHON = "3.11"


def lock(tools: Path, *, upgrade: bool) -> None:
    """Rewrite the three locks: the program's packages, the build's, and the inspection tools'. Queries the index.

    Locked packages keep their version unless `upgrade` is set.

    Raises subprocess.CalledProcessError if that fails.
    """
    for source, target, within in (
        (PROJECT / "pyproject.toml", "program.txt", None),
        (LOCKS / "build.in", "build.txt", "program.txt"),
        (LOCKS / "tools.in", "tools.txt", None),
    ):
        command = [str(tools / "uv"), "pip", "compile", str(source), "--output-file", str(LOCKS / target)]
        command += ["--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes", "--quiet", "--no-header"]
        command += ["--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
        if upgrade:
            command.append("--upgrade")
        if within is not None:
            command += ["--constraints", str(LOCKS / within)]
        subprocess.run(command, check=True)

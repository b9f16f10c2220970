"""Looks up known vulnerabilities of the locked packages, if the service can be reached."""

import subprocess
from pathlib import Path

from bundle.lock import LOCKS


def audit(tools: Path) -> int:
    """Run pip-audit on the program's lock and print its result. Returns 1 for a known vulnerability, 0 for none.

    Without a network, or if the vulnerability service cannot be reached, reports that nothing was checked.
    """
    command = [str(tools / "pip-audit"), "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    told = subprocess.run(
        [*command, "--timeout", "20", "-r", str(LOCKS / "program.txt")], capture_output=True, text=True
    )
    said = (told.stdout + told.stderr).strip()
    if told.returncode == 0:
        print(f"  ok      vulnerabilities: {said.splitlines()[-1]}", flush=True)
        return 0
    if "Found " in said:
        print(f"  FAILED  vulnerabilities:\n{said}", flush=True)
        return 1
    reason = said.splitlines()[-1] if said else f"pip-audit ended with {told.returncode}"
    print(f"  --      vulnerabilities: not checked, the service did not answer ({reason[:160]})", flush=True)
    return 0

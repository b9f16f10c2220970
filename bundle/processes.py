"""Finds processes of the program under test by a mark in their environment, which children inherit (Linux)."""

import os
import signal
import socket
import sys
import uuid
from pathlib import Path

MARK = "EXOPLANET_DESKTOP_SMOKE"
_LISTENS = "0A"


def new_mark() -> str:
    return uuid.uuid4().hex


def can_be_found() -> bool:
    return sys.platform == "linux"


def kill(pid: int) -> None:
    """Kill a process at once, without cleanup."""
    if sys.platform == "win32":
        os.kill(pid, signal.SIGTERM)  # calls TerminateProcess on Windows
    else:
        os.kill(pid, signal.SIGKILL)


def marked(mark: str) -> dict[int, str]:
    """Process id -> command line of every live process with the mark."""
    wanted = f"{MARK}={mark}".encode()
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has exited, or belongs to another user
    return found


def engine_of(parent: int, mark: str) -> int | None:
    """The child that listens on a port, which is the embedded engine."""
    for pid in marked(mark):
        if _parent(pid) == parent and _listens(pid):
            return pid
    return None


def interfaces() -> list[str]:
    return [name for _, name in socket.if_nameindex()]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def _listens(pid: int) -> bool:
    try:
        links = [os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()]  # noqa: PTH115 - no path
        rows = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    except OSError:
        return False
    return any(f"socket:[{row[9]}]" in links for row in rows if row[3] == _LISTENS)

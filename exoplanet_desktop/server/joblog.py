"""The log file of one job."""

import os
from datetime import UTC, datetime
from pathlib import Path

_LIMIT_BYTES = 10 * 1024 * 1024
_FULL = "(The log is full: later lines are left out.)\n"


class JobLog:
    """Lines with their time, written at once. A failing disk never ends a job."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._size = 0

    def write(self, text: str) -> None:
        if self._size > _LIMIT_BYTES:
            return
        stamp = datetime.now(UTC).strftime("%H:%M:%S")
        lines = "".join(f"{stamp} {line}\n" for line in text.splitlines()) or f"{stamp}\n"
        data = lines.encode("utf-8", "replace")
        self._size += len(data)
        if self._size > _LIMIT_BYTES:
            data = _FULL.encode()
        try:
            with self.path.open("ab") as file:
                file.write(data)
        except OSError:
            return


def read_log(path: Path, *, tail: int | None = None, offset: int | None = None) -> tuple[str, int]:
    """The text of a log from `offset` bytes on, or its last `tail` lines, and the offset of what comes next.

    A log that does not exist yet is empty.
    """
    start = offset or 0
    try:
        with path.open("rb") as file:
            if start > file.seek(0, os.SEEK_END):
                return "", start  # a file system may refuse to seek that far
            file.seek(start)
            data = file.read(2 * _LIMIT_BYTES)
    except FileNotFoundError:
        return "", start
    data = data[: data.rfind(b"\n") + 1]  # the next call returns a line that is still being written
    text = data.decode("utf-8", "replace")
    if tail is not None:
        text = "".join(text.splitlines(keepends=True)[-tail:]) if tail else ""
    return text, start + len(data)

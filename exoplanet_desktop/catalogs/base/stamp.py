"""Whether a file is still the one that was read."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from exoplanet_desktop.errors import InputError


@dataclass(frozen=True)
class FileStamp:
    """Detects changed content under the same name without reading it.

    Attributes:
        path: the file.
        mark: device, inode, bytes, and modification time in ns; links are followed. None if there was no file.
    """

    path: Path
    mark: tuple[int, int, int, int] | None

    @classmethod
    def of(cls, path: Path) -> Self:
        """The current stamp of a file."""
        return cls(path, _mark_at(path))

    def changed(self, path: Path | None = None) -> bool:
        """Whether the content has changed or the file is gone; `path`: where the file has moved to."""
        now = _mark_at(path or self.path)
        return now is None or now != self.mark

    def check(self, purpose: str) -> None:
        """Raises InputError if the file has changed.

        Args:
            purpose: the intended use, to end a sentence: "train on it".
        """
        if self.changed():
            raise InputError(
                f"{self.path.name} changed since it was opened. Read it again before you {purpose}."
                if _mark_at(self.path)
                else f"{self.path.name} is gone since it was opened. Put it back, or choose another file."
            )


def mark_of(status: os.stat_result) -> tuple[int, int, int, int]:
    """Device, inode, bytes, and modification time in ns."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _mark_at(path: Path) -> tuple[int, int, int, int] | None:
    try:
        return mark_of(path.stat())
    except (OSError, ValueError):
        return None

"""What was found out about a file, kept while the file stays the same: it is read again only after a change."""

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from exoplanet_desktop.catalogs.base.progress import ShouldStop, check, never
from exoplanet_desktop.catalogs.base.stamp import FileStamp

T = TypeVar("T")

_BLOCK = 1 << 20  # bytes
_SETTLED_NS = 2_000_000_000  # the coarsest clock of a file system (FAT): a younger file may change under the same time


class FileMemo(Generic[T]):
    """Findings about files by path, stamp and question; the longest unused one goes first. Safe between threads.

    A finding about a file that changed within the last two seconds is not kept, since a second change could leave the
    same size and time. Neither is an error.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[tuple[FileStamp, str], T] = {}
        self._lock = threading.Lock()

    def get(self, path: Path, question: str, find: Callable[[], T]) -> T:
        """The finding, from `find` where it is not known for the file as it is now."""
        key = (FileStamp.of(path), question)
        with self._lock:
            if key in self._kept:
                found = self._kept[key] = self._kept.pop(key)
                return found
        found = find()
        if _settled(key[0]):
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > self._most:
                    del self._kept[next(iter(self._kept))]
        return found


_digests: FileMemo[str] = FileMemo(256)


def digest_of(path: Path, should_stop: ShouldStop | None = None) -> str:
    """The SHA-256 of a file, which is read only where it is not known for its stamp. Raises OSError and Cancelled."""
    return _digests.get(path, "", lambda: _read_digest(path, should_stop or never))


def _read_digest(path: Path, should_stop: ShouldStop) -> str:
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            check(should_stop)
            sha.update(block)
    return sha.hexdigest()


def _settled(stamp: FileStamp) -> bool:
    """Whether a file was the same while it was read, and any later change will show."""
    return stamp.mark is not None and not stamp.changed() and stamp.mark[3] + _SETTLED_NS <= time.time_ns()

"""The files of the runs: one folder per run, in which every file is complete or absent."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.files.whole import whole_file
from exoplanet_desktop.record.entry import checked_file_name, checked_run_id

_STALE_S = 86_400.0  # leftovers of a crash; younger ones may belong to another window
_BLOCK = 1 << 20  # bytes


class RunFiles:
    """The files below `folder`, which is created if missing. Raises UnavailableError if that fails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        _make(folder)

    def keep(self, run_id: str, name: str, content: bytes | Path) -> Path:
        """Saves a file under a plain name, replacing one of that name."""
        target = self._place(run_id, name)
        _make(target.parent)
        with whole_file(target) as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                with _reading(content) as source:
                    shutil.copyfileobj(source, file, _BLOCK)
        return target

    def find(self, run_id: str, name: str) -> Path | None:
        place = self._place(run_id, name)
        return place if place.is_file() else None

    def of(self, run_id: str) -> list[Path]:
        """A run's files, sorted by name."""
        try:
            found = [path for path in (self.folder / checked_run_id(run_id)).iterdir() if path.is_file()]
        except OSError:
            return []
        return sorted(path for path in found if not path.name.startswith("."))

    def remove(self, run_id: str) -> None:
        shutil.rmtree(self.folder / checked_run_id(run_id), ignore_errors=True)

    def tidy(self, known: set[str]) -> None:
        """Removes what a crash left behind: partial files, and folders without a run."""
        for path in self._stale("*"):
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)
        for path in self._stale("*/.*.part"):
            with suppress(OSError):
                path.unlink()

    def _stale(self, pattern: str) -> Iterator[Path]:
        for path in self.folder.glob(pattern):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > _STALE_S:
                    yield path

    def _place(self, run_id: str, name: str) -> Path:
        return self.folder / checked_run_id(run_id) / checked_file_name(name)


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}. Check the file.") from error
    with file:
        yield file


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"The record of runs cannot be kept in {folder}: {error.strerror or error}. Choose another folder."
        ) from error

"""Temporary folders that do not outlive a killed process for long.

The owner locks its folder for as long as it lives: the system releases the lock when a process ends, for whatever
reason. So a folder whose lock is free no longer has an owner.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import IO

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.lock import try_lock

_PREFIX = "exoplanet-desktop-own-"
_LOCK = "owner.lock"
_UNLOCKED_S = 3600.0  # a folder without a lock file may have just been created
_RESERVE = 64_000_000  # bytes of the disk to leave free

_NOTE = ".part-of"

_notes: list[Path | None] = [None]
_held: dict[Path, IO[bytes]] = {}


def own_folder(kind: str) -> Path:
    """A new temporary folder of this process; give it back with `discard_folder`.

    Args:
        kind: its purpose, in one word; part of its name, with the process id.

    Raises UnavailableError if there is no room for it.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{kind}-{os.getpid()}-"))
        lock = (folder / _LOCK).open("wb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnavailableError(
            f"No temporary folder can be made in {tempfile.gettempdir()}: {reason}. Free some space there."
        ) from error
    if not try_lock(lock):
        lock.close()
    else:
        _held[folder] = lock
    return folder


def discard_folder(folder: Path) -> None:
    """Removes a folder of `own_folder`."""
    lock = _held.pop(folder, None)
    if lock is not None:
        lock.close()  # first: Windows does not remove open files
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def temporary_folder(kind: str) -> Iterator[Path]:
    """A context with a folder of `own_folder`. Raises UnavailableError if there is no room for it."""
    folder = own_folder(kind)
    try:
        yield folder
    finally:
        discard_folder(folder)


def note_parts_in(folder: Path | None) -> None:
    """From now on, note files that are being written in a folder of `own_folder`, so that `sweep` removes the parts
    after a kill, wherever they are; None ends that.
    """
    _notes[0] = folder


@contextmanager
def noted(part: Path) -> Iterator[None]:
    """A context in which `part` is being written; if this process does not reach the end, it counts as a leftover."""
    note = _notes[0] / f"{token_hex(16)}{_NOTE}" if _notes[0] else None
    try:
        if note is not None:
            with suppress(OSError):  # if the disk is full, the writer will report it
                note.write_text(str(part.absolute()), encoding="utf-8")
        yield
    finally:
        if note is not None:
            with suppress(OSError):
                note.unlink()


def sweep() -> int:
    """Removes what killed processes left: their temporary folders, and the parts of files noted there.
    Returns the number of folders.

    Folders of running processes and of other users stay.
    """
    return sum(_removed(folder) for folder in _left_folders())


def need_space(folder: Path, needed: int, purpose: str) -> None:
    """Raises UnavailableError if a folder's disk does not have as many bytes free.

    Args:
        folder: on the disk in question.
        needed: bytes.
        purpose: what the space is for, such as "The table koi.csv".
    """
    with suppress(OSError):  # if the system does not know, the work will find out
        free = shutil.disk_usage(folder).free
        if free < needed + _RESERVE:
            raise UnavailableError(
                f"{purpose} needs about {_size(needed)} ({needed:,} bytes) of temporary files and leaves "
                f"{_size(_RESERVE)} to others, but the disk with {folder.parent} has {_size(free)} free. "
                "Free some space there or set TMPDIR to another disk."
            )


def _size(count: int) -> str:
    if count < 1e6:
        return "1 MB" if count else "0 MB"  # rounded up: the space needed is never shown as zero
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:,.0f} MB"


def _left_folders() -> Iterator[Path]:
    with suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            if folder not in _held and folder.is_dir() and not folder.is_symlink() and _is_ours(folder):
                yield folder


def _is_ours(folder: Path) -> bool:
    return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()


def _removed(folder: Path) -> bool:
    """Removes a folder without an owner; False if it has one."""
    try:
        with (folder / _LOCK).open("rb+") as lock:
            if not try_lock(lock):
                return False
    except FileNotFoundError:
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime < _UNLOCKED_S:
                return False
    except OSError:  # locked, on Windows
        return False
    # Moved first: if two processes sweep at once, only one gets it.
    grave = folder.with_name(f"{folder.name}-{token_hex(16)}")
    try:
        folder.rename(grave)
    except OSError:
        return False
    for note in grave.glob(f"*{_NOTE}"):
        with suppress(OSError, ValueError):
            part = Path(note.read_text(encoding="utf-8"))
            if part.name.startswith(".") and part.suffix == ".part":
                part.unlink(missing_ok=True)
    shutil.rmtree(grave, ignore_errors=True)
    return True

"""Files that appear whole or not at all, and messages for a disk that cannot take them."""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exoplanet_desktop.errors import UnavailableError

_RESERVE_BYTES = 64 * 1024 * 1024  # to leave free for the record, logs and results


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn an OSError into an UnavailableError that says what failed, and why."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, what) from error


def disk_error(error: OSError, what: str) -> UnavailableError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UnavailableError(f"{what}: the disk is full. Free some space on it and try again.")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return UnavailableError(
            f"{what}: the data folder cannot be written to. Check its permissions or choose another folder."
        )
    return UnavailableError(f"{what}: {error.strerror or type(error).__name__}. Check the disk and try again.")


def check_space(folder: Path, size: int) -> None:
    """Raises UnavailableError if `size` bytes do not fit on the folder's disk."""
    with disk_errors("The file cannot be accepted"):
        free = shutil.disk_usage(folder).free
    if size > max(0, free - _RESERVE_BYTES):
        raise UnavailableError(
            f"The file cannot be accepted: the server's disk has {free // 2**20} MiB left. Free some space on it and "
            "try again."
        )


def move_into_place(source: Path, target: Path) -> None:
    """Give a finished file its final name, so that a crash leaves either none or all of it. Raises OSError."""
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "the file exists already", str(target))
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    source.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    if sys.platform != "win32":  # Windows cannot open a directory; NTFS journals the rename
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove_quietly(path: Path) -> None:
    """Remove a file or a folder with its contents; anything that cannot be removed now is removed at the next start."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return

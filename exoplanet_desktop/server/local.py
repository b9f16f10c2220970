"""Files of this machine that a caller names by path: only for the program that embeds this engine.

That program and the engine run as the same user, so a path opens nothing that the caller could not open itself.
The checks here prevent the engine from hanging or from reading a different file than intended.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exoplanet_desktop.catalogs.base.stamp import mark_of
from exoplanet_desktop.errors import AppError, Cancelled, InputError, NotFound, UnavailableError, shown

_MOST_CHARACTERS = 4096
# A pipe must not make the engine wait for its other end, and a link must not redirect it after the check.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


@dataclass(frozen=True)
class LocalFile:
    """Attributes:
    path: absolute, without links.
    digest: SHA-256 of its content.
    stamp: device, inode, bytes and modification time, to detect a change of content.
    """

    path: Path
    digest: str
    stamp: tuple[int, int, int, int]


def local_file(text: str) -> LocalFile:
    """The file behind a path, read once for its digest.

    Raises InputError if it is not an absolute path of a regular file, or contains links; NotFound if nothing is
    there; UnavailableError if it changes while being read.
    """
    path = _checked(text)
    try:
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise InputError(f"“{shown(path)}” is not a file. Choose a CSV file.")
            if not before.st_size:
                raise InputError(f"{shown(path.name)} is empty. Choose a file with a header and rows.")
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            after = os.fstat(file.fileno())
    except OSError as error:
        raise _refused(path, error) from error
    if mark_of(before) != mark_of(after):
        raise changed(path)
    return LocalFile(path, digest, mark_of(after))


@contextmanager
def unchanged(stamps: Mapping[str, list[int]]) -> Iterator[None]:
    """A block of work on files that must not change after they were accepted: `stamps` by path.

    Raises UnavailableError if one has changed, even if the work fails for another reason.
    """
    _check(stamps)
    try:
        yield
    except Cancelled:
        raise
    except AppError:
        _check(stamps)
        raise
    _check(stamps)


def changed(path: Path) -> UnavailableError:
    return UnavailableError(f"{path.name} changed while it was read. Start again when nothing writes to it.")


def _check(stamps: Mapping[str, list[int]]) -> None:
    for text, stamp in stamps.items():
        try:
            status = Path(text).lstat()
        except OSError as error:
            raise changed(Path(text)) from error
        if mark_of(status) != tuple(stamp):
            raise changed(Path(text))


def _checked(text: str) -> Path:
    """The path itself, if it is absolute, plain and free of links."""
    if len(text) > _MOST_CHARACTERS or "\0" in text or not Path(text).is_absolute():
        raise InputError(f"“{shown(text)}” is not an absolute path. Send the whole path of a file.")
    if os.path.splitdrive(text)[0].startswith(("\\\\", "//")):
        # Windows would send this user's name and password to any server that the path names.
        raise InputError(f"“{shown(text)}” is on another machine. Upload the file.")
    try:
        real = os.path.realpath(text, strict=True)
    except (OSError, ValueError) as error:
        raise _refused(Path(text), error) from error
    if real != text:
        raise InputError(f"“{shown(text)}” leads to another file, by a link or a detour. Send that file's own path.")
    return Path(text)


def _refused(path: Path, error: OSError | ValueError) -> AppError:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOENT, errno.ENOTDIR):
        return NotFound(f"There is no file “{shown(path)}”. Check its name and folder.")
    reason = getattr(error, "strerror", None) or "it is not the path of a file"
    return InputError(f"“{shown(path)}” cannot be read: {reason}. Check the file and its permissions.")

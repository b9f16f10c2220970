"""Files that appear whole or not at all, and what a file's name reveals."""

import errno
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.temporary import noted, temporary_folder

_BLOCK = 4_194_304  # bytes
_PRIVATE = 0o600
_MOST_LINKS = 40
VO_ENDINGS = (".vot", ".votable", ".xml", ".vot.gz", ".fits", ".fit", ".fits.gz")
TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".tbl", ".ecsv", ".dat")
PACKED_ENDINGS = (".gz", *(f"{table}{packed}" for table in TABLE_ENDINGS for packed in (".bz2", ".zip")))
_VO_HEAD = 4_096  # bytes; a VOTable identifies itself within them
CATALOG_ENDINGS = (*TABLE_ENDINGS, *PACKED_ENDINGS, *VO_ENDINGS)  # all file types that can be opened


def is_vo(path: Path) -> bool:
    """Whether a file's name is that of a VOTable or FITS file.

    >>> is_vo(Path("koi.FITS")), is_vo(Path("koi.csv"))
    (True, False)
    """
    return path.name.lower().endswith(VO_ENDINGS)


def holds_vo(path: Path) -> bool:
    """Whether a file begins like a VOTable or FITS file, whatever its name. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_VO_HEAD)
    return head.startswith(b"SIMPLE  =") or (head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<") and b"<VOTABLE" in head)


@contextmanager
def whole(out: Path, *, private: bool = False) -> Iterator[Path]:
    """A path to write to, readable only by this user; it becomes `out` if the block ends without an error, and is
    otherwise removed.

    A symbolic link is followed, and a replaced file keeps its mode. A file with several names (hard links) gets
    the content in its place, so that all of them keep it. Pipes and devices such as `/dev/stdout` get the content at
    the end. `private`: the file is readable only by this user, whatever it was before.

    Raises UnavailableError if that is impossible, or the disk is full; BrokenPipeError if a pipe's reader has gone.
    """
    if (target := checked_target(out)) is None:
        with temporary_folder("output") as folder:
            part = folder / "content.part"
            yield part
            with _told(out):
                _pour(part, _stream(out))
        return
    part = target.with_name(f".{token_hex(16)}.part")
    try:
        with _told(out), noted(part):
            mode = _made(part, target, private)
            yield part
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            if target.exists() and target.stat().st_nlink > 1:
                _pour(part, os.open(target, os.O_WRONLY), truncate=True)
            else:
                part.chmod(mode)
                part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def whole_file(target: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write bytes to; it becomes `target` only if the block ends without an error; see `whole`."""
    with whole(target, private=private) as part, part.open("wb") as file:
        yield file


def checked_target(out: Path) -> Path | None:
    """The regular file that writing to `out` would create or replace; None for a pipe or a device.

    Raises UnavailableError if a file with this name cannot be written.
    """
    if is_open_stream(out):
        return None
    try:
        status = out.stat()
    except (FileNotFoundError, NotADirectoryError):
        target = Path(os.path.realpath(out))
        if not target.parent.is_dir():
            raise UnavailableError(
                f"There is no folder {target.parent}. Choose another place for {out.name}."
            ) from None
        return target
    except OSError as error:
        raise _unwritable(out, error) from error
    if stat.S_ISDIR(status.st_mode):
        raise UnavailableError(f"{out} is a folder. Choose another name for the file.")
    if stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode):
        return None
    if not stat.S_ISREG(status.st_mode):
        raise UnavailableError(f"{out} is a disk or a socket, not a file. Choose another name for the file.")
    if not os.access(out, os.W_OK):
        raise UnavailableError(f"{out} is write-protected. Choose another name, or allow writing to it.")
    return Path(os.path.realpath(out))


def is_open_stream(out: Path, number: int | None = None) -> bool:
    """Whether a path means an open stream of this process; with a number, that one.

    >>> is_open_stream(Path("/dev/fd/63")), is_open_stream(Path("/dev/stdout"), 1), is_open_stream(Path("koi.csv"))
    (True, True, False)
    """
    found = _stream_number(out)
    return found is not None and number in (None, found)


def _stream_number(out: Path) -> int | None:
    for _ in range(_MOST_LINKS):
        if found := re.fullmatch(r"/(?:dev|proc/self)/(?:fd/([0-9]+)|stdout|stderr)", str(out)):
            return int(found[1]) if found[1] else {"stdout": 1, "stderr": 2}[out.name]
        try:
            out = out.parent / out.readlink()
        except (OSError, ValueError):  # not a link
            return None
    return None


def _stream(out: Path) -> int:
    """A file descriptor to write to."""
    if (number := _stream_number(out)) is not None:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        return os.dup(number)
    if sys.platform == "win32":
        descriptor = os.open(out, os.O_WRONLY | os.O_BINARY)  # fails at once if nobody has created the pipe
    else:
        try:
            # Without O_NONBLOCK, opening a pipe would wait for a reader forever.
            descriptor = os.open(out, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as error:
            if error.errno == errno.ENXIO:
                raise UnavailableError(f"Nothing reads from the pipe {out}. Start its reader first.") from None
            raise
        os.set_blocking(descriptor, True)
    return descriptor


def _pour(part: Path, descriptor: int, *, truncate: bool = False) -> None:
    with part.open("rb") as source, open(descriptor, "wb") as target:
        while block := source.read(_BLOCK):
            target.write(block)
        target.flush()
        if truncate:
            target.truncate()
            os.fsync(target.fileno())


def _made(part: Path, target: Path, private: bool) -> int:
    """Makes an empty part that only this user can read; returns the mode for the target."""
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE if private else 0o666)
    try:
        usual = stat.S_IMODE(os.fstat(descriptor).st_mode)
    finally:
        os.close(descriptor)
    part.chmod(_PRIVATE)
    return stat.S_IMODE(target.stat().st_mode) if target.exists() and not private else usual


@contextmanager
def _told(out: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(out, error) from error


def _unwritable(out: Path, error: OSError) -> UnavailableError:
    reason = error.strerror or str(error)
    return UnavailableError(f"{out} cannot be written: {reason}. Choose another place or free some space.")

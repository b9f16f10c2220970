"""Streams files: reads multipart bodies while sending them, and writes replies as they arrive.

With `files=`, `requests` holds a whole upload in memory (725 MB for a CSV of 365 MB); this body needs a few kB.
`requests_toolbelt.MultipartEncoder` (last released in 2023) streams and can count, but it keeps all files open, and
sends too little in silence where a file became shorter: what would wrap it is as long as this.
"""

import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from exoplanet_desktop.catalogs.base.file_memo import digest_of
from exoplanet_desktop.errors import Cancelled, InputError, TooLarge, UnavailableError
from exoplanet_desktop.files.whole import whole_file

Progress = Callable[[int, int | None], None]
"""Bytes done, and total bytes if known."""
ShouldStop = Callable[[], bool]

_BLOCK = 1 << 20  # bytes
_ENDINGS = (".gz", ".csv", ".tsv", ".txt", ".tbl", ".dat", ".ecsv", ".bz2", ".zip")


@dataclass
class Transfer:
    """Progress of a transfer, shared between the thread that does it and the one that waits for it.

    `begun`: the head of a reply has arrived.
    """

    done: int = 0
    total: int | None = None
    begun: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    def add(self, count: int) -> None:
        if self.stop.is_set():
            raise Cancelled("The transfer was stopped.")
        self.done += count


@dataclass(frozen=True)
class Upload:
    """A file to upload; its content determines `name`, so that no other file of the same name is mistaken for it.

    A reference backend keeps the old file if the name exists, so the name carries a digest.
    """

    path: Path
    name: str
    size: int
    digest: str


def prepare_upload(path: Path, should_stop: ShouldStop | None = None) -> Upload:
    """Reads a file for its digest, where that is not known. Raises InputError if it cannot be read, Cancelled when
    told to stop.
    """
    try:
        digest, size = digest_of(path, should_stop), path.stat().st_size
    except Cancelled:
        raise Cancelled("The upload was stopped.") from None
    except OSError as error:
        raise _unreadable(path, error) from error
    # Backends rewrite other characters, each in its own way, and their file systems may not accept a long name.
    stem = re.sub(r"[^\w.-]+", "_", plain_stem(path.name))[:80]
    return Upload(path, f"{stem}__{digest[:12]}.csv", size, digest)


def plain_stem(name: str) -> str:
    """A file's name without its format suffixes.

    >>> plain_stem("toi.2025.csv.gz"), plain_stem("koi.tbl"), plain_stem(".csv")
    ('toi.2025', 'koi', 'catalog')
    """
    stem = name
    while (ending := next((one for one in _ENDINGS if stem.lower().endswith(one)), "")) and stem:
        stem = stem[: -len(ending)]
    return stem or "catalog"


def _unreadable(path: Path, error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError(f"There is no file {path}. Check its name and folder.")
    return InputError(f"{path} cannot be read: {error.strerror or error}. Check the file and its permissions.")


class Multipart:
    """A multipart/form-data body (RFC 7578) of known length, read from its files as it is sent.

    It deliberately has neither `tell` nor `__iter__`: `requests` and `urllib3` would use them to rewind or chunk it.
    """

    def __init__(self, fields: Mapping[str, str], files: Mapping[str, Upload], transfer: Transfer) -> None:
        self._boundary = f"exoplanet-{secrets.token_hex(16)}"
        self._transfer = transfer
        self._parts = self._lay_out(fields, files)
        self._length = sum(part.size if isinstance(part, Upload) else len(part) for part in self._parts)
        self._source = self._blocks()
        self._rest = b""
        transfer.total = self._length

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self._boundary}"

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes. Raises Cancelled when stopped, InputError if a file has changed."""
        while size < 0 or len(self._rest) < size:
            block = next(self._source, b"")
            if not block:
                break
            self._rest += block
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        self._transfer.add(len(taken))
        return taken

    def close(self) -> None:
        self._source.close()

    def _lay_out(self, fields: Mapping[str, str], files: Mapping[str, Upload]) -> Sequence[bytes | Upload]:
        parts: list[bytes | Upload] = []
        for name, value in fields.items():
            parts.append(self._head(f'name="{name}"') + value.encode() + b"\r\n")
        for name, upload in files.items():
            head = self._head(f'name="{name}"; filename="{upload.name}"', "Content-Type: text/csv\r\n")
            parts += [head, upload, b"\r\n"]
        return [*parts, f"--{self._boundary}--\r\n".encode()]

    def _head(self, disposition: str, more: str = "") -> bytes:
        return f"--{self._boundary}\r\nContent-Disposition: form-data; {disposition}\r\n{more}\r\n".encode()

    def _blocks(self) -> Generator[bytes]:
        for part in self._parts:
            if isinstance(part, Upload):
                yield from _content(part)
            else:
                yield part


def _content(upload: Upload) -> Iterator[bytes]:
    """Reads a file and compares it with the digest in its name."""
    sha, left = hashlib.sha256(), upload.size
    try:
        with upload.path.open("rb") as file:
            while left and (block := file.read(min(left, 1 << 16))):
                sha.update(block)
                left -= len(block)
                if not left and sha.hexdigest() != upload.digest:
                    break
                yield block
    except OSError as error:
        raise _unreadable(upload.path, error) from error
    if left or sha.hexdigest() != upload.digest:
        raise InputError(f"{upload.path.name} changed while it was being sent. Send it again once it is complete.")


class Sink:
    """Writes the body of a reply, up to `limit` bytes. Raises TooLarge beyond that.

    `had` bytes are already there, from an interrupted reply.
    """

    def __init__(self, file: BinaryIO, limit: int, transfer: Transfer, had: int = 0) -> None:
        self._file, self._limit, self._transfer, self._had = file, limit, transfer, had

    def expect(self, length: int | None) -> None:
        self._transfer.done = self._had
        self._transfer.total = None if length is None else self._had + length
        self._transfer.begun = True
        self._check(self._transfer.total or 0)

    def write(self, block: bytes) -> None:
        self._transfer.add(len(block))
        self._check(self._transfer.done)
        try:
            self._file.write(block)
        except OSError as error:
            raise _unwritable("The backend's answer", error) from error

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise TooLarge(
                f"The backend's answer is over {self._limit / 1e6:,.0f} MB, which is too large. Request less."
            )


def memory_sink(limit: int, transfer: Transfer) -> tuple[Sink, BytesIO]:
    buffer = BytesIO()
    return Sink(buffer, limit, transfer), buffer


def copy_file(
    source: Path, target: Path, progress: Progress | None = None, should_stop: ShouldStop | None = None
) -> None:
    """Copies a local file; `target` appears complete or not at all. Raises InputError, UnavailableError, Cancelled."""
    try:
        total = source.stat().st_size
        opened = source.open("rb")
    except OSError as error:
        raise _unreadable(source, error) from error
    with opened, whole_file(target) as file:
        while block := opened.read(_BLOCK):
            if should_stop and should_stop():
                raise Cancelled("Stopped as you asked.")
            file.write(block)
            if progress:
                progress(file.tell(), total)


def _unwritable(what: str, error: OSError) -> UnavailableError:
    return UnavailableError(
        f"{what} cannot be written: {error.strerror or error}. Choose another place or free some space."
    )

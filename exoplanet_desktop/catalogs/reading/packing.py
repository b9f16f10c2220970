"""Compressed files: their format and content."""

import bz2
import gzip
import io
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from exoplanet_desktop.errors import UnreadableFile
from exoplanet_desktop.files.whole import TABLE_ENDINGS

GZIP, BZIP2, ZIP = "gzip", "bzip2", "zip"

_MAGIC = {b"\x1f\x8b": GZIP, b"BZh": BZIP2, b"PK\x03\x04": ZIP, b"PK\x05\x06": ZIP}
_MOST_MEMBERS = 10_000


def packing(path: Path) -> str:
    """The compression of a file, by its first bytes: GZIP, BZIP2, ZIP, or "" if there is none.

    Raises UnreadableFile for Excel workbooks and the like, which are zip archives too, and OSError.
    """
    with path.open("rb") as file:
        start = file.read(4)
    kind = next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), "")
    if kind == ZIP:
        try:
            with ZipFile(path) as archive:
                _member(archive, path.name)
        except BadZipFile:
            raise UnreadableFile(f"{path.name} is a damaged zip archive or Excel workbook. Copy it again.") from None
    return kind


def open_bytes(path: Path, kind: str) -> IO[bytes]:
    """A file's content, decompressed if necessary (`kind`: see `packing`).

    Raises UnreadableFile if a zip archive does not contain exactly one table.
    """
    if kind == GZIP:
        return gzip.open(path)  # type: ignore[return-value]
    if kind == BZIP2:
        return bz2.open(path)
    return _Member(path) if kind == ZIP else path.open("rb")


class _Member(io.BufferedReader):
    """The only table of a zip archive; closing it closes the archive."""

    def __init__(self, path: Path) -> None:
        self._archive = ZipFile(path)
        try:
            member = self._archive.open(_member(self._archive, path.name))
        except (RuntimeError, NotImplementedError):
            self._archive.close()
            raise UnreadableFile(
                f"{path.name} is encrypted or compressed in a way that is not known here. Unpack it and choose the "
                "table."
            ) from None
        except BaseException:
            self._archive.close()
            raise
        super().__init__(member)  # type: ignore[arg-type]

    def close(self) -> None:
        super().close()
        self._archive.close()


def _member(archive: ZipFile, name: str) -> ZipInfo:
    """The only table in an archive. Raises UnreadableFile if there is not exactly one."""
    members = archive.infolist()
    names = {member.filename for member in members}
    if "[Content_Types].xml" in names:
        raise UnreadableFile(f"{name} is an Excel workbook or another Office document. Save its sheet as CSV first.")
    if "mimetype" in names and "content.xml" in names:
        raise UnreadableFile(f"{name} is an OpenDocument file. Save its sheet as CSV first.")
    files = [member for member in members if not member.is_dir() and not _is_clutter(member.filename)]
    tables = [member for member in files if member.filename.lower().endswith(TABLE_ENDINGS)]
    if len(files) > 1 or len(members) > _MOST_MEMBERS:
        files = tables
    if len(files) != 1:
        found = f"{len(files):,} tables" if files else "no table"
        raise UnreadableFile(f"{name} is a zip archive with {found} in it. Unpack it and choose one file.")
    return files[0]


def _is_clutter(name: str) -> bool:
    """Whether a file in an archive was added by the operating system that made it."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")

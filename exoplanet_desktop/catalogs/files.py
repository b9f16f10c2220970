"""Files that appear whole or not at all, and what a file's name says of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from exoplanet_desktop.catalogs.temporary import noted
from exoplanet_desktop.errors import UnavailableError

VO_ENDINGS = (".vot", ".votable", ".xml", ".vot.gz", ".fits", ".fit", ".fits.gz")
TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".tbl", ".ecsv", ".dat")
PACKED_ENDINGS = (".gz", *(f"{table}{packed}" for table in TABLE_ENDINGS for packed in (".bz2", ".zip")))
_VO_HEAD = 4_096  # bytes; within them, a VOTable says that it is one
CATALOG_ENDINGS = (*TABLE_ENDINGS, *PACKED_ENDINGS, *VO_ENDINGS)  # of all that can be opened


def is_vo(path: Path) -> bool:
    """Whether a file's name says that it is a VOTable or FITS.

    >>> is_vo(Path("koi.FITS")), is_vo(Path("koi.csv"))
    (True, False)
    """
    return path.name.lower().endswith(VO_ENDINGS)


def holds_vo(path: Path) -> bool:
    """Whether a file begins as a VOTable or FITS, whatever its name says. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_VO_HEAD)
    return head.startswith(b"SIMPLE  =") or (head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<") and b"<VOTABLE" in head)


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A path beside `out` to write to; it becomes `out` where the block ends without an error, else it is removed.

    Raises UnavailableError where the folder is missing or cannot be written to, or the disk is full.
    """
    if not out.parent.is_dir():
        raise UnavailableError(f"There is no folder {out.parent}. Choose another place for {out.name}.")
    if out.is_dir():
        raise UnavailableError(f"{out} is a folder. Choose another name for the file.")
    part = out.with_name(f".{token_hex(16)}.part")
    try:
        with noted(part):
            yield part
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(out)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnavailableError(
            f"{out} cannot be written: {reason}. Choose another place or free some space."
        ) from error
    finally:
        part.unlink(missing_ok=True)

"""VOTable and FITS tables, read by astropy (the extra `vo`) and written as the CSV that everything else reads."""

import csv
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check, never, silent
from exoplanet_desktop.catalogs.reading.formats import refuse_text, refused, server_error
from exoplanet_desktop.catalogs.reading.layout import readable
from exoplanet_desktop.catalogs.reading.packing import open_bytes, packing
from exoplanet_desktop.errors import TooLarge, UnavailableError, UnreadableFile
from exoplanet_desktop.files.digest import sha256_of
from exoplanet_desktop.files.whole import whole

if TYPE_CHECKING:
    from astropy.table import Column, Table

MOST_BYTES = 1_000_000_000  # astropy holds all of it in memory, several times over
_ROWS = 5_000
_HEAD = 65_536  # bytes that may hold a server's error message
_EXACT = 2**53  # up to this, each whole number has its own double
_NEEDED = "pip install exoplanet-desktop[vo]"


@dataclass(frozen=True)
class Converted:
    """A table that was converted to CSV.

    Attributes:
        source: the VOTable or FITS file.
        csv: the CSV file made from it.
        rows: number of rows.
        notes: what the CSV lacks compared with the file, a sentence each.
    """

    source: Path
    csv: Path
    rows: int
    notes: tuple[str, ...] = ()


def convert(
    source: Path, folder: Path, *, report: Report | None = None, should_stop: ShouldStop | None = None
) -> Converted:
    """Write the first table of a VOTable or FITS file into `folder` as CSV, named after the file and its content.

    Numbers keep every digit, and missing cells are empty. The header block gets labels and units.

    Raises UnreadableFile, TooLarge, Cancelled, and UnavailableError where astropy is not installed.
    """
    report, should_stop = report or silent, should_stop or never
    with readable(source):
        if (size := source.stat().st_size) > MOST_BYTES:
            raise TooLarge(
                f"{source.name} has {size:,} bytes; of this kind at most {MOST_BYTES:,} are read. Export it as CSV."
            )
        digest = sha256_of(source)
        report(0.1, "reading")
        table, notes = _read(source)
    check(should_stop)
    columns = [table[name] for name in table.colnames]
    flat: list[Column] = [column for column in columns if _is_plain(column)]
    if left_out := [str(column.info.name) for column in columns if not _is_plain(column)]:
        notes = (*notes, f"Columns whose cells are not single values are left out: {', '.join(left_out)}.")
    if not flat or not len(table):
        raise UnreadableFile(f"The table of {source.name} has no rows or no columns of single values. Choose another.")
    integral = [_is_integral(column) for column in flat]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{source.name.split('.')[0]}__{digest[:8]}.csv"
    with whole(target) as part, part.open("w", encoding="utf-8", newline="") as out:
        out.writelines(f"# COLUMN {column.name}: {_meaning(column)}\n" for column in flat if _meaning(column))
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([column.name for column in flat])
        for start in range(0, len(table), _ROWS):
            check(should_stop)
            report(0.3 + 0.7 * start / len(table), "writing")
            cells = (_cells(column[start : start + _ROWS], whole) for column, whole in zip(flat, integral, strict=True))
            writer.writerows(zip(*cells, strict=True))
    report(1.0, "written")
    return Converted(source, target, len(table), notes)


def _read(source: Path) -> "tuple[Table, tuple[str, ...]]":
    """The first table, and notes on the others."""
    with open_bytes(source, packing(source)) as file:
        head = file.read(_HEAD)
    if said := server_error(head.decode("utf-8", "replace")):
        raise UnreadableFile(refused(source.name, said))
    try:
        from astropy.io import fits
        from astropy.table import Table
    except ImportError:
        raise UnavailableError(_not_here(source.name)) from None
    is_fits = head.startswith(b"SIMPLE  =")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy warns about minor faults in a file, but still reads it
        try:
            if is_fits:
                with fits.open(source, memmap=False) as parts:
                    kinds = (fits.BinTableHDU, fits.TableHDU)
                    tables = [number for number, part in enumerate(parts) if isinstance(part, kinds)]
                    return Table.read(parts, hdu=min(tables)), _others(len(tables))
            return _votable(source)
        except (ValueError, IndexError, TypeError, KeyError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # caused by the disk, not by the content
            kind = "FITS file" if is_fits else "VOTable"
            if b"<VOTABLE" not in head:
                refuse_text(source.name, head.decode("utf-8", "replace"))
            raise UnreadableFile(
                f"{source.name} is not a {kind} with a readable table. Export it again, or as CSV."
            ) from error


def _votable(source: Path) -> "tuple[Table, tuple[str, ...]]":
    from astropy.io import votable

    document = votable.parse(str(source), verify="ignore")
    tables = list(document.iter_tables())
    return tables[0].to_table(use_names_over_ids=True), _others(len(tables))


def _others(count: int) -> tuple[str, ...]:
    return (f"The file contains {count} tables; this is the first of them.",) if count > 1 else ()


def _not_here(name: str) -> str:
    if getattr(sys, "frozen", False):
        return f"{name} is a VOTable or FITS file, which this bundle does not read. Export it as CSV."
    return f"{name} is a VOTable or FITS file, and astropy is missing. Install it ({_NEEDED}), or export it as CSV."


def _is_plain(column: Any) -> bool:
    """Whether each cell is one number, text or truth value rather than an array, time or coordinate."""
    if getattr(column, "ndim", 0) != 1 or not hasattr(column, "dtype"):
        return False
    texts = column.dtype.kind == "O" and all(value is None or isinstance(value, str | bytes) for value in column)
    return texts or column.dtype.kind in "biufSU"


def _meaning(column: "Column") -> str:
    """Label and unit in the form of the archive's header block."""
    label = " ".join(str(column.description or "").split())
    unit = f"[{column.unit}]" if column.unit is not None and str(column.unit) else ""
    return f"{label} {unit}".strip()


def _is_integral(column: "Column") -> bool:
    """Whether floats are whole numbers, such as star identifiers that a server sends as doubles."""
    import numpy as np

    if column.dtype.kind != "f":
        return False
    values = np.ma.getdata(column)[~np.ma.getmaskarray(column)]
    values = values[~np.isnan(values)]
    return bool(np.all((values == np.round(values)) & (np.abs(values) < _EXACT)))


def _cells(column: "Column", integral: bool) -> Iterator[str]:
    """Each cell as text: the shortest text for exactly this number, "" if it is missing."""
    import numpy as np

    missing = np.ma.getmaskarray(column)
    for value, is_missing in zip(np.ma.getdata(column), missing, strict=True):
        yield "" if is_missing or value != value else str(int(value)) if integral else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = "" if value is None else str(value).rstrip()
    return "" if text == "nan" else text

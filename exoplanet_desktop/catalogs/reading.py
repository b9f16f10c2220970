"""What a CSV file looks like, found in its first kilobytes, and its first rows.

Leading lines with `#` are the archive's header block: counted, skipped, and mined for the columns' meanings. A `#`
anywhere else is data: `&#x131;` stands in 23 rows of the K2 table.
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from io import StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Self

from exoplanet_desktop.catalogs.dictionary import describe
from exoplanet_desktop.catalogs.naming import Conversion
from exoplanet_desktop.catalogs.records import BadLine, Record, bounded_lines, split_records
from exoplanet_desktop.catalogs.sniffing import (
    DELIMITERS,
    GZIP,
    decimal_sign,
    decode,
    find_delimiter,
    looks_like_values,
    meanings,
    refuse_other_kinds,
    unique_names,
)
from exoplanet_desktop.errors import InputError, UnreadableFile

MAX_COLUMNS = 5_000  # measured: 1.9 GB while 5,000 rows of them are read, more than 2 GB past them
DECIMALS = (".", ",")
COMMA_NOTE = "Numbers are read with a decimal comma."
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252")

_HEAD_BYTES = (65_536, 4_194_304)  # the second where the header does not end within the first
_SAMPLE = 50  # records behind the header that are looked at for the decimal sign


@dataclass(frozen=True)
class Layout:
    """How a CSV file is to be read.

    Attributes:
        path: the file.
        skip: leading `#` lines.
        delimiter: one of `,` `;` tab `|`.
        encoding: of its text: one of ENCODINGS; "utf-8" with or without byte order mark.
        columns: names, made unique where they were not.
        labels, units: meaning and unit by column, where known.
        first_row: number (from 1) of the line behind the header.
        decimal: "," where numbers are written `1,5`; else ".".
        notes: what was changed or guessed, a sentence each.
        packed: compressed with gzip.
        texts: columns whose cells are taken for texts, whatever they look like.
        given: the columns' names as the file writes them, where `columns` has the program's names for them; empty
            where no name differs.
        conversions: columns whose cells are converted to the archive's unit as the file is read.
        dispositions: what values of the label column mean by the user's word: one of the three classes, or "" for none.
        decimal_said: the decimal sign is the user's word; else the rows vote on it when all are read.
        counters: columns that only count the rows of a file (`rowid`, a nameless index); no data of an object.
    """

    path: Path
    skip: int
    delimiter: str
    encoding: str
    columns: tuple[str, ...]
    labels: Mapping[str, str]
    units: Mapping[str, str]
    first_row: int
    decimal: str = "."
    decimal_said: bool = False
    notes: tuple[str, ...] = ()
    packed: bool = False
    texts: frozenset[str] = frozenset()
    given: tuple[str, ...] = ()
    conversions: Mapping[str, Conversion] = field(default_factory=dict)
    dispositions: Mapping[str, str] = field(default_factory=dict)
    counters: frozenset[str] = frozenset()

    @property
    def file_columns(self) -> tuple[str, ...]:
        """The names as the file writes them."""
        return self.given or self.columns


@dataclass(frozen=True)
class Choice:
    """What the user says of a file; what is None is found in the file.

    It travels with the file to whoever reads it: see `to_json`.

    Attributes:
        delimiter: one of `,` `;` tab `|`.
        encoding: one of ENCODINGS.
        decimal: `.` or `,`.
        skip: lines before the line with the column names.
        texts: columns whose cells are texts though they look like numbers, such as an identifier with leading zeros.
        rename: the program's name for columns of the file, by the file's name.
        label: the column (by the file's name) that holds the disposition.
        labels: what its values mean: one of the three classes, or "" for no disposition.
    """

    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    skip: int | None = None
    texts: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    label: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """What differs from "found in the file", as JSON text."""
        said = {name: value for name, value in asdict(self).items() if value is not None and value not in ((), {})}
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises InputError for what is no such JSON: it may come from anywhere."""
        from pydantic import TypeAdapter, ValidationError

        try:
            given = TypeAdapter(cls).validate_json(text)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"])) or "its text"
            raise InputError(
                f"The way to read the file is not understood: {where} is wrong. Choose it again."
            ) from None
        if given.delimiter not in (None, *DELIMITERS) or given.decimal not in (None, *DECIMALS):
            raise InputError("The reading options name an unknown delimiter or decimal sign. Choose them again.")
        if given.encoding not in (None, *ENCODINGS) or (given.skip or 0) < 0:
            raise InputError("The reading options name an unknown encoding or number of lines. Choose them again.")
        return given


@dataclass(frozen=True)
class Preview:
    """The first rows of a file, each with one text a column."""

    layout: Layout
    rows: list[tuple[str, ...]]


def sniff(path: Path, choice: Choice | None = None) -> Layout:
    """How a file is to be read, from its first kilobytes and from what the user says of it.

    Raises UnreadableFile where it is no table of text, or not what the user says.
    """
    with readable(path):
        packed = _is_packed(path)
        for size in _HEAD_BYTES:
            with open_bytes(path, packed) as file:
                head = file.read(size)
                whole = not file.read(1)
            if layout := _layout(path, head, whole, choice or Choice()):
                return replace(layout, packed=packed)
    raise UnreadableFile(f"{path.name} has no header line that ends. Choose a CSV file.")


def preview(path: Path, rows: int = 200, choice: Choice | None = None) -> Preview:
    """The first rows of a file, without reading further. Lines that are no rows of the table are left out.

    Raises UnreadableFile as `sniff` does, and where the file has no row.
    """
    layout = sniff(path, choice)
    with readable(path):
        try:
            found = _first_rows(layout, rows)
        except UnicodeError:
            layout = as_latin1(layout)
            found = _first_rows(layout, rows)
    if not found:
        raise no_rows(layout)
    return Preview(layout, found)


def open_bytes(path: Path, packed: bool) -> IO[bytes]:
    """A file's content, unpacked where it is `packed`."""
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]


def read_records(layout: Layout) -> Iterator[Record | BadLine]:
    """All records behind the header, in order and in constant memory. Raises UnicodeError and OSError."""
    encoding = "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding
    with (
        open_bytes(layout.path, layout.packed) as content,
        TextIOWrapper(content, encoding=encoding, newline="") as file,
    ):
        lines = bounded_lines(file)
        for _ in islice(lines, layout.first_row - 1):
            pass
        yield from split_records(lines, layout.delimiter, len(layout.columns), layout.first_row)


def as_latin1(layout: Layout) -> Layout:
    """The layout for a text that turned out not to be in the encoding that its beginning is in."""
    if layout.encoding != "utf-8":
        raise UnreadableFile(f"{layout.path.name} is damaged: not all of it is text. Export it again as UTF-8.")
    note = f"{layout.path.name} is not UTF-8 throughout, so it was read as Latin-1: check names with accents."
    return replace(layout, encoding="latin-1", notes=(*layout.notes, note))


def no_rows(layout: Layout, bad: BadLine | None = None) -> UnreadableFile:
    """The error for a table without a single row; `bad` is the first line that was none."""
    name = layout.path.name
    if bad is None:
        return UnreadableFile(f"{name} has column names but no rows. Choose a file with data.")
    return UnreadableFile(
        f"{name} has no row that fits its header: line {bad.line:,} has {bad.reason}. Export it again."
    )


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Raises UnreadableFile in place of OSError, and for what is no file."""
    try:
        if path.is_dir():
            raise UnreadableFile(f"{path.name} is a folder. Choose a CSV file in it.")
        if path.exists() and not path.is_file():
            raise UnreadableFile(f"{path.name} is a device, not a file. Choose a CSV file.")
        yield
    except FileNotFoundError:
        raise UnreadableFile(f"There is no file {path}. It may have been moved or deleted: choose it again.") from None
    except PermissionError:
        raise UnreadableFile(f"You may not read {path.name}. Change its permissions or choose a copy.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UnreadableFile(f"{path.name} is damaged: it cannot be unpacked to its end. Copy it again.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableFile(f"{path.name} cannot be read: {reason}. Check the disk or choose a copy.") from error


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(GZIP)) == GZIP


def _layout(path: Path, head: bytes, whole: bool, choice: Choice) -> Layout | None:
    """The layout, or None where the head ends before the header does."""
    refuse_other_kinds(path.name, head)
    encoding, text = decode(path.name, head, whole, choice.encoding)
    lines = list(StringIO(text, newline=""))
    if not whole:
        lines = lines[:-1]  # it may be cut
    skip = choice.skip
    if skip is None:
        skip = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    body = lines[skip:]
    first = next((line for line in body if line.strip()), None)
    if first is None:
        if whole:
            raise UnreadableFile(f"{path.name} has no table in it. Choose a CSV file with a header line and rows.")
        return None
    delimiter = choice.delimiter or find_delimiter(first)
    header = next(split_records(body, delimiter, None, skip + 1))
    if isinstance(header, BadLine):
        if whole or len(head) == _HEAD_BYTES[-1]:
            raise UnreadableFile(f"The header line of {path.name} has {header.reason}. Export the file again.")
        return None
    columns, notes = _columns(path.name, header)
    sample = split_records(body[header.end - skip :], delimiter, len(columns))
    decimal = choice.decimal or decimal_sign(row.cells for row in islice(sample, _SAMPLE) if isinstance(row, Record))
    if decimal == ",":
        notes = (*notes, COMMA_NOTE)
    known = meanings(lines[:skip]) or describe(columns)
    return Layout(
        path=path,
        skip=skip,
        delimiter=delimiter,
        encoding=encoding,
        columns=columns,
        labels={name: known[name].label for name in columns if name in known},
        units={name: known[name].unit for name in columns if name in known and known[name].unit},
        first_row=header.end + 1,
        decimal=decimal,
        decimal_said=choice.decimal is not None,
        notes=notes,
        texts=frozenset(choice.texts).intersection(columns),
    )


def _columns(name: str, header: Record) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if looks_like_values(header.cells):
        raise UnreadableFile(
            f"Line {header.line} of {name} should hold the column names, but holds values. Add a header line."
        )
    if len(header.cells) > MAX_COLUMNS:
        raise UnreadableFile(
            f"{name} has {len(header.cells):,} columns; at most {MAX_COLUMNS:,} can be read. Leave out some of them."
        )
    return unique_names(header.cells)


def _first_rows(layout: Layout, rows: int) -> list[tuple[str, ...]]:
    found = (record.cells for record in read_records(layout) if isinstance(record, Record))
    return list(islice(found, rows))

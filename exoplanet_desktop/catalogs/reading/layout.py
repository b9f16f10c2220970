"""What a file with a table of text looks like, found in its first kilobytes, and its first rows.

Which line has the column names, `header` finds; what stands around the table, `around` tells: comments are mined for
the columns' meanings. A `#` among the rows is data: `&#x131;` stands in 23 rows of the K2 table.
"""

import gzip
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from io import StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Self

from exoplanet_desktop.catalogs.facts.dictionary import ColumnInfo, describe
from exoplanet_desktop.catalogs.reading.around import Surroundings, delimiter_said, surroundings
from exoplanet_desktop.catalogs.reading.fixed import Ipac, ipac
from exoplanet_desktop.catalogs.reading.formats import refuse_bytes, refuse_text
from exoplanet_desktop.catalogs.reading.header import Header, find_header
from exoplanet_desktop.catalogs.reading.naming import Conversion, named
from exoplanet_desktop.catalogs.reading.packing import open_bytes, packing
from exoplanet_desktop.catalogs.reading.records import BadLine, CsvRecord, Style, bounded_lines, split_records
from exoplanet_desktop.catalogs.reading.refusals import check_names, refuse_prose
from exoplanet_desktop.catalogs.reading.repeats import without_repeats
from exoplanet_desktop.catalogs.reading.sniffing import DELIMITERS, decimal_sign, decode, unique_names
from exoplanet_desktop.errors import InputError, UnreadableFile

DECIMALS = (".", ",")
COMMA_NOTE = "Numbers are read with a decimal comma."
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252")

_HEAD_BYTES = (65_536, 4_194_304)  # the second where the header does not end within the first
_SAMPLE = 50  # records behind the header that are looked at for the decimal sign
_MOST_BAD = 20_000  # lines that are no row, before a preview says that none is


@dataclass(frozen=True)
class Layout:
    """How a CSV file is to be read.

    Attributes:
        path: the file.
        skip: lines before the one with the column names.
        delimiter: one of DELIMITERS; a blank where cells are told by blanks or by their places in the line.
        encoding: of its text: one of ENCODINGS; "utf-8" with or without byte order mark.
        columns: names, made unique where they were not.
        labels, units: meaning and unit by column, where known.
        first_row: number (from 1) of the line behind the header.
        decimal: "," where numbers are written `1,5`; else ".".
        notes: what was changed or guessed, a sentence each.
        packed: how it is compressed, one of those in `packing`; "" where it is not.
        texts: columns whose cells are taken for texts, whatever they look like.
        given: the columns' names as the file writes them, where `columns` has the program's names for them; empty
            where no name differs.
        conversions: columns whose cells are converted to the archive's unit as the file is read.
        dispositions: what values of the label column mean by the user's word: one of the three classes, or "" for none.
        decimal_said: the decimal sign is the user's word; else the rows vote on it when all are read.
        counters: columns that only count the rows of a file (`rowid`, a nameless index); no data of an object.
        style: what there is to know of a line beyond the delimiter; None where that is all.
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
    packed: str = ""
    texts: frozenset[str] = frozenset()
    given: tuple[str, ...] = ()
    conversions: Mapping[str, Conversion] = field(default_factory=dict)
    dispositions: Mapping[str, str] = field(default_factory=dict)
    counters: frozenset[str] = frozenset()
    style: Style | None = None

    @property
    def direct(self) -> bool:
        """Whether the table's cells are those that any CSV reader finds between the delimiters."""
        return self.style is None and self.delimiter != " "

    @property
    def written(self) -> str:
        """The delimiter for what is made of the file: its own, where that tells the cells by itself."""
        return self.delimiter if self.direct else ","

    @property
    def file_columns(self) -> tuple[str, ...]:
        """The names as the file writes them."""
        return self.given or self.columns

    def name_in_file(self, column: str) -> str:
        """A column's name as the file writes it, which is what its owner knows it by."""
        return self.file_columns[self.columns.index(column)] if column in self.columns else column


@dataclass(frozen=True)
class Choice:
    """What the user says of a file; what is None is found in the file.

    It travels with the file to whoever reads it: see `to_json`.

    Attributes:
        delimiter: one of DELIMITERS.
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
            raise InputError(f"The reading options cannot be used: {where} is wrong. Choose them again.") from None
        if unknown := sorted(set(json.loads(text)) - set(cls.__dataclass_fields__)):
            known = ", ".join(cls.__dataclass_fields__)
            raise InputError(f"There is no reading option “{unknown[0][:40]}”. Choose among {known}.")
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

    Raises UnreadableFile where it is no table of text, or not what the user says, and InputError where the user's names
    and labels do not fit it.
    """
    choice = choice or Choice()
    with readable(path):
        packed = packing(path)
        for size in _HEAD_BYTES:
            with open_bytes(path, packed) as file:
                head = file.read(size)
                whole = not file.read(1)
            if layout := _layout(path, head, whole, choice):
                return _described(named(replace(layout, packed=packed), choice))
    raise UnreadableFile(f"{path.name} has a header line that never ends. Choose a CSV file.")


def preview(path: Path, rows: int = 200, choice: Choice | None = None) -> Preview:
    """The first rows of a file, without reading further. Lines that are no rows of the table are left out.

    Raises UnreadableFile as `sniff` does, and where the file has no row.
    """
    layout = sniff(path, choice)
    with readable(path):
        try:
            return _first_rows(layout, rows)
        except UnicodeError:
            return _first_rows(as_latin1(layout), rows)


def read_records(layout: Layout) -> Iterator[CsvRecord | BadLine]:
    """All records behind the header, in order and in constant memory; see `without_repeats` for what is none.

    Raises UnicodeError and OSError.
    """
    encoding = "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding
    with (
        open_bytes(layout.path, layout.packed) as content,
        TextIOWrapper(content, encoding=encoding, newline="") as file,
    ):
        lines = bounded_lines(file)
        for _ in islice(lines, layout.first_row - 1):
            pass
        found = split_records(lines, layout.delimiter, len(layout.columns), layout.first_row, layout.style)
        yield from without_repeats(found, layout.file_columns)


def as_latin1(layout: Layout) -> Layout:
    """The layout for a text that turned out not to be in the encoding that its beginning is in."""
    if layout.encoding != "utf-8":
        raise UnreadableFile(f"{layout.path.name} is damaged: not all of it is text. Export it again as UTF-8.")
    note = f"{layout.path.name} is not UTF-8 throughout, so it was read as Latin-1: check names with accents."
    return replace(layout, encoding="latin-1", notes=(*layout.notes, note))


def no_rows(layout: Layout, bad: BadLine | None = None, count: int = 0) -> UnreadableFile:
    """The error for a table without a single row: `bad` is the first of `count` lines that were none."""
    name = layout.path.name
    if bad is None:
        return UnreadableFile(f"{name} has column names but no rows. Choose a file with data.")
    lines = f"none of its {count:,} lines below the column names fits them: line" if count > 1 else "line"
    return UnreadableFile(
        f"{name} has no row that fits its header: {lines} {bad.line:,} has {bad.reason}. Correct the header or the "
        "delimiter, or export the file again."
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
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile):
        raise UnreadableFile(f"{path.name} is damaged: it cannot be unpacked to its end. Copy it again.") from None
    except OSError as error:
        if error.errno is None:  # bz2 knows no better words for what is no bzip2
            raise UnreadableFile(f"{path.name} is damaged: it cannot be unpacked. Copy it again.") from None
        reason = error.strerror or str(error)
        raise UnreadableFile(f"{path.name} cannot be read: {reason}. Check the disk or choose a copy.") from error


def _layout(path: Path, head: bytes, whole: bool, choice: Choice) -> Layout | None:
    """The layout, or None where the head ends before the header does."""
    refuse_bytes(path.name, head)
    encoding, text = decode(path.name, head, whole, choice.encoding)
    refuse_text(path.name, text)
    lines = list(StringIO(text, newline=""))
    last = whole or len(head) == _HEAD_BYTES[-1]
    if not whole:
        lines = lines[:-1]  # it may be cut
    delimiter = choice.delimiter
    if choice.skip is None and delimiter in (None, " ", "|") and (table := ipac(lines)):
        return _ipac_layout(path, encoding, table, lines, choice)
    if delimiter is None and (said := delimiter_said(lines)) in DELIMITERS:
        delimiter = said
    header = find_header(lines, delimiter, choice.skip)
    if delimiter != choice.delimiter and isinstance(header, Header) and header.share < 0.5:
        header = find_header(lines, None, choice.skip)  # what the file says of itself is not so
    if header is None:
        if whole:
            raise UnreadableFile(f"{path.name} has no table in it. Choose a CSV file with a header line and rows.")
        return None
    if isinstance(header, BadLine):
        if last:
            raise UnreadableFile(f"The header line of {path.name} has {header.reason}. Export the file again.")
        return None
    if not last and header.share < 0.5 and not header.says_enough:
        return None  # the table may begin later
    if choice.delimiter is None and choice.skip is None:
        refuse_prose(path.name, lines, header)
    check_names(path.name, header.line + 1, header.cells)
    return _csv_layout(path, encoding, header, surroundings(lines, header), lines, choice)


def _csv_layout(
    path: Path, encoding: str, header: Header, around: Surroundings, lines: list[str], choice: Choice
) -> Layout:
    units = {name: info.unit for name, info in around.known.items() if name in around.columns and info.unit}
    layout = Layout(
        path=path,
        skip=header.line,
        delimiter=header.cut.delimiter,
        encoding=encoding,
        columns=around.columns,
        labels={name: around.known[name].label for name in around.columns if name in around.known},
        units={**units, **around.units},
        first_row=around.first_row + 1,
        notes=(*around.notes, *_texts_not_there(choice, around.columns)),
        texts=frozenset(choice.texts).intersection(around.columns),
        counters=around.counters,
        style=around.style,
    )
    return _with_decimal(layout, lines, choice)


def _ipac_layout(path: Path, encoding: str, table: Ipac, lines: list[str], choice: Choice) -> Layout:
    check_names(path.name, table.line + 1, table.names)
    columns, notes = unique_names(table.names)
    layout = Layout(
        path=path,
        skip=table.line,
        delimiter=" ",
        encoding=encoding,
        columns=columns,
        labels={},
        units={name: unit for name, unit in zip(columns, table.units, strict=False) if unit},
        first_row=table.end + 1,
        notes=(*notes, *_texts_not_there(choice, columns)),
        texts=frozenset(choice.texts).intersection(columns),
        counters=frozenset({"rowid_2", "loc_rowid"}.intersection(columns)),
        style=table.style,
    )
    return _with_decimal(layout, lines, choice)


def _texts_not_there(choice: Choice, columns: Sequence[str]) -> tuple[str, ...]:
    missing = [f"`{name}`" for name in choice.texts if name not in columns]
    if not missing:
        return ()
    return (f"The file has no column {' or '.join(missing)} to read as text.",)


def _with_decimal(layout: Layout, lines: list[str], choice: Choice) -> Layout:
    body = lines[layout.first_row - 1 :]
    sample = split_records(body, layout.delimiter, len(layout.columns), layout.first_row, layout.style)
    decimal = choice.decimal or decimal_sign(row.cells for row in islice(sample, _SAMPLE) if isinstance(row, CsvRecord))
    notes = (*layout.notes, COMMA_NOTE) if decimal == "," else layout.notes
    return replace(layout, decimal=decimal, decimal_said=choice.decimal is not None, notes=notes)


def _described(layout: Layout) -> Layout:
    """With labels and units out of the archive's dictionary, where the file itself does not say what its columns are.

    What it says of single units below its column names, goes before the dictionary's.
    """
    if layout.labels:
        return layout
    known: Mapping[str, ColumnInfo] = describe(layout.columns)
    units = {name: info.unit for name, info in known.items() if info.unit}
    labels = {name: known[name].label for name in layout.columns if name in known}
    return replace(layout, labels=labels, units={**units, **layout.units})


def _first_rows(layout: Layout, rows: int) -> Preview:
    found: list[tuple[str, ...]] = []
    first: BadLine | None = None
    bad = 0
    for record in read_records(layout):
        if isinstance(record, CsvRecord):
            found.append(record.cells)
        else:
            first, bad = first or record, bad + 1
        if len(found) == rows or (not found and bad == _MOST_BAD):
            break
    if not found:
        raise no_rows(layout, first, bad)
    return Preview(layout, found)

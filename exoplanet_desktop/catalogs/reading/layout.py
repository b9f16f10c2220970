"""The layout of a text table, detected from its first kilobytes, and its first rows.

`header` finds the line with the column names; `around` reads what surrounds the table, including the columns' meanings
in comments. A `#` among the rows is data: `&#x131;` occurs in 23 rows of the K2 table.
"""

import gzip
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path

from exoplanet_desktop.catalogs.base.file_memo import FileMemo
from exoplanet_desktop.catalogs.facts.dictionary import ColumnInfo, describe
from exoplanet_desktop.catalogs.reading.around import Surroundings, delimiter_said, surroundings
from exoplanet_desktop.catalogs.reading.fixed import Ipac, ipac
from exoplanet_desktop.catalogs.reading.formats import refuse_bytes, refuse_text
from exoplanet_desktop.catalogs.reading.header import Header, find_header
from exoplanet_desktop.catalogs.reading.naming import Conversion, name_columns
from exoplanet_desktop.catalogs.reading.packing import open_bytes, packing
from exoplanet_desktop.catalogs.reading.records import BadLine, CsvRecord, Style, bounded_lines, split_records
from exoplanet_desktop.catalogs.reading.refusals import check_names, refuse_prose
from exoplanet_desktop.catalogs.reading.repeats import without_repeats
from exoplanet_desktop.catalogs.reading.sniffing import decimal_sign, decode, unique_names
from exoplanet_desktop.errors import UnreadableFile
from exoplanet_desktop.wire.reading_options import DELIMITERS, ReadingOptions

COMMA_NOTE = "Numbers are read with a decimal comma."

_HEAD_BYTES = (65_536, 4_194_304)  # the second if the header does not end within the first
_SAMPLE = 50  # records after the header to check for the decimal sign
_MOST_BAD = 20_000  # lines that are not rows, before a preview reports that there is no row


@dataclass(frozen=True)
class Layout:
    """How to read a CSV file.

    Attributes:
        path: the file.
        skip: lines before the one with the column names.
        delimiter: one of DELIMITERS; a blank if blanks or positions in the line separate the cells.
        encoding: of its text: one of ENCODINGS; "utf-8" with or without byte order mark.
        columns: names, made unique if they were not.
        labels, units: meaning and unit by column, if known.
        first_row: number (from 1) of the line after the header.
        decimal: "," if numbers are written `1,5`; otherwise ".".
        notes: what was changed or guessed, a sentence each.
        packed: how it is compressed, one of those in `packing`; "" if it is not.
        texts: columns whose cells are read as texts, whatever they look like.
        given: the columns' names as the file writes them, if `columns` has the program's names for them; empty
            if no name differs.
        conversions: columns whose cells are converted to the archive's unit as the file is read.
        dispositions: the user's meaning of label values: one of the three classes, or "" for none.
        decimal_said: the user chose the decimal sign; otherwise the rows vote on it when all are read.
        counters: columns that only number the rows of a file (`rowid`, a nameless index); not data of an object.
        style: the line style beyond the delimiter; None if there is none.
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
        """Whether any CSV reader finds the table's cells between the delimiters."""
        return self.style is None and self.delimiter != " "

    @property
    def written(self) -> str:
        """The delimiter for copies of the file: its own, if that alone separates the cells."""
        return self.delimiter if self.direct else ","

    @property
    def file_columns(self) -> tuple[str, ...]:
        """The names as the file writes them."""
        return self.given or self.columns

    def name_in_file(self, column: str) -> str:
        """A column's name as the file writes it, which is the name its owner knows."""
        return self.file_columns[self.columns.index(column)] if column in self.columns else column


@dataclass(frozen=True)
class Preview:
    """The first rows of a file, with one text per column."""

    layout: Layout
    rows: list[tuple[str, ...]]


_layouts: FileMemo[Layout] = FileMemo(64)


def sniff(path: Path, choice: ReadingOptions | None = None) -> Layout:
    """How to read a file, from its first kilobytes and the user's options.

    Raises UnreadableFile if it is not a text table, or not what the user says, and InputError if the user's names
    and labels do not fit it. A layout is remembered until the file changes.
    """
    said = choice or ReadingOptions()
    return _layouts.get(path, said.to_json(), lambda: _sniffed(path, said))


def _sniffed(path: Path, choice: ReadingOptions) -> Layout:
    with readable(path):
        packed = packing(path)
        for size in _HEAD_BYTES:
            with open_bytes(path, packed) as file:
                head = file.read(size)
                whole = not file.read(1)
            if layout := _layout(path, head, whole, choice):
                return _described(_named(replace(layout, packed=packed), choice))
    raise UnreadableFile(f"{path.name} has a header line that never ends. Choose a CSV file.")


def _named(layout: Layout, choice: ReadingOptions) -> Layout:
    """The layout with the program's names for its columns, and with what the user says of its labels."""
    given = layout.file_columns
    found = name_columns(given, layout.labels, layout.units, choice)
    columns, notes = tuple(found.names.values()), (*layout.notes, *found.notes)
    if columns == given:
        return replace(layout, dispositions=found.dispositions or layout.dispositions, notes=notes)
    return replace(
        layout,
        columns=columns,
        given=given,
        conversions=found.conversions,
        dispositions=found.dispositions,
        texts=frozenset(found.names[name] for name in layout.texts),
        counters=frozenset(found.names[name] for name in layout.counters),
        labels=found.labels,
        units=found.units,
        notes=notes,
    )


def preview(path: Path, rows: int = 200, choice: ReadingOptions | None = None) -> Preview:
    """The first rows of a file, without reading further. Skips lines that are not rows of the table.

    Raises UnreadableFile as `sniff` does, and if the file has no row.
    """
    layout = sniff(path, choice)
    with readable(path):
        try:
            return _first_rows(layout, rows)
        except UnicodeError:
            return _first_rows(as_latin1(layout), rows)


def read_records(layout: Layout) -> Iterator[CsvRecord | BadLine]:
    """All records after the header, in order and in constant memory; `without_repeats` defines the exceptions."""
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
    """The layout for a text that turned out to have another encoding than its beginning."""
    if layout.encoding != "utf-8":
        raise UnreadableFile(f"{layout.path.name} is damaged: not all of it is text. Export it again as UTF-8.")
    note = f"{layout.path.name} is not UTF-8 throughout, so it was read as Latin-1: check names with accents."
    return replace(layout, encoding="latin-1", notes=(*layout.notes, note))


def no_rows(layout: Layout, bad: BadLine | None = None, count: int = 0) -> UnreadableFile:
    """The error for a table without a single row: `bad` is the first of `count` lines that were not rows."""
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
    """Raises UnreadableFile instead of OSError, and if the path is not a file."""
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
        if error.errno is None:  # bz2 has no clearer message for an invalid bzip2 file
            raise UnreadableFile(f"{path.name} is damaged: it cannot be unpacked. Copy it again.") from None
        reason = error.strerror or str(error)
        raise UnreadableFile(f"{path.name} cannot be read: {reason}. Check the disk or choose a copy.") from error


def _layout(path: Path, head: bytes, whole: bool, choice: ReadingOptions) -> Layout | None:
    """The layout, or None if the head ends before the header does."""
    refuse_bytes(path.name, head)
    encoding, text = decode(path.name, head, whole, choice.encoding)
    refuse_text(path.name, text)
    lines = list(StringIO(text, newline=""))
    last = whole or len(head) == _HEAD_BYTES[-1]
    if not whole:
        lines = lines[:-1]  # it may be cut off
    delimiter = choice.delimiter
    if choice.skip is None and delimiter in (None, " ", "|") and (table := ipac(lines)):
        return _ipac_layout(path, encoding, table, lines, choice)
    if delimiter is None and (said := delimiter_said(lines)) in DELIMITERS:
        delimiter = said
    header = find_header(lines, delimiter, choice.skip)
    if delimiter != choice.delimiter and isinstance(header, Header) and header.share < 0.5:
        header = find_header(lines, None, choice.skip)  # what the file declares about itself is wrong
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
    path: Path, encoding: str, header: Header, around: Surroundings, lines: list[str], choice: ReadingOptions
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


def _ipac_layout(path: Path, encoding: str, table: Ipac, lines: list[str], choice: ReadingOptions) -> Layout:
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


def _texts_not_there(choice: ReadingOptions, columns: Sequence[str]) -> tuple[str, ...]:
    missing = [f"`{name}`" for name in choice.texts if name not in columns]
    if not missing:
        return ()
    return (f"The file has no column {' or '.join(missing)} to read as text.",)


def _with_decimal(layout: Layout, lines: list[str], choice: ReadingOptions) -> Layout:
    body = lines[layout.first_row - 1 :]
    sample = split_records(body, layout.delimiter, len(layout.columns), layout.first_row, layout.style)
    decimal = choice.decimal or decimal_sign(row.cells for row in islice(sample, _SAMPLE) if isinstance(row, CsvRecord))
    notes = (*layout.notes, COMMA_NOTE) if decimal == "," else layout.notes
    return replace(layout, decimal=decimal, decimal_said=choice.decimal is not None, notes=notes)


def _described(layout: Layout) -> Layout:
    """With labels and units from the archive's dictionary, if the file itself does not describe its columns.

    Units in a row below the column names take precedence over the dictionary's.
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

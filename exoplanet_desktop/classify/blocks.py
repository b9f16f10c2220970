"""Parts of a catalog on their way through a prediction.

A `PlainBlock` is a range of bytes in which each line is a row and nothing is quoted: a worker parses it, and writes
each line out unchanged. Any other file goes through a `Table`, in `CellBlock`s.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.facts.numbers import HUGE
from exoplanet_desktop.catalogs.facts.physics import (
    FILLS,
    HIGHEST_SENTINEL,
    NEVER_NEGATIVE,
    NEVER_SENTINEL,
    NEVER_ZERO,
    SENTINELS,
)
from exoplanet_desktop.catalogs.reading.layout import Layout
from exoplanet_desktop.catalogs.reading.records import MAX_RECORD
from exoplanet_desktop.catalogs.reading.repeats import RepeatFinder
from exoplanet_desktop.catalogs.tables.appended import prediction_columns
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.classify.features import known_text
from exoplanet_desktop.errors import InputError

BLOCK_BYTES = 750_000  # small enough that a catalog of the archive keeps two cores busy
_MOST_BLOCK_BYTES = 1_500_000  # for a long file: half the overhead
_BLOCKS_ENOUGH = 64  # per file, to keep all cores busy to the end
CELLS_A_BLOCK = 500_000
# The usual words for "missing": pandas builds a set of them for each column. A block with others is not plain.
_MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "-", "--"]

Columns = Sequence[Sequence[str]]  # one text per row


class NotPlain(Exception):
    """A file needs a full CSV reader. A signal between two ways of reading, never shown."""


@dataclass(frozen=True)
class Wanted:
    """Columns that a prediction reads: numbers, and texts (categories, identifiers, label)."""

    numbers: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Parsed:
    """Rows as a classifier needs them: numbers as Table returns them, texts None if missing."""

    numbers: NDArray[np.float64]
    texts: Mapping[str, Sequence[str | None]]


class Block(Protocol):
    """Some rows of a file; `first` is the number of the first one, from 0."""

    first: int
    done: float  # share of the file that has been read up to this block

    @property
    def rows(self) -> int: ...

    @property
    def line_end(self) -> str: ...

    def parse(self, wanted: Wanted) -> Parsed:
        """The requested columns."""

    def some(self, name: str, rows: Sequence[int]) -> list[str | None]:
        """The cells of a column in some rows; None if missing or if there is no such column."""

    def extended(self, columns: Columns) -> bytes:
        """The rows as CSV lines, with the cells of appended columns."""


@dataclass
class PlainBlock:
    """Whole lines of a plain file."""

    content: bytes
    first: int
    done: float
    layout: Layout

    @cached_property
    def rows(self) -> int:
        """The number of rows. Raises NotPlain if a line is not a plain row."""
        content = self.content
        mixed = False
        if b"\r" in content:  # checked first: most files have none, and counting is slower
            returns = content.count(b"\r\n")
            mixed = content.count(b"\r") != returns or returns != content.count(b"\n")
        if mixed or b'"' in content or b"\0" in content:
            raise NotPlain
        data = np.frombuffer(content, dtype=np.uint8)
        cuts = np.flatnonzero(data == ord("\n"))
        delimiters = np.searchsorted(np.flatnonzero(data == ord(self.layout.delimiter)), cuts)
        if (np.diff(delimiters, prepend=0) != len(self.layout.columns) - 1).any():
            raise NotPlain
        if RepeatFinder(self.layout.file_columns, self.layout.delimiter).found_in(content, cuts):
            raise NotPlain
        return len(cuts)

    @property
    def line_end(self) -> str:
        return "\r\n" if self.content.endswith(b"\r\n") else "\n"

    def within(self, start: int, end: int | None) -> "PlainBlock":
        """The part from row `start` to before row `end`."""
        low = max(start - self.first, 0)
        high = self.rows if end is None else min(end - self.first, self.rows)
        if low == 0 and high == self.rows:
            return self
        lines = self.content.split(b"\n")[low:high]
        return PlainBlock(b"".join(line + b"\n" for line in lines), self.first + low, self.done, self.layout)

    def parse(self, wanted: Wanted) -> Parsed:
        """Raises NotPlain if a cell of a numeric column is not a number, or needs a note."""
        frame = self._frame(wanted)
        there = set(frame.columns)
        numbers = np.full((len(frame), len(wanted.numbers)), np.nan)
        places = [place for place, name in enumerate(wanted.numbers) if name in there]
        numbers[:, places] = frame[[wanted.numbers[place] for place in places]].to_numpy(np.float64)
        self._check_plain(wanted.numbers, numbers)
        blank = [None] * len(frame)
        texts = {name: _texts(frame[name]) if name in there else blank for name in wanted.texts}
        return Parsed(numbers, texts)

    def some(self, name: str, rows: Sequence[int]) -> list[str | None]:
        if name not in self.layout.columns:
            return [None] * len(rows)
        place = self.layout.columns.index(name)
        delimiter = self.layout.delimiter.encode()
        lines = self._lines
        cells = (lines[row].split(delimiter, place + 1)[place] for row in rows)
        return [known_text(cell.decode("utf-8", "replace")) for cell in cells]

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.content.split(b"\n")

    def _check_plain(self, names: Sequence[str], numbers: NDArray[np.float64]) -> None:
        """Raises NotPlain for values that a Table reads differently or reports: infinite, boolean, impossible ones."""
        if not len(numbers):
            return
        least, most = np.fmin.reduce(numbers), np.fmax.reduce(numbers)  # they skip not-a-number
        if (least < -HUGE).any() or (most > HUGE).any():
            raise NotPlain
        for index, name in enumerate(names):
            low, high = float(least[index]), float(most[index])
            if low < 0 and name in NEVER_NEGATIVE:
                raise NotPlain
            if low in SENTINELS or high in FILLS or (low <= HIGHEST_SENTINEL and name in NEVER_SENTINEL):
                raise NotPlain
            if low <= 0 and name in NEVER_ZERO and (numbers[:, index] == 0).any():
                raise NotPlain
            if low >= 0 and high <= 1 and self._holds_truths(name, int(np.argmax(numbers[:, index] >= 0))):
                raise NotPlain

    def _holds_truths(self, name: str, row: int) -> bool:
        """Whether a cell is `True` or the like, which pandas reads as 1 if a whole column is such."""
        begin = 0
        for _ in range(row):
            begin = self.content.index(b"\n", begin) + 1
        line = self.content[begin : self.content.index(b"\n", begin)]
        cell = line.split(self.layout.delimiter.encode())[self.layout.columns.index(name)]
        return cell.strip()[:1].isalpha()

    def _frame(self, wanted: Wanted) -> Any:
        import pandas

        place = {name: index for index, name in enumerate(self.layout.columns)}
        kinds: dict[str, Any] = dict.fromkeys(wanted.texts, str) | dict.fromkeys(wanted.numbers, np.float64)
        kinds = {name: kind for name, kind in kinds.items() if name in place}
        try:
            return pandas.read_csv(
                io.BytesIO(self.content),
                sep=self.layout.delimiter,
                header=None,
                names=list(self.layout.columns),
                usecols=list(kinds),
                dtype=kinds,
                na_values=_MISSING,
                keep_default_na=False,
                quoting=csv.QUOTE_NONE,
                index_col=False,
                skip_blank_lines=False,
                low_memory=False,  # a block is small
            )
        except (ValueError, UnicodeError) as error:
            raise NotPlain from error

    def extended(self, columns: Columns) -> bytes:
        try:
            text = self.content.decode("utf-8")
        except UnicodeError as error:
            raise NotPlain from error
        end = self.line_end
        lines = text.split(end)[:-1]
        rows = map(self.layout.delimiter.join, zip(lines, *columns, strict=True))
        return f"{end.join(rows)}{end}".encode()


@dataclass
class CellBlock:
    """Rows from a Table.

    Attributes:
        numbers: of all requested numeric columns, in their order.
        cells: by column, None if missing.
        kept: columns to write out again.
    """

    first: int
    done: float
    layout: Layout
    numbers: NDArray[np.float64]
    cells: Mapping[str, Sequence[str | None]]
    kept: tuple[str, ...]
    line_end: str = "\n"

    @property
    def rows(self) -> int:
        return len(self.numbers)

    def parse(self, wanted: Wanted) -> Parsed:
        blank = [None] * self.rows
        texts = {name: [known_text(cell) for cell in self.cells.get(name, blank)] for name in wanted.texts}
        return Parsed(self.numbers, texts)

    def some(self, name: str, rows: Sequence[int]) -> list[str | None]:
        cells = self.cells.get(name)
        return [None if cells is None else known_text(cells[row]) for row in rows]

    def extended(self, columns: Columns) -> bytes:
        file = io.StringIO(newline="")
        writer = csv.writer(file, delimiter=self.layout.written, lineterminator="\n")
        rows = zip(*(self.cells[name] for name in self.kept), strict=True)
        for row, *more in zip(rows, *columns, strict=True):
            writer.writerow([*row, *(_localised(cell, self.layout.decimal) for cell in more)])
        return file.getvalue().encode()


def plain_blocks(layout: Layout, start: int, end: int | None) -> Iterator[PlainBlock]:
    """Rows `start` to before `end` of a plain file. Raises NotPlain as soon as the file turns out not to be plain."""
    plain_header = layout.delimiter.join(layout.file_columns)
    indirect = prediction_columns(layout.columns) or layout.conversions or not layout.direct
    if layout.encoding != "utf-8" or layout.decimal != "." or indirect:
        raise NotPlain
    size = max(layout.path.stat().st_size, 1)
    with layout.path.open("rb") as file:
        header = b""
        for _ in range(layout.first_row - 1):
            header = file.readline(MAX_RECORD)
        if header.rstrip(b"\r\n") != plain_header.encode():
            raise NotPlain
        first = 0
        block_bytes = min(max(BLOCK_BYTES, size // _BLOCKS_ENOUGH), _MOST_BLOCK_BYTES)
        while content := _whole_lines(file, block_bytes):
            block = PlainBlock(content, first, file.tell() / size, layout)
            first += block.rows
            if first > start:
                yield block.within(start, end)
            if end is not None and first >= end:
                return
    if not first:
        raise NotPlain
    if first <= start or end is not None:
        raise out_of_range(start, end, first)


def out_of_range(start: int, end: int | None, rows: int) -> InputError:
    """The error for rows that a file does not have."""
    asked = f"{start} to {end - 1}" if end is not None else f"{start} to the last"
    return InputError(
        f"Invalid row range {asked}: this file has {rows:,} rows, numbered 0 to {rows - 1}. Choose rows among these."
    )


def _whole_lines(file: Any, size: int) -> bytes:
    content: bytes = file.read(size)
    if content and not content.endswith(b"\n"):
        content += file.readline(MAX_RECORD)
        if not content.endswith(b"\n"):
            if file.read(1):
                raise NotPlain
            content += b"\r\n" if b"\r\n" in content else b"\n"
    return content


def cell_blocks(table: Table, numbers: Sequence[str], start: int, end: int | None) -> Iterator[CellBlock]:
    """Rows `start` to before `end` of a table."""
    end = table.row_count if end is None else min(end, table.row_count)
    dropped = set(prediction_columns(table.columns))
    kept = tuple(name for name in table.columns if name not in dropped)
    size = max(100, CELLS_A_BLOCK // len(table.columns))
    first = start
    for matrix, texts in table.batches(numbers, table.columns, start, end - start, size):
        cells = dict(zip(table.columns, (part.tolist() for part in texts), strict=True))
        block = CellBlock(first, (first + len(matrix)) / end, table.layout, matrix, cells, kept)
        first += block.rows
        yield block


def _texts(column: Any) -> list[str | None]:
    cells = [None if cell != cell else cell for cell in column.tolist()]
    known = {cell: known_text(cell) for cell in set(cells)}
    return [known[cell] for cell in cells]


def _localised(cell: str, decimal: str) -> str:
    """In a file with decimal commas, a cell gets one too."""
    return cell.replace(".", decimal) if decimal != "." else cell

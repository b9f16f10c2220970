"""One pass over a file's bytes that decides whether DuckDB may read it, and how many records it must then find.

DuckDB's reader is fast, but drops text that is not quite CSV: a quote that never closes takes the rest of the file with
it. So it gets only clean files, and its row count is compared with this one.
"""

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check, never, silent
from exoplanet_desktop.catalogs.reading.layout import Layout
from exoplanet_desktop.catalogs.reading.records import MAX_RECORD
from exoplanet_desktop.catalogs.reading.repeats import RepeatFinder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BLOCK = 4_194_304  # bytes
UNIT_SEPARATOR = "\x1f"  # occurs in no catalog, so it can serve as a delimiter that never matches
_NEWLINE, _QUOTE = 10, 34


@dataclass(frozen=True)
class Scan:
    """The result of scanning the bytes after the header.

    Attributes:
        clean: UTF-8, one kind of line end, no NUL, no overlong line, balanced quotation marks, and no line that looks
            like one without an object (see repeats).
        records: the number of records if the file is clean (blank lines do not count).
        breaks: some quoted cell contains a line break.
        returns: lines end with `\\r\\n`, not with `\\n` alone.
    """

    clean: bool
    records: int = 0
    breaks: bool = False
    returns: bool = False
    plain: bool = False


def scan(
    layout: Layout, *, starts: Path | None = None, report: Report = silent, should_stop: ShouldStop = never
) -> Scan:
    """Reads the whole file once, at disk speed. Raises UnicodeError if it is not UTF-8 although it began so.

    `starts`: a file for the position of each record's first byte, as int64.
    """
    if starts is not None:
        with starts.open("wb") as places:
            return _scan(layout, places, report, should_stop)
    return _scan(layout, None, report, should_stop)


def _scan(layout: Layout, places: IO[bytes] | None, report: Report, should_stop: ShouldStop) -> Scan:
    if layout.encoding != "utf-8" or len(layout.columns) == 1 or not layout.direct or layout.conversions:
        return Scan(clean=False)  # with one column, a blank line is a row to DuckDB; nor does it convert units
    decoder = codecs.getincrementaldecoder("utf-8")()
    size = max(layout.path.stat().st_size, 1)
    with layout.path.open("rb") as file:
        header = [file.readline() for _ in range(layout.first_row - 1)]
        if any(b"\r" in line.removesuffix(b"\n").removesuffix(b"\r") for line in header):
            return Scan(clean=False)  # lines end with a carriage return alone, and there is no header to skip
        counter = _Counter(header[-1], sum(map(len, header)), places)
        repeats = RepeatFinder(layout.file_columns, layout.delimiter)
        while block := file.read(_BLOCK):
            check(should_stop)
            if not block.isascii() or decoder.getstate()[0]:
                decoder.decode(block)
            if not counter.take(block) or repeats.found_in(block, counter.line_ends):
                clean = False
                break
            report(file.tell() / size, "looking through the file")
        else:
            clean = counter.finish() and not repeats.found_in(b"\n")
        for block in iter(lambda: file.read(_BLOCK), b""):  # the encoding matters for the slow path, too
            check(should_stop)
            decoder.decode(block)
        decoder.decode(b"", final=True)
    return Scan(clean, counter.records, counter.breaks, counter.returns, counter.plain)


class _Counter:
    """Counts records, block by block.

    Attributes:
        line_ends: positions of the line ends in the last block, including those within cells.
    """

    def __init__(self, header: bytes, begin: int, places: IO[bytes] | None) -> None:
        """`begin`: where the records begin in the file; `places`: receives the position of each."""
        self.returns = header.endswith(b"\r\n")
        self._places = places
        self._quotes = 0
        self._position = begin  # of the next block
        self._end = begin - 1  # position of the last line end
        self._tail = b""
        self.line_ends: NDArray[np.int64] | None = None
        self.records = 0
        self.breaks = False
        self.plain = True

    def take(self, block: bytes) -> bool:
        """Process a block; returns False if it is not clean."""
        import numpy as np

        if b"\0" in block or not self._same_ends(block):
            return False
        self.plain = self.plain and _QUOTE not in block and UNIT_SEPARATOR.encode() not in block
        values = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(values == _NEWLINE)
        self.line_ends = ends
        if _QUOTE in block or self._quotes % 2:
            quotes = np.flatnonzero(values == _QUOTE)
            inside = (self._quotes + np.searchsorted(quotes, ends)) % 2 == 1
            self.breaks = self.breaks or bool(inside.any())
            ends = ends[~inside]
            self._quotes += len(quotes)
        begins = np.concatenate(([self._end], ends + self._position)) + 1
        lengths = np.diff(begins) - 1 - self.returns
        full = lengths > 0
        self.records += int(np.count_nonzero(full))
        if self._places is not None:
            self._places.write(begins[:-1][full].astype("<i8").tobytes())
        if len(ends):
            self._end = self._position + int(ends[-1])
        self._position += len(block)
        longest = max(int(lengths.max(initial=0)), self._position - self._end)
        return longest <= MAX_RECORD

    def finish(self) -> bool:
        """Process the end of the file; returns False if it is not clean. Counts a last line without a line end."""
        rest = self._position - self._end - 1
        if self.returns and self._tail == b"\r":
            return False
        if rest > 0:
            self.records += 1
            if self._places is not None:
                self._places.write((self._end + 1).to_bytes(8, "little"))
        return self._quotes % 2 == 0

    def _same_ends(self, block: bytes) -> bool:
        """Whether the block has only `\\n`, or only `\\r\\n`, as the header has; the block's edge may split a pair."""
        if not self.returns:
            return b"\r" not in block
        joined = self._tail + block
        self._tail = b"\r" if block.endswith(b"\r") else b""
        if self._tail:
            joined = joined[:-1]
        pairs = joined.count(b"\r\n")
        return pairs == joined.count(b"\r") == joined.count(b"\n")

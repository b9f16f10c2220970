"""Reads rows straight from a CSV file, by their byte positions.

The database stores cells by column. To fetch two hundred scattered rows, it scans a third of the table (0.2 s for a
million rows of 49 columns, measured); reading them from the file takes 3 ms.
"""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_BYTES = 8
_BLOCK = 4_194_304  # bytes
Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class RowIndex:
    """Where each row of a file begins, and the file's signature at that time.

    Attributes:
        path: a CSV file in UTF-8 in which each record is one line, or several where quoted cells have line breaks.
        starts: a file of int64, little-endian: the position of each row's first byte.
        delimiter, width: delimiter of the rows, and their number of cells.
        signature: size and modification time of the file.
    """

    path: Path
    starts: Path
    delimiter: str
    width: int
    signature: tuple[int, int]

    def read(self, numbers: Sequence[int]) -> list[Cells] | None:
        """The cells of some rows, in the order asked for; None if the file has changed."""
        try:
            with self.path.open("rb") as file, self.starts.open("rb") as starts:
                if signature(file) != self.signature:
                    return None
                return [self._cells(line) for line in self._lines(file, starts, numbers)]
        except (OSError, ValueError, csv.Error):  # gone or changed
            return None

    def lines(self, numbers: Sequence[int]) -> list[int] | None:
        """The line of the file, from 1, at which each of some rows begins; None if the file has changed."""
        found: dict[int, int] = {}
        try:
            with self.path.open("rb") as file, self.starts.open("rb") as starts:
                if signature(file) != self.signature:
                    return None
                begin, line = 0, 1
                for number in sorted(set(numbers)):
                    starts.seek(number * _BYTES)
                    end = int.from_bytes(starts.read(_BYTES), "little")
                    line += _line_ends(file, end - begin)
                    begin, found[number] = end, line
        except OSError:
            return None
        return [found[number] for number in numbers]

    def _lines(self, file: IO[bytes], starts: IO[bytes], numbers: Sequence[int]) -> Iterator[bytes]:
        for number in numbers:
            starts.seek(number * _BYTES)
            found = starts.read(2 * _BYTES)
            begin = int.from_bytes(found[:_BYTES], "little")
            file.seek(begin)
            if len(found) == 2 * _BYTES:
                yield file.read(int.from_bytes(found[_BYTES:], "little") - begin)
            else:
                yield file.read()

    def _cells(self, record: bytes) -> Cells:
        text = record.decode("utf-8").rstrip("\r\n")
        if '"' in text:
            cells = next(csv.reader([text], delimiter=self.delimiter, strict=True))
        else:
            cells = text.split(self.delimiter)
        if len(cells) != self.width:
            raise ValueError("a row of another width")
        return tuple(cell or None for cell in cells)


def _line_ends(file: IO[bytes], length: int) -> int:
    """How many line ends the next bytes of a file contain."""
    count = 0
    while length > 0 and (block := file.read(min(length, _BLOCK))):
        count += block.count(b"\n")
        length -= len(block)
    return count


def signature(file: IO[bytes]) -> tuple[int, int]:
    """Changes when the file does: its size and modification time."""
    state = os.fstat(file.fileno())
    return state.st_size, state.st_mtime_ns

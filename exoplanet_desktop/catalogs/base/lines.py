"""At which line of its file a row begins."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from exoplanet_desktop.catalogs.base.rowindex import RowIndex


@dataclass
class Shifts:
    """Line numbers of rows read in sequence, stored only where a row is not exactly one line below the previous one."""

    rows: "array[int]" = field(default_factory=lambda: array("q"))
    lines: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, row: int, line: int) -> None:
        """`row`, from 0, must follow the row added last."""
        if not self.rows or line - row != self.lines[-1] - self.rows[-1]:
            self.rows.append(row)
            self.lines.append(line)

    def of(self, row: int) -> int | None:
        """The line of a row; None if none was added."""
        place = bisect_right(self.rows, row) - 1
        return self.lines[place] + row - self.rows[place] if place >= 0 else None


@dataclass(frozen=True)
class Lines:
    """Line numbers of a table's rows.

    Attributes:
        first_row: line (from 1) after the header.
        index: where rows begin in the file; None if it was read line by line.
        shifts: the lines of the rows if it was read line by line.
    """

    first_row: int
    index: RowIndex | None
    shifts: Shifts

    def of(self, rows: Sequence[int]) -> list[int]:
        """Lines, from 1. If the file is gone or has changed, this assumes one line per row."""
        if self.index is not None and (found := self.index.lines(rows)) is not None:
            return found
        shifted = [self.shifts.of(row) for row in rows]
        return [self.first_row + row if line is None else line for row, line in zip(rows, shifted, strict=True)]

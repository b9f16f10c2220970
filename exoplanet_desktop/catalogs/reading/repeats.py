"""Lines among the rows that are not objects: repeated column names, and empty cells.

Concatenated files (`cat a.csv b.csv`) have the first kind; spreadsheets leave the second.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.facts.known import EDGES, clean_name
from exoplanet_desktop.catalogs.reading.records import SHOWN, BadLine, CsvRecord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EMPTY = "no cell with anything in it"
AGAIN = "the column names again"
REORDERED = "the column names again, in another order, which the rows below it follow"

_FEWEST = 3  # names in a line that repeats them
_MOST_NAMES = 500  # of a file, one of which must begin such a line
_AROUND = ' "'  # may precede a name
_NEWLINE = 10


def without_repeats(records: Iterator[CsvRecord | BadLine], names: Sequence[str]) -> Iterator[CsvRecord | BadLine]:
    """The records of a table, with a BadLine for each that is not an object.

    If the names recur in another order, the cells below them are reordered to match the first.

    `names`: those of the file.
    """
    wanted = [_plain(name) for name in names]
    known = frozenset(wanted)
    probe = next((place for place, name in enumerate(names) if not name.startswith("column_")), 0)
    order: list[int] | None = None
    for record in records:
        if isinstance(record, BadLine):
            yield record
        elif not record.cells[0].strip(" ") and len(names) > 1 and not any(cell.strip(" ") for cell in record.cells):
            yield _left_out(record, EMPTY)
        elif _plain(record.cells[probe]) in known and (again := _repeated(record.cells, wanted)) is not None:
            order = again or None
            yield _left_out(record, REORDERED if order else AGAIN)
        elif order:
            yield CsvRecord(record.line, record.end, tuple(record.cells[place] for place in order))
        else:
            yield record


class RepeatFinder:
    """Checks a file's bytes, block by block, for lines that may not be objects.

    Fast: for nearly all lines, it checks only the first byte. At the end of a file without a final line end, pass one.
    """

    def __init__(self, names: Sequence[str], delimiter: str) -> None:
        """`names`: those of the file."""
        import numpy as np

        sign = re.escape(delimiter.encode())
        named = b"|".join(re.escape(name.strip(EDGES).encode()) for name in names[:_MOST_NAMES] if name.strip(EDGES))
        edge = rb'[ "' + sign + rb"]*"
        empty = edge + sign + rb'[ "]*\r?\n'
        again = b"|" + edge + b"(?i:" + named + rb')[ "]*' + sign if named else b""
        self._pattern = re.compile(empty + again)
        letters = {name.strip(EDGES)[:1] for name in names} - {""}
        self._firsts = np.zeros(256, dtype=bool)
        for text in (*letters, *(letter.swapcase() for letter in letters), delimiter, *_AROUND):
            self._firsts[text.encode()[0]] = True
        self._tail = b""  # of a line cut by the end of the last block

    def found_in(self, block: bytes, ends: "NDArray[np.int64] | None" = None) -> bool:
        """`ends`: the positions of the block's line ends, if known."""
        import numpy as np

        values = np.frombuffer(block, dtype=np.uint8)
        if ends is None:
            ends = np.flatnonzero(values == _NEWLINE)
        first = self._tail + (block[: int(ends[0]) + 1] if len(ends) else block)
        if self._pattern.match(first):
            return True
        self._tail = block[int(ends[-1]) + 1 :] if len(ends) else first
        starts = ends[ends < len(values) - 1] + 1
        starts = starts[self._firsts[values[starts]]]
        starts = starts[self._says_so(values, starts)]
        return any(self._pattern.match(block, start) for start in starts.tolist())

    def _says_so(self, values: "NDArray[np.uint8]", starts: "NDArray[np.int64]") -> "NDArray[np.bool_]":
        """Whether the byte after a blank or a quotation mark could also be in such a line."""
        import numpy as np

        first, second = values[starts], values[np.minimum(starts + 1, len(values) - 1)]
        around = np.isin(first, np.frombuffer(_AROUND.encode(), dtype=np.uint8))
        return np.asarray(~around | self._firsts[second])


def _plain(name: str) -> str:
    return clean_name(name).casefold()


def _repeated(cells: Sequence[str], wanted: Sequence[str]) -> list[int] | None:
    """None for an ordinary row. For names: the position of each column's cell, or nothing if all are in place."""
    given = [_plain(cell) for cell in cells]
    filled = [name for name in given if name]
    if len(filled) < min(_FEWEST, len(wanted)) or 2 * len(filled) < len(wanted) or not set(wanted).issuperset(filled):
        return None
    if sum(mine == name for mine, name in zip(given, wanted, strict=True)) == len(filled):
        return []
    places = {name: place for place, name in enumerate(given)}
    if len(places) < len(given) or not all(name in places for name in wanted):
        return []  # with duplicate or missing names, the order is unknown
    return [places[name] for name in wanted]


def _left_out(record: CsvRecord, reason: str) -> BadLine:
    return BadLine(record.line, reason, ",".join(record.cells)[:SHOWN], record.end)

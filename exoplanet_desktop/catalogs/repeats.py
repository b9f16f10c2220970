"""Lines among the rows that are no object: the column names once more, and cells with nothing in them.

Files that were written one behind another (`cat a.csv b.csv`) have the first, spreadsheets leave the second.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from exoplanet_desktop.catalogs.known import EDGES, clean_name
from exoplanet_desktop.catalogs.records import SHOWN, BadLine, Record

EMPTY = "no cell with anything in it"
AGAIN = "the column names again"
REORDERED = "the column names again, in another order, which the rows below it follow"

EMPTY_STARTS = ' "'  # and the delimiter

_FEWEST = 3  # names in a line that repeats them
_SHORTEST = 4  # characters of a name that is looked for in a file's bytes
_SEAM = 65_536  # bytes at the beginning of a block, looked through with the end of the block before


class Look(Protocol):
    """See `may_repeat`."""

    def __call__(self, block: bytes, empties: bool = True) -> bool: ...


def without_repeats(records: Iterator[Record | BadLine], names: Sequence[str]) -> Iterator[Record | BadLine]:
    """The records of a table, with a BadLine for each that is no object.

    Where the names come again in another order, the cells below them are put into the first order.

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
            yield Record(record.line, record.end, tuple(record.cells[place] for place in order))
        else:
            yield record


def may_repeat(names: Sequence[str], delimiter: str) -> Look:
    """What tells of a file's bytes, block by block, whether a line that is no object may stand in them; quick.

    At the end of a file without a last line end, it is to be given one. `empties` is False where no line of the block
    begins with what an empty one begins with: see EMPTY_STARTS.
    """
    longest = max((name.strip(EDGES) for name in names), key=len, default="")
    probe = longest if len(longest) >= _SHORTEST else delimiter.join(names[:4])
    needles = {spelt.encode() for spelt in (probe, probe.upper(), probe.lower())}
    sign = re.escape(delimiter.encode())
    empty = re.compile(rb'\n[ "' + sign + rb"]*" + sign + rb'[ "]*\r?\n')
    tail = b"\n"

    def found(block: bytes, empties: bool = True) -> bool:
        nonlocal tail
        seam = tail + block[:_SEAM]
        end = block.rfind(b"\n")
        tail = (seam if end < 0 else block[end:])[-_SEAM:]
        if any(needle in block or needle in seam for needle in needles) or empty.search(seam):
            return True
        return empties and empty.search(block) is not None

    return found


def _plain(name: str) -> str:
    return clean_name(name).casefold()


def _repeated(cells: Sequence[str], wanted: Sequence[str]) -> list[int] | None:
    """None for a row like any. For names: where the cell of each column stands, or nothing where all are in place."""
    given = [_plain(cell) for cell in cells]
    filled = [name for name in given if name]
    if len(filled) < min(_FEWEST, len(wanted)) or 2 * len(filled) < len(wanted) or not set(wanted).issuperset(filled):
        return None
    if sum(mine == name for mine, name in zip(given, wanted, strict=True)) == len(filled):
        return []
    places = {name: place for place, name in enumerate(given)}
    if len(places) < len(given) or not all(name in places for name in wanted):
        return []  # with names twice, or none, nobody can tell the order
    return [places[name] for name in wanted]


def _left_out(record: Record, reason: str) -> BadLine:
    return BadLine(record.line, reason, ",".join(record.cells)[:SHOWN], record.end)

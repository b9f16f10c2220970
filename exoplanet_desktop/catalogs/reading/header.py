"""Finds the line with the column names, and how to split it into cells.

It is the line with names that catalogs are known to have and with as many cells as the lines below it. If no line
has such names, it is the first line that is as wide as those below. Sentences, titles and comments are neither.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, pairwise

from exoplanet_desktop.catalogs.facts.known import EDGES, clean_name, known_names, uncommented
from exoplanet_desktop.catalogs.reading.records import BadLine, CsvRecord, Style, is_rule, split_records
from exoplanet_desktop.catalogs.reading.sniffing import looks_like_values

MOST_LINES = 400  # lines searched for names, not counting comments
SAMPLE = 40  # records after a line to compare with it

_MOST_COMMENTS = 5_000  # lines searched for names; the archive's longest block has 400 lines
_FEW = 5  # of them, for a first look
_ENOUGH = 3  # known names that make a line the header, if it has many cells
_SMALL = 6  # cells; for a line with no more, two known names are enough


@dataclass(frozen=True)
class CellCut:
    """A way to split lines into cells."""

    delimiter: str
    style: Style | None = None

    @property
    def blank(self) -> bool:
        return self.delimiter == " "

    @property
    def nested(self) -> bool:
        return self.style is not None and self.style.nested


CUTS = (
    CellCut(","),
    CellCut(";"),
    CellCut("\t"),
    CellCut("|", Style(trim=True, borders=True)),
    CellCut("|"),
    CellCut(",", Style(nested=True)),
    CellCut(";", Style(nested=True)),
    CellCut(" "),
    CellCut(" ", Style(gap=1)),
    CellCut(" ", Style(gap=2)),
)


@dataclass(frozen=True)
class Header:
    """A candidate for the line with the column names.

    Attributes:
        line: its number, from 0; `end` is that of the next line.
        cut: how it and the lines below are split.
        cells: the names as the file writes them.
        rows: the first records below it.
        share: the share of these with its width; 1 if there are none.
        known: how many of its names are known.
        commented: it is a comment.
        row_names: each row has one more cell than it, at the front: a name for the row.
        spare: empty cells at its end that the rows do not have.
    """

    line: int
    end: int
    cut: CellCut
    cells: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    share: float
    known: int = 0
    commented: bool = False
    row_names: bool = False
    spare: int = 0

    @property
    def width(self) -> int:
        return len(self.cells)

    @property
    def says_enough(self) -> bool:
        """Whether its names alone make it the header."""
        if self.known < _ENOUGH and (self.known < 2 or self.width > _SMALL):
            return False
        return self.share >= 0.5 or (self.known >= _ENOUGH and 2 * self.known >= self.width)


def find_header(lines: Sequence[str], delimiter: str | None = None, skip: int | None = None) -> Header | BadLine | None:
    """The line with the column names; a BadLine if that line cannot be split; None if there is no line.

    Args:
        lines: the file's first lines, with their ends.
        delimiter: the delimiter, if known.
        skip: lines before the column names, if known.
    """
    cuts = tuple(cut for cut in CUTS if delimiter in (None, cut.delimiter))
    if skip is not None:
        place = next((number for number in range(skip, len(lines)) if lines[number].strip()), None)
        return None if place is None else _best(lines, place, cuts) or _by_first_line(lines, place, cuts)
    return _by_names(lines, cuts) or _by_width(lines, cuts)


def one_column_of_many(lines: Sequence[str], header: Header) -> int:
    """The number of cells in the lines below a one-cell header, if they have several; otherwise 0."""
    for cut in CUTS[:5]:
        widths = [len(cells) for cells in _sample(lines, header.end, cut, 1)]
        wide = max(set(widths), key=widths.count, default=0)
        if wide > 2 and len(widths) > 1 and widths.count(wide) >= 0.8 * len(widths):
            return wide
    return 0


def _by_names(lines: Sequence[str], cuts: Sequence[CellCut]) -> Header | None:
    best: Header | None = None
    seen = 0
    for number, line in enumerate(lines):
        text, commented = uncommented(line)
        seen += not commented and bool(line.strip())
        if seen > MOST_LINES or number > _MOST_COMMENTS:
            break
        if not _may_be_known(text):
            continue
        found = _best(lines, number, cuts)
        if found and found.says_enough and (best is None or _rank(found) > _rank(best)):
            best = found
        if best and not best.commented and best.share >= 0.9:
            break
    return best


def _rank(header: Header) -> tuple[bool, bool, int]:
    return header.share >= 0.5, not header.commented, header.known


def _may_be_known(text: str) -> bool:
    """Whether a line contains at least two known names, however it is split."""
    words = {clean_name(word).lower() for word in chain(re.split(r"[,;\t|]", text.strip(EDGES + '"')), text.split())}
    return len(words & known_names()) > 1


def _by_width(lines: Sequence[str], cuts: Sequence[CellCut]) -> Header | BadLine | None:
    places = [
        number for number, line in enumerate(lines) if line.strip() and not _is_comment(line) and not is_rule(line)
    ][:MOST_LINES]
    if not places:
        return None
    first = _best(lines, places[0], cuts)
    if first and first.width > 1 and first.share >= 0.5:
        return _commented_above(lines, first) or first
    for place in places[1:]:
        found = _best(lines, place, cuts, quick=True)
        if found and found.width > 1 and len(found.rows) > 1 and found.share >= 0.8:
            if looks_like_values(found.cells):
                break
            return found
    return _by_first_line(lines, places[0], cuts)


def _is_comment(line: str) -> bool:
    return line.lstrip("\ufeff").startswith("#") or uncommented(line)[1]


def _commented_above(lines: Sequence[str], first: Header) -> Header | None:
    """The last comment before a row of values, if it is as wide: it then has the names."""
    if not looks_like_values(first.cells) or not first.line:
        return None
    text, commented = uncommented(lines[first.line - 1])
    above = _header(lines, first.line - 1, first.cut) if commented and text.strip() else None
    return above if above and above.width == first.width and not looks_like_values(above.cells) else None


def _by_first_line(lines: Sequence[str], place: int, cuts: Sequence[CellCut]) -> Header | BadLine:
    """Split so that it has the most known names."""
    plain = [cut for cut in cuts if cut.style is None and not (cut.blank and len(cuts) > 3)] or list(cuts)
    found = [header for cut in plain if (header := _header(lines, place, cut))]
    if found:
        return max(found, key=lambda header: header.width)
    bad = next(split_records(lines[place:], plain[0].delimiter, None, place + 1, plain[0].style))
    assert isinstance(bad, BadLine)
    return bad


def _best(lines: Sequence[str], place: int, cuts: Sequence[CellCut], quick: bool = False) -> Header | None:
    """A line as the header, split in the way that fits it and the lines below best; None if it cannot be split."""
    best: Header | None = None
    text = lines[place].strip(EDGES + "#! ")
    bordered = len(text) > 2 and text.startswith("|") and text.endswith("|")
    for cut in cuts:
        if (cut.delimiter == "|" and bordered != bool(cut.style)) or (cut.nested and text[:1] != '"'):
            continue
        if quick:
            few = _header(lines, place, cut, _FEW)
            if few is None or few.width < 2 or few.share < 0.6:
                continue
        found = _header(lines, place, cut)
        if found and not cut.blank and found.says_enough and found.share >= 0.9 and 2 * found.known > found.width:
            return found
        if found and (best is None or _quality(found) > _quality(best)):
            best = found
    return best


def _quality(header: Header) -> tuple[bool, bool, int, bool, bool, int]:
    """Greater means a better split; of equals, the first in CUTS wins."""
    fits = header.share >= 0.5
    enough = header.says_enough
    return (
        fits and header.width > 1,
        enough,
        header.known if enough else 0,
        header.share >= 0.9,
        not header.cut.blank,
        header.width,
    )


def _header(lines: Sequence[str], place: int, cut: CellCut, most: int = SAMPLE) -> Header | None:
    text, commented = uncommented(lines[place])
    record = next(
        split_records(chain((text,), islice(lines, place + 1, None)), cut.delimiter, None, 1, cut.style), None
    )
    if not isinstance(record, CsvRecord):
        return None
    end = place + record.end
    cells = record.cells
    names = {clean_name(cell).lower() for cell in cells}
    rows = tuple(_sample(lines, end, cut, len(cells), most))
    header = Header(place, end, cut, cells, rows, 1.0, len(names & known_names()), commented)
    return _fitted(header) if rows else header


def _sample(
    lines: Sequence[str], start: int, cut: CellCut, width: int, most: int = SAMPLE
) -> Iterator[tuple[str, ...]]:
    """The first records from a line on, without comments and rules; an empty one for a line that cannot be split."""
    style = replace(cut.style or Style(), rules=True)
    # Rows may contain line breaks, and comments and blank lines may precede them.
    part = islice(lines, start, start + 20 * most)
    found = split_records(part, cut.delimiter, 0, start + 1, style)
    for record in islice(found, most):
        if isinstance(record, BadLine):
            yield ()
        elif len(record.cells) == width or not _is_comment(lines[record.line - 1]):
            yield record.cells


def _fitted(header: Header) -> Header:
    """With the share of its rows that have the header's width, in the best of the three ways they can."""
    width, named = header.width, _without_empty_end(header.cells)
    same = sum(1 for row in header.rows if len(row) == width or (len(row) > width and not any(row[width:])))
    shorter = sum(1 for row in header.rows if named <= len(row) < width)
    longer = sum(1 for row in header.rows if len(row) == named + 1)
    count = len(header.rows)
    if shorter > max(same, longer if named < width - 1 else 0):
        return replace(header, share=shorter / count, spare=width - named)
    if longer > same and named == width and longer >= 0.8 * count and _name_rows(header.rows, named + 1):
        return replace(header, share=longer / count, row_names=True)
    return replace(header, share=same / count)


def _without_empty_end(cells: Sequence[str]) -> int:
    width = len(cells)
    while width > 1 and not cells[width - 1].strip(EDGES):
        width -= 1
    return width


def _name_rows(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether the first cells of rows are row names or row numbers rather than the first half of a decimal comma."""
    first = [row[0].strip() for row in rows if len(row) == width]
    if len(set(first)) < len(first):
        return False
    if counts_up(first):
        return any("." in cell for row in rows for cell in row)  # without a point, a comma may be the decimal sign
    return len(first) > 1 and not any(re.fullmatch(r"[-+\d.,eE]*", cell) for cell in first)


def counts_up(cells: Sequence[str]) -> bool:
    """Whether cells are whole numbers that count rows: each greater than the one before, mostly by one.

    >>> counts_up(["0", "1", "3"]), counts_up(["10797460", "11446443"]), counts_up(["7"])
    (True, False, False)
    """
    if not cells or not all(re.fullmatch(r"\d{1,12}(\.0)?", cell, re.ASCII) for cell in cells):
        return False
    numbers = [int(cell.removesuffix(".0")) for cell in cells]
    if len(numbers) == 1:
        return numbers[0] in (0, 1)
    steps = [after - before for before, after in pairwise(numbers)]
    return min(steps) > 0 and sum(steps) <= 100 * len(steps) and (numbers[0] < 100_000 or max(steps) == 1)

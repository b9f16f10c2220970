"""From lines to records of a delimited text, accounting for every line.

A record is one line, or several if a quoted cell contains line breaks (RFC 4180). Blank lines are not records. A line
that is not a record of the table (ragged, a quote that never closes, too long) comes out as a BadLine, and reading
continues with the next line.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

MAX_RECORD = 2_000_000  # characters; DuckDB's own limit for a line is 2,097,152 bytes
MAX_CELL = 131_072  # characters; the csv module's own limit
MAX_LINES = 200  # lines of one record; beyond them, a quote counts as never closed
_MOST_REASONS = 5
SHOWN = 200  # characters of a bad line to keep for display
_RULE = re.compile(r"[\s|+:=-]*[-=]{2}[\s|+:=-]*")
_COUNT = re.compile(r"\(\d+ rows?\)\s*")


@dataclass(frozen=True)
class Style:
    """The layout of cells in a line beyond a delimiter between them.

    Attributes:
        trim: blanks around a cell are not part of it.
        gap: at least so many blanks separate two cells; 0 if the delimiter does.
        borders: the delimiter also begins and ends each line, as in Markdown.
        nested: each line is quoted as a whole, as a spreadsheet writes lines that it did not split.
        rules: lines of dashes between rows are not rows.
        places: where each column begins and ends in a line, in characters; the last one ends with its line.
        nulls: the word for "missing" in each column of `places`.
    """

    trim: bool = False
    gap: int = 0
    borders: bool = False
    nested: bool = False
    rules: bool = False
    places: tuple[tuple[int, int], ...] = ()
    nulls: tuple[str, ...] = ()

    @property
    def by_line(self) -> bool:
        """Whether each line is a record that no quoted line break joins to the next."""
        return bool(self.gap or self.borders or self.nested or self.places)


@dataclass(frozen=True)
class BadLine:
    """A record that was left out.

    Attributes:
        line: its line number in the file, counted from 1; the first one if it has several.
        reason: why, in words.
        text: its beginning.
        end: number of its last line.
    """

    line: int
    reason: str
    text: str
    end: int


def lines_left_out(bad: Sequence[BadLine], count: int, name: str = "") -> list[str]:
    """One sentence on lines that are not rows, with the first line of each reason; empty if there are none.

    `name`: the file's name, if there are several files.

    >>> lines_left_out([BadLine(5, "a comment", "# x", 5), BadLine(7, "a comment", "# y", 7)], 2)
    ['2 lines are left out: line 5 and others have a comment.']
    """
    if not count:
        return []
    reasons: dict[str, list[int]] = {}
    for each in bad:
        reasons.setdefault(each.reason, []).append(each.line)
    parts = [
        f"line {lines[0]:,} has {reason}" if len(lines) == 1 else f"line {lines[0]:,} and others have {reason}"
        for reason, lines in list(reasons.items())[:_MOST_REASONS]
    ]
    more = "; …" if len(reasons) > _MOST_REASONS else ""
    whose = f" of {name}" if name else ""
    lines = f"1 line{whose} is" if count == 1 else f"{count:,} lines{whose} are"
    return [f"{lines} left out: {'; '.join(parts)}{more}."]


@dataclass(frozen=True)
class CsvRecord:
    """Cells of a record, and the line numbers (from 1) at which it begins and ends."""

    line: int
    end: int
    cells: tuple[str, ...]


_PLAIN = Style()


def bounded_lines(file: TextIO) -> Iterator[str]:
    """The lines of a file opened with `newline=""`; a line longer than a record may be is cut."""
    while line := file.readline(MAX_RECORD + 1):
        if len(line) > MAX_RECORD:
            rest = line
            while rest and rest[-1] not in "\r\n":
                rest = file.readline(MAX_RECORD)
        yield line


def is_rule(line: str) -> bool:
    """Whether a line is a rule of dashes (`+----+----+`, `|:---|---:|`, `---- ----`) or psql's row count.

    >>> is_rule("|:---|----|"), is_rule("-1 -2")
    (True, False)
    """
    return len(line) <= MAX_CELL and (_RULE.fullmatch(line) or _COUNT.fullmatch(line)) is not None


def split_records(
    lines: Iterable[str],
    delimiter: str,
    width: int | None = None,
    first_line: int = 1,
    style: Style | None = None,
) -> Iterator[CsvRecord | BadLine]:
    """The records of a text, in order.

    Args:
        lines: the text's lines with their ends (a file opened with `newline=""`).
        delimiter: one character.
        width: cells that a record must have; the first record's number if None, any if 0. Extra empty cells at the
            end are accepted: some programs end each line with delimiters.
        first_line: the number of the first of `lines`.
        style: the line style beyond the delimiter.
    """
    style = style or _PLAIN
    source = _Lines(lines, first_line)
    tidy = _spaces_at_quotes(delimiter)
    blanks = "\r\n" if width == 1 else "\r\n\t ".replace(delimiter, "")
    while (line := source.take()) is not None:
        if not line.strip(blanks) or (style.rules and is_rule(line)):
            continue
        number = source.number
        if style.trim and '"' in line:
            line = tidy.sub("", line)
        if style.by_line:
            (cells, reason), further = _cut(line, delimiter, style), 0
        else:
            cells, further, reason = _parse(line, source, delimiter)
        width = len(cells) if width is None else width
        if width and len(cells) != width and not style.by_line:
            mended = _without_spaces(line, tidy, delimiter, width)
            cells, further, reason = (mended, 0, "") if mended else (cells, further, reason)
        source.skip(further)
        if style.trim:
            cells = [cell.strip() for cell in cells]
        while width and len(cells) > width and not cells[-1]:
            cells.pop()
        if width and not reason and len(cells) != width:
            reason = "a comment" if line.startswith("#") else _other_width(len(cells), width)
        if reason:
            yield BadLine(number, reason, _shown(line), source.number)
        else:
            yield CsvRecord(number, source.number, tuple(cells))


def _cut(line: str, delimiter: str, style: Style) -> tuple[list[str], str]:
    """Cells of a one-line record, and the error in it (empty if there is none)."""
    if len(line) > MAX_RECORD:
        return [], f"longer than {MAX_RECORD:,} characters"
    if "\0" in line:
        return [], "a NUL character, which no text has"
    if style.places:
        return _cut_at_places(line.rstrip("\r\n").expandtabs(), style)
    if style.gap:
        text = line.strip().replace("\t", " " * style.gap)
        if style.gap > 1:
            return re.split(f" {{{style.gap},}}", text), ""
        try:
            return next(csv.reader([text], delimiter=" ", skipinitialspace=True, strict=True)), ""
        except csv.Error as error:
            return [], _reason(str(error))
    if style.nested:
        return _cut_nested(line, delimiter)
    text = line.strip().removeprefix(delimiter).removesuffix(delimiter)
    return [cell.strip() for cell in text.split(delimiter)], ""


def _cut_nested(line: str, delimiter: str) -> tuple[list[str], str]:
    try:
        outer = next(csv.reader([line.strip()], strict=True))
        if len(outer) != 1:
            return [], "cells where one pair of quotation marks is expected"
        return next(csv.reader(outer, delimiter=delimiter, strict=True)), ""
    except csv.Error as error:
        return [], _reason(str(error))


def _cut_at_places(text: str, style: Style) -> tuple[list[str], str]:
    edges = (text[end:start] for (_, end), (start, _) in zip(style.places, style.places[1:], strict=False))
    if any(edge.strip() for edge in edges):
        return [], "text across the edge of a column"
    last = style.places[-1][0]
    cells = [text[start:end].strip() for start, end in style.places[:-1]] + [text[last:].strip()]
    nulls = style.nulls or ("",) * len(cells)
    return ["" if cell == null else cell for cell, null in zip(cells, nulls, strict=True)], ""


class _Lines:
    """Lines with look-ahead: lines of a failed record are read again, one by one."""

    def __init__(self, lines: Iterable[str], first_line: int) -> None:
        self._lines = iter(lines)
        self._ahead: deque[str] = deque()
        self.number = first_line - 1

    def take(self) -> str | None:
        self.number += 1
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def look(self) -> Iterator[str]:
        """The lines after the one just taken, without taking them."""
        yield from tuple(self._ahead)
        for line in self._lines:
            self._ahead.append(line)
            yield line

    def skip(self, count: int) -> None:
        for _ in range(count):
            self.take()


def _parse(line: str, source: _Lines, delimiter: str) -> tuple[list[str], int, str]:
    """Cells, the number of further lines that they took, and the error in them (empty if there is none)."""
    if len(line) > MAX_RECORD:
        return [], 0, f"longer than {MAX_RECORD:,} characters"
    if "\0" in line:
        return [], 0, "a NUL character, which no text has"
    if '"' not in line:
        cells = line.rstrip("\r\n").split(delimiter)
        return cells, 0, f"a cell longer than {MAX_CELL:,} characters" if _too_long(line, cells) else ""
    used = -1

    def counted() -> Iterator[str]:
        nonlocal used
        size = 0
        for text in _chain(line, source):
            size += len(text)
            if size > MAX_RECORD or "\0" in text:
                return
            used += 1
            yield text

    try:
        cells = next(csv.reader(counted(), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return [], 0, _reason(str(error))
    return cells, used, ""


def _chain(line: str, source: _Lines) -> Iterator[str]:
    yield line
    yield from islice(source.look(), MAX_LINES - 1)


def _other_width(cells: int, width: int) -> str:
    return f"{cells:,} cell{'s' if cells > 1 else ''} where the header has {width:,}"


def _too_long(line: str, cells: list[str]) -> bool:
    return len(line) > MAX_CELL and max(map(len, cells)) > MAX_CELL


def _reason(message: str) -> str:
    if "unexpected end" in message:
        return "a quotation mark that is never closed"
    if "field larger" in message:
        return f"a cell longer than {MAX_CELL:,} characters"
    return "text after a closing quotation mark"


def _spaces_at_quotes(delimiter: str) -> re.Pattern[str]:
    edge = re.escape(delimiter)
    blank = {"\t": " ", " ": "\t"}.get(delimiter, "[ \t]")
    return re.compile(rf'(?:(?<={edge})|^){blank}+(?=")|(?<="){blank}+(?={edge}|[\r\n]*$)')


def _without_spaces(line: str, tidy: re.Pattern[str], delimiter: str, width: int) -> list[str] | None:
    """The cells of a line without the spaces around its quoted cells, if that makes the line valid."""
    if '"' not in line or "\0" in line or len(line) > MAX_RECORD:
        return None
    try:
        cells = next(csv.reader([tidy.sub("", line)], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return cells if len(cells) == width else None


def _shown(line: str) -> str:
    text = line.rstrip("\r\n")
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"

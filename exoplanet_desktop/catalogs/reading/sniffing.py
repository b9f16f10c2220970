"""Guesses about a file from its first bytes: encoding, decimal sign, column names and meanings."""

import codecs
import re
from collections.abc import Iterable, Mapping, Sequence

from exoplanet_desktop.catalogs.facts.dictionary import ColumnInfo
from exoplanet_desktop.catalogs.facts.numbers import MOST_UNREAD, is_missing, read_number, votes
from exoplanet_desktop.errors import UnreadableFile

_FEW_NAMELESS = 3  # columns that get their own sentence
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
_COLUMN_LINE = re.compile(r"COLUMN\s+([^:\s]+)\s*:\s*(.*)")


def decode(name: str, head: bytes, whole: bool, chosen: str | None = None) -> tuple[str, str]:
    """Encoding and text of the beginning of a file (`whole`: it is the entire file).

    The `chosen` one, or UTF-16 by its byte order mark or its many NUL bytes; otherwise UTF-8; otherwise Latin-1, which
    accepts every byte.
    Raises UnreadableFile if over 1 % are control characters.
    """
    encoding = chosen or _utf16(head) or "utf-8"
    try:
        text = _decoded(head, encoding, whole)
    except UnicodeDecodeError:
        if chosen:
            raise UnreadableFile(f"{name} is not {chosen.upper()}. Choose another encoding.") from None
        encoding = "latin-1"
        text = head.decode(encoding)
    if len(_CONTROLS.findall(text)) * 100 > len(text):
        raise UnreadableFile(f"{name} is not text. Choose a CSV file.")
    return encoding, text.removeprefix("\ufeff")


def decimal_sign(rows: Iterable[Sequence[str]]) -> str:
    """The decimal sign that more cells of some rows show; a first guess, since all rows vote in the end."""
    cells = [cell for row in rows for cell in row if "," in cell or "." in cell]
    comma, point, _ = votes()
    commas = sum(1 for cell in cells if re.fullmatch(comma, cell))
    points = sum(1 for cell in cells if re.fullmatch(point, cell))
    return "," if commas > points else "."


def kind_in_sample(cells: Iterable[str], decimal: str) -> str:
    """The type of a column's sample cells: "whole numbers", "numbers", "texts", or "" if all are missing.

    >>> kind_in_sample(["1", "", "-20"], "."), kind_in_sample(["1,5"], ","), kind_in_sample(["NA"], ".")
    ('whole numbers', 'numbers', '')
    """
    filled = [cell.strip() for cell in cells if not is_missing(cell)]
    if not filled:
        return ""
    if all(re.fullmatch(r"[+-]?\d+", cell, re.ASCII) for cell in filled):
        return "whole numbers"
    unread = sum(1 for cell in filled if read_number(cell, decimal) is None)
    return "numbers" if unread <= MOST_UNREAD * len(filled) else "texts"


def looks_like_values(header: Sequence[str]) -> bool:
    """Whether a header line mostly consists of numbers: it is then a row, and the names are missing."""
    filled = [cell.strip() for cell in header if cell.strip()]
    numbers = sum(1 for cell in filled if read_number(cell) is not None)
    return 2 * numbers > len(filled) or not filled


def meanings(lines: Iterable[str]) -> Mapping[str, ColumnInfo]:
    """Label and unit by column, from the header block's lines `COLUMN name: Label [unit]`, without their `#`."""
    found = (_COLUMN_LINE.match(line) for line in lines)
    return {match[1]: ColumnInfo(*split_unit(match[2])) for match in found if match}


def split_unit(text: str) -> tuple[str, str]:
    """Label and unit from a column's description.

    >>> split_unit("Orbital Period Upper Unc. [days]")
    ('Orbital Period Upper Unc.', 'days')
    >>> split_unit("Planet Mass or Mass*sin(i) [Earth Mass] Upper Unc.")
    ('Planet Mass or Mass*sin(i) Upper Unc.', 'Earth Mass')
    """
    found = re.search(r"\[([^\]]*)\]", text)
    if not found:
        return text.strip(), ""
    return " ".join((text[: found.start()] + text[found.end() :]).split()), found.group(1).strip()


def unique_names(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Column names without blanks and duplicates, and a note for each change.

    Names that differ only in case count as the same, because DuckDB treats them as one; `rowid` is its own name for the
    position of a row.

    >>> unique_names(["a", "", "a"])[0]
    ('a', 'column_2', 'a_2')
    """
    given = [name.strip() for name in names]
    taken = {name.lower() for name in given} | {"rowid"}
    seen = {"rowid"}
    unique: list[str] = []
    notes: list[str] = []
    nameless: list[tuple[int, str]] = []
    for position, name in enumerate(given, start=1):
        new = name
        if not name:
            new = _free(f"column_{position}", taken)
            nameless.append((position, new))
        elif name.lower() in seen:
            new = _free(name, taken)
            notes.append(f"The name of column {position}, `{name}`, is taken; it is called `{new}`.")
        seen.add(new.lower())
        taken.add(new.lower())
        unique.append(new)
    return tuple(unique), (*_nameless_note(nameless), *notes)


def _nameless_note(columns: Sequence[tuple[int, str]]) -> list[str]:
    if len(columns) <= _FEW_NAMELESS:
        return [f"Column {position} has no name; it is called `{name}`." for position, name in columns]
    listed = ", ".join(f"`{name}`" for _, name in columns[:_FEW_NAMELESS])
    return [f"{len(columns):,} columns have no name; they are called {listed}, …"]


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free.lower() in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _utf16(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    pairs = len(head) // 2
    if pairs < 2:
        return None
    first, second = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if second > 0.7 * pairs and first < 0.05 * pairs:
        return "utf-16-le"
    if first > 0.7 * pairs and second < 0.05 * pairs:
        return "utf-16-be"
    return None


def _decoded(head: bytes, encoding: str, whole: bool) -> str:
    return codecs.getincrementaldecoder(encoding)().decode(head, final=whole)

"""Tables whose cells are defined by their positions in the line: IPAC tables, and fixed-width columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from exoplanet_desktop.catalogs.reading.records import Style, is_rule

_MOST_HEADERS = 4  # names, types, units, words for "missing"
_MOST_KEYWORDS = 5_000


@dataclass(frozen=True)
class Ipac:
    """The header of an IPAC table.

    Attributes:
        line: index of the line with the names; `end` is that of the first row.
        names, units: of the columns.
        style: of the rows.
    """

    line: int
    end: int
    names: tuple[str, ...]
    units: tuple[str, ...]
    style: Style


def ipac(lines: Sequence[str]) -> Ipac | None:
    r"""The header of an IPAC table, if the lines begin with one: `\` keywords, then names between bars.

    >>> table = ipac(["|  kepid|koi_period|\n", "|    int|    double|\n", "      12        1.5\n"])
    >>> table.names, table.style.places
    (('kepid', 'koi_period'), ((1, 8), (9, 19)))
    """
    line = next((number for number, text in enumerate(lines[:_MOST_KEYWORDS]) if not text.startswith("\\")), 0)
    heads = []
    for text in lines[line : line + _MOST_HEADERS]:
        text = text.rstrip()
        if not (len(text) > 2 and text.startswith("|") and text.endswith("|")):
            break
        heads.append(text)
    end = line + len(heads)
    if not heads or not _is_ipac(heads, lines[end] if end < len(lines) else "", line > 0):
        return None
    bars = [place for place, letter in enumerate(heads[0]) if letter == "|"]
    places = tuple((before + 1, after) for before, after in pairwise(bars))
    rows = [tuple(text[start:stop].strip() for start, stop in places) for text in heads]
    units = rows[2] if len(rows) > 2 else ()
    nulls = rows[3] if len(rows) > 3 else ()
    return Ipac(line, end, rows[0], units, Style(trim=True, places=places, nulls=nulls))


def _is_ipac(heads: Sequence[str], row: str, keywords: bool) -> bool:
    """Whether lines between bars are the header of an IPAC table rather than of a table drawn with bars."""
    bars = [[place for place, letter in enumerate(text) if letter == "|"] for text in heads]
    aligned = all(places == bars[0] for places in bars)
    return aligned and not row.startswith("|") and not any(map(is_rule, heads)) and (keywords or len(heads) > 1)


def places_of(lines: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """The positions of the columns in lines that are blank at the same places; empty if there is no clear pattern.

    >>> places_of(["name     x", "K 1    1.5", "K 2       "])
    ((0, 4), (7, 10))
    """
    rule = next((line for line in lines[1:3] if is_rule(line) and "|" not in line), None)
    filled = [line.expandtabs() for line in lines if line.strip() and not is_rule(line)]
    if len(filled) < 2:
        return ()
    long = max(map(len, filled))
    if rule is not None:
        used = [letter != " " for letter in rule.expandtabs().ljust(long)]
    else:
        used = [any(place < len(line) and line[place] != " " for line in filled) for place in range(long)]
    edges = [place for place in range(long) if used[place] != (place > 0 and used[place - 1])] + [long] * used[-1]
    places = list(zip(edges[::2], edges[1::2], strict=True))
    # Text between two columns belongs to neither: text found there later is reported, not cut.
    return ((0, places[0][1]), *places[1:]) if places else ()

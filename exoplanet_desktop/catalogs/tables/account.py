"""An account of cells: which ones were not read as written, by column, for the user to judge."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.facts.physics import NUMBERS
from exoplanet_desktop.catalogs.facts.units import unit_name
from exoplanet_desktop.catalogs.tables.cells import ColumnKind

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import CellCount

LONGEST_EXAMPLE = 40  # characters
MOST_SENTENCES = 12
_UNIT = "unit:"

_WORDS = {
    "unread": (
        "is neither a number nor missing and counts as missing",
        "are neither numbers nor missing and count as missing",
    ),
    "infinite": (
        "is infinite or too large for a model, to which it is missing",
        "are infinite or too large for a model, to which they are missing",
    ),
    "sentinel": (
        "holds an impossible number that often stands for “missing”; it counts as missing",
        "hold an impossible number that often stands for “missing”; they count as missing",
    ),
    "suspect": (
        "is a number that often stands for “missing”, but is used as is",
        "are numbers that often stand for “missing”, but are used as they are",
    ),
    "mixed": (
        "is not a number, although most cells of the column are; the column is read as text",
        "are not numbers, although half of the column's cells are; the column is read as text",
    ),
    "zero": (
        "is 0, which is impossible, but is used as is",
        "are 0, which is impossible, but are used as they are",
    ),
    "negative": (
        "is negative, which is impossible, but is used as is",
        "are negative, which is impossible, but are used as they are",
    ),
    "grouped": (
        "has a sign that is read as a thousands separator but could be a decimal sign",
        "have a sign that is read as a thousands separator but could be a decimal sign",
    ),
    "limit": (
        "is a limit and not a measurement; its number is used",
        "are limits and not measurements; their numbers are used",
    ),
    "error": (
        "has an error behind the number, which is left out",
        "have errors behind the numbers, which are left out",
    ),
    "unit": (
        "has a unit behind the number, which is read as if it were in the column's own unit",
        "have units behind the numbers, which are read as if they were in the column's own unit",
    ),
    "rounded": ("looks rounded", "look rounded"),
}


@dataclass(frozen=True)
class CellIssue:
    """Cells of a column that were not read as written.

    Attributes:
        column: its name.
        kind: `unread` (neither a number nor missing), `infinite` (or too large for a model), `sentinel` (a number that
            stands for "missing"), `suspect` (one that may), `mixed` (texts among numbers), `zero` and `negative` (where
            physics forbids it), `grouped` (a sign taken for a thousands separator, where it could be a decimal
            one), `limit`, `error` (behind the number), `rounded`, `unit`.
        count: how many.
        line: line of the first one in the file, from 1.
        example: its text.
    """

    column: str
    kind: str
    count: int
    line: int
    example: str


def sentence(told: CellIssue, unit: str = "") -> str:
    """A sentence for the user; `unit`: the column's own, as Layout.units has it."""
    one, several = _WORDS[told.kind]
    words = (
        f"1 cell of `{told.column}` {one}" if told.count == 1 else f"{told.count:,} cells of `{told.column}` {several}"
    )
    if told.kind == "unit" and unit:
        words += f" ({unit})"
    first = "" if told.count == 1 else "first: "
    return f"{words} ({first}line {told.line:,}, “{told.example}”)."


def sentences(account: Sequence[CellIssue], units: Mapping[str, str], most: int = MOST_SENTENCES) -> list[str]:
    """A sentence for each, and one for those beyond `most`."""
    words = [sentence(each, units.get(each.column, "")) for each in account[:most]]
    if rest := account[most:]:
        columns = len({each.column for each in rest})
        noun = "column" if columns == 1 else "columns"
        words.append(f"{sum(each.count for each in rest):,} more cells of {columns:,} {noun} were not read as written.")
    return words


def cell_counts(account: Iterable[CellIssue], units: Mapping[str, str]) -> "list[CellCount]":
    """The account in the form sent to clients."""
    from exoplanet_desktop.wire.payloads import CellCount

    return [
        CellCount(
            column=each.column,
            kind=each.kind,
            count=each.count,
            line=each.line,
            example=each.example,
            sentence=sentence(each, units.get(each.column, "")),
        )
        for each in account
    ]


def account_of(
    kinds: Mapping[str, ColumnKind],
    units: Mapping[str, str],
    lines: Callable[[Sequence[int]], list[int]],
) -> tuple[CellIssue, ...]:
    """The account of some columns.

    Args:
        kinds: what their cells are.
        units: the columns' own.
        lines: line numbers of rows.
    """
    parts = [
        (column, name, count, row, example)
        for column, kind in kinds.items()
        # Also report a column that should contain numbers but has none.
        if kind.numeric or column in NUMBERS or kind.has("mixed")
        for name, count, row, example in _told_of(kind, units.get(column, ""))
    ]
    numbers = lines([row for _, _, _, row, _ in parts])
    return tuple(
        CellIssue(
            column, name, count, line, example if len(example) <= LONGEST_EXAMPLE else example[:LONGEST_EXAMPLE] + "…"
        )
        for (column, name, count, _, example), line in zip(parts, numbers, strict=True)
    )


def _told_of(kind: ColumnKind, unit: str) -> list[tuple[str, int, int, str]]:
    found = [(name, each.count, each.row, each.example) for name, each in sorted(kind.found.items()) if name in _WORDS]
    units = {name.removeprefix(_UNIT): each for name, each in kind.found.items() if name.startswith(_UNIT)}
    names = {unit_name(name) for name in units}
    count = sum(each.count for each in units.values())
    everywhere = count == kind.numbers and len(names) == 1 and (not unit or unit_name(unit) in names)
    if units and not everywhere:
        first = min(units.values(), key=lambda each: each.row)
        found.append(("unit", count, first.row, first.example))
    return found

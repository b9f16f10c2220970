"""The decimal sign of a file: its number columns vote, over all rows.

A cell votes if only one sign explains it: `3,5` and `1.234,5` for the comma, `0.12` and `1,234.5` for the point.
`1,234` does not vote: it is read by the result.
"""

# ruff: noqa: S608 - names in SQL come through identifier()

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.catalogs.base.database import identifier, literal, some_at_once
from exoplanet_desktop.catalogs.base.progress import ShouldStop, check
from exoplanet_desktop.catalogs.facts.numbers import MOST_UNREAD, sql_missing, sql_seems_number, votes
from exoplanet_desktop.catalogs.reading.layout import COMMA_NOTE, Layout

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass
class _Votes:
    """Cells that only a comma explains, or only a point; and cells that both explain."""

    comma: int = 0
    point: int = 0
    either: int = 0


def needs_vote(layout: Layout, quoted: bool) -> bool:
    """Whether the rows should vote; between comma delimiters, a cell contains a comma only in quotation marks."""
    return not layout.decimal_said and (layout.delimiter != "," or quoted)


def settle_decimal(
    cursor: "DuckDBPyConnection", relation: str, layout: Layout, should_stop: ShouldStop, *, quoted: bool
) -> Layout:
    """The layout with the decimal sign that the file's rows vote for, and a note if the user should know.

    Args:
        relation: SQL for the rows, with the layout's columns as VARCHAR.
        quoted: whether any cell may be in quotation marks.
    Raises Cancelled.
    """
    if not needs_vote(layout, quoted):
        return layout
    found = _count(cursor, relation, layout.columns, should_stop)
    default = "," if layout.delimiter == ";" and found.either else "."
    sign = default if found.comma == found.point else "," if found.comma > found.point else "."
    notes = tuple(note for note in layout.notes if note != COMMA_NOTE)
    return replace(layout, decimal=sign, notes=(*notes, *_notes(sign, found)))


def _notes(sign: str, found: _Votes) -> Iterable[str]:
    if sign == ",":
        yield COMMA_NOTE
    if found.either and not found.comma and not found.point:
        taken = "decimal signs" if sign == "," else "thousands separators"
        yield f"No cell shows what the commas in numbers mean; they are read as {taken}."
    if few := found.point if sign == "," else found.comma:
        numbers, each = ("1 number has", "it") if few == 1 else (f"{few:,} numbers have", "each of them")
        one, other = ("point", "comma") if sign == "," else ("comma", "point")
        yield f"{numbers} a decimal {one} where the others have a decimal {other}; {each} is read with the sign it has."


def _count(cursor: "DuckDBPyConnection", relation: str, columns: Sequence[str], should_stop: ShouldStop) -> _Votes:
    commas = [f"count(CASE WHEN contains({identifier(name)}, ',') THEN 1 END)" for name in columns]
    counts = _ask(cursor, relation, commas, should_stop)
    there = [name for name, (count,) in zip(columns, counts, strict=True) if count]
    found = _Votes()
    if not _add(found, cursor, relation, there, should_stop):
        return found
    rest = [name for name in columns if name not in set(there)]
    _add(found, cursor, relation, rest, should_stop)
    return found


def _add(
    found: _Votes, cursor: "DuckDBPyConnection", relation: str, columns: Sequence[str], should_stop: ShouldStop
) -> bool:
    """Adds the votes of the columns that contain numbers; returns whether any has a comma."""
    comma, point, either = map(literal, votes())
    tests = []
    for name in columns:
        cell = identifier(name)
        conditions = (
            f"NOT {sql_missing(cell)}",
            sql_seems_number(cell),
            f"regexp_full_match({cell}, {comma})",
            f"regexp_full_match({cell}, {point})",
            f"contains({cell}, ',') AND regexp_full_match({cell}, {either})",
        )
        tests.append(", ".join(f"count(CASE WHEN {condition} THEN 1 END)" for condition in conditions))
    for filled, numbers, by_comma, by_point, by_either in _ask(cursor, relation, tests, should_stop):
        if filled - numbers <= MOST_UNREAD * filled:
            found.comma += by_comma
            found.point += by_point
            found.either += by_either
    return bool(found.comma or found.either)


def _ask(
    cursor: "DuckDBPyConnection", relation: str, tests: Sequence[str], should_stop: ShouldStop
) -> list[tuple[int, ...]]:
    """The results of aggregates, one tuple for each test, which may have several."""
    answers: list[tuple[int, ...]] = []
    for part in some_at_once(tests):
        check(should_stop)
        row: Any = cursor.execute(f"SELECT {', '.join(part)} FROM {relation}").fetchone()
        width = len(row) // len(part)
        answers += [tuple(row[place : place + width]) for place in range(0, len(row), width)]
    return answers

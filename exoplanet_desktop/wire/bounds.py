"""Cuts well-formed replies of absurd size down to what a window can show.

A label of five million characters keeps Qt busy for minutes, so no server text reaches the window at full length. Cut
text ends with “…”, so that nobody takes it for the whole. What was exported elsewhere is cut in the same way.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any

DEEPEST = 40  # levels of lists and objects within each other
LONGEST_TEXT = 2_000  # characters per text
LONGEST_NAME = 120
MOST_BINS = 100  # of a reliability curve
MOST_ENTRIES = 10_000  # entries per list or object
MOST_NOTES = 200  # sentences per list of them
LONGEST_NOTE = 500
MOST_CLASSES = 12  # of a figure; a planet catalog has three
LONGEST_LOG = 4_000_000  # characters of a log accepted per reply
MOST_LINES = 20_000

LONGEST_REASON = 100_000  # characters of a text that `words.readable` searches for a reason, at its start or its end

# A log has its own limit, and a truncated path is useless.
_WHOLE = ("logs", "local_path")
_ROWS = "results"  # row counts are checked against the full reply
_NOTES = ("notes", "warnings")
_REASONS = ("error", "detail", "message")


def bounded(reply: Any, depth: int = 0) -> Any:
    """Returns a parsed reply with its texts and lists cut. Raises RecursionError if it is nested too deeply.

    >>> len(bounded({"stage": "x" * 5000, "logs": "y" * 5000})["stage"])
    2000
    """
    if isinstance(reply, str):
        return shortened(reply)
    if isinstance(reply, dict | list) and depth > DEEPEST:
        raise RecursionError("nested too deeply")
    if isinstance(reply, dict):
        items = islice(reply.items(), MOST_ENTRIES)
        return {shortened(name): _bounded_item(name, item, depth + 1) for name, item in items}
    if isinstance(reply, list):
        return [bounded(item, depth + 1) for item in reply[:MOST_ENTRIES]]
    return reply


def _bounded_item(name: str, item: Any, depth: int) -> Any:
    if name == _ROWS and isinstance(item, list):
        return [_flat(row, depth) for row in item]
    if name in _WHOLE and isinstance(item, str):
        return item
    if name in _NOTES and isinstance(item, list):
        return _bounded_notes(item, depth)
    if name in _REASONS and isinstance(item, str):
        half = LONGEST_REASON // 2
        return item if len(item) <= LONGEST_REASON else f"{item[:half]}\n…\n{item[-half:]}"
    return bounded(item, depth)


def _flat(row: Any, depth: int) -> Any:
    """A row of a table: its cells stay as they are, unless one of them is a list or an object."""
    if isinstance(row, dict) and not any(isinstance(cell, dict | list) for cell in row.values()):
        return row
    return bounded(row, depth)


def _bounded_notes(notes: list[Any], depth: int) -> list[Any]:
    kept = [
        shortened(note, LONGEST_NOTE) if isinstance(note, str) else bounded(note, depth) for note in notes[:MOST_NOTES]
    ]
    if len(notes) > MOST_NOTES:
        kept.append(f"{len(notes) - MOST_NOTES:,} more notes are left out.")
    return kept


def shortened(text: str, limit: int = LONGEST_TEXT) -> str:
    """The text, cut to at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def listed(names: Iterable[str], most: int = 30) -> str:
    """Names in alphabetical order, for a reader; "" if there are none.

    >>> listed(["b", "c", "a"], most=2)
    'a, b and 1 more'
    """
    found = sorted(name[:60] for name in names)
    more = f" and {len(found) - most:,} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


def bounded_log(text: str) -> str:
    """The last lines of a log, each cut to the longest allowed text.

    >>> bounded_log("short" + chr(10))
    'short\\n'
    """
    if len(text) <= LONGEST_TEXT:
        return text
    kept = text[-LONGEST_LOG:].splitlines(keepends=True)[-MOST_LINES:]
    lines = [line if len(line) <= LONGEST_TEXT else shortened(line) + "\n" for line in kept]
    cut = "… the beginning of this part is left out.\n" if len(text) > LONGEST_LOG or len(kept) == MOST_LINES else ""
    return cut + "".join(lines)

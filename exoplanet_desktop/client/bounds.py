"""Replies of absurd size that are well-formed all the same, cut down to what a window can show.

A label of five million characters keeps Qt busy for minutes, so no text of a server reaches the window uncut. What is
cut ends with “…”, so that nobody takes it for the whole.
"""

from collections.abc import Iterable
from typing import Any

LONGEST_TEXT = 2_000  # characters of one text
LONGEST_NAME = 120
MOST_ENTRIES = 10_000  # of one list
MOST_CLASSES = 50
LONGEST_LOG = 4_000_000  # characters of a log that are taken at once
MOST_LINES = 20_000

LONGEST_REASON = 100_000  # of a text in which `words.readable` looks for a reason, at its beginning or its end

# Rows are counted against the reply as they are, a log has its own measure, and half a path leads nowhere.
_WHOLE = ("results", "logs", "local_path")
_REASONS = ("error", "detail", "message")


def bounded(reply: Any) -> Any:
    """A parsed reply with its texts and lists cut. Raises RecursionError for what is nested too deep.

    >>> len(bounded({"stage": "x" * 5000, "logs": "y" * 5000})["stage"])
    2000
    """
    if isinstance(reply, str):
        return shortened(reply)
    if isinstance(reply, dict):
        return {shortened(name): _bounded_item(name, item) for name, item in reply.items()}
    if isinstance(reply, list):
        return [bounded(item) for item in reply[:MOST_ENTRIES]]
    return reply


def _bounded_item(name: str, item: Any) -> Any:
    if name in _WHOLE:
        return item
    if name in _REASONS and isinstance(item, str):
        half = LONGEST_REASON // 2
        return item if len(item) <= LONGEST_REASON else f"{item[:half]}\n…\n{item[-half:]}"
    return bounded(item)


def shortened(text: str, limit: int = LONGEST_TEXT) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def listed(names: Iterable[str], most: int = 30) -> str:
    """Names by the alphabet, for a reader; "" where there is none.

    >>> listed(["b", "c", "a"], most=2)
    'a, b and 1 more'
    """
    found = sorted(name[:60] for name in names)
    more = f" and {len(found) - most:,} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


def bounded_log(text: str) -> str:
    """The last lines of a log, none of them longer than a text may be.

    >>> bounded_log("short" + chr(10))
    'short\\n'
    """
    if len(text) <= LONGEST_TEXT:
        return text
    kept = text[-LONGEST_LOG:].splitlines(keepends=True)[-MOST_LINES:]
    lines = [line if len(line) <= LONGEST_TEXT else shortened(line) + "\n" for line in kept]
    cut = "… the beginning of this part is left out.\n" if len(text) > LONGEST_LOG or len(kept) == MOST_LINES else ""
    return cut + "".join(lines)

"""The numbers that a reply may contain: finite, and small enough for every calculation and every label.

JSON has numbers of any size, and Python's parser accepts Infinity. Qt takes 64 bits, floats overflow, and a sum of
thousands of counts must still fit. So a number outside these ranges is left out where replies are parsed, and named.
"""

import math
from collections.abc import MutableSequence
from typing import Annotated, Any

from pydantic import Field

from exoplanet_desktop.wire.bounds import DEEPEST

MOST = 10**14
"""The largest whole number; ten thousand of them still sum to less than 2^63."""
LARGEST = 1e15
"""The largest number with a fraction."""

Whole = Annotated[int, Field(ge=-MOST, le=MOST)]
Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]

_SHOWN = 20  # characters of a value in a message


def usable(value: Any, found: MutableSequence[str], place: str = "", depth: int = 0) -> Any:
    """A JSON value without the numbers that are out of range: they become None, and their places go to `found`.

    NaN is how some servers write that there is no number: it becomes None without being named.

    Raises RecursionError if the value is nested too deeply.

    >>> found: list[str] = []
    >>> usable({"accuracy": float("inf"), "rows": 2**63, "auc": float("nan"), "folds": 5}, found)
    {'accuracy': None, 'rows': None, 'auc': None, 'folds': 5}
    >>> found
    ['accuracy (inf)', 'rows (9223372036854775808)']
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        if abs(value) <= (MOST if isinstance(value, int) else LARGEST):
            return value
        if not (isinstance(value, float) and math.isnan(value)):
            found.append(_named(place, value))
        return None
    if depth > DEEPEST:
        raise RecursionError("nested too deeply")
    if isinstance(value, dict):
        return {name: usable(item, found, f"{place}.{name}".lstrip("."), depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [usable(item, found, place, depth + 1) for item in value]
    return value


def _named(place: str, value: float) -> str:
    try:
        text = f"{value}"
    except ValueError:  # thousands of digits
        text = "a number of thousands of digits"
    return f"{place[:60]} ({text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'})"


def named(found: list[str]) -> str:
    """The places of unusable values in words, each once, the first few by name.

    >>> named(["a (inf)", "a (inf)", "b (inf)", "c (inf)", "d (inf)"])
    'a (inf), b (inf), c (inf) and 1 more'
    """
    places = list(dict.fromkeys(found))
    more = f" and {len(places) - 3:,} more" if len(places) > 3 else ""
    return ", ".join(places[:3]) + more

"""The columns that a prediction appends to a catalog: their names, and how to distinguish them from a user's own."""

import re
from collections.abc import Iterable, Sequence

from exoplanet_desktop.wire.prediction_columns import (
    ACTUAL,
    CONFIDENCE,
    K2_ACTUAL,
    K2_INDEX,
    K2_PREDICTED,
    K2_ROW_NUMBER,
    MATCH,
    PREDICTED,
    PROBABILITY,
    ROW_NUMBER,
    SEEN_COLUMN,
)
from exoplanet_desktop.wire.vocabulary import Disposition

_K2_MORE = (K2_INDEX, K2_ACTUAL, K2_ROW_NUMBER)
_MORE = (ACTUAL, ROW_NUMBER)


def appended_columns(labels: Sequence[str], *, seen: bool = False) -> tuple[str, ...]:
    """Names of the columns that a prediction appends, the same for each satellite.

    `seen`: whether the model knows which rows it was trained on.
    """
    columns = (PREDICTED, CONFIDENCE, MATCH, *(PROBABILITY + label for label in labels))
    return (*columns, SEEN_COLUMN) if seen else columns


def prediction_columns(columns: Iterable[str]) -> tuple[str, ...]:
    """The columns of a file that an earlier prediction appended, in the file's order.

    They form a set: a predicted class with the probability of a known class, or with confidence and match. Without it,
    a `Confidence` is the user's own, and so is one next to a `Confidence_2` that was appended later.

    >>> prediction_columns(["kepid", "Confidence", "Predicted_Class", "Confidence_2", "Prob_CONFIRMED", "Prob_FP"])
    ('Predicted_Class', 'Confidence_2', 'Prob_CONFIRMED')
    >>> prediction_columns(["kepid", "Confidence", "match", "Prob_FP"])
    ()
    """
    there = tuple(columns)
    classes = [_last(there, PREDICTED), _last(there, K2_PREDICTED)]
    shares = [_last(there, PROBABILITY + label) for label in Disposition]
    confidence, match = _last(there, CONFIDENCE), _last(there, MATCH)
    if not any(classes) or not (any(shares) or (confidence and match)):
        return ()
    found = {*classes, *shares, confidence, match, _last(there, SEEN_COLUMN)}
    if classes[0]:
        found |= {name for name in _MORE if name in there}
    if classes[1]:
        found |= {_last(there, name) for name in _K2_MORE}
    return tuple(name for name in there if name in found)


def predicted_column(columns: Iterable[str]) -> str | None:
    """The column with the predicted class, if a file has the columns of a prediction."""
    there = prediction_columns(columns)
    return _last(there, PREDICTED) or _last(there, K2_PREDICTED)


def free_names(wanted: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """A free form of each name next to existing ones: with a number if it is taken, in any case.

    >>> free_names(["Confidence", "Match"], ["kepid", "match"])
    {'Confidence': 'Confidence', 'Match': 'Match_2'}
    """
    gone = {name.lower() for name in taken}
    given: dict[str, str] = {}
    for name in wanted:
        free, number = name, 1
        while free.lower() in gone:
            number += 1
            free = f"{name}_{number}"
        gone.add(free.lower())
        given[name] = free
    return given


def _last(columns: Sequence[str], name: str) -> str | None:
    """The column with a name, or the one with the highest number after it: later columns have higher numbers."""
    found = [
        (int(match[1] or 1), column)
        for column in columns
        if (match := re.fullmatch(re.escape(name) + r"(?:_([0-9]{1,4}))?", column, re.IGNORECASE))
    ]
    return max(found)[1] if found else None

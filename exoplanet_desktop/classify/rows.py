"""The form of a prediction: the columns appended to a CSV, and the rows of a reply.

KOI and K2 rows have the keys of the wire contract. The contract defines no TOI rows; theirs are like KOI's, with `TOI`
and `TIC_ID` in place of `KEP_ID`, `KOI_Name` and `Kepler_Name`.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.wire.prediction_columns import (
    ACTUAL,
    CONFIDENCE,
    K2_ACTUAL,
    K2_INDEX,
    K2_MATCH,
    K2_PREDICTED,
    K2_ROW_NUMBER,
    MATCH,
    PREDICTED,
    PROBABILITY,
    ROW_NUMBER,
)
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

DIGITS = 9  # enough for the printed probabilities of a row to sum to 1 within 1e-8

_PLACES = {str(label): place for place, label in enumerate(Disposition)}


def appended_cells(
    labels: Sequence[str],
    probabilities: NDArray[np.float64],
    actual: Sequence[str | None],
    seen: NDArray[np.bool_] | None,
) -> list[list[str]]:
    """The cells of the appended columns, one list per column; `Match` is blank if no class is known."""
    predicted = probabilities.argmax(axis=1)
    chosen = [labels[index] for index in predicted.tolist()]
    flat = probabilities.ravel().tolist()
    # One format call for all values: a third of the time of one per value.
    written = (f"%.{DIGITS}f " * len(flat) % tuple(flat)).split()
    width = len(labels)
    best = [written[place] for place in (np.arange(len(chosen)) * width + predicted).tolist()]
    matches = [
        "" if known is None else "Yes" if known == label else "No" for label, known in zip(chosen, actual, strict=True)
    ]
    columns = [chosen, best, matches, *(written[place::width] for place in range(width))]
    if seen is not None:
        columns.append([seen_word(one) for one in seen.tolist()])
    return columns


def seen_word(seen: bool) -> str:
    return "yes" if seen else "no"


def match_word(predicted: str, actual: str | None) -> str:
    """ "Yes", "No", or "N/A" where no class is known."""
    if actual is None:
        return "N/A"
    return "Yes" if predicted == actual else "No"


def reply_row(
    satellite: Satellite,
    number: int,
    identifiers: Mapping[str, str | None],
    actual: str | None,
    labels: Sequence[str],
    probabilities: Sequence[float],
) -> dict[str, Any]:
    """A row of a reply.

    Args:
        number: the row's number in the file, from 0.
        identifiers: cells of the satellite's identifier columns, None if missing.
        actual: the class in the file, None if there is none.
        probabilities: of `labels`.
    """
    best = max(range(len(labels)), key=lambda index: probabilities[index])
    said = {PROBABILITY + label: value for label, value in zip(labels, probabilities, strict=True)}
    return _SHAPES[satellite](number, identifiers, actual, labels[best], probabilities[best]) | said


def _koi(
    number: int, ids: Mapping[str, str | None], actual: str | None, label: str, confidence: float
) -> dict[str, Any]:
    names = {
        "KEP_ID": _whole(ids.get("kepid")),
        "KOI_Name": ids.get("kepoi_name"),
        "Kepler_Name": ids.get("kepler_name"),
    }
    return {ROW_NUMBER: number, **names, **_common(actual, label, confidence)}


def _toi(
    number: int, ids: Mapping[str, str | None], actual: str | None, label: str, confidence: float
) -> dict[str, Any]:
    names = {"TOI": ids.get("toi"), "TIC_ID": _whole(ids.get("tid"))}
    return {ROW_NUMBER: number, **names, **_common(actual, label, confidence)}


def _k2(
    number: int, ids: Mapping[str, str | None], actual: str | None, label: str, confidence: float
) -> dict[str, Any]:
    return {
        "pl_name": ids.get("pl_name"),
        "hostname": ids.get("hostname"),
        K2_ROW_NUMBER: number + 1,
        K2_ACTUAL: actual,
        K2_PREDICTED: label,
        K2_INDEX: _PLACES[label],
        CONFIDENCE: confidence,
        K2_MATCH: match_word(label, actual),
    }


def _common(actual: str | None, label: str, confidence: float) -> dict[str, Any]:
    return {
        ACTUAL: actual,
        PREDICTED: label,
        CONFIDENCE: confidence,
        MATCH: match_word(label, actual),
    }


def _whole(text: str | None) -> int | str | None:
    """A catalog number as a number; other texts unchanged."""
    plain = (text or "").removesuffix(".0")
    return int(plain) if plain.isdecimal() and len(plain) < 16 else text


_SHAPES: Mapping[Satellite, Callable[..., dict[str, Any]]] = MappingProxyType(
    {Satellite.KOI: _koi, Satellite.K2: _k2, Satellite.TOI: _toi}
)

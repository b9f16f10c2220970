"""Which rows of the file the rows of a prediction's reply are, and which of them were asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.prediction_columns import K2_ROW_NUMBER, ROW_NUMBER
from exoplanet_desktop.wire.requests import PredictRequest

_NUMBERS = ((ROW_NUMBER, 0), (K2_ROW_NUMBER, 1))  # with the number of the file's first row


def places(reply: PredictReply) -> list[int]:
    """The file's row for each row of a reply, from 0: by row number if all have one, otherwise by order.

    Row numbers outside the reply's own range count within that range.
    """
    first = reply.from_row or 0
    numbers = _numbers(reply.results)
    in_order = list(range(first, first + len(reply.results)))
    if numbers is None:
        return in_order
    if all(number >= first and (reply.to_row is None or number <= reply.to_row) for number in numbers):
        return numbers
    within = [first + number for number in numbers]
    return within if sorted(within) == in_order else numbers


def _numbers(results: Sequence[Mapping[str, Any]]) -> list[int] | None:
    for name, base in _NUMBERS:
        numbers = [row.get(name) for row in results]
        whole = [number - base for number in numbers if isinstance(number, int) and not isinstance(number, bool)]
        if len(whole) == len(results) == len(set(whole)):
            return whole
    return None


def only_asked(reply: PredictReply, asked: PredictRequest) -> PredictReply:
    """The reply without rows that were not asked for, which some backends send too; the same if there are none."""
    if asked.from_row is None and asked.to_row is None:
        return reply
    first, last = asked.from_row or 0, asked.to_row
    rows = list(zip(places(reply), reply.results, strict=True))
    wanted = [(place, row) for place, row in rows if place >= first and (last is None or place <= last)]
    if not wanted or len(wanted) == len(rows):
        return reply
    numbers = [place for place, _ in wanted]
    sentence = f"The backend sent {len(rows):,} rows; only the {len(wanted):,} that were requested are used."
    return reply.model_copy(
        update={
            "notes": [sentence, *(reply.notes or ())],
            "results": [row for _, row in wanted],
            "from_row": min(numbers),
            "to_row": max(numbers),
            "total_predicted": len(wanted),
        }
    )

"""How many predicted classes agree with the file's own dispositions: the one place that counts it.

An undecided row (without a disposition, or with one that the catalog does not know) neither agrees nor differs,
whatever a backend says of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exoplanet_desktop.catalogs.base.progress import ShouldStop, never
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, SatelliteInfo
from exoplanet_desktop.catalogs.reading.layout import Choice, sniff
from exoplanet_desktop.catalogs.tables.labels import label_reader
from exoplanet_desktop.client.check_values import label_of
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

_UNKNOWN = "unknown"
_ACTUAL = ("Actual_Class", "actual_class")
_NUMBERS = (("Row_Number", 0), ("row_number_1based", 1))  # and what the first row of a file is called


@dataclass(frozen=True)
class Counted:
    """Sums over the rows of a reply.

    Attributes:
        classes: rows by predicted class.
        known: rows with a disposition that is decided.
        matches: those of them that were predicted so.
    """

    classes: dict[str, int]
    known: int
    matches: int


def counted(
    reply: PredictReply,
    csv: Path | None,
    satellite: Satellite,
    should_stop: ShouldStop = never,
    reading: Choice | None = None,
) -> Counted:
    """Counts a reply; `csv` is the file that was predicted, read only where the backend has not counted itself, in the
    way that the user says by `reading`.

    Raises UnreadableFile where it cannot be read any more, Cancelled.
    """
    if reply.class_counts is not None:
        agreement = reply.agreement or {}
        return Counted(dict(reply.class_counts), agreement.get("known", 0), agreement.get("matches", 0))
    info = SATELLITES[satellite]
    truths = _truths(reply, csv, reading, info, should_stop)
    classes: dict[str, int] = {str(label): 0 for label in Disposition}
    known = matches = 0
    for row, truth in zip(reply.results, truths, strict=True):
        label = label_of(row)
        classes[label or _UNKNOWN] = classes.get(label or _UNKNOWN, 0) + 1
        known += truth is not None
        matches += truth is not None and info.disposition(label) is truth
    return Counted(classes, known, matches)


def _truths(
    reply: PredictReply, csv: Path | None, reading: Choice | None, info: SatelliteInfo, should_stop: ShouldStop
) -> Sequence[Disposition | None]:
    """What the file says of each row of the reply; where its rows cannot be told, what the reply says the file says."""
    labels = _labels(csv, reading, info, should_stop) if csv is not None and reply.results else None
    if labels is None:
        return [_said(row, info) for row in reply.results]
    places = _places(reply.results, reply.from_row or 0)
    if any(not 0 <= place < len(labels) for place in places):
        return [_said(row, info) for row in reply.results]
    return [labels[place] for place in places]


def _labels(
    csv: Path, reading: Choice | None, info: SatelliteInfo, should_stop: ShouldStop
) -> list[Disposition | None] | None:
    from exoplanet_desktop.catalogs.tables.table import Table

    with Table.open(csv, layout=sniff(csv, reading), should_stop=should_stop) as table:
        if info.label not in table.columns:
            return [None] * table.row_count
        disposition = label_reader(table.layout, info)
        return [disposition(text) for text in table.texts(info.label)]


def _said(row: Mapping[str, Any], info: SatelliteInfo) -> Disposition | None:
    text = next((row[name] for name in _ACTUAL if isinstance(row.get(name), str)), None)
    return info.disposition(text)


def _places(results: Sequence[Mapping[str, Any]], first: int) -> list[int]:
    """Which row of the file each one is: by its number where each has one, else in their order."""
    for name, base in _NUMBERS:
        numbers = [row.get(name) for row in results]
        whole = [number - base for number in numbers if isinstance(number, int) and not isinstance(number, bool)]
        if len(whole) == len(results) == len(set(whole)):
            return whole
    return list(range(first, first + len(results)))

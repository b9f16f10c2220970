"""Counts how many predicted classes agree with the file's own dispositions; the only place that does.

An undecided row (without a disposition, or with one that the catalog does not know) neither agrees nor differs,
whatever a backend reports.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exoplanet_desktop.catalogs.base.progress import ShouldStop, never
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, SatelliteInfo
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.labels import label_reader
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.client.calls.check_values import label_of
from exoplanet_desktop.client.jobs.reply_rows import places
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.prediction_columns import ACTUAL_COLUMNS
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Counted:
    """Totals over the rows of a reply.

    Attributes:
        classes: rows by predicted class.
        known: rows with a decided disposition.
        matches: rows among these that were predicted to have it.
        known_classes: the rows with a decided disposition, by that; empty if the backend has counted.
    """

    classes: dict[str, int]
    known: int
    matches: int
    known_classes: dict[str, int] = field(default_factory=dict)


def counted(
    reply: PredictReply,
    csv: Path | None,
    satellite: Satellite,
    should_stop: ShouldStop = never,
    reading: ReadingOptions | None = None,
) -> Counted:
    """Counts a reply; `csv` is the predicted file, read with the user's options in `reading`, but only if the backend
    has not counted itself.

    Raises UnreadableFile if it can no longer be read, and Cancelled.
    """
    if reply.class_counts is not None:
        agreement = reply.agreement or {}
        return Counted(dict(reply.class_counts), agreement.get("known", 0), agreement.get("matches", 0))
    info = SATELLITES[satellite]
    truths = _truths(reply, csv, reading, info, should_stop)
    classes: dict[str, int] = {str(label): 0 for label in Disposition}
    known: Counter[str] = Counter()
    matches = 0
    for row, truth in zip(reply.results, truths, strict=True):
        label = label_of(row)
        classes[label or _UNKNOWN] = classes.get(label or _UNKNOWN, 0) + 1
        if truth is not None:
            known[str(truth)] += 1
            matches += info.disposition(label) is truth
    return Counted(classes, known.total(), matches, dict(known))


def _truths(
    reply: PredictReply, csv: Path | None, reading: ReadingOptions | None, info: SatelliteInfo, should_stop: ShouldStop
) -> Sequence[Disposition | None]:
    """The file's disposition for each row of the reply; if rows cannot be identified, the one that the reply gives."""
    labels = _labels(csv, reading, info, should_stop) if csv is not None and reply.results else None
    if labels is None:
        return [_said(row, info) for row in reply.results]
    numbers = places(reply)
    if any(not 0 <= place < len(labels) for place in numbers):
        return [_said(row, info) for row in reply.results]
    return [labels[place] for place in numbers]


def _labels(
    csv: Path, reading: ReadingOptions | None, info: SatelliteInfo, should_stop: ShouldStop
) -> list[Disposition | None] | None:

    with Table.open(csv, layout=sniff(csv, reading), should_stop=should_stop) as table:
        if info.label not in table.columns:
            return [None] * table.row_count
        disposition = label_reader(table.layout, info)
        return [disposition(text) for text in table.texts(info.label)]


def _said(row: Mapping[str, Any], info: SatelliteInfo) -> Disposition | None:
    text = next((row[name] for name in ACTUAL_COLUMNS if isinstance(row.get(name), str)), None)
    return info.disposition(text)

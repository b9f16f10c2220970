"""What a prediction says in all: classes, and agreement with the catalog over the rows that have a disposition.

A row without a disposition is neither a match nor a mismatch, whatever a backend says of it: reference backends say
"No" of each.
"""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.catalogs.progress import ShouldStop, check, never
from exoplanet_desktop.catalogs.satellites import SATELLITES, SatelliteInfo
from exoplanet_desktop.client.check_values import label_of
from exoplanet_desktop.client.transfers import whole_file
from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading import Layout

_ACTUAL = ("Actual_Class", "actual_class")  # K2 rows have their own spelling
_MATCH = ("Match", "match")
_UNKNOWN = "unknown"  # of rows without a predicted class
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Counts:
    """Attributes:
    classes: rows by predicted class.
    known: rows with a disposition that the satellite's catalog knows.
    matches: those of them that were predicted so.
    """

    classes: dict[str, int]
    known: int
    matches: int


def counted(reply: PredictReply, satellite: Satellite) -> Counts:
    """The sums of a reply: its own where it has them, else those over its rows."""
    if reply.class_counts is not None:
        agreement = reply.agreement or {}
        return Counts(dict(reply.class_counts), agreement.get("known", 0), agreement.get("matches", 0))
    info = SATELLITES[satellite]
    classes = Counter({str(label): 0 for label in Disposition})
    known = matches = 0
    for row in reply.results:
        said = label_of(row)
        classes[said or _UNKNOWN] += 1
        actual = _actual(row, info)
        known += actual is not None
        matches += actual is not None and said is not None and info.disposition(said) is actual
    return Counts(dict(classes), known, matches)


def _actual(row: Mapping[str, Any], info: SatelliteInfo) -> Disposition | None:
    """The class that the catalog gives a row of a reply; None where it is undecided."""
    told = next((row[name] for name in _ACTUAL if name in row), None)
    return info.disposition(told) if isinstance(told, str) else None


def blank_undecided(path: Path, satellite: Satellite, should_stop: ShouldStop | None = None) -> int:
    """Empties the cells of `Match` in the table of a prediction where a row has no disposition; how many these were.

    The file is written anew, whole or not at all, where there are such cells, and stays as it is where there are none,
    or where it is no table of a prediction. Raises UnavailableError and Cancelled.
    """
    from exoplanet_desktop.catalogs.reading import sniff
    from exoplanet_desktop.errors import UnreadableFile

    info = SATELLITES[satellite]
    try:
        layout = sniff(path)
    except UnreadableFile:
        return 0
    match = tuple(place for place, name in enumerate(layout.columns) if name in _MATCH)
    label = next((place for place, name in enumerate(layout.columns) if name in (info.label, *_ACTUAL)), None)
    if not match or label is None or layout.encoding != "utf-8" or layout.packed:
        return 0
    columns = _Columns(match, label, info)
    try:
        count = _count(layout, columns, should_stop or never)
        if count:
            _rewrite(layout, columns, should_stop or never)
        return count
    except (UnicodeError, csv.Error):
        return 0
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnavailableError(f"{path} cannot be read: {reason}. Fetch the result again.") from error


def _count(layout: "Layout", columns: "_Columns", should_stop: ShouldStop) -> int:
    return sum(columns.undecided(row) for row in _rows(layout, should_stop))


def _rewrite(layout: "Layout", columns: "_Columns", should_stop: ShouldStop) -> None:
    with whole_file(layout.path) as file:
        writer = csv.writer(codecs.getwriter("utf-8")(file), delimiter=layout.delimiter, lineterminator="\n")
        for row in _rows(layout, should_stop):
            undecided = columns.undecided(row)
            writer.writerow("" if undecided and place in columns.match else cell for place, cell in enumerate(row))


def _rows(layout: "Layout", should_stop: ShouldStop) -> Iterator[list[str]]:
    with layout.path.open(encoding="utf-8-sig", newline="") as source:
        for number, row in enumerate(csv.reader(source, delimiter=layout.delimiter)):
            if number % _ROWS_AT_ONCE == 0:
                check(should_stop)
            yield row


@dataclass(frozen=True)
class _Columns:
    """Places of the columns that say whether a row is a match, and of the one with its disposition."""

    match: tuple[int, ...]
    label: int
    info: SatelliteInfo

    def undecided(self, row: list[str]) -> bool:
        """Whether a row is called a match or a mismatch though it has no disposition."""
        if len(row) <= max(*self.match, self.label):
            return False
        said = any(row[place].strip().lower() in ("yes", "no") for place in self.match)
        return said and self.info.disposition(row[self.label]) is None

"""Blanks matches without a disposition in the prediction table of a plain-contract backend.

A row without a disposition is neither a match nor a mismatch, but reference backends write "No" for each.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exoplanet_desktop.catalogs.base.progress import ShouldStop, check, never
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, SatelliteInfo
from exoplanet_desktop.catalogs.reading.layout import Layout, sniff
from exoplanet_desktop.errors import UnavailableError, UnreadableFile
from exoplanet_desktop.files.whole import whole_file
from exoplanet_desktop.wire.prediction_columns import ACTUAL_COLUMNS, MATCH_COLUMNS
from exoplanet_desktop.wire.vocabulary import Satellite

_ROWS_AT_ONCE = 10_000


def blank_undecided(path: Path, satellite: Satellite, should_stop: ShouldStop | None = None) -> int:
    """Blanks the `Match` cells of a prediction table in rows without a disposition; returns their number.

    Rewrites the file, completely or not at all, if there are such cells; leaves it alone if there are none or if it is
    not a prediction table. Raises UnavailableError and Cancelled.
    """

    info = SATELLITES[satellite]
    try:
        layout = sniff(path)
    except UnreadableFile:
        return 0
    match = tuple(place for place, name in enumerate(layout.columns) if name in MATCH_COLUMNS)
    label = next((place for place, name in enumerate(layout.columns) if name in (info.label, *ACTUAL_COLUMNS)), None)
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
    """Indices of the columns with the match and with the disposition."""

    match: tuple[int, ...]
    label: int
    info: SatelliteInfo

    def undecided(self, row: list[str]) -> bool:
        """Whether a row is marked as match or mismatch although it has no disposition."""
        if len(row) <= max(*self.match, self.label):
            return False
        said = any(row[place].strip().lower() in ("yes", "no") for place in self.match)
        return said and self.info.disposition(row[self.label]) is None

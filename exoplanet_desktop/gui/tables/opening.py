"""Reading a catalog for the screen: its first rows at once, then the whole of it and what is told about it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.wire.vocabulary import Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.progress import Report, ShouldStop
    from exoplanet_desktop.catalogs.reading import Preview
    from exoplanet_desktop.catalogs.table import Table
    from exoplanet_desktop.catalogs.view import View

MOST_BAD_LINES_TOLD = 3


@dataclass(frozen=True)
class Opened:
    """A catalog that is shown.

    Attributes:
        path: its file.
        columns: its column names.
        row_count: its data rows.
        satellite: the one its columns were recognised as; None where none fits.
        counts: rows by class, "" for rows without a known label.
        model_labels: rows whose label a model made, as a merge marks them.
        notes: what the reader should know, a sentence each (such as lines that could not be read).
        rows: all rows, in the order of the file.
        numeric: columns whose cells are numbers.
        names: what completes a filter.
    """

    path: Path
    columns: tuple[str, ...]
    row_count: int
    satellite: Satellite | None
    counts: dict[str, int]
    model_labels: int
    notes: tuple[str, ...]
    rows: "View"
    numeric: frozenset[str]
    names: tuple[str, ...]


def first_rows(path: Path) -> "Preview":
    """The first rows of a file. Raises UnreadableFile."""
    from exoplanet_desktop.catalogs.reading import preview

    return preview(path)


def read(
    path: Path, count_classes: bool, memory_mb: int, report: "Report", should_stop: "ShouldStop"
) -> "tuple[Table, Opened]":
    """Read the whole file and what is told about it; `memory_mb` is what reading may take."""
    from exoplanet_desktop.catalogs.expression import names_for_completion
    from exoplanet_desktop.catalogs.labels import count_model_labels
    from exoplanet_desktop.catalogs.satellites import SATELLITES, recognise
    from exoplanet_desktop.catalogs.table import Table

    table = Table.open(path, report=report, should_stop=should_stop, lean=True, roomy_mb=memory_mb)
    satellite = recognise(table.columns)
    info = SATELLITES[satellite] if satellite else None
    counts: dict[str, int] = {}
    if count_classes and info is not None and info.label in table.columns:
        for text, count in table.counts(info.label).items():
            label = str(info.disposition(text) or "")
            counts[label] = counts.get(label, 0) + count
    opened = Opened(
        path=path,
        columns=tuple(table.columns),
        row_count=table.row_count,
        satellite=satellite,
        counts=counts,
        model_labels=count_model_labels(table),
        notes=tuple(_notes(table)),
        rows=table.select(),
        numeric=table.numeric,
        names=tuple(names_for_completion(table.columns)),
    )
    return table, opened


def _notes(table: "Table") -> list[str]:
    notes = list(table.layout.notes)
    if table.bad_count:
        told = "; ".join(f"line {bad.line}: {bad.reason}" for bad in table.bad_lines[:MOST_BAD_LINES_TOLD])
        more = table.bad_count - MOST_BAD_LINES_TOLD
        rest = f"; and {more:,} more" if more > 0 else ""
        notes.append(f"{table.bad_count:,} lines could not be read and are left out ({told}{rest}).")
    return notes

"""Reading a catalog for the screen: its first rows at once, then the whole of it and what is told about it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.wire.vocabulary import Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.progress import Report, ShouldStop
    from exoplanet_desktop.catalogs.reading import Choice, Preview
    from exoplanet_desktop.catalogs.records import BadLine
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
        bad_lines: what could not be read: the first of `bad_count`.
        partial: these are the first rows only, because the reading was stopped.
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
    bad_lines: "tuple[BadLine, ...]" = ()
    bad_count: int = 0
    partial: bool = False


def first_rows(path: Path, choice: "Choice | None") -> "tuple[Preview, int]":
    """The first rows of a file, and its bytes. Raises UnreadableFile."""
    from exoplanet_desktop.catalogs.reading import preview, readable

    found = preview(path, choice=choice)
    with readable(path):
        return found, path.stat().st_size


def read(
    path: Path,
    choice: "Choice | None",
    count_classes: bool,
    memory_mb: int | None,
    report: "Report",
    should_stop: "ShouldStop",
    keep_partial: Callable[[], bool],
) -> "tuple[Table, Opened]":
    """Read the whole file and what is told about it; `memory_mb` is what reading may take (its own measure if None).

    `keep_partial`: asked when `should_stop` says so: whether to show what was read by then.
    """
    from exoplanet_desktop.catalogs.database import ROOMY_MB
    from exoplanet_desktop.catalogs.expression import names_for_completion
    from exoplanet_desktop.catalogs.labels import count_model_labels
    from exoplanet_desktop.catalogs.reading import sniff
    from exoplanet_desktop.catalogs.satellites import recognise
    from exoplanet_desktop.catalogs.table import Table

    table = Table.open(
        path,
        report=report,
        should_stop=should_stop,
        layout=sniff(path, choice),
        keep_partial=keep_partial,
        lean=True,
        roomy_mb=ROOMY_MB if memory_mb is None else memory_mb,
    )
    rows, satellite = table.select(), recognise(table.columns)
    opened = Opened(
        path=path,
        columns=tuple(table.columns),
        row_count=table.row_count,
        satellite=satellite,
        counts=count_by_class(rows, satellite) if count_classes else {},
        model_labels=count_model_labels(table),
        notes=tuple(_notes(table, choice)),
        rows=rows,
        numeric=table.numeric,
        names=tuple(names_for_completion(table.columns)),
        bad_lines=table.bad_lines,
        bad_count=table.bad_count,
        partial=table.partial,
    )
    return table, opened


def count_by_class(view: "View", satellite: Satellite | None) -> dict[str, int]:
    """Rows of a view by class, "" for those without a known label; nothing where the table has no label."""
    from exoplanet_desktop.catalogs.satellites import SATELLITES

    info = SATELLITES[satellite] if satellite else None
    if info is None or info.label not in view.table.columns:
        return {}
    counts: dict[str, int] = {}
    for text, count in view.counts(info.label).items():
        label = str(info.disposition(text) or "")
        counts[label] = counts.get(label, 0) + count
    return counts


def _notes(table: "Table", choice: "Choice | None") -> list[str]:
    from exoplanet_desktop.catalogs.account import sentences

    notes = list(table.layout.notes)
    if table.partial:
        notes.append("Training and prediction use the whole file, not only the rows that are shown.")
    if choice is not None:
        notes.append("The file is shown as you said that it is read; a backend reads it by what it finds itself.")
    if table.bad_count:
        told = "; ".join(f"line {bad.line}: {bad.reason}" for bad in table.bad_lines[:MOST_BAD_LINES_TOLD])
        more = table.bad_count - MOST_BAD_LINES_TOLD
        rest = f"; and {more:,} more" if more > 0 else ""
        notes.append(f"{table.bad_count:,} lines could not be read and are left out ({told}{rest}).")
    notes += sentences(table.account(), table.layout.units)
    return notes

"""Reads a catalog for display: its first rows at once, then all of it, with notes about it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, identify
from exoplanet_desktop.catalogs.tables.labels import account_of_labels, count_model_labels, label_reader
from exoplanet_desktop.wire.vocabulary import Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.base.stamp import FileStamp
    from exoplanet_desktop.catalogs.reading.layout import Preview
    from exoplanet_desktop.catalogs.reading.records import BadLine
    from exoplanet_desktop.catalogs.tables.account import CellIssue
    from exoplanet_desktop.catalogs.tables.table import Table
    from exoplanet_desktop.catalogs.tables.view import View
    from exoplanet_desktop.wire.reading_options import ReadingOptions

MOST_BAD_LINES_TOLD = 3


@dataclass(frozen=True)
class Opened:
    """A displayed catalog.

    Attributes:
        path: its file.
        columns: its column names.
        row_count: its data rows.
        satellite: the one recognised from its columns; None if none fits.
        counts: rows by class, "" for rows without a known label.
        model_labels: rows whose label comes from a model, as marked by a merge.
        notes: notes for the user, a sentence each (such as lines that could not be read).
        rows: all rows, in the order of the file.
        numeric: columns whose cells are numbers.
        names: completions for a filter.
        bad_lines: the first of the lines that could not be read.
        partial: these are the first rows only, because reading was stopped.
        cells: cells that were not read as written, by column.
        cell_notes: the same in sentences; if there are many, the last one counts the rest.
        doubt: a warning about the kind of table; empty if all is well.
        labels: warnings about its dispositions before a training, a sentence each.
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
    cells: "tuple[CellIssue, ...]" = ()
    cell_notes: tuple[str, ...] = ()
    doubt: str = ""
    labels: tuple[str, ...] = ()

    @property
    def all_notes(self) -> tuple[str, ...]:
        return (*self.notes, *self.cell_notes)


def first_rows(
    path: Path, choice: "ReadingOptions | None", store: Path
) -> "tuple[Preview, FileStamp, ReadingOptions | None]":
    """The first rows of a file, its stamp before reading, and the remembered reading options, if any.

    If the file itself has no options, those of the last file with the same header apply; `store` is
    where they are kept. Raises UnreadableFile.
    """
    from exoplanet_desktop.catalogs.base.stamp import FileStamp
    from exoplanet_desktop.catalogs.reading.choices import recall
    from exoplanet_desktop.catalogs.reading.layout import preview

    stamp = FileStamp.of(path)
    found = preview(path, choice=choice)
    if choice is not None or (recalled := recall(found.layout.file_columns, store)) is None:
        return found, stamp, None
    return preview(path, choice=recalled), stamp, recalled


def forget_header(path: Path, store: Path) -> None:
    """Forget the options for files with this file's header. Raises UnreadableFile and UnavailableError."""
    from exoplanet_desktop.catalogs.reading.choices import forget
    from exoplanet_desktop.catalogs.reading.layout import sniff

    forget(sniff(path).file_columns, store)


def read(
    path: Path,
    choice: "ReadingOptions | None",
    count_classes: bool,
    memory_mb: int | None,
    report: "Report",
    should_stop: "ShouldStop",
    keep_partial: Callable[[], bool],
) -> "tuple[Table, Opened]":
    """Read the whole file and the notes on it; `memory_mb` limits the memory for reading (default if None).

    `keep_partial`: called when `should_stop` returns true: whether to show what was read by then.
    """
    from exoplanet_desktop.catalogs.base.database import ROOMY_MB
    from exoplanet_desktop.catalogs.reading.layout import sniff
    from exoplanet_desktop.catalogs.tables.account import sentences
    from exoplanet_desktop.catalogs.tables.expression import names_for_completion
    from exoplanet_desktop.catalogs.tables.table import Table

    table = Table.open(
        path,
        report=report,
        should_stop=should_stop,
        layout=sniff(path, choice),
        keep_partial=keep_partial,
        lean=True,
        roomy_mb=ROOMY_MB if memory_mb is None else memory_mb,
    )
    rows, found = table.select(), identify(table.columns)
    satellite = found.satellite
    told: tuple[CellIssue, ...] = ()
    if count_classes:  # even if reading was stopped, report on what was read
        told = table.account(should_stop=None if table.partial else should_stop)
    counts, labels = _look_at_labels(rows, satellite) if count_classes else ({}, ())
    opened = Opened(
        path=path,
        columns=tuple(table.columns),
        row_count=table.row_count,
        satellite=satellite,
        counts=counts,
        model_labels=count_model_labels(table),
        notes=tuple(_notes(table, choice)),
        rows=rows,
        numeric=table.numeric,
        names=tuple(names_for_completion(table.columns)),
        bad_lines=table.bad_lines,
        bad_count=table.bad_count,
        partial=table.partial,
        cells=told,
        cell_notes=tuple(sentences(told, table.layout.units)),
        doubt=found.sentence,
        labels=labels,
    )
    return table, opened


def count_by_class(view: "View", satellite: Satellite | None) -> dict[str, int]:
    """Rows of a view by class, "" for those without a known label; empty if the table has no label."""
    return _look_at_labels(view, satellite)[0]


def _look_at_labels(view: "View", satellite: Satellite | None) -> tuple[dict[str, int], tuple[str, ...]]:
    """Rows by class, and warnings about the labels before a training, a sentence each."""

    info = SATELLITES[satellite] if satellite else None
    if info is None or info.label not in view.table.columns:
        return {}, ()
    reader = label_reader(view.table.layout, info)
    texts = view.counts(info.label)
    counts: dict[str, int] = {}
    for text, count in texts.items():
        label = str(reader(text) or "")
        counts[label] = counts.get(label, 0) + count
    return counts, account_of_labels(texts, reader).sentences(info.label)


def _notes(table: "Table", choice: "ReadingOptions | None") -> list[str]:
    notes = list(table.layout.notes)
    if table.partial:
        notes.append("Training and prediction use the whole file, not only the rows shown.")
    if choice is not None:
        notes.append("The file is read with your settings.")
    if table.bad_count:
        told = "; ".join(f"line {bad.line}: {bad.reason}" for bad in table.bad_lines[:MOST_BAD_LINES_TOLD])
        more = table.bad_count - MOST_BAD_LINES_TOLD
        rest = f"; and {more:,} more" if more > 0 else ""
        notes.append(f"{table.bad_count:,} lines could not be read and are left out ({told}{rest}).")
    return notes

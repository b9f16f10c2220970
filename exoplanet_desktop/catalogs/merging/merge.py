"""Merges catalogs into one, as the wire contract specifies.

Columns that a prediction appended are dropped, except that the predicted class fills the gaps of the label column; row
counters are dropped too. The columns are united: those of the first file in its order, then the new ones of the next.
The rows of the first file come before those of the second, and so on; of rows that a rule considers duplicates one is
kept, in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, never, silent
from exoplanet_desktop.catalogs.merging.account import cells_of_files
from exoplanet_desktop.catalogs.merging.merging import Merging
from exoplanet_desktop.catalogs.merging.notes import notes_of
from exoplanet_desktop.files.whole import whole
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Duplicates

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import CellCount

__all__ = ["MergeSummary", "merge", "merge_many"]


@dataclass(frozen=True)
class MergeSummary:
    """The result of a merge.

    Attributes:
        rows: rows of the merged file.
        rows_each: rows of the files.
        duplicates: rows that the rule dropped.
        columns: of the merged file, in order.
        notes: other changes, a sentence each.
        dropped_each: rows that the rule dropped, by file.
        filled: rows with a predicted label.
        label_changes: objects with different dispositions in different files.
        cells: cells of the files that were not read as written; `notes` mention them, too.
    """

    rows: int
    rows_each: tuple[int, ...]
    duplicates: int
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    dropped_each: tuple[int, ...]
    filled: int
    label_changes: int
    cells: "tuple[CellCount, ...]" = ()

    @property
    def rows_a(self) -> int:
        return self.rows_each[0]

    @property
    def rows_b(self) -> int:
        return self.rows_each[1]


def merge(
    a: Path,
    b: Path,
    out: Path,
    *,
    dedupe: bool = True,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> MergeSummary:
    """Merges two CSV files into a third; see `merge_many`. `dedupe`: use the rule EXACT, otherwise NONE."""
    rule = Duplicates.EXACT if dedupe else Duplicates.NONE
    return merge_many((a, b), out, rule=rule, report=report, should_stop=should_stop)


def merge_many(
    paths: Sequence[Path],
    out: Path,
    *,
    rule: Duplicates = Duplicates.EXACT,
    identifier: str | None = None,
    choices: Sequence[ReadingOptions | None] = (),
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> MergeSummary:
    """Merges CSV files into one, in constant memory; `out` appears whole or not at all.

    Texts stay as they are in the files; numbers with a decimal comma or in other unusual notation become plain ones.
    If a prediction filled a label, a column `label_source` records it: `model` for those rows, `catalog` for rows that
    had one.

    Args:
        paths: two or more files, in the order of their rows.
        out: the merged file.
        rule: which rows are duplicates, and which of them stays.
        identifier: for the rules by identifier: the column that identifies the object of a row; that of the files'
            satellite if None.
        choices: how to read each file, instead of detecting it; () for none.
        report, should_stop: see progress.

    Raises UnreadableFile, InputError (no common column, no identifier), UnavailableError and Cancelled.
    """
    report, should_stop = report or silent, should_stop or never
    with Merging(paths, rule, identifier, report, should_stop, choices) as merging, whole(out) as part:
        merging.need_room(part)
        merging.read(0.0, 0.4)
        merging.compare(0.4, 0.6)
        merging.write(part, 0.6, 1.0)
        dropped = merging.dropped_each
        told = cells_of_files(merging.sources, should_stop)
        rows_each = tuple(source.loaded.rows for source in merging.sources)
        summary = MergeSummary(
            rows=sum(rows_each) - sum(dropped),
            rows_each=rows_each,
            duplicates=sum(dropped),
            columns=merging.columns,
            notes=(*notes_of(merging), *told.notes),
            cells=told.cells,
            dropped_each=dropped,
            filled=sum(merging.filled),
            label_changes=merging.same_objects[1],
        )
    report(1.0, "merged")
    return summary

"""Writes some rows of a table as a separate catalog, to train or predict on instead of the whole."""

import csv
from collections.abc import Sequence
from pathlib import Path

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check, never, silent
from exoplanet_desktop.catalogs.reading.layout import Layout
from exoplanet_desktop.catalogs.tables.export import export
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.catalogs.tables.view import View
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.files.whole import whole
from exoplanet_desktop.wire.reading_options import ReadingOptions

_ROWS = 5_000


def write_rows(
    rows: "View | Table",
    numbers: Sequence[int] | None,
    out: Path,
    *,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> Sequence[int]:
    """Writes some rows as a CSV, cells as the table has them; `out` appears whole or not at all.

    The columns have the program's names, since their cells may have been brought to the archive's units: read the copy
    with `reading_of_copy(layout)`, not with the user's options for the file.

    Args:
        rows: a table, or the rows of it that are shown.
        numbers: row numbers in the file, from 0, in writing order; None for all rows of the view, or table,
            in its order.
        out: the copy.
        report, should_stop: see progress.

    Returns the row number in the file of each row of the copy. Raises InputError if no row remains or one is not in
    the file, UnavailableError and Cancelled.
    """
    report, should_stop = report or silent, should_stop or never
    view = rows.select() if hasattr(rows, "select") else rows
    chosen = view.numbers(0, view.row_count) if numbers is None else tuple(numbers)
    table = view.table
    if not chosen:
        raise InputError("No rows are selected. Select at least one, or use all rows.")
    if any(not 0 <= number < table.row_count for number in chosen):
        raise InputError(f"{table.layout.path.name} has {table.row_count:,} rows, and not all that were chosen.")
    if numbers is None:
        export(view, out, report=report, should_stop=should_stop)
        return chosen
    with whole(out) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.columns)
        for start in range(0, len(chosen), _ROWS):
            check(should_stop)
            report(start / len(chosen), "writing")
            writer.writerows(table.rows(chosen[start : start + _ROWS]))
    report(1.0, "written")
    return chosen


def reading_of_copy(layout: Layout) -> ReadingOptions:
    """How to read the file that `write_rows` or `export` wrote from a table with this layout."""
    return ReadingOptions(
        delimiter=",",
        encoding="utf-8",
        decimal=layout.decimal,
        skip=0,
        texts=tuple(sorted(layout.texts)),
        labels=dict(layout.dispositions),
    )

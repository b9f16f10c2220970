"""Exports the rows of a view to a new file, atomically."""

# ruff: noqa: S608 - names in SQL come through Cells and literal()

import csv
import stat
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import uuid4

from exoplanet_desktop.catalogs.base.database import identifier, literal, run
from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check, never, silent, within
from exoplanet_desktop.catalogs.reading.scan import Scan
from exoplanet_desktop.catalogs.tables.cells import Cells
from exoplanet_desktop.catalogs.tables.loading import csv_source
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.catalogs.tables.view import View
from exoplanet_desktop.files.temporary import need_space
from exoplanet_desktop.files.whole import whole

_BLOCK = 4_194_304  # bytes
_ROWS = 5_000


class Format(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"


def export(
    view: "View",
    out: Path,
    format: Format = Format.CSV,
    columns: Sequence[str] | None = None,
    *,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> None:
    """Writes the rows of a view, in its order.

    CSV has the cells as written in the file. Parquet has columns of whole numbers as BIGINT, other numbers as
    DOUBLE, the rest as texts; missing cells are NULL.

    Args:
        view: `table.select()` for all rows.
        out: the file; appears whole or not at all.
        format: of the file.
        columns: which, in this order; all of the table's if None.

    Raises InputError for an unknown column, UnavailableError and Cancelled.
    """
    report, should_stop = report or silent, should_stop or never
    table = view.table
    names = [table.known(name) for name in (columns if columns is not None else table.columns)]
    need_space(table.exports, table.layout.path.stat().st_size if table.layout.path.exists() else 0, out.name)
    copy = table.exports / f"{uuid4().hex}.part"
    with whole(out) as part:
        try:
            if view.order and format == Format.CSV:
                _write_ordered(view, names, copy, within(report, 0.0, 0.9), should_stop)
            else:
                _write_by_database(view, names, Format(format), copy, within(report, 0.0, 0.9), should_stop)
            _move(copy, part, within(report, 0.9, 1.0), should_stop)
        finally:
            copy.unlink(missing_ok=True)
    report(1.0, "written")


def _write_ordered(view: "View", names: Sequence[str], copy: Path, report: Report, should_stop: ShouldStop) -> None:
    """Row by row in the view's order: the database would need the whole table in memory to sort it."""
    places = [view.table.columns.index(name) for name in names]
    with copy.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for start in range(0, view.row_count, _ROWS):
            check(should_stop)
            report(start / view.row_count, "writing")
            writer.writerows([row[place] for place in places] for row in view.page(start, _ROWS))


def _write_by_database(
    view: "View", names: Sequence[str], form: Format, copy: Path, report: Report, should_stop: ShouldStop
) -> None:
    table, source, share = view.table, view.source, 0.0
    ordered = copy.with_suffix(".csv")
    try:
        if view.order:
            share = 0.6
            _write_ordered(view, table.columns, ordered, within(report, 0.0, share), should_stop)
            layout = replace(table.layout, delimiter=",")
            source = f"{csv_source(layout, ordered, 1, Scan(clean=True, breaks=True))} AS data"
        with table.writing() as cursor:
            sql = f"COPY (SELECT {_cells(table, names, form, cursor)} FROM {source}) TO {literal(str(copy))}"
            sql += " (FORMAT csv, HEADER)" if form is Format.CSV else " (FORMAT parquet)"
            run(cursor, sql, stage="writing", report=within(report, share, 1.0), should_stop=should_stop)
    finally:
        ordered.unlink(missing_ok=True)


def _cells(table: "Table", names: Sequence[str], form: Format, cursor: Any) -> str:
    cells = table.cells
    if form is Format.PARQUET:
        return ", ".join(f"{_typed(cells, name, cursor)} AS {identifier(name)}" for name in names)
    if len(names) == 1:  # with one column, a missing cell would be a blank line, which is not a row
        return f"coalesce({cells.cell(names[0])}, '') AS {identifier(names[0])}"
    return ", ".join(f"{cells.cell(name)} AS {identifier(name)}" for name in names)


def _typed(cells: "Cells", name: str, cursor: Any) -> str:
    kind = cells.kind(name)
    if not kind.numeric:
        return cells.text(name)
    if cursor.execute(f"SELECT {cells.all_whole(name)} FROM data").fetchone()[0]:
        return f"try_cast({cells.text(name)} AS BIGINT)"
    return cells.number(name) if not kind.long else cells.text(name)


def _move(copy: Path, part: Path, report: Report, should_stop: ShouldStop) -> None:
    """Move to the target's disk, which may be a different one."""
    copy.chmod(stat.S_IRUSR | stat.S_IWUSR)
    try:
        copy.replace(part)
    except OSError:
        size = max(copy.stat().st_size, 1)
        with copy.open("rb") as source, part.open("wb") as target:
            while block := source.read(_BLOCK):
                check(should_stop)
                target.write(block)
                report(source.tell() / size, "writing")

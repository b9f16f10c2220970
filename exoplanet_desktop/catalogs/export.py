"""Rows of a view as a file of their own, whole or not at all."""

# ruff: noqa: S608 - names in SQL come through Cells and literal()

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from exoplanet_desktop.catalogs.database import identifier, literal, run
from exoplanet_desktop.catalogs.files import whole
from exoplanet_desktop.catalogs.progress import Report, ShouldStop, check, never, silent, within
from exoplanet_desktop.catalogs.temporary import need_space

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.cells import Cells
    from exoplanet_desktop.catalogs.view import View

_BLOCK = 4_194_304  # bytes


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

    CSV has the cells as they stand in the file. Parquet has columns of whole numbers as BIGINT, other numbers as
    DOUBLE, the rest as texts; missing cells are NULL.

    Args:
        view: `table.select()` for all rows.
        out: the file; appears whole or not at all.
        format: of the file.
        columns: which, in this order; all of the table's where None.

    Raises InputError for an unknown column, UnavailableError and Cancelled.
    """
    report, should_stop = report or silent, should_stop or never
    table = view.table
    names = [table.known(name) for name in (columns if columns is not None else table.columns)]
    need_space(table.exports, table.layout.path.stat().st_size if table.layout.path.exists() else 0, out.name)
    copy = table.exports / f"{uuid4().hex}.part"
    with whole(out) as part:
        try:
            with table.reading() as cursor:
                select = _select(view, names, Format(format), cursor)
                options = "FORMAT csv, HEADER" if format == Format.CSV else "FORMAT parquet"
                sql = f"COPY ({select}) TO {literal(str(copy))} ({options})"
                run(cursor, sql, stage="writing", report=within(report, 0.0, 0.8), should_stop=should_stop)
            _move(copy, part, within(report, 0.8, 1.0), should_stop)
        finally:
            copy.unlink(missing_ok=True)
    report(1.0, "written")


def _select(view: "View", names: Sequence[str], form: Format, cursor: Any) -> str:
    cells = view.table.cells
    source, order = "data", "data.rowid"
    if view.name is not None:
        source, order = f"data JOIN {view.name} AS chosen ON data.rowid = chosen.number", "chosen.rowid"
    if form is Format.PARQUET:
        listed = ", ".join(f"{_typed(cells, name, cursor)} AS {identifier(name)}" for name in names)
    elif len(names) == 1:  # of one column, a missing cell would be a blank line, which is no row
        listed = f"coalesce({cells.cell(names[0])}, '') AS {identifier(names[0])}"
    else:
        listed = ", ".join(f"{cells.cell(name)} AS {identifier(name)}" for name in names)
    return f"SELECT {listed} FROM {source} ORDER BY {order}"


def _typed(cells: "Cells", name: str, cursor: Any) -> str:
    kind = cells.kind(name)
    if not kind.numeric:
        return cells.text(name)
    if cursor.execute(f"SELECT {cells.all_whole(name)} FROM data").fetchone()[0]:
        return f"try_cast({cells.text(name)} AS BIGINT)"
    return cells.number(name) if not kind.long else cells.text(name)


def _move(copy: Path, part: Path, report: Report, should_stop: ShouldStop) -> None:
    """Over to the disk of the target, which may be another one."""
    try:
        copy.rename(part)
    except OSError:
        size = max(copy.stat().st_size, 1)
        with copy.open("rb") as source, part.open("wb") as target:
            while block := source.read(_BLOCK):
                check(should_stop)
                target.write(block)
                report(source.tell() / size, "writing")

"""Who gave a row its label: a merge that fills a gap by a prediction says so, and nobody has to take it for truth."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.progress import Report, ShouldStop
from exoplanet_desktop.wire.vocabulary import Disposition

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading import Layout
    from exoplanet_desktop.catalogs.satellites import SatelliteInfo
    from exoplanet_desktop.catalogs.table import Table
    from exoplanet_desktop.catalogs.view import View

LABEL_SOURCE = "label_source"
MODEL = "model"
CATALOG = "catalog"


def made_by_model(source: str | None) -> bool:
    """Whether a cell of `label_source` says that a model made the label.

    >>> made_by_model("model"), made_by_model("catalog"), made_by_model(None)
    (True, False, False)
    """
    return (source or "").strip().lower() == MODEL


def layout_disposition(layout: "Layout", info: "SatelliteInfo", text: str | None) -> Disposition | None:
    """The class that a cell of the label column stands for, by the user's word or else the archive's; None for none."""
    said = layout.dispositions.get(text or "", layout.dispositions.get((text or "").strip()))
    return info.disposition(text if said is None else said)


def source_column(columns: Sequence[str]) -> str | None:
    """The column that says who gave the labels, in whatever case another program has left its name.

    >>> source_column(["kepid", "Label_Source"])
    'Label_Source'
    """
    return next((column for column in columns if column.strip().lower() == LABEL_SOURCE), None)


def count_model_labels(table: "Table") -> int:
    """Rows of a table whose label a model made."""
    return sum(_said_by_models(table).values())


def without_model_labels(
    path: Path, out: Path, *, report: Report | None = None, should_stop: ShouldStop | None = None
) -> int:
    """Writes a catalog without the rows whose label a model made; returns how many those are.

    Where there are none, nothing is written. `out` appears whole or not at all. Raises InputError where no row would be
    left, UnreadableFile, UnavailableError and Cancelled.
    """
    from exoplanet_desktop.catalogs.export import export
    from exoplanet_desktop.catalogs.reading import sniff
    from exoplanet_desktop.catalogs.table import Table

    if source_column(sniff(path).columns) is None:
        return 0
    with Table.open(path, report=report, should_stop=should_stop) as table:
        others = not_by_models(table, should_stop)
        count = table.row_count - others.row_count
        if count:
            export(others, out, should_stop=should_stop)
    return count


def not_by_models(table: "Table", should_stop: ShouldStop | None = None) -> "View":
    """The rows of a table whose label no model made. Raises InputError where there are none."""
    from exoplanet_desktop.catalogs.expression import written
    from exoplanet_desktop.errors import InputError

    said = _said_by_models(table)
    if sum(said.values()) == table.row_count:
        raise InputError(
            f"A model made the labels of all rows of {table.layout.path.name}. Choose another catalog to learn from."
        )
    column = source_column(table.columns)
    if column is None or not said:
        return table.select()
    spelt, name = ", ".join(f"'{text}'" for text in said), written(column)
    return table.select(f"{name} is missing or not {name} in ({spelt})", should_stop=should_stop)


def _said_by_models(table: "Table") -> dict[str, int]:
    if (column := source_column(table.columns)) is None:
        return {}
    return {text: rows for text, rows in table.counts(column).items() if made_by_model(text)}

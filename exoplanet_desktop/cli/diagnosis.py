"""Checks after a failure whether the file is to blame.

A plain-contract backend does not say what caused a failure, and some report a failed job as a success. So the whole
file is read here, but only after something has gone wrong with it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.vocabulary import Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.wire.reading_options import ReadingOptions


def diagnose_training(csv: Path, satellite: Satellite, choice: "ReadingOptions | None" = None) -> None:
    """Raises InputError if no backend could train on this file; `choice`: the user's reading options, if any."""
    from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
    from exoplanet_desktop.catalogs.reading.layout import sniff
    from exoplanet_desktop.catalogs.tables.labels import HOW_TO_MAP, account_of_labels, label_reader
    from exoplanet_desktop.catalogs.tables.table import Table

    info = SATELLITES[satellite]
    with Table.open(csv, layout=sniff(csv, choice)) as table:
        _some_rows(csv, table.row_count)
        account = account_of_labels(table.counts(info.label), label_reader(table.layout, info))
        column = table.layout.name_in_file(info.label)
    classes = {label: count for label, count in account.classes.items() if count}
    if not classes:
        remedy = "Choose another file or another satellite."
        if account.unknown:
            remedy = f"The column contains {account.values}. {HOW_TO_MAP}"
        raise InputError(f"No row of {csv.name} has a known {satellite} disposition in `{column}`. {remedy}")
    if len(classes) == 1:
        label, count = next(iter(classes.items()))
        raise InputError(
            f"All {count:,} labelled rows of {csv.name} are {label}, but training needs at least two classes. Choose "
            "another file, or add one with other dispositions."
        )


def diagnose_rows(csv: Path, from_row: int | None, to_row: int | None, choice: "ReadingOptions | None" = None) -> None:
    """Raises InputError if a file has no rows, or not the requested ones."""
    from exoplanet_desktop.catalogs.reading.layout import sniff
    from exoplanet_desktop.catalogs.tables.table import Table

    with Table.open(csv, layout=sniff(csv, choice)) as table:
        count = table.row_count
    _some_rows(csv, count)
    if any(row is not None and row >= count for row in (from_row, to_row)):
        raise InputError(
            f"{csv.name} has {count:,} rows, numbered 0 to {count - 1}, so it has no rows {from_row or 0} to "
            f"{count - 1 if to_row is None else to_row}. Choose rows within this range."
        )


def _some_rows(csv: Path, count: int) -> None:
    if count == 0:
        raise InputError(f"{csv.name} has column names but no rows. Choose a file with data.")

"""Describes which rows of a catalog a training or prediction uses if it does not use all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.base.text import count, tr

if TYPE_CHECKING:
    from exoplanet_desktop.wire.reading_options import ReadingOptions


class RowScope(StrEnum):
    """The user's choices. RANGE applies to predictions: from one row number to another."""

    ALL = "all"
    SHOWN = "shown"
    SELECTED = "selected"
    RANGE = "range"


@dataclass(frozen=True)
class RowsUsed:
    """A subset of a catalog's rows.

    Attributes:
        kind: SHOWN or SELECTED.
        condition: the filter that selects the rows, as the user wrote it; empty for rows selected by hand.
        rows, every: number of rows in the subset and in the catalog.
        file: the CSV with these rows; None before it is written, and in a run of the record.
        reading: how to read that CSV.
    """

    kind: RowScope
    condition: str
    rows: int
    every: int
    file: Path | None = None
    reading: "ReadingOptions | None" = None

    @property
    def sentence(self) -> str:
        """How many rows were used, and how they are numbered."""
        used, of = count(self.rows), count(self.every)
        if self.kind is RowScope.SELECTED:
            return tr("{rows} of {every} rows were used: those selected. They were renumbered.", rows=used, every=of)
        if not self.condition:
            return tr("{rows} of {every} rows were used: those shown. They were renumbered.", rows=used, every=of)
        return tr(
            "{rows} of {every} rows were used: {condition}. They were renumbered.",
            rows=used,
            every=of,
            condition=self.condition,
        )

    def as_json(self) -> dict[str, Any]:
        """The values to keep in the record: without the file, which is deleted with the window."""
        return {"kind": self.kind, "condition": self.condition, "rows": self.rows, "of": self.every}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "RowsUsed":
        """Raises KeyError, ValueError and TypeError for an invalid entry."""
        return cls(RowScope(kept["kind"]), str(kept["condition"]), int(kept["rows"]), int(kept["of"]))

    def needed_file(self) -> Path:
        """The file with the rows. Raises InputError if it was deleted with the window that wrote it."""
        if self.file is None or not self.file.exists():
            raise InputError(tr("The rows of this run are no longer available. Choose them again in the catalog."))
        return self.file

    def written(self, file: Path, reading: "ReadingOptions") -> "RowsUsed":
        return replace(self, file=file, reading=reading)

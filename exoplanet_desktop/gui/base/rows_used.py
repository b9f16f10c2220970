"""Which rows of a catalog a training or a prediction uses, where it does not use all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.base.text import count, tr

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading.layout import Choice


class RowScope(StrEnum):
    """What the user chooses from. RANGE is a prediction's: from one row number to another."""

    ALL = "all"
    SHOWN = "shown"
    SELECTED = "selected"
    RANGE = "range"


@dataclass(frozen=True)
class RowsUsed:
    """Some rows of a catalog.

    Attributes:
        kind: SHOWN or SELECTED.
        condition: what leaves these rows, as the user wrote it; empty where they were selected by hand.
        rows, every: how many they are, and how many the catalog has.
        file: the CSV that they were written to; None before that, and in a run of the record.
        reading: how that CSV is read.
    """

    kind: RowScope
    condition: str
    rows: int
    every: int
    file: Path | None = None
    reading: "Choice | None" = None

    @property
    def sentence(self) -> str:
        """How many of how many, and how they are numbered."""
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
        """What the record keeps: not the file, which goes with the window."""
        return {"kind": self.kind, "condition": self.condition, "rows": self.rows, "of": self.every}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "RowsUsed":
        """Raises KeyError, ValueError and TypeError for what is no such entry."""
        return cls(RowScope(kept["kind"]), str(kept["condition"]), int(kept["rows"]), int(kept["of"]))

    def needed_file(self) -> Path:
        """The file with the rows. Raises InputError where it went with the window that wrote it."""
        if self.file is None or not self.file.exists():
            raise InputError(tr("The rows of this run are no longer available. Choose them again in the catalog."))
        return self.file

    def written(self, file: Path, reading: "Choice") -> "RowsUsed":
        return replace(self, file=file, reading=reading)

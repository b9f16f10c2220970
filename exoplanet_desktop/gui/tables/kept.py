"""What is remembered of tables between two starts, and of tables of a kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exoplanet_desktop.wire.reading_options import ReadingOptions

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.tables.view import ColumnFilter
    from exoplanet_desktop.gui.tables.model import Order


@dataclass(frozen=True)
class ColumnLayout:
    """How a table's columns stand.

    Attributes:
        order: names from left to right; others follow them.
        hidden: names.
        widths: pixels, by name, where the user has set one.
        frozen: names at the left.
    """

    order: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    widths: Mapping[str, int] | None = None
    frozen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """What is remembered of one file: its look, and which rows were shown in which order."""

    look: ColumnLayout = ColumnLayout()
    where: str = ""
    filters: "tuple[ColumnFilter, ...]" = ()
    sort: "Order" = ()


@dataclass(frozen=True)
class KeptFile:
    """One catalog. Attributes:
    view: how it was looked at.
    reading: how the user said that it is to be read; None where that was left to the program.
    """

    view: Kept | None = None
    reading: ReadingOptions | None = None


@dataclass
class KeptTables:
    """Attributes:
    files: by absolute path, the one that changed last at the end.
    groups: the look that tables of a group had last, by its name.
    """

    files: dict[str, KeptFile] = field(default_factory=dict)
    groups: dict[str, ColumnLayout] = field(default_factory=dict)

    def copy(self) -> "KeptTables":
        """One that a worker can write while this one changes."""
        return KeptTables(dict(self.files), dict(self.groups))

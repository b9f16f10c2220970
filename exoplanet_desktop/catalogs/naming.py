"""The program's names for the columns of a file, and what it takes to bring their cells to the archive's unit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading import Choice, Layout


@dataclass(frozen=True)
class Conversion:
    """From the number in a cell to the number in the archive's unit.

    Attributes:
        factor, offset: number * factor + offset.
        magnitudes: the cell is a depth in millimagnitudes, to be made one in ppm: 10**6 * (1 - 10**(-mmag / 2500)).
    """

    factor: float = 1.0
    offset: float = 0.0
    magnitudes: bool = False


def named(layout: "Layout", choice: "Choice") -> "Layout":  # noqa: ARG001 - it holds the user's names
    """The layout with the program's names for the file's columns."""
    return layout

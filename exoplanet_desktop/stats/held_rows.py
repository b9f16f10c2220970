"""Compares two models' predictions for the same held-out rows, row by row.

The standard error of a mean difference is that of a ratio of sums over host stars (Cochran 1977, Sampling Techniques,
3rd ed., 6.4), because planets of one star are not independent rows; the bootstrap intervals use the same unit.
"""

import csv
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.wire.prediction_columns import PROBABILITY, is_probability

FILE_NAME = "held_out.csv"
MOST_ROWS = 5_000_000
_TINY = 1e-15


@dataclass
class HeldRows:
    """The rows in file order; see `classify.heldout` for the columns.

    Attributes:
        numbers: row numbers in the catalog.
        stars: the star of each row, numbered from 0 in order of appearance.
        held: 1 for rows of the hold-out.
        right: 1 if the predicted class is the actual one.
        loss: log loss of the row; brier: its squared distance from the truth, over all classes.
        actual: the classes joined together, to check that two files have the same labels.
    """

    numbers: "array[int]" = field(default_factory=lambda: array("q"))
    stars: "array[int]" = field(default_factory=lambda: array("q"))
    held: "array[int]" = field(default_factory=lambda: array("b"))
    right: "array[float]" = field(default_factory=lambda: array("d"))
    loss: "array[float]" = field(default_factory=lambda: array("d"))
    brier: "array[float]" = field(default_factory=lambda: array("d"))
    actual: list[str] = field(default_factory=list)

    def pairs_with(self, other: "HeldRows") -> bool:
        """Whether both have the same rows of the same stars with the same classes."""
        return (
            self.numbers == other.numbers
            and self.stars == other.stars
            and self.held == other.held
            and self.actual == other.actual
        )


def read_held_rows(path: Path) -> HeldRows | None:
    """The rows of a file; None if it is not such a file, for example in an imported run that was edited.

    Raises UnavailableError if it cannot be read.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return _read(csv.reader(file))
    except (ValueError, IndexError, KeyError, OverflowError, csv.Error):
        return None
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror or error}. Check the disk.") from error


def half_width(one: HeldRows, other: HeldRows, of: str, *, hold_out: bool, quantile: float) -> float | None:
    """Half the interval of the mean difference in `of` ("right", "loss", "brier"), one minus the other.

    Args:
        hold_out: only the rows of the hold-out; otherwise all rows, each as predicted by the fold that held it out.
        quantile: of the normal distribution.

    None if the rows differ or come from fewer than two stars.
    """
    if not one.pairs_with(other):
        return None
    sums: dict[int, float] = {}
    counts: dict[int, int] = {}
    for star, held, a, b in zip(one.stars, one.held, getattr(one, of), getattr(other, of), strict=True):
        if held or not hold_out:
            sums[star] = sums.get(star, 0.0) + a - b
            counts[star] = counts.get(star, 0) + 1
    rows, stars = sum(counts.values()), len(counts)
    if stars < 2:
        return None
    mean = math.fsum(sums.values()) / rows
    squares = math.fsum((total - mean * counts[star]) ** 2 for star, total in sums.items())
    return quantile * math.sqrt(squares * stars / (stars - 1)) / rows


def _read(lines: Iterator[list[str]]) -> HeldRows:
    header = next(lines, [])
    place = {name: number for number, name in enumerate(header)}
    number, star, fold, held, actual, predicted = (
        place.get(name, -1) for name in ("row", "star", "fold", "hold_out", "actual", "predicted")
    )
    classes = {name.removeprefix(PROBABILITY): at for name, at in place.items() if is_probability(name)}
    if min(number, star, fold, held, actual, predicted) < 0 or not classes:
        raise ValueError("no file of held-out rows")
    found, known = HeldRows(), dict[str, int]()
    for line in lines:
        truth = line[actual]
        said = {label: float(line[at]) for label, at in classes.items()}
        # A separate hold-out follows the folds and would count its rows twice.
        if not line[fold] or len(found.numbers) >= MOST_ROWS:
            raise ValueError("rows that are of no fold, or too many")
        found.numbers.append(int(line[number]))
        found.stars.append(known.setdefault(line[star], len(known)))
        found.held.append(line[held] == "yes")
        found.right.append(line[predicted] == truth)
        found.loss.append(-math.log(min(1.0, max(_TINY, said[truth]))))
        found.brier.append(sum((value - (label == truth)) ** 2 for label, value in said.items()))
        found.actual.append(truth)
    return found

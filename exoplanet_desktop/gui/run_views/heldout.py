"""A training's held-out rows from the backend's CSV; read in a worker."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.prediction_columns import PROBABILITY, is_probability

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_NEEDED = ("row", "object", "star", "fold", "hold_out", "actual", "predicted")
_DIGITS = re.compile("([0-9]+)")
_NOT_READABLE = (
    "The backend's file of held-out rows {why}. Anything that needs it is left out; train again to get a new one."
)


@dataclass(frozen=True)
class HeldOutRows:
    """Rows with the predictions of models that have not seen them.

    Attributes:
        labels: class names.
        rows: row number in the catalog, from 0.
        objects: object name in the catalog.
        stars: star of each row, numbered from 0 without gaps.
        actual, predicted: class of each row, as an index into `labels`.
        probabilities: (rows, classes).
        held: whether each row belongs to the hold-out.
    """

    labels: tuple[str, ...]
    rows: "Integers"
    objects: tuple[str, ...]
    stars: "Integers"
    actual: "Integers"
    predicted: "Integers"
    probabilities: "Floats"
    held: "Flags"

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def hold_out(self) -> "HeldOutRows":
        """Only the rows of the hold-out."""
        return self._part(self.held)

    @cached_property
    def others(self) -> "HeldOutRows":
        """The rows outside the hold-out, each predicted by the fold model that had not seen it."""
        return self._part(~self.held)

    @cached_property
    def worst_first(self) -> "Integers":
        """Indices of all rows, in ascending order of the probability for the true class."""
        import numpy as np

        own = self.probabilities[np.arange(len(self)), self.actual]
        return np.argsort(own, kind="stable")

    @cached_property
    def name_ranks(self) -> "Integers":
        """The place of each row in the order of the objects' names, with their numbers as numbers."""
        import numpy as np

        keys = [_natural(name) for name in self.objects]
        ranks = np.empty(len(self), dtype=np.int64)
        ranks[sorted(range(len(self)), key=keys.__getitem__)] = np.arange(len(self))
        return ranks

    def _part(self, chosen: "Flags") -> "HeldOutRows":
        import numpy as np

        places = np.flatnonzero(chosen)
        _, stars = np.unique(self.stars[places], return_inverse=True)
        return HeldOutRows(
            self.labels,
            self.rows[places],
            tuple(self.objects[place] for place in places),
            stars,
            self.actual[places],
            self.predicted[places],
            self.probabilities[places],
            self.held[places],
        )


def read_held_out(path: Path) -> HeldOutRows:
    """Reads the CSV and validates every cell. Raises InputError and UnreadableFile."""
    import numpy as np

    with Table.open(path, lean=True) as table:
        labels = tuple(name.removeprefix(PROBABILITY) for name in table.columns if is_probability(name))
        missing = [name for name in _NEEDED if name not in table.columns]
        if missing or len(labels) < 2 or not table.row_count:
            raise _unreadable("does not have the expected columns")
        numbers = table.numbers(["row", *(PROBABILITY + label for label in labels)])
        texts = {name: table.texts(name) for name in ("object", "star", "hold_out", "actual", "predicted")}
    rows, probabilities = numbers[:, 0], numbers[:, 1:]
    if np.isnan(numbers).any() or (numbers < 0).any() or (probabilities > 1).any() or (rows > 2**53).any():
        raise _unreadable("has cells that are not probabilities or row numbers")
    _, stars = np.unique([text or "" for text in texts["star"]], return_inverse=True)
    held = np.array([(text or "").lower() == "yes" for text in texts["hold_out"]], dtype=bool)
    if not held.any():
        raise _unreadable("marks no row as hold-out")
    return HeldOutRows(
        labels,
        rows.astype(np.int64),
        tuple(text or "" for text in texts["object"]),
        stars,
        _codes(texts["actual"], labels),
        _codes(texts["predicted"], labels),
        probabilities,
        held,
    )


def _codes(texts: Sequence[str | None], labels: tuple[str, ...]) -> "Integers":
    import numpy as np

    place = {label: number for number, label in enumerate(labels)}
    try:
        return np.array([place[text or ""] for text in texts], dtype=np.int64)
    except KeyError as error:
        raise _unreadable("names a class without a probability") from error


def _natural(name: str) -> list[tuple[int, int | str]]:
    """A key that sorts K9 before K10."""
    parts = _DIGITS.split(name.casefold())
    return [(0, int(part)) if part.isdecimal() and len(part) < 20 else (1, part) for part in parts]


def _unreadable(why: str) -> InputError:
    return InputError(_NOT_READABLE.format(why=why))

"""Held-out rows of a training, as the backend's CSV has them; read in a worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

PROBABILITY = "Prob_"
_NEEDED = ("row", "object", "star", "fold", "hold_out", "actual", "predicted")
_NOT_READABLE = (
    "The backend's file of held-out rows {why}. Anything that needs it is left out; train again to get a new one."
)


@dataclass(frozen=True)
class HeldOutRows:
    """Rows with what a model that has not seen them says of them.

    Attributes:
        labels: the classes.
        rows: number of each row in the catalog, from 0.
        objects: what the catalog calls each object.
        stars: star of each row, counted from 0 without a gap.
        actual, predicted: class of each row, counted in `labels`.
        probabilities: (rows, classes).
        held: whether each row is of the hold-out.
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
        """The rows of the hold-out alone."""
        return self._part(self.held)

    @cached_property
    def others(self) -> "HeldOutRows":
        """The rows that are not of the hold-out, as the fold that held each out saw it."""
        return self._part(~self.held)

    @cached_property
    def worst_first(self) -> "Integers":
        """Places of all rows, those first whose own class was given the least probability."""
        import numpy as np

        own = self.probabilities[np.arange(len(self)), self.actual]
        return np.argsort(own, kind="stable")

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
    """Reads the CSV, whose every cell is checked. Raises InputError and UnreadableFile."""
    import numpy as np

    from exoplanet_desktop.catalogs.tables.table import Table

    with Table.open(path, lean=True) as table:
        labels = tuple(name.removeprefix(PROBABILITY) for name in table.columns if name.startswith(PROBABILITY))
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


def _unreadable(why: str) -> InputError:
    return InputError(_NOT_READABLE.format(why=why))

"""Thresholds between planets and false positives, and their cost.

A row is classified as a planet if P(CONFIRMED) + P(CANDIDATE) reaches the threshold, as the likelier of these two
classes; otherwise as a false positive. All numbers refer to held-out rows.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from exoplanet_desktop.gui.run_views.heldout import HeldOutRows
from exoplanet_desktop.wire.vocabulary import Disposition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Floats = NDArray[np.float64]

SEED, MOST_DRAWS, FEWEST_DRAWS = 42, 300, 50
MOST_WEIGHTS = 6_000_000  # draws × stars in memory at once
Interval = tuple[float, float]


@dataclass(frozen=True)
class Cut:
    """The result of a threshold on the rows.

    Attributes:
        threshold: minimum probability of a planet.
        found, missed: planets classified as planets, and planets classified as false positives.
        wrong: false positives classified as planets.
        matrix: (class in the catalog, predicted class).
    """

    threshold: float
    found: int
    missed: int
    wrong: int
    matrix: tuple[tuple[int, ...], ...]

    @property
    def precision(self) -> float | None:
        """The share of planets among rows classified as planets; None if there are no such rows."""
        called = self.found + self.wrong
        return self.found / called if called else None

    @property
    def recall(self) -> float | None:
        """The share of planets classified as planets; None if there are no planets."""
        planets = self.found + self.missed
        return self.found / planets if planets else None


class Thresholds:
    """All threshold statistics of some held-out rows, precomputed so that a slider can follow."""

    def __init__(self, rows: HeldOutRows) -> None:
        """For a worker. The rows need classes on both sides: see `possible`."""
        import numpy as np

        self.rows = rows
        many = len(rows.labels)
        self._negative = rows.labels.index(Disposition.FALSE_POSITIVE)
        planets = rows.probabilities.copy()
        planets[:, self._negative] = -1
        self._as_planet = planets.argmax(axis=1)
        # Round to the file's digits: equal values must not differ because of summation order.
        self._score = np.clip(1 - rows.probabilities[:, self._negative], 0, 1).round(9)
        self._is_planet = rows.actual != self._negative
        order = np.argsort(-self._score, kind="stable")
        self._sorted = -self._score[order]  # ascending, for searchsorted
        cells = np.eye(many * many, dtype=np.int64)[rows.actual[order] * many + self._as_planet[order]]
        self._called = np.vstack([np.zeros((1, many * many), dtype=np.int64), cells.cumsum(axis=0)])
        self._totals = np.bincount(rows.actual, minlength=many)

    @staticmethod
    def possible(rows: HeldOutRows) -> bool:
        """Whether there are both planets and false positives."""
        import numpy as np

        if Disposition.FALSE_POSITIVE not in rows.labels or len(rows.labels) < 2:
            return False
        negative = rows.labels.index(Disposition.FALSE_POSITIVE)
        return len(np.unique(rows.actual == negative)) == 2

    def at(self, threshold: float) -> Cut:
        """The result of a threshold on the rows; a lookup in precomputed sums."""
        many, negative = len(self.rows.labels), self._negative
        called = self._called[int(self._sorted.searchsorted(-threshold, side="right"))].reshape(many, many)
        matrix = called.copy()
        matrix[:, negative] = self._totals - called.sum(axis=1)
        found_by_class = called.sum(axis=1)
        wrong = int(found_by_class[negative])
        found = int(found_by_class.sum()) - wrong
        planets = int(self._totals.sum() - self._totals[negative])
        return Cut(threshold, found, planets - found, wrong, tuple(tuple(map(int, row)) for row in matrix))

    def predicted(self, threshold: float) -> "Integers":
        """The class of each row under a threshold."""
        import numpy as np

        return np.where(self._score >= threshold, self._as_planet, self._negative)

    def missing_at_most(self, share: float) -> float:
        """The highest threshold that misses at most this share of planets."""
        import numpy as np

        scores = np.sort(self._score[self._is_planet])
        return float(scores[min(int(share * len(scores) + 1e-9), len(scores) - 1)])

    def precise(self, precision: float) -> float | None:
        """The threshold that finds the most planets with at least this precision; None if none reaches it."""
        import numpy as np

        right = self._is_planet[np.argsort(-self._score, kind="stable")].cumsum()
        ends = np.flatnonzero(np.diff(self._sorted, append=np.inf))
        good = ends[right[ends] >= precision * (ends + 1) - 1e-9]
        return float(-self._sorted[good[-1]]) if len(good) else None

    def intervals(self, threshold: float) -> tuple[Interval | None, Interval | None]:
        """95 % intervals of precision and recall: bootstrap over whole stars, like the engine's scores.

        For a worker.
        """
        import numpy as np

        called = self._score >= threshold
        flags = np.column_stack([called & self._is_planet, called, self._is_planet])
        by_star = np.column_stack([np.bincount(self.rows.stars, flag) for flag in flags.T]).astype(np.float32)
        found, all_called, planets = (self._weights @ by_star).T
        return _interval(found, all_called), _interval(found, planets)

    @cached_property
    def _weights(self) -> "NDArray[np.float32]":
        """How often each draw contains each star."""
        import numpy as np

        stars = int(self.rows.stars.max()) + 1
        draws = max(FEWEST_DRAWS, min(MOST_DRAWS, MOST_WEIGHTS // stars))
        random, out = np.random.default_rng(SEED), np.empty((draws, stars), dtype=np.float32)
        for draw in range(draws):
            out[draw] = np.bincount(random.integers(0, stars, stars), minlength=stars)
        return out


def _interval(part: "Floats", whole: "Floats") -> Interval | None:
    import numpy as np

    known = whole > 0
    if not known.any():
        return None
    low, high = np.percentile(part[known] / whole[known], [2.5, 97.5])
    return float(low), float(high)

"""The evaluation of a model: folds and hold-out grouped by host star, each fit a task of its own."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.base.progress import ShouldStop
from exoplanet_desktop.classify.dataset import Dataset
from exoplanet_desktop.classify.estimators import Estimator, Probabilities, Recipe
from exoplanet_desktop.classify.features import Matrix
from exoplanet_desktop.classify.fit_pool import FitPool
from exoplanet_desktop.classify.metrics import HeldOut
from exoplanet_desktop.classify.packing import Packed, pack
from exoplanet_desktop.classify.protocol import Split, star_folds


@dataclass(frozen=True)
class Fitted:
    """What came of one fit.

    Attributes:
        said: the probabilities of the rows that it had not seen.
        estimator: the model itself, of the hold-out alone: it is asked further questions.
        packed: the model as bytes, where it is to be kept in the model file.
    """

    said: Probabilities
    estimator: Estimator | None = None
    packed: Packed | None = None


def fit_and_hold_out(
    recipe: Recipe,
    matrix: Matrix,
    y: NDArray[np.int64],
    split: Split,
    asked: bool,
    kept: bool,
    should_stop: ShouldStop,
) -> Fitted:
    """Task: learns from one side of a split and tells what it says of the other side.

    `asked` and `kept`: whether the model itself and its bytes are wanted.
    """
    estimator = recipe.fit(matrix[split.train], y[split.train], should_stop)
    said = estimator.probabilities(matrix[split.test])
    return Fitted(said, estimator if asked else None, pack(estimator) if kept else None)


@dataclass
class CrossValidation:
    """Fits under way for one feature set, and what came of them.

    Attributes:
        data: the rows.
        splits: the folds, and the hold-out where it is none of them.
        holdout: its place among the splits.
        folds: how many of the splits are folds.
        kept: whether the models of the folds are wanted as bytes.
        results: by place, as they come in.
    """

    data: Dataset
    splits: list[Split]
    holdout: int
    folds: int
    kept: bool = False
    futures: dict[Future[Any], int] = field(default_factory=dict)
    results: dict[int, Fitted] = field(default_factory=dict)

    def start(self, pool: FitPool, recipe: Recipe, should_stop: ShouldStop) -> None:
        """Hands all fits to the pool, the hold-out first: more is worked out from it."""
        for place in sorted(range(len(self.splits)), key=lambda place: place != self.holdout):
            rows = (self.data.matrix, self.data.y, self.splits[place])
            wishes = (place == self.holdout, self.kept and place < self.folds)
            self.futures[pool.start(fit_and_hold_out, recipe, *rows, *wishes, should_stop)] = place

    def take(self, future: Future[Any]) -> None:
        self.results[self.futures[future]] = future.result()

    @property
    def fold_accuracy(self) -> list[float]:
        return [float((self._said(place) == self._truth(place)).mean()) for place in range(self.folds)]

    @property
    def held_out(self) -> HeldOut:
        return self._held([self.holdout])

    @property
    def out_of_fold(self) -> HeldOut:
        """Each row once, as the fold that held it out saw it."""
        return self._held(list(range(self.folds)))

    @property
    def holdout_estimator(self) -> Estimator:
        estimator = self.results[self.holdout].estimator
        assert estimator is not None
        return estimator

    @property
    def fold_of_row(self) -> NDArray[np.int64]:
        """The fold that held each row out, from 0."""
        out = np.empty(len(self.data.y), dtype=np.int64)
        for place in range(self.folds):
            out[self.splits[place].test] = place
        return out

    @property
    def unseen(self) -> Probabilities:
        """What the fold that held each row out said of it, in the order of the rows."""
        out = np.empty((len(self.data.y), len(self.data.labels)))
        for place in range(self.folds):
            out[self.splits[place].test] = self.results[place].said
        return out

    def _said(self, place: int) -> NDArray[np.int64]:
        return np.asarray(self.results[place].said.argmax(axis=1))

    def _truth(self, place: int) -> NDArray[np.int64]:
        return self.data.y[self.splits[place].test]

    def _held(self, places: list[int]) -> HeldOut:
        rows = np.concatenate([self.splits[place].test for place in places])
        said = np.concatenate([self.results[place].said for place in places])
        return HeldOut(self.data.y[rows], said, self.data.groups[rows], self.data.labels)


def plan(data: Dataset, folds: int, holdout: float, seed: int) -> CrossValidation:
    """The splits of an evaluation.

    The hold-out is the first of round(1 / holdout) star folds. With 5 folds and 20 % that is the first fold itself:
    nothing is chosen on the folds, so a separate draw would cost one more fit and tell the same.
    """
    splits = star_folds(data.y, data.groups, folds, seed)
    parts = max(2, round(1 / holdout))
    if parts == folds:
        return CrossValidation(data, splits, 0, folds, kept=True)
    return CrossValidation(data, [*splits, star_folds(data.y, data.groups, parts, seed)[0]], folds, folds, kept=True)

"""The evaluation of a model: folds and hold-out grouped by host star, each fit a separate task."""

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
    """The result of one fit.

    Attributes:
        said: the probabilities of the rows it was not trained on.
        estimator: the model itself, for the hold-out only: it is needed for further questions.
        packed: the model as bytes, if the model file is to store it.
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
    """Task: trains on one side of a split and predicts the other side.

    `asked` and `kept`: whether to return the model itself and its bytes.
    """
    estimator = recipe.fit(matrix[split.train], y[split.train], should_stop)
    said = estimator.probabilities(matrix[split.test])
    return Fitted(said, estimator if asked else None, pack(estimator) if kept else None)


@dataclass
class CrossValidation:
    """The running fits for one feature set, and their results.

    Attributes:
        data: the rows.
        splits: the folds, and the hold-out if it is not one of them.
        holdout: its index among the splits.
        folds: how many of the splits are folds.
        kept: whether to keep the models of the folds as bytes.
        results: by index, as they come in.
    """

    data: Dataset
    splits: list[Split]
    holdout: int
    folds: int
    kept: bool = False
    futures: dict[Future[Any], int] = field(default_factory=dict)
    results: dict[int, Fitted] = field(default_factory=dict)

    def start(self, pool: FitPool, recipe: Recipe, should_stop: ShouldStop) -> None:
        """Submits all fits to the pool, the hold-out first, because more is calculated from it."""
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
        """Each row once, as predicted by the fold that held it out."""
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
        """The prediction for each row by the fold that held it out, in the order of the rows."""
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
    nothing is tuned on the folds, so a separate draw would cost one more fit and show the same.
    """
    splits = star_folds(data.y, data.groups, folds, seed)
    parts = max(2, round(1 / holdout))
    if parts == folds:
        return CrossValidation(data, splits, 0, folds, kept=True)
    return CrossValidation(data, [*splits, star_folds(data.y, data.groups, parts, seed)[0]], folds, folds, kept=True)

"""A trained classifier: features, estimator and card in one object, used for both training and prediction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.classify.estimators import Estimator, Probabilities
from exoplanet_desktop.classify.features import FeatureSet, Matrix
from exoplanet_desktop.classify.memory import Memory
from exoplanet_desktop.wire.vocabulary import Model


@dataclass(frozen=True)
class ReplaySample:
    """Training rows and the probabilities that the new classifier gave them; every load must reproduce them."""

    matrix: Matrix
    probabilities: Probabilities


@dataclass(frozen=True)
class Classifier:
    """From the columns of a catalog to probabilities.

    Attributes:
        model: its kind.
        features: its feature set, with categories.
        labels: its classes, in the order of its probabilities.
        estimator: the fitted model.
        background: medians of the training rows' features, NaN if a column is empty: the "usual" values when a
            prediction of a model other than XGBoost is explained.
        parity: rows to verify it with.
        card: its description: satellite, model, features, columns, labels, protocol, metrics, data digest, created_at,
            versions, version.
        memory: what it stores about its training; empty in files of older versions.
    """

    model: Model
    features: FeatureSet
    labels: tuple[str, ...]
    estimator: Estimator
    background: NDArray[np.float32]
    parity: ReplaySample
    card: Mapping[str, Any]
    memory: Memory = field(default_factory=Memory)

    def matrix(self, numbers: NDArray[np.float64], texts: Mapping[str, Sequence[str | None]]) -> Matrix:
        """The features of rows: see FeatureSet.matrix."""
        return self.features.matrix(numbers, texts)

    def probabilities(self, matrix: Matrix) -> Probabilities:
        """(rows, classes), float64; each row sums to 1."""
        return self.estimator.probabilities(matrix)

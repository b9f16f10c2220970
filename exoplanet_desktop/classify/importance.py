"""Permutation importance on held-out rows (Breiman 2001, Machine Learning 45, 5)."""

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.classify.estimators import Estimator, Trees
from exoplanet_desktop.classify.features import Matrix
from exoplanet_desktop.wire.payloads import Importance

REPEATS = 3
MOST_ROWS = 400
MOST_ROWS_OF_SLOW_MODELS = 200
Integers = NDArray[np.int64]


def permutation_importance(
    estimator: Estimator, matrix: Matrix, y: Integers, names: tuple[str, ...], columns: range, seed: int
) -> list[Importance]:
    """The drop in accuracy when the values of one column are permuted between rows.

    Args:
        estimator: fitted on other rows.
        matrix, y: held-out rows; at most 400 of them, drawn with `seed`, are used (200 if a model is slow).
        columns: those to measure; a subset gives the same numbers as all.
    """
    random = np.random.default_rng(seed)
    most = MOST_ROWS if isinstance(estimator, Trees) else MOST_ROWS_OF_SLOW_MODELS
    rows = np.sort(random.permutation(len(y))[:most])
    matrix, y = matrix[rows], y[rows]
    accuracy = float((estimator.probabilities(matrix).argmax(axis=1) == y).mean())
    # The same three permutations for all columns: columns are compared under the same conditions.
    shuffles = [random.permutation(len(y)) for _ in range(REPEATS)]
    found = []
    for index in columns:
        losses = np.zeros(REPEATS)
        if not _constant(matrix[:, index]):
            shuffled = np.vstack([_shuffled(matrix, index, order) for order in shuffles])
            said = estimator.probabilities(shuffled).argmax(axis=1).reshape(REPEATS, -1)
            losses = accuracy - (said == y).mean(axis=1)
        found.append(Importance(feature=names[index], mean=float(losses.mean()), std=float(losses.std())))
    return found


def _constant(column: NDArray[np.float32]) -> bool:
    return bool(np.isnan(column).all() or (column == column[0]).all())


def _shuffled(matrix: Matrix, index: int, order: Integers) -> Matrix:
    out = matrix.copy()
    out[:, index] = matrix[order, index]
    return out

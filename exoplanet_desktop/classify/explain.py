"""Explains a row's prediction: the features that contribute most, with value and unit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.classify.classifier import Classifier
from exoplanet_desktop.classify.estimators import Probabilities, Trees
from exoplanet_desktop.classify.features import Matrix


def explain(classifier: Classifier, matrix: Matrix, top: int, units: Mapping[str, str]) -> list[list[dict[str, Any]]]:
    """The `top` largest contributions to each row's predicted class.

    XGBoost: TreeSHAP, in log odds of the predicted class; a row's contributions and the model's base value add up to
    its score. Other models: how much the probability of the predicted class drops when a feature is set to its usual
    value (the training median; missing if it has none), one feature at a time; interactions are not attributed.

    Returns for each row a list of {feature, value, unit, contribution, measure}; value is None if it is missing.
    """
    probabilities = classifier.probabilities(matrix)
    predicted = probabilities.argmax(axis=1)
    if isinstance(classifier.estimator, Trees):
        values = classifier.estimator.contributions(matrix)[np.arange(len(matrix)), predicted]
        measure = "log odds (TreeSHAP)"
    else:
        values, measure = _occluded(classifier, matrix, probabilities), "probability (feature at its training median)"
    all_units = {**units, **{feature.name: feature.unit for feature in classifier.features.engineered}}
    order = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :top]
    names = classifier.features.names
    return [
        [
            {
                "feature": names[index],
                "value": _shown(matrix[row, index]),
                "unit": all_units.get(names[index], ""),
                "contribution": float(values[row, index]),
                "measure": measure,
            }
            for index in order[row]
        ]
        for row in range(len(matrix))
    ]


def _shown(value: np.float32) -> float | None:
    """As many digits as float32 has: 3.92 and not 3.9200000762939453."""
    return None if np.isnan(value) else float(str(value))


def _occluded(classifier: Classifier, matrix: Matrix, probabilities: Probabilities) -> NDArray[np.float64]:
    rows = np.arange(len(matrix))
    predicted = probabilities.argmax(axis=1)
    out = np.zeros(matrix.shape)
    for index, usual in enumerate(classifier.background):
        changed = matrix.copy()
        changed[:, index] = usual
        out[:, index] = probabilities[rows, predicted] - classifier.probabilities(changed)[rows, predicted]
    return out

"""The points of the curves, against scikit-learn's."""

import numpy as np
from sklearn import metrics

from exoplanet_desktop.classify.curves import MOST_POINTS, curves
from exoplanet_desktop.classify.metrics import HeldOut

LABELS = ("CANDIDATE", "CONFIRMED", "FALSE POSITIVE")


def held_of(rows: int, classes: int = 3) -> HeldOut:
    random = np.random.default_rng(5)
    y = random.integers(0, classes, rows)
    probabilities = random.dirichlet([1, 1, 1], rows) + np.eye(3)[y] * 0.4
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return HeldOut(y, probabilities, np.arange(rows), LABELS)


def test_a_perfect_class_has_no_false_positive_before_its_last_true_one() -> None:
    y = np.array([0, 0, 1, 1])
    score = np.array([0.9, 0.7, 0.2, 0.1])
    found = curves(HeldOut(y, np.column_stack([score, 1 - score]), np.arange(4), ("A", "B")))
    assert found["roc"]["A"] == {"fpr": [0.0, 0.0, 0.0, 0.5, 1.0], "tpr": [0.0, 0.5, 1.0, 1.0, 1.0]}
    assert found["pr"]["A"]["precision"][:3] == [1.0, 1.0, 1.0]
    assert found["pr"]["A"]["recall"] == [0.0, 0.5, 1.0, 1.0, 1.0]


def test_points_lie_on_the_curves_of_scikit_learn() -> None:
    held = held_of(90)
    found = curves(held)
    for index, name in enumerate(LABELS):
        fpr, tpr, _ = metrics.roc_curve(held.y == index, held.probabilities[:, index], drop_intermediate=False)
        np.testing.assert_allclose(found["roc"][name]["fpr"], fpr, atol=1e-4)
        np.testing.assert_allclose(found["roc"][name]["tpr"], tpr, atol=1e-4)


def test_curves_of_many_rows_are_thinned_and_keep_their_ends() -> None:
    found = curves(held_of(5_000))["roc"]["CONFIRMED"]
    assert len(found["fpr"]) == len(found["tpr"]) <= MOST_POINTS
    assert (found["fpr"][0], found["tpr"][0], found["fpr"][-1], found["tpr"][-1]) == (0, 0, 1, 1)


def test_a_class_without_rows_has_no_curve() -> None:
    assert set(curves(held_of(60, classes=2))["roc"]) == {"CANDIDATE", "CONFIRMED"}

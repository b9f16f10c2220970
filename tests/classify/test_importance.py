import numpy as np
import pytest
from numpy.typing import NDArray

from exoplanet_desktop.classify.importance import permutation_importance


class FirstColumn:
    """Says class 1 where the first column is above 0, and counts the rows that it is asked about."""

    def __init__(self) -> None:
        self.asked = 0

    def probabilities(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        self.asked += len(matrix)
        high = (matrix[:, 0] > 0).astype(np.float64)
        return np.column_stack([1 - high, high])


def columns(rows: int = 100) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Of a value that tells the class, one of no meaning, one that is always the same, and one that is never there."""
    random = np.random.default_rng(0)
    telling = random.normal(size=rows)
    parts = (telling, random.normal(size=rows), np.full(rows, 7.0), np.full(rows, np.nan))
    return np.column_stack(parts).astype(np.float32), (telling > 0).astype(np.int64)


def test_importance_is_the_accuracy_that_is_lost() -> None:
    matrix, y = columns()
    found = permutation_importance(FirstColumn(), matrix, y, ("a", "b", "c", "d"), range(4), seed=1)
    assert [one.feature for one in found] == ["a", "b", "c", "d"]
    assert found[0].mean == pytest.approx(0.5, abs=0.15)  # without it every second guess is right
    assert 0 < found[0].std < 0.2
    assert [(one.mean, one.std) for one in found[1:]] == [(0.0, 0.0)] * 3


def test_a_model_is_not_asked_about_constant_columns() -> None:
    matrix, y = columns()
    model = FirstColumn()
    found = permutation_importance(model, matrix, y, ("a", "b", "c", "d"), range(2, 4), seed=1)
    assert [one.mean for one in found] == [0.0, 0.0]
    assert model.asked == len(y)  # for the accuracy to compare with


def test_a_column_with_gaps_is_not_constant() -> None:
    """Whether a value is there may tell the class, too."""
    matrix, y = columns()
    for gap in (0, 50):  # also where the first cell is the one that is missing
        gaps = matrix.copy()
        gaps[:, 1] = 3.0
        gaps[gap, 1] = np.nan
        model = FirstColumn()
        permutation_importance(model, gaps, y, ("a", "b", "c", "d"), range(1, 2), seed=1)
        assert model.asked == 4 * len(y)


def test_a_part_of_the_columns_gives_the_same_numbers_as_all() -> None:
    matrix, y = columns(500)
    names = ("a", "b", "c", "d")
    all_columns = permutation_importance(FirstColumn(), matrix, y, names, range(4), seed=3)
    assert permutation_importance(FirstColumn(), matrix, y, names, range(1), seed=3) == all_columns[:1]

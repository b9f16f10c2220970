import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from exoplanet_desktop.classify.protocol import star_folds


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("rows", "stars", "folds", "classes"), [(60, 25, 3, 2), (500, 300, 5, 3), (900, 880, 10, 3)])
def test_folds_are_those_of_scikit_learn(rows: int, stars: int, folds: int, classes: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    y = random.integers(0, classes, rows)
    _, groups = np.unique(random.integers(0, stars, rows), return_inverse=True)
    reference = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(y, y, groups)
    for ours, (train, test) in zip(star_folds(y, groups, folds, seed), reference, strict=True):
        np.testing.assert_array_equal(ours.train, train)
        np.testing.assert_array_equal(ours.test, test)


def test_no_star_lies_on_two_sides() -> None:
    random = np.random.default_rng(0)
    y, groups = random.integers(0, 3, 400), random.integers(0, 90, 400)
    for split in star_folds(y, np.unique(groups, return_inverse=True)[1], 5, 42):
        assert not set(groups[split.train]) & set(groups[split.test])
        assert len(split.train) + len(split.test) == 400

import numpy as np
import pytest

from exoplanet_desktop.classify.estimators import Recipe
from exoplanet_desktop.wire.vocabulary import Balance, Features, Model, Satellite


@pytest.mark.parametrize("model", Model)
def test_balanced_weights_make_each_model_think_of_rare_classes(model: Model) -> None:
    random = np.random.default_rng(0)
    y = (np.arange(400) % 10 == 0).astype(np.int64)  # one row in ten is of the rare class
    matrix = random.normal(size=(400, 3)).astype(np.float32)
    matrix[:, 0] += y  # the classes overlap

    def of_rare_class(balance: Balance) -> float:
        recipe = Recipe(Satellite.KOI, Features.VETTED, model, 2, balance, seed=1)
        return float(recipe.fit(matrix, y, lambda: False).probabilities(matrix)[:, 1].mean())

    unweighted = of_rare_class(Balance.NONE)
    assert unweighted < 0.25
    assert of_rare_class(Balance.BALANCED) > unweighted + 0.05

"""The six models, in one table of fixed hyperparameters chosen by measurement (docs/science.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.base.progress import ShouldStop, check
from exoplanet_desktop.classify.features import Matrix
from exoplanet_desktop.errors import Cancelled
from exoplanet_desktop.wire.vocabulary import Balance, Features, Model, Satellite

Probabilities = NDArray[np.float64]

QUANTILES = 200
XGB: Mapping[str, Any] = {"objective": "multi:softprob", "tree_method": "hist"}

# Few trees with large steps and few bins: on vetted KOI as accurate as 600 small steps, in a fraction of the time.
# Models that gain from smaller steps get them.
_LARGE_STEPS: Mapping[str, Any] = {
    "rounds": 60,
    "learning_rate": 0.2,
    "max_depth": 5,
    "max_bin": 64,
    "subsample": 0.9,
    "colsample_bytree": 0.6,
    "min_child_weight": 2,
    "reg_lambda": 2,
}
_SMALL_STEPS: Mapping[str, Any] = {
    "rounds": 100,
    "learning_rate": 0.1,
    "max_depth": 6,
    "max_bin": 128,
    "subsample": 0.8,
    "colsample_bytree": 0.5,
    "min_child_weight": 3,
    "reg_lambda": 2,
}
_SMALLER_STEPS: Mapping[str, Any] = {
    **_SMALL_STEPS,
    "rounds": 140,
    "learning_rate": 0.08,
    "max_bin": 64,
    "colsample_bytree": 0.4,
}
_SMALL_TREES: Mapping[str, Any] = {**_SMALL_STEPS, "max_depth": 5, "max_bin": 64, "min_child_weight": 2}

XGB_STEPS: Mapping[tuple[Satellite, Features], Mapping[str, Any]] = {
    (Satellite.KOI, Features.VETTED): _LARGE_STEPS,
    (Satellite.KOI, Features.BLIND): _SMALLER_STEPS,
    (Satellite.TOI, Features.VETTED): _SMALL_STEPS,
    (Satellite.TOI, Features.BLIND): _SMALL_STEPS,
    (Satellite.K2, Features.VETTED): _SMALL_TREES,
    (Satellite.K2, Features.BLIND): _SMALL_TREES,
}


class Estimator(Protocol):
    """A fitted model."""

    def probabilities(self, matrix: Matrix) -> Probabilities:
        """(rows, classes); each row sums to 1."""


class Trees:
    """A fitted XGBoost model. Missing values stay missing: each split has learnt their direction."""

    def __init__(self, booster: Any) -> None:
        self.booster = booster
        # One thread per call: chunks run in parallel, and sums do not depend on the number of cores.
        booster.set_param({"nthread": 1})

    def probabilities(self, matrix: Matrix) -> Probabilities:
        return _normalised(self.booster.inplace_predict(matrix))

    def contributions(self, matrix: Matrix) -> NDArray[np.float64]:
        """TreeSHAP (Lundberg et al. 2020, Nat. Mach. Intell. 2, 56) in log odds: (rows, classes, features)."""
        from xgboost import DMatrix

        values = self.booster.predict(DMatrix(matrix, nthread=1), pred_contribs=True)
        return np.asarray(values, dtype=np.float64)[:, :, :-1]


class Pipeline:
    """A fitted scikit-learn pipeline.

    Attributes:
        pipeline: including imputation and scaling, fitted in training.
        empty: columns without a single value in training; the pipeline always gets 0 for them.
    """

    def __init__(self, pipeline: Any, empty: NDArray[np.int64]) -> None:
        self.pipeline = pipeline
        self.empty = empty

    def probabilities(self, matrix: Matrix) -> Probabilities:
        with one_thread():
            return _normalised(self.pipeline.predict_proba(filled(matrix, self.empty)))


def one_thread() -> Any:
    """A context in which OpenBLAS and OpenMP use one thread: the number of threads changes the order of summation."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    return threadpool_limits(1)


def filled(matrix: Matrix, empty: NDArray[np.int64]) -> Matrix:
    if not len(empty):
        return matrix
    matrix = matrix.copy()
    matrix[:, empty] = 0.0
    return matrix


def _normalised(values: Any) -> Probabilities:
    """float64 rows that sum to 1: float32 rows are off in the seventh digit."""
    out = np.asarray(values, dtype=np.float64)
    return np.asarray(out / out.sum(axis=1, keepdims=True))


def class_weights(y: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """A weight for each row that gives all classes the same total weight, with a mean weight of 1."""
    counts = np.bincount(y, minlength=classes)
    return np.asarray(len(y) / (classes * np.maximum(counts, 1)))[y]


@dataclass(frozen=True)
class Recipe:
    """How to fit a model, the same in each fold and for the final model. `classes` is the number of labels."""

    satellite: Satellite
    features: Features
    model: Model
    classes: int
    balance: Balance
    seed: int

    def fit(self, matrix: Matrix, y: NDArray[np.int64], should_stop: ShouldStop) -> Estimator:
        """Fits on one thread. Raises Cancelled; scikit-learn checks `should_stop` only before it begins."""
        check(should_stop)
        weights = class_weights(y, self.classes) if self.balance is Balance.BALANCED else None
        if self.model is Model.XGB:
            return self._fit_xgb(matrix, y, weights, should_stop)
        return _fit_sklearn(self.model, matrix, y, weights, self.seed)

    def _fit_xgb(
        self, matrix: Matrix, y: NDArray[np.int64], weights: NDArray[np.float64] | None, should_stop: ShouldStop
    ) -> Trees:
        import xgboost

        class Stop(xgboost.callback.TrainingCallback):  # type: ignore[misc]
            def after_iteration(self, *_: Any) -> bool:
                return should_stop()

        params = {**XGB, **XGB_STEPS[self.satellite, self.features]}
        rounds = params.pop("rounds")
        data = xgboost.QuantileDMatrix(matrix, y, weight=weights, max_bin=params["max_bin"], nthread=1)
        params |= {"num_class": self.classes, "nthread": 1, "seed": self.seed}
        booster = xgboost.train(params, data, rounds, callbacks=[Stop()])
        if booster.num_boosted_rounds() < rounds:
            raise Cancelled("Stopped, as asked.")
        return Trees(booster)


def _fit_sklearn(
    model: Model, matrix: Matrix, y: NDArray[np.int64], weights: NDArray[np.float64] | None, seed: int
) -> Pipeline:

    empty = np.flatnonzero(np.isnan(matrix).all(axis=0))
    pipeline = RECIPES[model](seed)
    if "normal" in pipeline.named_steps:
        pipeline.set_params(normal__n_quantiles=min(QUANTILES, len(y)))
    with one_thread():
        pipeline.fit(
            filled(matrix, empty),
            y,
            **({} if weights is None else {f"{pipeline.steps[-1][0]}__sample_weight": weights}),
        )
    return Pipeline(pipeline, empty)


def _numbers_like_normal(seed: int) -> list[tuple[str, Any]]:
    """For distance-based models: median imputation (plus an indicator column), then normal scores."""
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import QuantileTransformer, StandardScaler

    return [
        ("impute", SimpleImputer(strategy="median", add_indicator=True)),
        (
            "normal",
            QuantileTransformer(output_distribution="normal", subsample=None, random_state=seed),
        ),
        ("scale", StandardScaler()),
    ]


def _forest(seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import Pipeline as Steps

    forest = RandomForestClassifier(100, min_samples_leaf=2, max_features=0.2, n_jobs=1, random_state=seed)
    return Steps([("model", forest)])


def _boosting(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import Pipeline as Steps

    boosting = HistGradientBoostingClassifier(
        max_iter=80,
        learning_rate=0.15,
        max_leaf_nodes=31,
        l2_regularization=2.0,
        max_bins=64,
        max_features=0.5,
        early_stopping=False,
        random_state=seed,
    )
    return Steps([("model", boosting)])


def _tree(seed: int) -> Any:
    from sklearn.pipeline import Pipeline as Steps
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(max_depth=9, min_samples_leaf=15, ccp_alpha=2e-4, random_state=seed)
    return Steps([("model", tree)])


def _logistic(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline as Steps

    return Steps([*_numbers_like_normal(seed), ("model", LogisticRegression(C=0.3, max_iter=500))])


def _vectors(seed: int) -> Any:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.pipeline import Pipeline as Steps
    from sklearn.svm import SVC

    machine = CalibratedClassifierCV(SVC(C=3.0, gamma=0.01), method="sigmoid", cv=2, ensemble=False)
    return Steps([*_numbers_like_normal(seed), ("model", machine)])


RECIPES: Mapping[Model, Callable[[int], Any]] = {
    Model.RF: _forest,
    Model.GB: _boosting,
    Model.DT: _tree,
    Model.LR: _logistic,
    Model.SVM: _vectors,
}

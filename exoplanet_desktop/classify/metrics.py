"""Scores of probabilities against known classes, with 95 % intervals from a bootstrap over host stars.

Every score is calculated from sums over rows, so that a bootstrap draw is a weight for each star and 300 draws are a
few matrix products. The plain score is the draw in which each star weighs 1.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.wire.payloads import AllRowScores, ClassScore

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Interval: TypeAlias = tuple[float | None, float | None]

DRAWS = 300
CALIBRATION_BINS = 10
TINY = 1e-15


@dataclass(frozen=True)
class HeldOut:
    """Rows that a model has not seen, with its predictions.

    Attributes:
        y: class of each row, as an index into `labels`.
        probabilities: (rows, classes).
        groups: star of each row.
        labels: names of the classes.
    """

    y: Integers
    probabilities: Floats
    groups: Integers
    labels: tuple[str, ...]

    @property
    def predicted(self) -> Integers:
        return np.asarray(self.probabilities.argmax(axis=1))


def confusion(held: HeldOut) -> Integers:
    """(true class, predicted class) counts."""
    matrix = np.zeros((len(held.labels),) * 2, dtype=np.int64)
    np.add.at(matrix, (held.y, held.predicted), 1)
    return matrix


def scores(held: HeldOut) -> dict[str, float | None]:
    """The scores of all rows: see `_scores` for their names; None for undefined scores."""
    return {
        name: _number(values[0]) for name, values in _weighted(held, np.ones((1, int(held.groups.max()) + 1))).items()
    }


def all_row_scores(held: HeldOut) -> AllRowScores:
    """Scores of all rows, with the share of the largest class as their baseline."""
    counts = np.bincount(held.y, minlength=len(held.labels))
    largest = int(counts.argmax())
    _, groups = np.unique(held.groups, return_inverse=True)
    return AllRowScores(
        rows=len(held.y),
        largest_class=held.labels[largest],
        largest_share=float(counts[largest] / len(held.y)),
        per_class=per_class(confusion(held), held.labels),
        **scores(HeldOut(held.y, held.probabilities, groups, held.labels)),
    )


def intervals(held: HeldOut, seed: int, draws: int = DRAWS) -> dict[str, Interval]:
    """95 % percentile intervals of all scores.

    Whole stars are drawn with replacement, because the planets of a star are not independent rows (Field & Welsh 2007,
    J. R. Stat. Soc. B 69, 369).
    """
    held, weights = _drawn(held, seed, draws)
    return {name: _interval(values) for name, values in _weighted(held, weights).items()}


def accuracy_interval(held: HeldOut, seed: int, draws: int = DRAWS) -> Interval:
    """The interval of the accuracy alone, for many rows."""
    held, weights = _drawn(held, seed, draws)
    right = np.column_stack([held.predicted == held.y, np.ones(len(held.y))]).astype(np.float64)
    sums = weights @ _by_star(held, right)
    return _interval(sums[:, 0] / sums[:, 1])


def _drawn(held: HeldOut, seed: int, draws: int) -> tuple[HeldOut, Floats]:
    """The rows with stars counted from 0, and how often each draw includes each star: (draws, stars)."""
    stars, groups = np.unique(held.groups, return_inverse=True)
    share = np.full(len(stars), 1 / len(stars))
    weights = np.random.default_rng(seed).multinomial(len(stars), share, size=draws).astype(np.float64)
    return HeldOut(held.y, held.probabilities, groups, held.labels), weights


def _interval(values: Floats) -> Interval:
    known = values[np.isfinite(values)]
    low, high = np.percentile(known, [2.5, 97.5]) if len(known) else (np.nan, np.nan)
    return _number(low), _number(high)


def per_class(matrix: Integers, labels: tuple[str, ...]) -> dict[str, ClassScore]:
    """Precision, recall, F1 and support of each class from a confusion matrix."""
    out = {}
    for index, name in enumerate(labels):
        right, true, said = (float(n) for n in (matrix[index, index], matrix[index].sum(), matrix[:, index].sum()))
        out[name] = ClassScore(
            precision=right / said if said else None,
            recall=right / true if true else None,
            f1=2 * right / (true + said) if true + said else None,
            support=int(true),
        )
    return out


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _weighted(held: HeldOut, weights: Floats) -> dict[str, Floats]:
    """All scores for each row of `weights` (draws, stars)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        out = _from_confusion(held, weights)
        out["auc_score"] = _auc(held, weights)
        out |= _from_probabilities(held, weights)
    return out


def _by_star(held: HeldOut, values: Floats) -> Floats:
    """Sums of (rows, columns) over each star: (stars, columns)."""
    out = np.zeros((int(held.groups.max()) + 1, values.shape[1]))
    np.add.at(out, held.groups, values)
    return out


def _from_confusion(held: HeldOut, weights: Floats) -> dict[str, Floats]:
    classes = len(held.labels)
    cells = np.eye(classes * classes)[held.y * classes + held.predicted]
    matrices = (weights @ _by_star(held, cells)).reshape(-1, classes, classes)
    total = matrices.sum(axis=(1, 2))
    true, said = matrices.sum(axis=2), matrices.sum(axis=1)
    right = np.diagonal(matrices, axis1=1, axis2=2)
    recall = right / true
    f1 = 2 * right / (true + said)
    # Matthews correlation for several classes: Gorodkin 2004, Comput. Biol. Chem. 28, 367.
    covariance = right.sum(axis=1) * total - (true * said).sum(axis=1)
    spread = np.sqrt((total**2 - (said**2).sum(axis=1)) * (total**2 - (true**2).sum(axis=1)))
    return {
        "accuracy": right.sum(axis=1) / total,
        "balanced_accuracy": _mean_known(recall),
        "f1_macro": _mean_known(f1),
        "mcc": np.where(spread > 0, covariance / spread, 0.0),
    }


def _from_probabilities(held: HeldOut, weights: Floats) -> dict[str, Floats]:
    rows = np.arange(len(held.y))
    loss = -np.log(np.clip(held.probabilities[rows, held.y], TINY, 1.0))
    truth = np.eye(len(held.labels))[held.y]
    brier = ((held.probabilities - truth) ** 2).sum(axis=1)
    confidence = held.probabilities.max(axis=1)
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gap = np.eye(CALIBRATION_BINS)[bins] * (confidence - (held.predicted == held.y))[:, None]
    sums = weights @ _by_star(held, np.column_stack([np.ones(len(rows)), loss, brier, gap]))
    total = sums[:, 0]
    return {
        "log_loss": sums[:, 1] / total,
        "brier": sums[:, 2] / total,
        # Expected calibration error, ten equal bins of the confidence: Guo et al. 2017, arXiv:1706.04599.
        "ece": np.abs(sums[:, 3:]).sum(axis=1) / total,
    }


def _auc(held: HeldOut, weights: Floats) -> Floats:
    """Area under the ROC curve, each class against the rest, mean over the classes that have both."""
    by_row = np.ascontiguousarray(weights.T)[held.groups]
    areas = [_area(held.y == index, held.probabilities[:, index], by_row) for index in range(len(held.labels))]
    return _mean_known(np.array(areas).T)


def _area(positive: NDArray[np.bool_], score: Floats, weights: Floats) -> Floats:
    """Weighted Mann-Whitney statistic for each column of `weights` (rows, draws); tied rows count half."""
    order = np.argsort(score, kind="stable")
    ends = np.flatnonzero(np.diff(score[order], append=np.inf))
    ours = np.where(positive[order, None], weights[order], 0.0)
    others = np.cumsum(weights[order] - ours, axis=0)[ends]
    own = np.add.reduceat(ours, np.concatenate([[0], ends[:-1] + 1]), axis=0)
    pairs = np.einsum("ij,ij->j", own, others) - 0.5 * np.einsum("ij,ij->j", own, np.diff(others, axis=0, prepend=0))
    return np.asarray(pairs / (own.sum(axis=0) * others[-1]))


def _mean_known(values: Floats) -> Floats:
    """Mean over the last axis, ignoring NaN; NaN if all are NaN."""
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=-1) / known.sum(axis=-1))

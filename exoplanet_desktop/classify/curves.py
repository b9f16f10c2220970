"""Points to plot: reliability, ROC and precision-recall of each class, thinned to screen resolution."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.classify.metrics import CALIBRATION_BINS, HeldOut

MOST_POINTS = 100
Floats = NDArray[np.float64]


def curves(held: HeldOut) -> dict[str, Any]:
    """The curves of held-out rows.

    Returns `reliability` (list of bins of the confidence: mean `confidence`, `accuracy`, `count`), and for
    each class `roc` ({fpr, tpr}) and `pr` ({recall, precision}); a class without both kinds of rows has none.
    """
    roc, pr = {}, {}
    for index, name in enumerate(held.labels):
        positive = held.y == index
        if positive.any() and not positive.all():
            roc[name], pr[name] = _class_curves(positive, held.probabilities[:, index])
    return {"reliability": _reliability(held), "roc": roc, "pr": pr}


def _reliability(held: HeldOut) -> list[dict[str, float]]:
    confidence = held.probabilities.max(axis=1)
    right = held.predicted == held.y
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    return [
        {
            "confidence": float(confidence[bins == number].mean()),
            "accuracy": float(right[bins == number].mean()),
            "count": int((bins == number).sum()),
        }
        for number in range(CALIBRATION_BINS)
        if (bins == number).any()
    ]


def _class_curves(positive: NDArray[np.bool_], score: Floats) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.diff(-score[order], append=np.inf))
    true = np.cumsum(positive[order])[ends]
    said = ends + 1
    recall = true / positive.sum()
    false_rate = (said - true) / (~positive).sum()
    keep = _thin(len(ends))
    roc = {"fpr": [0.0, *_rounded(false_rate[keep])], "tpr": [0.0, *_rounded(recall[keep])]}
    pr = {"recall": [0.0, *_rounded(recall[keep])], "precision": [1.0, *_rounded((true / said)[keep])]}
    return roc, pr


def _thin(count: int) -> NDArray[np.int64]:
    """Evenly spaced indices, including the first and the last."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS - 1)).round().astype(np.int64))


def _rounded(values: Floats) -> list[float]:
    return [float(value) for value in values.round(6)]

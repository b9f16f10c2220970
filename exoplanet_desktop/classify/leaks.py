"""The leak sentinel: which columns leak the answer.

A column leaks if it contains the verdict, or if it identifies the object of a row. The first kind is declared for each
satellite; both kinds show in how well a single column separates a class from the rest.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.classify.dataset import Dataset
from exoplanet_desktop.wire.vocabulary import Features

SUSPICIOUS_AUC = 0.9
MOST_LISTED = 15
IDENTIFIER_SHARE = 0.95
Floats = NDArray[np.float64]

# Measured columns that date an object or its listing, and so reveal how long it has been followed up.
DATING = {"pl_tranmid": "the time of a transit dates the object: the older it is, the likelier a verdict"}


def single_column_auc(values: Floats, y: NDArray[np.int64], classes: int) -> float:
    """The best area under the ROC curve of a single column, over each class against the rest and both directions.

    Missing values rank below all others: missingness may reveal as much as the value.
    """
    filled = np.where(np.isnan(values), -np.inf, values)
    _, place, counts = np.unique(filled, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    best = 0.5
    for index in range(classes):
        positive = y == index
        ours, others = int(positive.sum()), int((~positive).sum())
        area = (ranks[positive].sum() - ours * (ours + 1) / 2) / (ours * others)
        best = max(best, area, 1 - area)
    return float(best)


def scan(dataset: Dataset) -> dict[str, Any]:
    """The sentinel's findings.

    Returns:
        verdict_columns: columns in use that carry the human verdict.
        single_columns: [{feature, auc}] the strongest columns alone, best first.
        suspicious: those of them with an AUC of 0.9 or more.
        identifier_like: columns with a whole number that differs in nearly each row.
        dating: [{feature, reason}] columns in use that date the object.
        notes: the same in sentences.
    """
    names = dataset.features.names
    info = SATELLITES[dataset.features.satellite]
    vetted = dataset.features.features is Features.VETTED
    verdict = [name for name in info.verdict if name in dataset.features.inputs] if vetted else []
    classes = len(dataset.labels)
    columns = dataset.matrix.astype(np.float64).T
    areas = {name: single_column_auc(column, dataset.y, classes) for name, column in zip(names, columns, strict=True)}
    strongest = sorted(areas, key=lambda name: -areas[name])[:MOST_LISTED]
    dating = [{"feature": name, "reason": DATING[name]} for name in names if name in DATING]
    found: dict[str, Any] = {
        "verdict_columns": verdict,
        "single_columns": [{"feature": name, "auc": areas[name]} for name in strongest],
        "suspicious": [name for name in strongest if areas[name] >= SUSPICIOUS_AUC],
        "identifier_like": [name for name, column in zip(names, columns, strict=True) if _identifies(column)],
        "dating": dating,
    }
    return {**found, "notes": _sentences(found)}


def _identifies(column: Floats) -> bool:
    known = column[~np.isnan(column)]
    if len(known) < 20 or not np.array_equal(known, np.round(known)):
        return False
    return len(np.unique(known)) >= IDENTIFIER_SHARE * len(column)


def _sentences(found: dict[str, Any]) -> list[str]:
    out = []
    if found["verdict_columns"]:
        out.append(f"These columns carry the human verdict: {', '.join(found['verdict_columns'])}.")
    if found["suspicious"]:
        out.append(
            "On their own, these columns separate a class with an AUC of 0.9 or more: "
            f"{', '.join(found['suspicious'])}."
        )
    if found["identifier_like"]:
        out.append(f"These columns look like identifiers: {', '.join(found['identifier_like'])}.")
    out += [f"{entry['feature']}: {entry['reason']}." for entry in found["dating"]]
    return out

"""How well a model works without the columns that a file lacks: each fold predicts rows that it has not seen.

A single fold is not enough: models of the same accuracy differ by a tenth in how they tolerate missing columns.
"""

from collections.abc import Collection, Sequence

import numpy as np

from exoplanet_desktop.classify.classifier import Classifier
from exoplanet_desktop.wire.payloads import Worth


def worth(classifier: Classifier, absent: Collection[str]) -> Worth | None:
    """The cost of these columns being absent; None if no column is, or if the model cannot tell.

    Raises InputError if the model file is damaged.
    """
    held, names = classifier.memory.held, [name for name in classifier.features.inputs if name in absent]
    if not names or held is None:
        return None
    matrix = held.without(classifier.features, names)
    right = asked = with_all = 0
    for fold in np.unique(held.folds).tolist():
        estimator = classifier.memory.folds.get(fold)
        rows = np.flatnonzero(held.folds == fold)
        if estimator is not None:
            right += int((estimator.probabilities(matrix[rows]).argmax(axis=1) == held.y[rows]).sum())
            with_all += int(held.right[rows].sum())
            asked += len(rows)
    if not asked:
        return None
    return Worth(accuracy=right / asked, with_all=with_all / asked, absent=names, rows=asked)


def headline(found: Worth, lacking: Collection[str]) -> str:
    """The sentence to show before any class; `lacking`: those of the columns that the file does not have at all."""
    if len(found.absent) == 1:
        columns = f"`{found.absent[0]}`, which this file {_where(found.absent, lacking)}"
    else:
        columns = f"the {len(found.absent)} columns that this file {_where(found.absent, lacking)}"
    return f"Accuracy about {found.accuracy:.2f} without {columns}; {found.with_all:.2f} with {_them(found.absent)}."


def absent_notes(inputs: int, lacking: Sequence[str], empty: Sequence[str]) -> list[str]:
    """Which feature columns are absent."""
    notes = []
    if lacking:
        notes.append(
            f"{len(lacking)} of {inputs} feature columns are not in this file; they count as missing: "
            f"{', '.join(lacking)}."
        )
    if empty:
        notes.append(f"{len(empty)} of {inputs} feature columns are empty; they count as missing: {', '.join(empty)}.")
    return notes


def worth_notes(
    classifier: Classifier, found: Worth | None, absent: Collection[str], lacking: Collection[str]
) -> tuple[list[str], list[str]]:
    """The headline, if there is one, and further sentences on the cost of absent columns."""
    if not absent:
        return [], []
    if found is None:
        return [], [
            f"The cost of the absent columns could not be measured. {' '.join(classifier.memory.missing)}".rstrip()
        ]
    if found.is_felt:
        return [headline(found, lacking)], []
    cost = (
        f"accuracy is {found.accuracy:.3f} on {found.rows:,} held-out rows without them, {found.with_all:.3f} with them"
    )
    return [], [f"The absent columns cost little: {cost}."]


def _where(absent: Collection[str], lacking: Collection[str]) -> str:
    if all(name in lacking for name in absent):
        return "lacks"
    return "leaves empty" if not any(name in lacking for name in absent) else "lacks or leaves empty"


def _them(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"

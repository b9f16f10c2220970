"""Predicts rows that a model was trained on with the fold that had not seen them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.classify.blocks import Block
from exoplanet_desktop.classify.classifier import Classifier
from exoplanet_desktop.classify.estimators import Probabilities
from exoplanet_desktop.classify.features import Matrix
from exoplanet_desktop.classify.memory import Matches, signatures
from exoplanet_desktop.wire.vocabulary import KnownRows, Satellite

NAMED_STARS = (Satellite.K2,)  # whose stars have names; for the others, stars have numbers


@dataclass(frozen=True)
class KnownAnswer:
    """Probabilities of some rows.

    Attributes:
        probabilities: (rows, classes).
        seen: whether the model was trained on a row; None if it does not remember.
        fold: of the fold that predicted a row, -1 if the model itself did.
        stars: new rows of stars that the model has seen.
        unanswered: training rows that it predicted itself, because their fold's model is not stored.
    """

    probabilities: Probabilities
    seen: NDArray[np.bool_] | None
    fold: NDArray[np.int64]
    stars: int = 0
    unanswered: int = 0


def answer(
    classifier: Classifier,
    block: Block,
    matrix: Matrix,
    numbers: NDArray[np.float64] | None,
    names: Sequence[str | None] | None,
    wish: KnownRows,
) -> KnownAnswer:
    """Predicts the rows of a block.

    Args:
        numbers, names: of the rows' stars, as numbers or as texts, whichever the satellite has.
        wish: which model predicts rows that this model was trained on.
    """
    known = classifier.memory.known
    model = np.full(len(matrix), -1)
    if known is None:
        return KnownAnswer(classifier.probabilities(matrix), None, model)
    rows = known.may_know_names(names or ()) if numbers is None else known.may_know(numbers)
    seen = np.zeros(len(matrix), dtype=bool)
    if not len(rows):
        return KnownAnswer(classifier.probabilities(matrix), seen, model)
    info = SATELLITES[known.satellite]
    found = known.find(
        block.some(info.name, rows.tolist()),
        block.some(info.host, rows.tolist()),
        signatures(matrix[rows]),
    )
    seen[rows] = found.place >= 0
    stars = int(found.star.sum())
    if wish is KnownRows.MODEL:
        return KnownAnswer(classifier.probabilities(matrix), seen, model, stars)
    probabilities, unanswered = _by_folds(classifier, matrix, rows, found, model)
    return KnownAnswer(probabilities, seen, model, stars, unanswered)


def _by_folds(
    classifier: Classifier, matrix: Matrix, rows: NDArray[np.int64], found: Matches, fold: NDArray[np.int64]
) -> tuple[Probabilities, int]:
    """Probabilities of all rows; fills in which fold predicted each, and counts those that no fold could predict."""
    known = classifier.memory.known
    assert known is not None
    out = np.empty((len(matrix), len(classifier.labels)))
    open_rows = np.ones(len(matrix), dtype=bool)
    place = np.maximum(found.place, 0)
    folds = np.where(found.place >= 0, known.folds[place], -1)
    fold[rows[found.exact]] = folds[found.exact]
    out[rows[found.exact]] = known.probabilities[found.place[found.exact]]
    open_rows[rows[found.exact]] = False
    unanswered = 0
    for one in np.unique(folds[(folds >= 0) & ~found.exact]).tolist():
        mine = rows[(folds == one) & ~found.exact]
        estimator = classifier.memory.folds.get(one)
        if estimator is None:
            unanswered += len(mine)
            continue
        out[mine] = estimator.probabilities(matrix[mine])
        fold[mine] = one
        open_rows[mine] = False
    if open_rows.all():
        return classifier.probabilities(matrix), unanswered
    if open_rows.any():
        out[open_rows] = classifier.probabilities(matrix[open_rows])
    return out, unanswered


def seen_notes(seen: int, stars: int, unanswered: int, total: int, wish: KnownRows) -> list[str]:
    """What the user should know about rows that the model has seen."""
    notes = []
    if seen:
        were = (
            "1 of {total:,} rows was in training; it is"
            if seen == 1
            else "{seen:,} of {total:,} rows were in training; they are"
        )
        if wish is KnownRows.MODEL:
            how = "predicted, as requested, by the model that was trained on them, so agreement says little"
        else:
            how = "predicted by fold models that had not seen them"
        notes.append(f"{were.format(seen=seen, total=total)} {how}.")
    if unanswered:
        notes.append(
            f"{unanswered:,} of these rows have different values from those in training, and the model file has no "
            "room for the fold models, so they are predicted by the model that was trained on them; their agreement "
            "says little."
        )
    if stars:
        rows = "1 row is" if stars == 1 else f"{stars:,} rows are"
        notes.append(f"{rows} new, but of a star whose other objects were in training; the model may know that star.")
    return notes

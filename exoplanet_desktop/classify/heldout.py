"""Writes a model's predictions for held-out rows as a CSV, for inspecting errors and thresholds."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from exoplanet_desktop.classify.cross_validation import CrossValidation
from exoplanet_desktop.classify.rows import DIGITS
from exoplanet_desktop.files.whole import whole
from exoplanet_desktop.wire.prediction_columns import PROBABILITY

COLUMNS = ("row", "object", "star", "fold", "hold_out", "actual", "predicted")


def write_held_out(evaluation: CrossValidation, out: Path) -> None:
    """Writes each row as predicted by the fold that held it out, in the order of the file.

    Columns: `row` (number in the file, from 0), `object` and `star` (their names there), `fold` (from 1), `hold_out`
    (yes, no), `actual` and `predicted` (class), and `Prob_` and a class for each class. A hold-out that is not one of
    the folds follows with its own rows, whose `fold` is empty.

    Raises UnavailableError if the disk cannot take it.
    """
    with whole(out) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*COLUMNS, *(PROBABILITY + label for label in evaluation.data.labels)))
        writer.writerows(_lines(evaluation, range(evaluation.folds)))
        if evaluation.holdout >= evaluation.folds:
            writer.writerows(_lines(evaluation, range(evaluation.holdout, evaluation.holdout + 1)))


def _lines(evaluation: CrossValidation, places: range) -> Iterator[tuple[object, ...]]:
    data = evaluation.data
    tests = [evaluation.splits[place].test for place in places]
    rows = np.concatenate(tests)
    said = np.concatenate([evaluation.results[place].said for place in places])
    of = np.concatenate([np.full(len(test), place) for place, test in zip(places, tests, strict=True)])
    predicted = said.argmax(axis=1)
    for at in np.argsort(rows, kind="stable"):
        row, place = int(rows[at]), int(of[at])
        yield (
            int(data.rows[row]),
            data.objects[row],
            data.stars[row],
            place + 1 if place < evaluation.folds else "",
            "yes" if place == evaluation.holdout else "no",
            data.labels[data.y[row]],
            data.labels[predicted[at]],
            *(f"{value:.{DIGITS}f}" for value in said[at]),
        )

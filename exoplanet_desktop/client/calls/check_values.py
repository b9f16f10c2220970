"""Checks whether the labels, probabilities and metrics of a reply are possible at all.

Each deviation is one line: the problem, and what it means for the reader of the result.
"""

import math
from collections.abc import Mapping
from typing import Any

from exoplanet_desktop.catalogs.facts.satellites import satellite_info
from exoplanet_desktop.catalogs.reading.layout import Layout
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.wire.payloads import Payload, PredictReply, TrainResult
from exoplanet_desktop.wire.prediction_columns import PREDICTED_COLUMNS, PROBABILITY, is_probability
from exoplanet_desktop.wire.vocabulary import Model, Satellite

_ROUNDING = 0.01  # some backends round each of three probabilities to two decimals
_ROWS_AT_ONCE = 100_000

_RANGES: Mapping[str, tuple[float, float]] = {
    "accuracy": (0, 1),
    "cv_mean": (0, 1),
    "cv_std": (0, 0.5),  # the maximum for numbers between 0 and 1
    "auc_score": (0, 1),
    "balanced_accuracy": (0, 1),
    "f1_macro": (0, 1),
    "mcc": (-1, 1),
    "log_loss": (0, math.inf),
    "brier": (0, 2),
    "ece": (0, 1),
    "largest_share": (0, 1),
}


class _Oddities:
    """Rows with one kind of problem: how many, and the first as an example."""

    def __init__(self) -> None:
        self.count, self.first, self.example = 0, 0, ""

    def add(self, row: int, example: str) -> None:
        if not self.count:
            self.first, self.example = row, example
        self.count += 1

    def told(self, sentence: str) -> list[str]:
        if not self.count:
            return []
        rows = "1 row has" if self.count == 1 else f"{self.count:,} rows have"
        return [f"{rows} {sentence.format(example=f'{self.example} in row {self.first}')}"]


def check_rows(reply: PredictReply, satellite: Satellite) -> list[str]:
    """Problems with the labels and probabilities of a reply's rows; row numbers count from 0 within the reply."""
    unknown, outside, sums, others = _Oddities(), _Oddities(), _Oddities(), _Oddities()
    info = satellite_info(satellite)
    for number, row in enumerate(reply.results):
        label = label_of(row)
        if label is not None and info.disposition(label) is None:
            unknown.add(number, f"“{label[:40]}”")
        shares = {name[len(PROBABILITY) :]: row[name] for name in row if is_probability(name)}
        if not shares:
            continue
        if not all(_is_share(share) for share in shares.values()):
            bad = next(share for share in shares.values() if not _is_share(share))
            outside.add(number, str(bad)[:40])
            continue
        if abs(sum(shares.values()) - 1) > _ROUNDING:
            sums.add(number, f"{sum(shares.values()):.3g}")
        elif label in shares and shares[label] < max(shares.values()) - _ROUNDING:
            others.add(number, f"{label} at {shares[label]:.2g}")
    return [
        *unknown.told("a class that this catalog does not know ({example}): they were predicted by another model."),
        *outside.told("probabilities outside 0 to 1 ({example}): do not rank by them."),
        *sums.told("probabilities that do not sum to 1 ({example}): do not treat them as probabilities."),
        *others.told("a class that is not the most probable one ({example}): label and probabilities disagree."),
    ]


def check_sums(reply: PredictReply) -> list[str]:
    """Problems with the sums over all rows that our engine includes in a reply."""
    found = []
    if reply.class_counts is not None and sum(reply.class_counts.values()) != reply.total_predicted:
        found.append(
            f"The counts by class sum to {sum(reply.class_counts.values()):,}, though {reply.total_predicted:,} rows "
            "were predicted: one of the two is wrong."
        )
    if reply.agreement is not None:
        known, matches = reply.agreement.get("known", 0), reply.agreement.get("matches", 0)
        if not 0 <= matches <= known <= reply.total_predicted:
            found.append(
                f"The backend counts {matches:,} agreements among {known:,} known rows of {reply.total_predicted:,}, "
                "which is impossible: do not trust the agreement."
            )
    return found


def check_training(
    result: TrainResult, satellite: Satellite, model: Model, params: Mapping[str, Any] | None = None
) -> list[str]:
    """Problems with the result of a training; compares `params` of the job's status with the request."""
    found = left_out(result)
    for name, asked in (("satellite", str(satellite)), ("model", str(model))):
        told = (params or {}).get(name)
        if isinstance(told, str) and told.strip().lower() != asked.lower():
            found.append(
                f"The backend trained with {name} {told[:40]}, although {asked} was requested: this is another model."
            )
    for scores, of in ((result, ""), (result.all_rows, " over all rows")):
        for name, (low, high) in _RANGES.items():
            value = getattr(scores, name, None)
            if value is not None and not math.isnan(value) and not low <= value <= high:
                found.append(
                    f"The backend reports {name}{of} {value:g}, which is impossible (the range is {low:g} to "
                    f"{high:g}): do not trust this number."
                )
    return [*found, *_odd_labels(result, satellite), *_odd_matrix(result), *_odd_classes(result)]


def left_out(reply: Payload) -> list[str]:
    """That values of a reply could not be used, and which."""
    if not reply.unusable:
        return []
    return [f"The backend sent values that no reply can have, so they are left out: {reply.unusable}."]


def _odd_labels(result: TrainResult, satellite: Satellite) -> list[str]:
    info = satellite_info(satellite)
    unknown = [label for label in result.labels or [] if info.disposition(label) is None]
    if not unknown:
        return []
    sentence = (
        f"The backend trained on the class “{unknown[0][:40]}”, which a {satellite} catalog does not know: "
        "it read another column as the label, or another file."
    )
    return [sentence]


def _odd_matrix(result: TrainResult) -> list[str]:
    matrix = result.confusion_matrix
    if matrix is None:
        return []
    size = len(result.labels) if result.labels is not None else len(matrix)
    if (
        len(matrix) != size
        or any(len(row) != size for row in matrix)
        or any(cell < 0 for row in matrix for cell in row)
    ):
        return ["The confusion matrix does not fit its classes: do not trust it."]
    total = sum(map(sum, matrix))
    right = sum(row[place] for place, row in enumerate(matrix))
    if result.accuracy is None or not total or abs(right / total - result.accuracy) < 0.005:
        return []
    sentence = (
        f"The confusion matrix has {right / total:.3f} of its rows right, though accuracy {result.accuracy:.3f} is "
        "reported: the two were measured on different rows."
    )
    return [sentence]


def _odd_classes(result: TrainResult) -> list[str]:
    for label, score in (result.per_class or {}).items():
        for name in ("precision", "recall", "f1"):
            value = getattr(score, name)
            if value is not None and not math.isnan(value) and not 0 <= value <= 1:
                return [
                    f"The backend reports {name} {value:g} for {label}, which is impossible: do not trust its scores."
                ]
    return []


def check_table(table: "Table", reply: PredictReply, sent: "Layout") -> list[str]:
    """Problems with the downloaded CSV of a prediction; `sent` is the layout of the uploaded file."""
    return [*mismatches(table, reply, sent), *odd_shares(table)]


def mismatches(table: "Table", reply: PredictReply, sent: "Layout", *, all_rows: bool = True) -> list[str]:
    """Why a CSV cannot be the result of a prediction. `all_rows`: it has the rows that were predicted, and no others.

    A column may come back under its own name or, if the user or the program renamed it, under the archive's.
    """
    found = []
    there = {*table.columns, *table.layout.file_columns}
    rows = table.row_count + table.bad_count
    if all_rows and rows != reply.total_predicted:
        found.append(
            f"The file has {rows:,} rows, though {reply.total_predicted:,} were predicted: rows are missing, or this "
            "is a different file."
        )
    names = zip(sent.columns, sent.file_columns, strict=True)
    if lost := [name for name, own in names if name not in there and own not in there]:
        more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
        found.append(f"The file lacks {', '.join(lost[:3])}{more} of the file sent: it may belong to another upload.")
    if not there.intersection(PREDICTED_COLUMNS):
        found.append("The file has no column with the predicted class: it is not the result of this prediction.")
    return found


def odd_shares(table: "Table") -> list[str]:
    """Problems with the probabilities in the CSV of a prediction."""
    columns = [name for name in table.columns if is_probability(name)]
    if not columns:
        return []
    import numpy as np

    outside = odd = 0
    for offset in range(0, table.row_count, _ROWS_AT_ONCE):
        shares = table.numbers(columns, offset, _ROWS_AT_ONCE)
        bad = ~((shares >= 0) & (shares <= 1)).all(axis=1)
        outside += int(bad.sum())
        odd += int((np.abs(shares[~bad].sum(axis=1) - 1) > _ROUNDING).sum())
    found = []
    if outside:
        found.append(f"{outside:,} rows of the file have probabilities outside 0 to 1 or none: do not rank by them.")
    if odd:
        found.append(
            f"{odd:,} rows of the file have probabilities that do not sum to 1: do not treat them as probabilities."
        )
    return found


def label_of(row: Mapping[str, Any]) -> str | None:
    """The predicted class of a row, in either spelling of the field; None if there is none."""
    for name in PREDICTED_COLUMNS:
        if isinstance(row.get(name), str):
            return str(row[name])
    return None


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e-6 <= value <= 1 + 1e-6

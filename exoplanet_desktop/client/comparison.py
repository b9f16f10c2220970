"""Whether one training did better than another, or whether that is noise.

Only runs on the same data under the same protocol are compared. Where both tell what they said of the held-out rows,
accuracies, log loss and Brier score are compared row by row (see `held_rows`): models err on the same rows, so most of
the noise is common to both. These intervals hold the luck of the rows, as all of this program do, and not that of
another draw of the folds.

Without these rows, the accuracy over the folds is compared fold by fold. Folds share most of their training rows, so
their differences vary less than those of independent trainings would, and a plain t-test finds differences where there
are none. The corrected resampled t-test widens the variance by the ratio of test to training rows (Nadeau & Bengio
2003, Machine Learning 52, 239; for cross-validation Bouckaert & Frank 2004, PAKDD, LNCS 3056, 3). Its interval is
d ± t(k - 1) · sqrt((1/k + 1/(k - 1)) · s²), with d the mean and s² the variance of the k differences.

Other scores of the hold-out have an interval each, from a bootstrap of the backend, whose half widths are added in
squares, as for independent rows. Both are of the same rows, so the interval is rather too wide than too narrow.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pydantic

from exoplanet_desktop.client.held_rows import FILE_NAME, HeldRows, half_width, read_held_rows
from exoplanet_desktop.client.record import Record
from exoplanet_desktop.client.record_entry import Run
from exoplanet_desktop.wire.payloads import Evaluation, TrainResult

LEVEL = 0.95


class Metric(StrEnum):
    """The scores that are compared, by their names on the wire."""

    CV_MEAN = "cv_mean"
    ACCURACY = "accuracy"
    BALANCED_ACCURACY = "balanced_accuracy"
    F1_MACRO = "f1_macro"
    MCC = "mcc"
    AUC = "auc_score"
    LOG_LOSS = "log_loss"
    BRIER = "brier"
    ECE = "ece"

    @property
    def smaller_is_better(self) -> bool:
        return self in (Metric.LOG_LOSS, Metric.BRIER, Metric.ECE)


class Method(StrEnum):
    """How an interval of a difference came about."""

    ROWS = "rows"
    FOLDS = "folds"
    BOTH_INTERVALS = "both intervals"
    NONE = "none"


class Hindrance(StrEnum):
    """Why two runs cannot be compared."""

    SATELLITE = "satellite"
    DATA = "data"
    PROTOCOL = "protocol"
    UNKNOWN_DATA = "unknown data"
    UNKNOWN_PROTOCOL = "unknown protocol"


UNKNOWN = frozenset((Hindrance.UNKNOWN_DATA, Hindrance.UNKNOWN_PROTOCOL))


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    NOISE = "noise"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Contender:
    """A training that succeeded, as it is compared.

    Attributes:
        digest: of the data, SHA-256; None where nobody told it.
        rows: what it said of the held-out rows, where that is kept.
    """

    run: Run
    digest: str | None
    result: TrainResult
    rows: HeldRows | None = None

    @classmethod
    def of(cls, run: Run, held_out: Path | None = None) -> "Contender | None":
        """A run of the record, with its file of held-out rows; None for one without metrics."""
        try:
            result = TrainResult.model_validate(run.result)
        except pydantic.ValidationError:
            return None
        rows = read_held_rows(held_out) if held_out is not None else None
        return cls(run, result.data_digest or run.data_digest, result, rows)

    @classmethod
    def kept(cls, record: Record, run_id: str) -> "Contender | None":
        """The same, out of the record."""
        return cls.of(record.run(run_id), record.file(run_id, FILE_NAME))

    def value(self, metric: Metric) -> float | None:
        return _number(getattr(self.result, metric))

    def interval(self, metric: Metric) -> tuple[float, float] | None:
        """The 95 % interval of a score, where the backend gives one."""
        low, high = (self.result.intervals or {}).get(str(metric)) or (None, None)
        low, high = _number(low), _number(high)
        return None if low is None or high is None else (low, high)


@dataclass(frozen=True)
class Difference:
    """A score of one run less that of another.

    Attributes:
        interval: 95 % of the difference, or of all differences together in a ranking; None where none can be given.
    """

    metric: Metric
    difference: float
    interval: tuple[float, float] | None
    method: Method

    @property
    def verdict(self) -> Verdict:
        """Whether the first run is better, worse, or whether that is no more than noise."""
        if self.interval is None:
            return Verdict.UNKNOWN
        low, high = self.interval
        if low <= 0 <= high:
            return Verdict.NOISE
        return Verdict.BETTER if (self.difference > 0) != self.metric.smaller_is_better else Verdict.WORSE


def hindrances(one: Contender, other: Contender) -> list[Hindrance]:
    """Why the scores of two runs must not be compared; [] where they may be."""
    if one.run.satellite != other.run.satellite:
        return [Hindrance.SATELLITE]
    found = []
    if one.digest is None or other.digest is None:
        found.append(Hindrance.UNKNOWN_DATA)
    elif one.digest != other.digest:
        found.append(Hindrance.DATA)
    first, second = one.result.evaluation, other.result.evaluation
    if first is None or second is None:
        found.append(Hindrance.UNKNOWN_PROTOCOL)
    elif _protocol(first) != _protocol(second):
        found.append(Hindrance.PROTOCOL)
    return found


def compare(one: Contender, other: Contender, metric: Metric, level: float = LEVEL) -> Difference | None:
    """A score of `one` less that of `other`; None where either has none, and where they must not be compared.

    There is no interval, and so no verdict, where nobody told data or protocol. `level` is that of comparisons by rows
    and folds; the backend gives its own intervals with 95 %.
    """
    a, b = one.value(metric), other.value(metric)
    found = hindrances(one, other)
    if a is None or b is None or not UNKNOWN.issuperset(found):
        return None
    if found:
        return Difference(metric, a - b, None, Method.NONE)
    if (half := _by_rows(one, other, metric, level)) is not None:
        return Difference(metric, a - b, (a - b - half, a - b + half), Method.ROWS)
    if metric is Metric.CV_MEAN:
        first, second = one.result.evaluation, other.result.evaluation
        assert first is not None  # else there was a hindrance
        assert second is not None
        paired = folds_interval(first.fold_accuracy, second.fold_accuracy, level)
        return Difference(metric, a - b, paired, Method.FOLDS if paired else Method.NONE)
    first_range, second_range = one.interval(metric), other.interval(metric)
    if first_range is None or second_range is None:
        return Difference(metric, a - b, None, Method.NONE)
    half = math.hypot(_half(first_range), _half(second_range))
    return Difference(metric, a - b, (a - b - half, a - b + half), Method.BOTH_INTERVALS)


@dataclass(frozen=True)
class Ranked:
    """A run in its place.

    Attributes:
        place: from 1; runs that cannot be told from the best share the first.
        behind: its accuracy over the folds less that of the best; None for the best itself.
    """

    place: int
    contender: Contender
    behind: Difference | None


def rank(contenders: Sequence[Contender]) -> list[Ranked]:
    """Runs by their accuracy over the folds, the best first; those without one are left out.

    Each is compared with the best, and all of these intervals hold together with 95 % (Bonferroni's correction: Dunn
    1961, J. Am. Stat. Assoc. 56, 52), because of several differences one may well be large by luck.
    """
    known = [(value, one) for one in contenders if (value := one.value(Metric.CV_MEAN)) is not None]
    known.sort(key=lambda pair: -pair[0])
    if not known:
        return []
    best = known[0][1]
    level = 1 - (1 - LEVEL) / max(1, len(known) - 1)
    ranked = [Ranked(1, best, None)]
    for number, (_, one) in enumerate(known[1:], start=2):
        behind = compare(one, best, Metric.CV_MEAN, level)
        tied = behind is not None and behind.verdict is not Verdict.WORSE
        ranked.append(Ranked(1 if tied and ranked[-1].place == 1 else number, one, behind))
    return ranked


def _by_rows(one: Contender, other: Contender, metric: Metric, level: float) -> float | None:
    if one.rows is None or other.rows is None or metric not in _BY_ROWS:
        return None
    quantile = NormalDist().inv_cdf((1 + level) / 2)
    return half_width(one.rows, other.rows, _BY_ROWS[metric], hold_out=metric is not Metric.CV_MEAN, quantile=quantile)


_BY_ROWS = {Metric.CV_MEAN: "right", Metric.ACCURACY: "right", Metric.LOG_LOSS: "loss", Metric.BRIER: "brier"}


def folds_interval(one: Sequence[float], other: Sequence[float], level: float = LEVEL) -> tuple[float, float] | None:
    """The interval of the mean difference over the same folds, by the corrected resampled t-test.

    None where the folds do not belong together or are fewer than two.
    """
    folds = len(one)
    if folds != len(other) or folds < 2:
        return None
    differences = [a - b for a, b in zip(one, other, strict=True)]
    if not all(math.isfinite(value) for value in differences):
        return None
    mean = math.fsum(differences) / folds
    variance = math.fsum((value - mean) ** 2 for value in differences) / (folds - 1)
    half = student_t(level, folds - 1) * math.sqrt((1 / folds + 1 / (folds - 1)) * variance)
    return mean - half, mean + half


def student_t(level: float, freedom: int) -> float:
    """The t within whose two signs a share `level` of Student's distribution lies.

    >>> round(student_t(0.95, 4), 4)
    2.7764
    """
    low, high = 0.0, 1.0
    while _within(high, freedom) < level:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < level else (low, middle)
    return high


def _within(t: float, freedom: int) -> float:
    """P(|T| < t), in closed form for whole degrees of freedom: Abramowitz & Stegun 1964, 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    if freedom == 1:
        return 2 * angle / math.pi
    term = cosine if odd else 1.0
    total = term
    for step in range(3 if odd else 2, freedom - 1, 2):
        term *= (step - 1) / step * cosine**2
        total += term
    return 2 / math.pi * (angle + sine * total) if odd else sine * total


def _protocol(evaluation: Evaluation) -> tuple[Any, ...]:
    """What makes the folds and the hold-out what they are, on the same data."""
    return (
        evaluation.folds,
        evaluation.groups,
        evaluation.seed,
        round(evaluation.holdout, 6),
        evaluation.rows_used,
        evaluation.group_count,
        len(evaluation.fold_accuracy),
    )


def _half(interval: tuple[float, float]) -> float:
    return (interval[1] - interval[0]) / 2


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None

"""Decides whether one training did better than another or the difference is noise.

Compares only runs on the same data under the same protocol. If both runs stored their predictions for the held-out
rows, accuracy, log loss and Brier score are compared row by row (see `held_rows`): models err on the same rows, so most
of the noise is common to both. As everywhere in this program, the intervals cover sampling noise of the rows, not the
effect of another draw of the folds.

Without these rows, accuracy is compared fold by fold. Folds share most of their training rows, so their differences
vary less than those of independent trainings would, and a plain t-test finds spurious differences. The corrected
resampled t-test widens the variance by the ratio of test to training rows (Nadeau & Bengio 2003, Machine Learning 52,
239; for cross-validation Bouckaert & Frank 2004, PAKDD, LNCS 3056, 3). Its interval is d ± t(k - 1) · sqrt((1/k + 1/(k
- 1)) · s²), with d the mean and s² the variance of the k differences.

For other scores of the hold-out, the backend gives bootstrap intervals; their half widths are added in quadrature, as
for independent rows. Both cover the same rows, so the resulting interval is conservative.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pydantic

from exoplanet_desktop.record.entry import StoredRun
from exoplanet_desktop.record.record import Record
from exoplanet_desktop.stats.held_rows import FILE_NAME, HeldRows, half_width, read_held_rows
from exoplanet_desktop.wire.payloads import Evaluation, TrainResult

LEVEL = 0.95


class Metric(StrEnum):
    """The compared scores, by their names on the wire."""

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
    """How the interval of a difference was calculated."""

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
    """A successful training in a comparison.

    Attributes:
        digest: SHA-256 of the data; None if unknown.
        rows: its predictions for the held-out rows, if stored.
    """

    run: StoredRun
    digest: str | None
    result: TrainResult
    rows: HeldRows | None = None

    @classmethod
    def of(cls, run: StoredRun, held_out: Path | None = None) -> "Contender | None":
        """A run of the record, with its file of held-out rows; None for a run without metrics."""
        import scipy.special  # noqa: F401  # 0.3 s, here in a worker: the window compares contenders in its own thread

        try:
            result = TrainResult.model_validate(run.result)
        except pydantic.ValidationError:
            return None
        rows = read_held_rows(held_out) if held_out is not None else None
        return cls(run, result.data_digest or run.data_digest, result, rows)

    @classmethod
    def kept(cls, record: Record, run_id: str) -> "Contender | None":
        """The same, read from the record."""
        return cls.of(record.run(run_id), record.file(run_id, FILE_NAME))

    def value(self, metric: Metric) -> float | None:
        return _number(getattr(self.result, metric))

    def interval(self, metric: Metric) -> tuple[float, float] | None:
        """The 95 % interval of a score, if the backend gives one."""
        low, high = (self.result.intervals or {}).get(str(metric)) or (None, None)
        low, high = _number(low), _number(high)
        return None if low is None or high is None else (low, high)


@dataclass(frozen=True)
class Difference:
    """A score of one run minus that of another.

    Attributes:
        interval: the 95 % interval of the difference, simultaneous for all differences in a ranking; None if
            unavailable.
    """

    metric: Metric
    difference: float
    interval: tuple[float, float] | None
    method: Method

    @property
    def verdict(self) -> Verdict:
        """Whether the first run is better, worse, or within the noise."""
        if self.interval is None:
            return Verdict.UNKNOWN
        low, high = self.interval
        if low <= 0 <= high:
            return Verdict.NOISE
        return Verdict.BETTER if (self.difference > 0) != self.metric.smaller_is_better else Verdict.WORSE


def hindrances(one: Contender, other: Contender) -> list[Hindrance]:
    """Why the scores of two runs must not be compared; [] if they may be."""
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
    """A score of `one` minus that of `other`; None if either lacks it or they must not be compared.

    Without known data and protocol there is no interval, and so no verdict. `level` applies to comparisons by rows and
    folds; the backend's own intervals are 95 %.
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
        assert first is not None  # otherwise there was a hindrance
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
    """A run with its rank.

    Attributes:
        place: from 1; runs that are not distinguishable from the best share rank 1.
        behind: its accuracy over the folds minus that of the best; None for the best itself.
    """

    place: int
    contender: Contender
    behind: Difference | None


def rank(contenders: Sequence[Contender]) -> list[Ranked]:
    """Runs sorted by their accuracy over the folds, the best first; runs without one are left out.

    Each is compared with the best. The intervals are simultaneous 95 % intervals (Bonferroni's correction: Dunn 1961,
    J. Am. Stat. Assoc. 56, 52), because one of several differences may well be large by chance.
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
    """The interval of the mean difference over the same folds, from the corrected resampled t-test.

    None if the folds do not match or there are fewer than two.
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
    """The t for which a share `level` of Student's distribution lies between -t and t.

    >>> round(student_t(0.95, 4), 4)
    2.7764
    """
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))


def _protocol(evaluation: Evaluation) -> tuple[Any, ...]:
    """What determines the folds and the hold-out, given the data."""
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

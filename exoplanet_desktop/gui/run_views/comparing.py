"""A comparison in words: options, scores with their differences, and their uncertainty."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from exoplanet_desktop.gui.base.text import NONE, count, fixed, tr
from exoplanet_desktop.gui.runs import words
from exoplanet_desktop.stats.comparison import (
    Contender,
    Difference,
    Hindrance,
    Method,
    Metric,
    Verdict,
    compare,
    hindrances,
)

MARKS = {Verdict.BETTER: "▲", Verdict.WORSE: "▼", Verdict.NOISE: "≈", Verdict.UNKNOWN: "?"}


@dataclass(frozen=True)
class Cell:
    """Attributes:
    verdict: on a score relative to the base; None if there is no verdict.
    """

    text: str
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Line:
    """One option or score for all runs, in order."""

    name: str
    cells: tuple[Cell, ...]
    is_score: bool = False

    @property
    def differs(self) -> bool:
        return len({cell.text.splitlines()[0] if cell.text else "" for cell in self.cells}) > 1


def metric_words(metric: Metric) -> str:
    names = {
        Metric.CV_MEAN: tr("Accuracy over the folds"),
        Metric.ACCURACY: tr("Accuracy, hold-out"),
        Metric.BALANCED_ACCURACY: tr("Balanced accuracy"),
        Metric.F1_MACRO: tr("Macro F1"),
        Metric.MCC: tr("Matthews correlation"),
        Metric.AUC: tr("AUC"),
        Metric.LOG_LOSS: tr("Log loss (smaller is better)"),
        Metric.BRIER: tr("Brier score (smaller is better)"),
        Metric.ECE: tr("Calibration error (smaller is better)"),
    }
    return names[metric]


def verdict_words(verdict: Verdict) -> str:
    names = {
        Verdict.BETTER: tr("better"),
        Verdict.WORSE: tr("worse"),
        Verdict.NOISE: tr("within noise"),
        Verdict.UNKNOWN: tr("cannot be judged"),
    }
    return names[verdict]


def lines(contenders: Sequence[Contender], base: int) -> list[Line]:
    """All options and scores; other runs' scores come with their difference from run number `base`."""
    options = [Line(name, tuple(Cell(show(one)) for one in contenders)) for name, show in _options().items()]
    return options + _scores(contenders, contenders[base]) + _classes(contenders)


def reasons(contenders: Sequence[Contender], base: int) -> list[str]:
    """Which runs cannot be compared with the base, and why, one sentence each."""
    told = []
    for one in contenders:
        if one is not contenders[base]:
            told += [_hindrance(kind, one, contenders[base]) for kind in hindrances(one, contenders[base])]
    return list(dict.fromkeys(told))


def methods(contenders: Sequence[Contender], base: int) -> list[str]:
    """How the intervals were calculated, one sentence per method in use."""
    found = {
        difference.method
        for one in contenders
        if one is not contenders[base]
        for metric in Metric
        if (difference := compare(one, contenders[base], metric)) is not None
    }
    said = []
    if Method.ROWS in found:
        said.append(
            tr(
                "Accuracies, log loss and Brier score are compared row by row on the same held-out rows, whole host "
                "stars at a time. These intervals cover sampling noise; other folds can shift the scores by a few "
                "thousandths."
            )
        )
    if Method.FOLDS in found:
        said.append(
            tr(
                "Accuracy over the folds is compared fold by fold on the same folds, with the corrected resampled "
                "t-test (Nadeau & Bengio 2003), which accounts for folds sharing training rows."
            )
        )
    if Method.BOTH_INTERVALS in found:
        said.append(
            tr(
                "The other scores are measured on the same hold-out rows; the noise of the two runs (bootstrap over "
                "host stars) is added as if independent, so a small real difference may look like noise."
            )
        )
    if said:
        said.append(
            tr("Intervals are 95 % intervals. Within noise means that the interval of the difference includes zero.")
        )
    return said


def difference_words(difference: Difference, places: int = 3, between: str = " ") -> str:
    """−0.012 (−0.018 to −0.006) ▼ worse; `between` precedes the verdict."""
    told = signed(difference.difference, places)
    if difference.interval is not None:
        low, high = (signed(end, places) for end in difference.interval)
        told += " " + tr("({low} to {high})", low=low, high=high)
    return f"{told}{between}{MARKS[difference.verdict]} {verdict_words(difference.verdict)}"


def signed(value: float, places: int = 3) -> str:
    sign = "±" if round(value, places) == 0 else "+" if value > 0 else "−"
    return f"{sign}{fixed(abs(value), places)}"


def score_words(contender: Contender, metric: Metric) -> str:
    """A score with its spread over the folds, or its interval."""
    value = contender.value(metric)
    if value is None:
        return NONE
    if metric is Metric.CV_MEAN:
        return words.folds_words(value, contender.result.cv_std)
    if (interval := contender.interval(metric)) is None:
        return fixed(value)
    low, high = (fixed(end) for end in interval)
    return f"{fixed(value)} " + tr("({low} to {high})", low=low, high=high)


def _scores(contenders: Sequence[Contender], base: Contender) -> list[Line]:
    found = []
    for metric in Metric:
        if all(one.value(metric) is None for one in contenders):
            continue
        cells = []
        for one in contenders:
            told = score_words(one, metric)
            difference = compare(one, base, metric) if one is not base else None
            if difference is not None:
                told += "\n" + difference_words(difference)
            cells.append(Cell(told, difference.verdict if difference else None))
        found.append(Line(metric_words(metric), tuple(cells), is_score=True))
    return found


def _classes(contenders: Sequence[Contender]) -> list[Line]:
    """Precision and recall of each class, for which no backend gives intervals."""
    labels = list(dict.fromkeys(label for one in contenders for label in one.result.per_class or {}))
    found = []
    for label in labels:
        for name, field_name in ((tr("precision"), "precision"), (tr("recall"), "recall")):
            cells = []
            for one in contenders:
                score = (one.result.per_class or {}).get(label)
                cells.append(Cell(fixed(getattr(score, field_name)) if score else NONE))
            found.append(Line(f"{label}, {name}", tuple(cells), is_score=True))
    return found


def _options() -> dict[str, Callable[[Contender], str]]:
    return {
        tr("Satellite"): lambda one: one.run.satellite or NONE,
        tr("Dataset"): lambda one: one.run.dataset or NONE,
        tr("Data SHA-256"): lambda one: f"{one.digest[:12]}…" if one.digest else NONE,
        tr("Rows used"): lambda one: count(one.result.evaluation.rows_used) if one.result.evaluation else NONE,
        tr("Model"): lambda one: words.model_words(one.run.model),
        tr("Features"): lambda one: words.features_words(one.result.features or one.run.features),
        tr("Columns used"): lambda one: count(len(one.result.feature_columns)) if one.result.feature_columns else NONE,
        tr("Weights"): lambda one: _balance(one.run.balance),
        tr("Folds"): lambda one: count(one.result.evaluation.folds) if one.result.evaluation else NONE,
        tr("Seed"): lambda one: str(one.result.evaluation.seed) if one.result.evaluation else NONE,
        tr("Backend"): lambda one: one.run.backend_title or NONE,
        tr("When"): lambda one: words.when_words(one.run.created_at),
        tr("Took"): lambda one: words.took_words(one.run.took_s),
    }


def _balance(balance: str | None) -> str:
    return {"balanced": tr("balanced classes"), "none": tr("equal per row")}.get(balance or "", NONE)


def _hindrance(kind: Hindrance, one: Contender, base: Contender) -> str:
    names = {"one": one.run.title, "base": base.run.title}
    told = {
        Hindrance.SATELLITE: tr(
            "“{one}” and “{base}” are for different satellites, so their scores are for different objects and cannot "
            "be compared.",
            **names,
        ),
        Hindrance.DATA: tr(
            "“{one}” and “{base}” were trained on different data, so their scores are for different rows and cannot "
            "be compared. Train both on the same file.",
            **names,
        ),
        Hindrance.PROTOCOL: tr(
            "“{one}” and “{base}” were evaluated by different protocols (folds, groups, seed or rows used), so their "
            "scores cannot be compared.",
            **names,
        ),
        Hindrance.UNKNOWN_DATA: tr(
            "Whether “{one}” and “{base}” were trained on the same data is unknown, so the difference cannot be "
            "judged.",
            **names,
        ),
        Hindrance.UNKNOWN_PROTOCOL: tr(
            "The backend of “{one}” or “{base}” does not say how it evaluated, so the difference cannot be judged.",
            **names,
        ),
    }
    return told[kind]

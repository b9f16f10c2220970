"""A training result in words: numbers with three decimals and their spread, and the protocol behind them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.gui.base.text import count, counted, fixed, percent, tr
from exoplanet_desktop.wire.bounds import LONGEST_NAME, LONGEST_NOTE, shortened

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import ClassScore, TrainResult

NOT_GIVEN = "–"
MOST_SENTENCES, MOST_LETTERS = 40, 6_000
MOST_LEAKS = 100
SCORES = {  # in the order in which a vetter asks
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "f1_macro": "F1, mean of the classes",
    "mcc": "Matthews correlation",
    "auc_score": "AUC, each class against the rest",
    "log_loss": "Log loss (lower is better)",
    "brier": "Brier score (lower is better)",
    "ece": "Expected calibration error (lower is better)",
}
"""The scores of a result, by field name."""


def three(value: float | None) -> str:
    """A metric with three decimals; a dash if it is missing or not a number."""
    return fixed(value)


def spread(mean: float | None, deviation: float | None) -> str:
    if mean is None or mean != mean:
        return NOT_GIVEN
    return three(mean) if deviation is None or deviation != deviation else f"{fixed(mean)} ± {fixed(deviation)}"


def clock(seconds: float) -> str:
    """Elapsed time as 00:07; from one hour on, as 1:02:03."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"


def cards(result: "TrainResult") -> list[tuple[str, str]]:
    """(value, description) of the main numbers."""
    evaluation = result.evaluation
    folds = (
        tr("accuracy, mean of {count} folds", count=evaluation.folds)
        if evaluation
        else tr("mean of 5 folds, measure not told")
    )
    accuracy = tr("accuracy, hold-out") if evaluation else tr("accuracy")
    return [
        (three(result.accuracy), accuracy + _interval(result, "accuracy")),
        (spread(result.cv_mean, result.cv_std), folds),
        (three(result.auc_score), tr("AUC") + _interval(result, "auc_score")),
        *_baseline(result),
    ]


def _baseline(result: "TrainResult") -> list[tuple[str, str]]:
    """The accuracy that needs no model, if the result has the counts for it."""
    found = result.all_rows
    if found is None or found.largest_share is None:
        return []
    return [(three(found.largest_share), tr("accuracy of always answering\n{label}", label=found.largest_class))]


def score_rows(result: "TrainResult") -> list[list[str]]:
    """A row for each score that the result has, as `score_headers` names the cells."""
    rows, every = [], result.all_rows
    for field, name in SCORES.items():
        held, over_all = getattr(result, field), getattr(every, field, None)
        if held is not None or over_all is not None:
            rows.append([tr(name), three(held), _between(result, field), three(over_all)])
        if field == "accuracy" and result.cv_mean is not None:
            mean, name = spread(result.cv_mean, result.cv_std), tr("Accuracy, mean of the folds ± standard deviation")
            own, all_rows = (NOT_GIVEN, mean) if every else (mean, NOT_GIVEN)
            rows.append([name, own, _between(result, "cv_mean"), all_rows])
    return rows if every else [row[:-1] for row in rows]


def _between(result: "TrainResult", field: str) -> str:
    low, high = (result.intervals or {}).get(field) or (None, None)
    return NOT_GIVEN if low is None or high is None else tr("{low} to {high}", low=three(low), high=three(high))


def scores_title(result: "TrainResult") -> str:
    """What the columns of the scores are."""
    if result.all_rows is None:
        return tr("Scores as the backend reports them")
    return tr(
        "Hold-out: one model, rows it has not seen, with the interval beside it. All rows: each predicted by the fold "
        "model that has not seen it. Always answering {label} would have an accuracy of {share}.",
        label=result.all_rows.largest_class,
        share=three(result.all_rows.largest_share),
    )


def class_headers() -> list[str]:
    """The headers of `class_rows`."""
    return [tr("Class"), tr("Rows"), tr("Precision"), tr("Recall"), tr("F1")]


def class_rows(result: "TrainResult") -> list[tuple[str, list[list[str]]]]:
    """A title and the scores by class: of all rows and of the hold-out, as far as they are there."""
    found = [
        (tr("By class, all rows"), result.all_rows.per_class if result.all_rows else None),
        (tr("By class, hold-out"), result.per_class),
    ]
    return [(title, [_class_row(*one) for one in scores.items()]) for title, scores in found if scores]


def _class_row(label: str, score: "ClassScore") -> list[str]:
    return [label, count(score.support), three(score.precision), three(score.recall), three(score.f1)]


def score_headers(result: "TrainResult") -> list[str]:
    """The headers of `score_rows`, with the number of rows where it is known."""
    if result.all_rows is None:
        return [tr("Score"), tr("Value"), tr("95 % interval")]
    held = sum(sum(row) for row in result.confusion_matrix or [])
    hold_out = tr("Hold-out, {count} rows", count=count(held)) if held else tr("Hold-out")
    return [tr("Score"), hold_out, tr("95 % interval"), tr("All {count} rows", count=count(result.all_rows.rows))]


def brief(result: "TrainResult") -> str:
    """The main numbers in one line.

    >>> from exoplanet_desktop.wire.payloads import TrainResult
    >>> brief(TrainResult(accuracy=0.9313))
    'accuracy: 0.931  ·  mean of 5 folds, measure not told: –  ·  AUC: –'
    """
    return "  ·  ".join(f"{meaning.partition(chr(10))[0]}: {figure}" for figure, meaning in cards(result))


def _interval(result: "TrainResult", name: str) -> str:
    """The 95 % interval of a metric, if the backend gives one."""
    low, high = (result.intervals or {}).get(name) or (None, None)
    return "" if low is None or high is None else "\n" + tr("95 %: {low} to {high}", low=fixed(low), high=fixed(high))


def protocol(result: "TrainResult") -> str:
    """The protocol in one sentence, or that the backend does not report it."""
    evaluation = result.evaluation
    if evaluation is None:
        return tr("This backend does not say how it evaluated.")
    parts = [f"{evaluation.protocol}."]
    for left_out in evaluation.rows_left_out:
        rows = counted(left_out.count, tr("row"), tr("rows"))
        parts.append(tr("{rows} left out: {reason}.", rows=rows, reason=left_out.reason))
    return " ".join(parts)


def first(texts: Sequence[str], most: int = MOST_SENTENCES) -> list[str]:
    """The first sentences of a list, and how many more there are: hundreds of labels would block the window.

    >>> first(["a", "b", "c"], most=2)
    ['a', 'b', '1 more is not shown.']
    """
    shown: list[str] = []
    for text in texts[:most]:
        if sum(map(len, shown)) > MOST_LETTERS:
            break
        shown.append(shortened(text, LONGEST_NOTE))
    left = len(texts) - len(shown)
    return [*shown, counted(left, tr("more is not shown."), tr("more are not shown."))] if left else shown


def leaking(leaks: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(column, AUC) of the columns that alone tell the answer; skips entries that say neither."""
    entries = leaks.get("single_columns")
    told = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    rows = [
        (shortened(str(entry.get("feature")), LONGEST_NAME), three(_number(entry.get("auc"))))
        for entry in told[:MOST_LEAKS]
    ]
    left = len(told) - len(rows)
    return [*rows, (counted(left, tr("more is not shown."), tr("more are not shown.")), "")] if left else rows


def leak_notes(leaks: Mapping[str, Any]) -> list[str]:
    """The leak sentinel's sentences."""
    notes = leaks.get("notes")
    return first([note for note in notes if isinstance(note, str)]) if isinstance(notes, list) else []


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def without_columns(number: int) -> str:
    """That a model was trained without some of the usual columns; "" if it has them all."""
    return tr("without {columns}", columns=counted(number, tr("column"), tr("columns"))) if number else ""


def protocol_short(result: "TrainResult") -> str:
    """The same in a few words."""
    evaluation = result.evaluation
    if evaluation is None:
        return protocol(result)
    return tr(
        "Grouped by host star ({column}), seed {seed}; {used} rows, {share} of them held out.",
        column=evaluation.groups,
        seed=evaluation.seed,
        used=count(evaluation.rows_used),
        share=percent(evaluation.holdout),
    )


def cells(result: "TrainResult") -> list[str]:
    """One sentence about cells that were not read as written; empty if there are none."""
    if not result.cells:
        return []
    if len(result.cells) == 1:
        return [result.cells[0].sentence]
    one = tr("cell was not read as written, in {columns}: see Protocol.")
    many = tr("cells were not read as written, in {columns}: see Protocol.")
    columns = counted(len(result.cells), tr("column"), tr("columns"))
    return [counted(sum(cell.count for cell in result.cells), one, many).format(columns=columns)]


def gap(result: "TrainResult") -> str:
    """How much the columns of the human verdict contribute, if the backend measured it."""
    sentence = str(result.blind.get("sentence") or "") if result.blind else ""
    return tr("Accuracy over the folds: {sentence}.", sentence=sentence) if sentence else ""

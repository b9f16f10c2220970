"""A training result in words: numbers with three decimals and their spread, and the protocol behind them."""

from typing import TYPE_CHECKING

from exoplanet_desktop.gui.base.text import count, counted, fixed, percent, tr

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import TrainResult

NOT_GIVEN = "–"


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
    folds = tr("accuracy, mean of {count} folds", count=evaluation.folds if evaluation else 5)
    took = NOT_GIVEN if result.elapsed_sec is None else tr("{seconds} s", seconds=fixed(result.elapsed_sec, 1))
    accuracy = tr("accuracy, hold-out") if evaluation else tr("accuracy")
    return [
        (three(result.accuracy), accuracy + _interval(result, "accuracy")),
        (spread(result.cv_mean, result.cv_std), folds),
        (three(result.auc_score), tr("AUC") + _interval(result, "auc_score")),
        (took, tr("took")),
    ]


def brief(result: "TrainResult") -> str:
    """The main numbers in one line.

    >>> from exoplanet_desktop.wire.payloads import TrainResult
    >>> brief(TrainResult(accuracy=0.9313, elapsed_sec=3.1))
    'accuracy: 0.931  ·  accuracy, mean of 5 folds: –  ·  AUC: –  ·  took: 3.1 s'
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

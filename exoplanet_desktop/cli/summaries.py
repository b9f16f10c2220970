"""Results in a few lines for a reader: metrics with three decimals, their spread, and the protocol behind them."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.client.jobs.claims import is_short
from exoplanet_desktop.client.jobs.saved_note import careful
from exoplanet_desktop.wire.payloads import PredictReply, TrainResult
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Model, Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.client.jobs.agreement import Counted
    from exoplanet_desktop.client.jobs.claims import Claim
    from exoplanet_desktop.client.jobs.parity import ParityCheck

Rows = list[tuple[str, str]]


def training_summary(
    satellite: Satellite, model: Model, result: TrainResult, parity: "ParityCheck | None" = None
) -> Rows:
    """Names and values for a training's result, and for the check of a plain backend's model."""
    features = f", {result.features} features" if result.features else ""
    rows = [("trained", f"{model.display_name} on {satellite}{features}{_took(result.elapsed_sec)}")]
    rows.append(("accuracy", f"{_three(result.accuracy)} on held-out rows{_interval(result, 'accuracy')}"))
    told = (
        f"accuracy over {result.evaluation.folds} folds" if result.evaluation else "mean of 5 folds, measure not told"
    )
    rows.append(("folds", f"{_three(result.cv_mean)} ± {_three(result.cv_std)}, {told}"))
    if parity is not None:
        rows.insert(1, ("check", " ".join(parity.against) or parity.sentence))
    named = (
        ("AUC", result.auc_score),
        ("macro F1", result.f1_macro),
        ("balanced", result.balanced_accuracy),
        ("MCC", result.mcc),
        ("log loss", result.log_loss),
        ("Brier", result.brier),
    )
    rows += [(name, _three(value)) for name, value in named if value is not None]
    rows += _classes(result)
    rows += _all_rows(result)
    if result.blind and (sentence := result.blind.get("sentence")):
        rows.append(("blind", str(sentence)))
    rows += _protocol(result)
    if result.model_url:
        rows.append(("model", result.model_url.rsplit("/", 1)[-1]))
    return rows


def _classes(result: TrainResult) -> Rows:
    return [
        (label.lower(), f"precision {_three(score.precision)}, recall {_three(score.recall)}, {score.support:,} rows")
        for label, score in (result.per_class or {}).items()
    ]


def _all_rows(result: TrainResult) -> Rows:
    """The accuracy over all rows beside that of always answering the largest class."""
    found = result.all_rows
    if found is None:
        return []
    said = (
        f"{found.rows:,}, each predicted by the fold that had not seen it: accuracy {_three(found.accuracy)}, balanced "
        f"accuracy {_three(found.balanced_accuracy)}, macro F1 {_three(found.f1_macro)}, MCC {_three(found.mcc)}, "
        f"log loss {_three(found.log_loss)}, Brier {_three(found.brier)}"
    )
    baseline = f"always answering {found.largest_class} would be right on {_three(found.largest_share)} of the rows"
    return [("all rows", said), ("baseline", baseline)]


def _protocol(result: TrainResult) -> Rows:
    found = result.evaluation
    if found is None:
        return []
    rows = [("protocol", f"{found.protocol}"), ("rows used", f"{found.rows_used:,}, seed {found.seed}")]
    rows += [("left out", f"{left.count:,} rows: {left.reason}") for left in found.rows_left_out]
    return rows + [("note", note) for note in found.notes]


def prediction_summary(
    reply: PredictReply,
    counted: "Counted",
    asked: PredictRequest,
    output: Path | None,
    note: Path | None = None,
    claim: "Claim | None" = None,
) -> Rows:
    """Names and values for a prediction's reply; anything that devalues the predictions comes before them.

    `claim`: what a plain backend reported of its model.
    """
    span = "" if reply.from_row is None or reply.to_row is None else f", {reply.from_row} to {reply.to_row}"
    used = reply.model_type or f"a model the backend does not name ({asked.model} was requested)"
    rows = [("predicted", f"{reply.total_predicted:,} rows{span}, {reply.satellite}, {used}")]
    notes = list(reply.notes or ())
    if careful(reply):
        rows.append(("careful", notes.pop(0)))
    rows += [(label.lower(), f"{count:,}") for label, count in counted.classes.items()]
    if known := counted.known:
        short = f"; the backend reported {claim.accuracy:.3f}" if claim and is_short(counted, claim) else ""
        share = f"{counted.matches / known:.1%}"
        rows.append(("agreement", f"{counted.matches:,} of {known:,} known labels ({share}){short}"))
    rows += [("note", note) for note in notes]
    rows.append(("saved", str(output)) if output else ("table", "not saved; use -o OUT.csv to save it"))
    rows += [("beside it", f"{note.name}, which explains why to be careful")] if note else []
    return rows


def _three(value: float | None) -> str:
    return "unknown" if value is None or not math.isfinite(value) else f"{value:.3f}"


def _took(seconds: float | None) -> str:
    return "" if seconds is None or not math.isfinite(seconds) else f", {seconds:.1f} s"


def _interval(result: TrainResult, metric: str) -> str:
    low, high = (result.intervals or {}).get(metric, (None, None))
    return "" if low is None or high is None else f" (95 % interval {_three(low)} to {_three(high)})"

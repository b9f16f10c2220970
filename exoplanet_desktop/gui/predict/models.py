"""The models that the Predict tab can offer, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.gui.base.text import count, counted, moment, tr
from exoplanet_desktop.gui.predict.request import ModelChoice
from exoplanet_desktop.gui.runs.result_words import spread, without_columns
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.widgets.combo import BETWEEN
from exoplanet_desktop.gui.widgets.options import feature_title
from exoplanet_desktop.record.trained import TrainedModel
from exoplanet_desktop.wire.vocabulary import Features, Model, Satellite

MOST_CLASSES = 8  # named in a tooltip
MOST_OFFERED = 300


@dataclass(frozen=True)
class ModelEntry:
    """A model in the box.

    Attributes:
        hint: appears below the box, which may be too narrow for it.
        classes: the rows of each class that it was trained on, for a tooltip; "" if unknown.
        is_reduced: the model leaves out some columns, for a file that lacks them, and is used only on request.
        rows: number of rows that it was trained on; 0 if unknown.
    """

    words: str
    choice: ModelChoice
    hint: str = ""
    is_reduced: bool = False
    rows: int = 0
    classes: str = ""


def offered(models: list[dict[str, Any]], satellite: Satellite) -> list[ModelEntry]:
    """The trained models of a satellite, newest first; skips invalid entries.

    At most MOST_OFFERED of them: nobody chooses among more, and their words would take seconds. Each says how many are
    left out.
    """
    found = []
    mine = [entry for entry in models if entry.get("satellite") == satellite]
    more = len(mine) - MOST_OFFERED
    left_out = tr("Not listed: {models}.", models=counted(more, tr("older model"), tr("older models")))
    for entry in mine[:MOST_OFFERED]:
        try:
            model, features = Model(str(entry.get("model"))), Features(str(entry.get("features")))
        except ValueError:
            continue
        choice = ModelChoice(model, features, str(entry.get("model_version")))
        score = spread(_number(entry.get("cv_mean")), _number(entry.get("cv_std")))
        name, when = model.display_name, _when(entry.get("created_at"))
        kind = feature_title(features).lower() if SATELLITES[satellite].verdict else ""
        fewer = without_columns(_length(entry.get("without")))
        together = score.replace(" ", "\u00a0")  # keep on one line
        hint = tr("{score}, trained {when}", score=together, when=when)
        hint = BETWEEN.join(filter(None, (tr("{kind} features", kind=kind) if kind else "", fewer, hint)))
        by_class, catalog = _class_rows(entry), str(entry.get("catalog") or "")
        rows = sum(by_class.values())
        if rows:
            number = counted(rows, tr("row"), tr("rows"))
            hint = tr("{rows} of {catalog}", rows=number, catalog=catalog or tr("an unnamed catalog")) + "\n" + hint
        if more > 0:
            hint += "\n" + left_out
        classes = ", ".join(f"{count(number)} {label}" for label, number in [*by_class.items()][:MOST_CLASSES])
        words = BETWEEN.join(filter(None, (name, kind, fewer, score, catalog, when)))
        found.append(ModelEntry(words, choice, hint, bool(fewer), rows, classes))
    return found


def first(entries: Sequence[ModelEntry]) -> int:
    """Index of the model to offer first: the newest with all columns that is no trial run; -1 if there is none.

    A model trained on less than half as many rows as another one is taken for a trial run.
    """
    enough = max((entry.rows for entry in entries), default=0) / 2
    whole = [place for place, entry in enumerate(entries) if not entry.is_reduced]
    for place in whole:
        if entries[place].rows >= enough:
            return place
    return whole[0] if whole else min(0, len(entries) - 1)


def _class_rows(entry: Mapping[str, Any]) -> dict[str, int]:
    """The rows of each class that a model was trained on; empty if the backend does not say."""
    by_class = entry.get("class_rows")
    if not isinstance(by_class, dict) or not all(isinstance(rows, int) for rows in by_class.values()):
        return {}
    return by_class


def every_kind(satellite: Satellite, known: Mapping[tuple[str, str], TrainedModel]) -> list[ModelEntry]:
    """The six kinds, for a backend that does not list its trained models.

    `known`: what the record knows of them, by (satellite, model).
    """
    found = []
    for model in Model:
        trained = known.get((satellite, model))
        objection = trained.objection if trained else ""
        words = (
            tr("{model} · ⚠ contradicts its reported accuracy", model=model.display_name)
            if objection
            else model.display_name
        )
        found.append(ModelEntry(words, ModelChoice(model), objection))
    return found


def model_of(run: TrainingRun) -> ModelChoice:
    """The model from a training; without a version if the backend does not name one."""
    version = run.result.model_version if run.result else None
    return ModelChoice(run.request.model, run.request.features, version or None)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _when(text: Any) -> str:
    try:
        return moment(datetime.fromisoformat(str(text)))
    except (ValueError, OverflowError):
        return tr("at an unknown time")

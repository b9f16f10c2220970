"""The models that the Predict tab can offer, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exoplanet_desktop.gui.base.text import moment, tr
from exoplanet_desktop.gui.predict.request import ModelChoice
from exoplanet_desktop.gui.runs.result_words import spread, without_columns
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.widgets.combo import BETWEEN
from exoplanet_desktop.gui.widgets.options import feature_title
from exoplanet_desktop.record.trained import TrainedModel
from exoplanet_desktop.wire.vocabulary import Features, Model, Satellite


@dataclass(frozen=True)
class ModelEntry:
    """A model in the box.

    `hint` appears below the box, which may be too narrow for it. `is_reduced`: the model leaves out some columns, for a
    file that lacks them, and is used only on request.
    """

    words: str
    choice: ModelChoice
    hint: str = ""
    is_reduced: bool = False


def offered(models: list[dict[str, Any]], satellite: Satellite) -> list[ModelEntry]:
    """The trained models of a satellite, newest first; skips invalid entries."""
    found = []
    for entry in models:
        if entry.get("satellite") != satellite:
            continue
        try:
            model, features = Model(str(entry.get("model"))), Features(str(entry.get("features")))
        except ValueError:
            continue
        choice = ModelChoice(model, features, str(entry.get("model_version")))
        score = spread(_number(entry.get("cv_mean")), _number(entry.get("cv_std")))
        name, kind, when = model.display_name, feature_title(features).lower(), _when(entry.get("created_at"))
        fewer = without_columns(_length(entry.get("without")))
        together = score.replace(" ", "\u00a0")  # keep on one line
        hint = tr("{kind} features, {score}, trained {when}", kind=kind, score=together, when=when)
        hint = BETWEEN.join(filter(None, (hint, fewer)))
        found.append(
            ModelEntry(BETWEEN.join(filter(None, (name, kind, fewer, score, when))), choice, hint, bool(fewer))
        )
    return found


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

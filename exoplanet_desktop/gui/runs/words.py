"""The words of the list of runs."""

from datetime import datetime
from functools import lru_cache

from exoplanet_desktop.gui.base.text import NONE, fixed, moment, short_moment, tr
from exoplanet_desktop.gui.widgets.options import feature_title
from exoplanet_desktop.wire.vocabulary import Features, Model, RunKind

ALL_MODELS = "train-all"
"""The kind of a run that trains every model one after another, and has their runs as its parts."""


def kinds_words(kind: str) -> str:
    """A kind of run in the plural, for a filter."""
    names: dict[str, str] = {
        RunKind.TRAIN: tr("Trainings"),
        RunKind.PREDICT: tr("Predictions"),
        RunKind.MERGE: tr("Merges"),
        RunKind.TRAIN_ALL: tr("All models at once"),
    }
    return names.get(kind, kind)


@lru_cache(maxsize=64)
def model_words(model: str | None) -> str:
    try:
        return Model(model or "").display_name
    except ValueError:
        return model or NONE


def features_words(features: str | None) -> str:
    try:
        return feature_title(Features(features or ""))
    except ValueError:
        return features or NONE


def folds_words(mean: float | None, deviation: float | None) -> str:
    """Accuracy over the folds, with its spread."""
    if mean is None:
        return NONE
    return fixed(mean) if deviation is None else f"{fixed(mean)} ± {fixed(deviation)}"


def when_words(created_at: str) -> str:
    try:
        return moment(datetime.fromisoformat(created_at))
    except (ValueError, OverflowError):
        return NONE


def short_when_words(created_at: str) -> str:
    """The time if it is today, otherwise the date."""
    try:
        return short_moment(datetime.fromisoformat(created_at))
    except (ValueError, OverflowError):
        return NONE


def took_words(seconds: float | None) -> str:
    if seconds is None:
        return NONE
    if seconds < 100:
        return tr("{seconds} s", seconds=fixed(seconds, 1))
    return tr("{minutes} min", minutes=fixed(seconds / 60, 1))

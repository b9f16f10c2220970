"""The words of the list of runs."""

from datetime import datetime
from functools import lru_cache

from exoplanet_desktop.client.record_entry import SENDING, WAITING
from exoplanet_desktop.gui.base.text import NONE, fixed, moment, short_moment, tr
from exoplanet_desktop.gui.widgets.options import feature_title
from exoplanet_desktop.wire.vocabulary import Features, Model, Status

ALL_MODELS = "train-all"
"""The kind of a run that trains every model one after another, and has their runs as its parts."""

# What a list is filtered by: every status counts as one of these.
RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"

_MARKS = {DONE: "✓", FAILED: "✕", CANCELLED: "■", RUNNING: "●"}
_STATES = {str(Status.SUCCEEDED): DONE, str(Status.FAILED): FAILED, str(Status.CANCELLED): CANCELLED}


def state_of(status: str) -> str:
    """One of the four that a list is filtered by; whatever has not ended is running."""
    return _STATES.get(status, RUNNING)


def mark(status: str, live: bool) -> str:
    """The mark before the words of a status."""
    state = state_of(status)
    return "◌" if state == RUNNING and (not live or status in (SENDING, WAITING, Status.PENDING)) else _MARKS[state]


def status_words(status: str, live: bool) -> str:
    """A status in words. `live`: it is watched now."""
    said = {
        str(Status.SUCCEEDED): tr("done"),
        str(Status.FAILED): tr("failed"),
        str(Status.CANCELLED): tr("cancelled"),
        WAITING: tr("waiting for the backend"),
    }
    if status in said:
        return said[status]
    if not live:
        return tr("not finished")
    known = {SENDING: tr("sending"), str(Status.PENDING): tr("waiting")}
    return known.get(status, tr("running"))


def kinds_words(kind: str) -> str:
    """A kind of run in the plural, for a filter."""
    names = {
        "train": tr("Trainings"),
        "predict": tr("Predictions"),
        "merge": tr("Merges"),
        ALL_MODELS: tr("All models at once"),
    }
    return names.get(kind, kind)


def states_words(state: str) -> str:
    names = {
        RUNNING: tr("Running or waiting"),
        DONE: tr("Done"),
        FAILED: tr("Failed"),
        CANCELLED: tr("Cancelled"),
    }
    return names[state]


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
    """Accuracy over the folds with its spread."""
    if mean is None:
        return NONE
    return fixed(mean) if deviation is None else f"{fixed(mean)} ± {fixed(deviation)}"


def when_words(created_at: str) -> str:
    try:
        return moment(datetime.fromisoformat(created_at))
    except (ValueError, OverflowError):
        return NONE


def short_when_words(created_at: str) -> str:
    """The time of today, the date of another day."""
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

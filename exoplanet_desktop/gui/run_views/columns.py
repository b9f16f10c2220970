"""The columns of the list of runs: display text and sort key."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import Qt

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.text import NONE, fixed, tr
from exoplanet_desktop.gui.run_views import rows as rows_of
from exoplanet_desktop.gui.run_views.rows import Key, Row
from exoplanet_desktop.gui.runs import words
from exoplanet_desktop.wire.vocabulary import Features

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Column(IntEnum):
    STATE = 0
    STAR = 1
    NAME = 2
    FOLDS = 3
    ACCURACY = 4
    AUC = 5
    DATASET = 6
    SATELLITE = 7
    MODEL = 8
    FEATURES = 9
    WHEN = 10
    TOOK = 11
    BACKEND = 12


@dataclass(frozen=True)
class Spec:
    """A column: its display text, its sort key, and whether it is a number."""

    show: Callable[[Row], str]
    key: Key
    number: bool = False


SPECS: dict[int, Spec] = {
    Column.STATE: Spec(lambda row: f"{row.mark} {row.said}", rows_of.text(lambda row: f"{row.state.group}{row.said}")),
    Column.STAR: Spec(lambda row: "★" if row.entry.starred else "", lambda row: row.entry.starred or None),
    Column.NAME: Spec(lambda row: row.entry.title, rows_of.text(lambda row: row.entry.title)),
    Column.DATASET: Spec(lambda row: row.entry.dataset or NONE, rows_of.text(lambda row: row.entry.dataset)),
    Column.SATELLITE: Spec(
        lambda row: row.entry.satellite or NONE, rows_of.text(lambda row: row.entry.satellite or "")
    ),
    Column.MODEL: Spec(
        lambda row: tr("all") if row.is_group else words.model_words(row.entry.model),
        rows_of.text(lambda row: words.model_words(row.entry.model) if row.entry.model else ""),
    ),
    Column.FEATURES: Spec(
        lambda row: words.features_words(row.entry.features), rows_of.text(lambda row: row.entry.features or "")
    ),
    Column.FOLDS: Spec(
        lambda row: words.folds_words(row.entry.cv_mean, row.entry.cv_std),
        rows_of.number(lambda entry: entry.cv_mean),
        number=True,
    ),
    Column.ACCURACY: Spec(
        lambda row: fixed(row.entry.accuracy), rows_of.number(lambda entry: entry.accuracy), number=True
    ),
    Column.AUC: Spec(lambda row: fixed(row.entry.auc), rows_of.number(lambda entry: entry.auc), number=True),
    Column.WHEN: Spec(
        lambda row: words.when_words(row.entry.created_at), lambda row: row.entry.created_at, number=True
    ),
    Column.TOOK: Spec(
        lambda row: words.took_words(row.entry.took_s), rows_of.number(lambda entry: entry.took_s), number=True
    ),
    Column.BACKEND: Spec(
        lambda row: row.entry.backend_title or NONE, rows_of.text(lambda row: row.entry.backend_title)
    ),
}


def header(column: int) -> str:
    names = {
        Column.STATE: tr("State"),
        Column.STAR: "★",
        Column.NAME: tr("Name"),
        Column.DATASET: tr("Dataset"),
        Column.SATELLITE: tr("Satellite"),
        Column.MODEL: tr("Model"),
        Column.FEATURES: tr("Features"),
        Column.FOLDS: tr("Folds"),
        Column.ACCURACY: tr("Accuracy"),
        Column.AUC: tr("AUC"),
        Column.WHEN: tr("When"),
        Column.TOOK: tr("Took"),
        Column.BACKEND: tr("Backend"),
    }
    return names[Column(column)]


def meaning(column: int) -> str:
    """The meaning of a column whose name alone does not explain it."""
    names = {
        Column.STAR: tr("Starred"),
        Column.FOLDS: tr("Accuracy over the folds: mean ± standard deviation"),
        Column.ACCURACY: tr("Accuracy on the hold-out"),
        Column.AUC: tr("Area under the ROC curve, one class against the rest, on the hold-out"),
        Column.TOOK: tr("Working time on the backend"),
    }
    return names.get(Column(column), "")


def state_colour(row: Row) -> str:
    """The colour for the mark and text of a state; the state is clear without it."""
    doubtful = row.entry.objection and not row.is_live
    colour: str = getattr(theme.tokens(), "candidate" if doubtful else row.state.colour)
    return colour


def second_line(row: Row) -> str:
    """The text below the name in the narrow list."""
    entry = row.entry
    if row.is_live:
        return row.said
    if entry.cv_mean is not None or entry.accuracy is not None:
        first = words.folds_words(entry.cv_mean, entry.cv_std) if entry.cv_mean is not None else fixed(entry.accuracy)
    else:
        first = row.said
    features = words.features_words(entry.features).lower() if entry.features == Features.BLIND else ""
    if entry.objection and first != row.said:
        first = tr("{score}, contradicted", score=first)
    parts = (first, features, words.short_when_words(entry.created_at), entry.dataset)
    return " · ".join(part for part in parts if part)


def details(row: Row) -> str:
    """The texts of all columns, for a tooltip."""
    lines = (
        f"{header(column)}: {SPECS[column].show(row)}"
        for column in Column
        if column not in (Column.STAR, Column.NAME) and SPECS[column].show(row) != NONE
    )
    return "\n".join((row.entry.title, *lines))


def spoken(row: Row) -> str:
    """A run in one sentence, for a screen reader."""
    starred = tr("starred, ") if row.entry.starred else ""
    return f"{row.entry.title}, {starred}{row.said}, {second_line(row)}"

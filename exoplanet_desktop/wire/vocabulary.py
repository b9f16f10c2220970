"""The closed vocabularies of the wire contract."""

from enum import StrEnum


class Satellite(StrEnum):
    """A mission's catalog at the NASA Exoplanet Archive."""

    KOI = "KOI"
    K2 = "K2"
    TOI = "TOI"


class Model(StrEnum):
    """A kind of classifier, as `model` (train) and `model_type` (predict) name it."""

    XGB = "xgb"
    RF = "rf"
    GB = "gb"
    DT = "dt"
    LR = "lr"
    SVM = "svm"

    @property
    def display_name(self) -> str:
        return _MODEL_TITLES[self]


_MODEL_TITLES = {
    Model.XGB: "XGBoost",
    Model.RF: "Random forest",
    Model.GB: "Gradient boosting",
    Model.DT: "Decision tree",
    Model.LR: "Logistic regression",
    Model.SVM: "Support vector machine",
}


class Features(StrEnum):
    """Which columns a classifier may see.

    VETTED has all columns, also those that encode the human verdict; BLIND leaves these out.
    """

    VETTED = "vetted"
    BLIND = "blind"

    @property
    def display_name(self) -> str:
        return "Vetted" if self is Features.VETTED else "Blind"


class Balance(StrEnum):
    """How rows weigh in training: each alike, or each class alike."""

    NONE = "none"
    BALANCED = "balanced"


class ModelLabels(StrEnum):
    """What a training does with rows whose label a model made: `label_source` says so in merged files."""

    LEAVE_OUT = "leave out"
    USE = "use"


class KnownRows(StrEnum):
    """How a prediction answers rows that the model learnt from.

    HELD_OUT: as the fold that had not seen them; MODEL: as the model that has.
    """

    HELD_OUT = "held-out"
    MODEL = "model"


READING_BYTES = 60_000  # of the JSON text that says how a file is to be read, and of that of all files of a merge

SEEN_COLUMN = "seen_in_training"  # appended to a prediction: "yes" for rows that the model learnt from, else "no"


class Status(StrEnum):
    """State of a job. CANCELLED is an extension of our engine."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        return self in (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)


class Disposition(StrEnum):
    """The three classes, in the order that every matrix and every probability uses."""

    CANDIDATE = "CANDIDATE"
    CONFIRMED = "CONFIRMED"
    FALSE_POSITIVE = "FALSE POSITIVE"

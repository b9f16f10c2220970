"""The closed vocabularies of the wire contract."""

from enum import StrEnum


class Satellite(StrEnum):
    """A mission's catalog at the NASA Exoplanet Archive."""

    KOI = "KOI"
    K2 = "K2"
    TOI = "TOI"


class Model(StrEnum):
    """A kind of classifier, as named by `model` (train) and `model_type` (predict)."""

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
    """Which columns a classifier may use.

    VETTED has all columns, including those that encode the human verdict; BLIND leaves those out.
    """

    VETTED = "vetted"
    BLIND = "blind"

    @property
    def display_name(self) -> str:
        return "Vetted" if self is Features.VETTED else "Blind"


class Balance(StrEnum):
    """How training weighs rows: equally per row, or balanced by class."""

    NONE = "none"
    BALANCED = "balanced"


class ModelLabels(StrEnum):
    """What a training does with rows labelled by a model, which merged files mark in `label_source`."""

    LEAVE_OUT = "leave out"
    USE = "use"


class KnownRows(StrEnum):
    """How a prediction classifies rows that the model was trained on.

    HELD_OUT: with the fold that did not see them; MODEL: with the model that did.
    """

    HELD_OUT = "held-out"
    MODEL = "model"


class Duplicates(StrEnum):
    """A rule for duplicates.

    EXACT: rows that say the same in all cells: as numbers where both are numbers (`0.9690` and `0.969`), missing ones
        alike; the first stays. This is what the wire contract asks for.
    BY_IDENTIFIER_…: rows with the same identifier; the first, the last, or the one with the most cells stays (the
        first of these). Rows without an identifier all stay.
    NONE: all rows stay.
    """

    NONE = "none"
    EXACT = "exact"
    BY_IDENTIFIER_FIRST = "first"
    BY_IDENTIFIER_LAST = "last"
    BY_IDENTIFIER_MOST_COMPLETE = "most-complete"

    @property
    def by_identifier(self) -> bool:
        return self not in (Duplicates.NONE, Duplicates.EXACT)


READING_BYTES = 60_000  # of the JSON text that says how a file is to be read, and of that of all files of a merge


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


WAITING = "WAITING"  # of a run that is not sent yet: it waits for a backend that does not answer
SENDING = "SENDING"  # of a run that is being sent; after a crash nobody knows whether all of it arrived
FINAL_STATUSES = tuple(str(status) for status in Status if status.is_final)
RUN_STATUSES = (WAITING, SENDING, *(str(status) for status in Status))  # that a run can have in the record


class RunKind(StrEnum):
    """What a run of the record did. TRAIN_ALL trains every model one after another; their runs are its parts."""

    TRAIN = "train"
    TRAIN_ALL = "train-all"
    PREDICT = "predict"
    MERGE = "merge"


class Disposition(StrEnum):
    """The three classes, in the order of every matrix and every probability."""

    CANDIDATE = "CANDIDATE"
    CONFIRMED = "CONFIRMED"
    FALSE_POSITIVE = "FALSE POSITIVE"

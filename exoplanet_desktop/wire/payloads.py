"""Typed payloads of all calls of the wire contract.

Replies come from servers outside our control: unknown fields are kept (`model_extra`), optional ones may be missing or
null. Values are checked here, once: every number is finite and within `ranges`, whatever the server sent. Fields that
only our engine sends are marked as extensions.
"""

from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from exoplanet_desktop.wire.ranges import Number, Whole, named, usable
from exoplanet_desktop.wire.vocabulary import Status

FELT = 0.02  # loss of accuracy


class Payload(BaseModel):
    """A reply, or a part of one.

    A value that cannot be used does not spoil the rest: the field is left out if it may be missing, the entry if it is
    one of a list, and `unusable` says which. A required field is still refused.
    """

    # protected_namespaces: pydantic would warn about contract fields such as `model_path`.
    model_config = ConfigDict(extra="allow", protected_namespaces=(), ser_json_inf_nan="null")

    RAW: ClassVar[frozenset[str]] = frozenset()
    """Fields that are checked elsewhere: a result when it is parsed, a row when it is read."""
    EXACT: ClassVar[frozenset[str]] = frozenset({"ok", "error", "status", "message"})
    """Fields that are never left out, because their absence means something else."""

    _unusable: list[str] = PrivateAttr(default_factory=list)

    @property
    def unusable(self) -> str:
        """The fields and entries that were left out, in words; "" if all could be used."""
        return named(self._unusable)

    @property
    def unusable_count(self) -> int:
        return len(self._unusable)

    @model_validator(mode="wrap")
    @classmethod
    def _usable(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(data, dict):
            return handler(data)
        found: list[str] = []
        try:
            told = {name: item if name in cls.RAW else usable(item, found, str(name)) for name, item in data.items()}
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        try:
            made = handler(told)
        except ValidationError as error:
            made = handler(cls._without(told, error, found))
        for item in vars(made).values():
            for part in item if isinstance(item, list) else (item,):
                if isinstance(part, Payload):
                    found += part._unusable
        made._unusable = found
        return made

    @classmethod
    def _without(cls, told: dict[str, Any], error: ValidationError, found: list[str]) -> dict[str, Any]:
        """The reply without the values that `error` is about. Raises it again if one of them is required."""
        entries: dict[str, set[int]] = {}
        dropped: set[str] = set()
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            match problem["loc"]:
                case (str(name), int(place), *_) if cls._has_entries(name, told.get(name)):
                    entries.setdefault(name, set()).add(place)
                case (str(name), *_) if cls._may_be_missing(name):
                    dropped.add(name)
                case _:
                    raise error
        for name in dropped:
            found.append(name)
        for name, places in entries.items():
            found += [f"{name}, entry {place + 1}" for place in sorted(places)]
        return {
            name: [one for place, one in enumerate(item) if place not in entries[name]] if name in entries else item
            for name, item in told.items()
            if name not in dropped
        }

    @classmethod
    def _has_entries(cls, name: str, value: Any) -> bool:
        """Whether the value is a list of objects: numbers belong to each other by their places."""
        return name not in cls.EXACT and isinstance(value, list) and any(isinstance(one, dict) for one in value)

    @classmethod
    def _may_be_missing(cls, name: str) -> bool:
        field = cls.model_fields.get(name)
        return field is not None and not field.is_required() and name not in cls.EXACT


class ErrorReply(Payload):
    ok: bool = False
    error: str


class TrainAccepted(Payload):
    """202 of POST /api/train, and of predict and merge with `async` (extension)."""

    ok: bool = True
    message: str = ""
    job_id: str
    status: str = Status.PENDING
    status_url: str
    logs_url: str
    info: str | None = None


class ClassScore(Payload):
    """Scores of one class (extension). `support` counts rows."""

    precision: Number | None = None
    recall: Number | None = None
    f1: Number | None = None
    support: Whole = 0


class LeftOut(Payload):
    """Rows that a training did not use (extension); `lines` are the first few of their line numbers."""

    reason: str
    count: Whole
    lines: list[Whole] = Field(default_factory=list)


class CellCount(Payload):
    """Cells of a column that were not read as written (extension).

    Attributes:
        column: its name.
        kind: the reason: `unread` (neither a number nor missing), or another word of catalogs.account.
        count: number of cells.
        line: line number of the first one in the file, from 1.
        example: its text.
        sentence: the finding for a reader.
    """

    column: str
    kind: str
    count: Whole
    line: Whole
    example: str
    sentence: str


class Worth(Payload):
    """A model's accuracy without the columns that a file lacks, measured on held-out rows (extension).

    Attributes:
        accuracy: share of held-out rows classified correctly without the absent columns.
        with_all: the same with all columns.
        absent: the training columns that the file lacks.
        rows: number of held-out rows in the measurement.
    """

    accuracy: Number
    with_all: Number
    absent: list[str]
    rows: Whole = 0

    @property
    def is_felt(self) -> bool:
        """Whether the loss is large enough to report before any prediction."""
        return self.with_all - self.accuracy > FELT


class Evaluation(Payload):
    """The protocol behind the scores (extension).

    `model_labels_used` and `model_labels_left_out` count rows labelled by a model, not a person.
    """

    protocol: str
    folds: Whole
    holdout: Number
    groups: str
    group_count: Whole = 0
    seed: Whole
    rows_used: Whole
    rows_left_out: list[LeftOut] = Field(default_factory=list)
    fold_accuracy: list[Number] = Field(default_factory=list)
    balance: str = "none"
    model_labels_used: Whole = 0
    model_labels_left_out: Whole = 0
    notes: list[str] = Field(default_factory=list)


class Importance(Payload):
    """Permutation importance on held-out rows: the loss of accuracy when a column is shuffled (extension)."""

    feature: str
    mean: Number
    std: Number


class AllRowScores(Payload):
    """Scores over all rows, each predicted by the fold model that had not seen it (extension).

    Attributes:
        rows: number of rows.
        largest_class: the most frequent class.
        largest_share: its share of the rows, which is the accuracy of always answering it.
        per_class: the scores of each class.

    The others are defined as in `TrainResult`; None for undefined ones.
    """

    rows: Whole = 0
    largest_class: str = ""
    largest_share: Number | None = None
    accuracy: Number | None = None
    balanced_accuracy: Number | None = None
    f1_macro: Number | None = None
    mcc: Number | None = None
    auc_score: Number | None = None
    log_loss: Number | None = None
    brier: Number | None = None
    ece: Number | None = None
    per_class: dict[str, ClassScore] = Field(default_factory=dict)


class TrainResult(Payload):
    """`result` of a finished training. The first block belongs to the reference contract."""

    accuracy: Number | None = None
    cv_mean: Number | None = None
    cv_std: Number | None = None
    auc_score: Number | None = None
    cm_image_path: str | None = None
    cm_image_url: str | None = None
    cm_norm_image_path: str | None = None
    cm_norm_image_url: str | None = None
    model_path: str | None = None
    model_url: str | None = None
    elapsed_sec: Number | None = None

    # Extensions of our engine.
    labels: list[str] | None = None
    confusion_matrix: list[list[Whole]] | None = None
    per_class: dict[str, ClassScore] | None = None
    balanced_accuracy: Number | None = None
    f1_macro: Number | None = None
    mcc: Number | None = None
    log_loss: Number | None = None
    brier: Number | None = None
    ece: Number | None = None
    all_rows: AllRowScores | None = None
    intervals: dict[str, tuple[Number | None, Number | None]] | None = None
    curves: dict[str, Any] | None = None
    features: str | None = None
    feature_columns: list[str] | None = None
    evaluation: Evaluation | None = None
    importance: list[Importance] | None = None
    leaks: dict[str, Any] | None = None
    blind: dict[str, Any] | None = None
    data_digest: str | None = None
    model_version: str | None = None
    cells: list[CellCount] | None = None
    absent: list[str] | None = None  # feature columns that the file lacks or that are empty in it
    versions: dict[str, str] | None = None
    held_out_path: str | None = None
    held_out_url: str | None = None


class JobStatus(Payload):
    """Reply of a status_url. The last block is an extension of our engine; times are ISO 8601, UTC.

    `result` stays raw here, because a predict or merge job (extension) returns its reply in it.
    """

    RAW: ClassVar[frozenset[str]] = frozenset({"result"})
    EXACT: ClassVar[frozenset[str]] = Payload.EXACT | {"result"}

    ok: bool = True
    job_id: str
    status: str
    params: dict[str, Any] = Field(default_factory=dict)
    result: dict[str, Any] | None = None
    error: str | None = None

    error_code: str | None = None
    progress: Number | None = None
    stage: str | None = None
    queue_position: Whole | None = None
    created_at: str | None = None
    started_at: str | None = None
    finished_at: str | None = None


class JobList(Payload):
    ok: bool = True
    count: Whole
    jobs: list[JobStatus]


class Logs(Payload):
    ok: bool = True
    job_id: str
    tail: Whole | None = None
    logs: str = ""
    next_offset: Whole | None = None


class PredictReply(Payload):
    """Reply of POST /api/predict. `from_row` and `to_row` count data rows from 0, both inclusive.

    The rows of `results` stay as they came: they have the columns of the file, whose numbers may be of any size.
    """

    RAW: ClassVar[frozenset[str]] = frozenset({"results"})
    EXACT: ClassVar[frozenset[str]] = Payload.EXACT | {"results"}

    ok: bool = True
    satellite: str
    model_type: str | None = None
    from_row: Whole | None = None
    to_row: Whole | None = None
    total_predicted: Whole
    csv_file: str
    results: list[dict[str, Any]] = Field(default_factory=list)

    # Extensions of our engine.
    features: str | None = None
    model_version: str | None = None
    class_counts: dict[str, Whole] | None = None
    agreement: dict[str, Whole] | None = None
    notes: list[str] | None = None
    worth: Worth | None = None
    seen: Whole | None = None  # rows that the model was trained on
    known_rows: str | None = None  # how they were classified, a word of KnownRows
    without: list[str] | None = None  # columns that a reduced model leaves out
    cells: list[CellCount] | None = None


class MergeReply(Payload):
    """Reply of POST /api/merge; `expires_in` (seconds) is the lifetime of the merge token.

    `rows_each` and `dropped_each` (by the rule) count rows per file, in file order; `filled` counts rows whose label
    was predicted.
    """

    ok: bool = True
    message: str = ""
    merged_filename: str
    merged_rows: Whole
    merged_url: str
    merge_token: str | None = None
    expires_in: Whole | None = None

    # Extensions of our engine.
    rule: str | None = None
    rows_each: list[Whole] | None = None
    dropped_each: list[Whole] | None = None
    duplicates: Whole | None = None
    filled: Whole | None = None
    notes: list[str] | None = None
    cells: list[CellCount] | None = None


class MergedFile(Payload):
    filename: str
    url: str
    rows: Whole | None = None
    size_bytes: Whole | None = None
    modified: str | None = None
    merge_token: str | None = None
    rel_path: str | None = None


class MergeList(Payload):
    ok: bool = True
    count: Whole
    files: list[MergedFile]


class UploadedFile(Payload):
    filename: str
    size_bytes: Whole | None = None
    url: str


class UploadList(Payload):
    ok: bool = True
    count: Whole
    files: list[UploadedFile]


class MergeTrainReply(Payload):
    """Reply of POST /api/merge-train: `ok` is always true, so only `job_started` and `error` are informative."""

    ok: bool = True
    job_started: bool = False
    error: str | None = None
    merged_filename: str | None = None
    merged_rows: Whole | None = None
    merged_url: str | None = None
    job_id: str | None = None
    status_url: str | None = None
    logs_url: str | None = None


class Health(Payload):
    """Reply of GET /api/health (extension); tells our engine from a reference backend."""

    ok: bool = True
    name: str
    version: str
    extensions: list[str] = Field(default_factory=list)
    satellites: list[str] = Field(default_factory=list)
    models: list[str] = Field(default_factory=list)
    features: list[str] = Field(default_factory=list)
    limits: dict[str, Whole] = Field(default_factory=dict)

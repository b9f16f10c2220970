"""Typed payloads of all calls of the wire contract.

Replies come from servers outside our control: unknown fields are kept (`model_extra`), optional ones may be missing or
null, and numbers may be NaN. Fields that only our engine sends are marked as extensions.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from exoplanet_desktop.wire.vocabulary import Status

FELT = 0.02  # loss of accuracy


class Payload(BaseModel):
    # protected_namespaces: pydantic would warn about contract fields such as `model_path`.
    model_config = ConfigDict(extra="allow", protected_namespaces=(), ser_json_inf_nan="null")


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

    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    support: int = 0


class LeftOut(Payload):
    """Rows that a training did not use (extension); `lines` are the first few of their line numbers."""

    reason: str
    count: int
    lines: list[int] = Field(default_factory=list)


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
    count: int
    line: int
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

    accuracy: float
    with_all: float
    absent: list[str]
    rows: int = 0

    @property
    def is_felt(self) -> bool:
        """Whether the loss is large enough to report before any prediction."""
        return self.with_all - self.accuracy > FELT


class Evaluation(Payload):
    """The protocol behind the scores (extension).

    `model_labels_used` and `model_labels_left_out` count rows labelled by a model, not a person.
    """

    protocol: str
    folds: int
    holdout: float
    groups: str
    group_count: int = 0
    seed: int
    rows_used: int
    rows_left_out: list[LeftOut] = Field(default_factory=list)
    fold_accuracy: list[float] = Field(default_factory=list)
    balance: str = "none"
    model_labels_used: int = 0
    model_labels_left_out: int = 0
    notes: list[str] = Field(default_factory=list)


class Importance(Payload):
    """Permutation importance on held-out rows: the loss of accuracy when a column is shuffled (extension)."""

    feature: str
    mean: float
    std: float


class AllRowScores(Payload):
    """Scores over all rows, each predicted by the fold model that had not seen it (extension).

    Attributes:
        rows: number of rows.
        largest_class: the most frequent class.
        largest_share: its share of the rows, which is the accuracy of always answering it.
        per_class: the scores of each class.

    The others are defined as in `TrainResult`; None for undefined ones.
    """

    rows: int = 0
    largest_class: str = ""
    largest_share: float | None = None
    accuracy: float | None = None
    balanced_accuracy: float | None = None
    f1_macro: float | None = None
    mcc: float | None = None
    auc_score: float | None = None
    log_loss: float | None = None
    brier: float | None = None
    ece: float | None = None
    per_class: dict[str, ClassScore] = Field(default_factory=dict)


class TrainResult(Payload):
    """`result` of a finished training. The first block belongs to the reference contract."""

    accuracy: float | None = None
    cv_mean: float | None = None
    cv_std: float | None = None
    auc_score: float | None = None
    cm_image_path: str | None = None
    cm_image_url: str | None = None
    cm_norm_image_path: str | None = None
    cm_norm_image_url: str | None = None
    model_path: str | None = None
    model_url: str | None = None
    elapsed_sec: float | None = None

    # Extensions of our engine.
    labels: list[str] | None = None
    confusion_matrix: list[list[int]] | None = None
    per_class: dict[str, ClassScore] | None = None
    balanced_accuracy: float | None = None
    f1_macro: float | None = None
    mcc: float | None = None
    log_loss: float | None = None
    brier: float | None = None
    ece: float | None = None
    all_rows: AllRowScores | None = None
    intervals: dict[str, tuple[float | None, float | None]] | None = None
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

    ok: bool = True
    job_id: str
    status: str
    params: dict[str, Any] = Field(default_factory=dict)
    result: dict[str, Any] | None = None
    error: str | None = None

    error_code: str | None = None
    progress: float | None = None
    stage: str | None = None
    queue_position: int | None = None
    created_at: str | None = None
    started_at: str | None = None
    finished_at: str | None = None


class JobList(Payload):
    ok: bool = True
    count: int
    jobs: list[JobStatus]


class Logs(Payload):
    ok: bool = True
    job_id: str
    tail: int | None = None
    logs: str = ""
    next_offset: int | None = None


class PredictReply(Payload):
    """Reply of POST /api/predict. `from_row` and `to_row` count data rows from 0, both inclusive."""

    ok: bool = True
    satellite: str
    model_type: str | None = None
    from_row: int | None = None
    to_row: int | None = None
    total_predicted: int
    csv_file: str
    results: list[dict[str, Any]] = Field(default_factory=list)

    # Extensions of our engine.
    features: str | None = None
    model_version: str | None = None
    class_counts: dict[str, int] | None = None
    agreement: dict[str, int] | None = None
    notes: list[str] | None = None
    worth: Worth | None = None
    seen: int | None = None  # rows that the model was trained on
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
    merged_rows: int
    merged_url: str
    merge_token: str | None = None
    expires_in: int | None = None

    # Extensions of our engine.
    rule: str | None = None
    rows_each: list[int] | None = None
    dropped_each: list[int] | None = None
    duplicates: int | None = None
    filled: int | None = None
    notes: list[str] | None = None
    cells: list[CellCount] | None = None


class MergedFile(Payload):
    filename: str
    url: str
    rows: int | None = None
    size_bytes: int | None = None
    modified: str | None = None
    merge_token: str | None = None
    rel_path: str | None = None


class MergeList(Payload):
    ok: bool = True
    count: int
    files: list[MergedFile]


class UploadedFile(Payload):
    filename: str
    size_bytes: int | None = None
    url: str


class UploadList(Payload):
    ok: bool = True
    count: int
    files: list[UploadedFile]


class MergeTrainReply(Payload):
    """Reply of POST /api/merge-train: `ok` is always true, so only `job_started` and `error` are informative."""

    ok: bool = True
    job_started: bool = False
    error: str | None = None
    merged_filename: str | None = None
    merged_rows: int | None = None
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
    limits: dict[str, int] = Field(default_factory=dict)

"""What a job is, and the messages for its end."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from sqlite3 import Connection as SqliteConnection
from typing import Any

from exoplanet_desktop.errors import AppError, BugError, InputError, MissingColumns
from exoplanet_desktop.server import records
from exoplanet_desktop.server.joblog import JobLog
from exoplanet_desktop.server.processes import WorkerProcess
from exoplanet_desktop.server.store import now
from exoplanet_desktop.wire.vocabulary import Status

Settle = Callable[[SqliteConnection, "Job", Mapping[str, Any]], None]
Reply = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Output:
    """A file that a job makes: its name in the job's work folder, and its reserved place in the store."""

    work_name: str
    folder: str
    name: str

    @property
    def rel_path(self) -> str:
        return f"{self.folder}/{self.name}"


@dataclass(frozen=True)
class Order:
    """The work of a job.

    Attributes:
        kind: `train`, `predict` or `merge`.
        args: the task's arguments, as JSON types.
        params: the arguments that the status reply shows.
        outputs: the files that appear in the store when the job succeeds.
        inputs: relative paths of the stored files that it reads.
        recorded: whether its status can be queried; the work behind a direct answer has none.
        settle: records the consequences of a success (a model, a row count) in the same transaction.
        reply: makes the reply from the task's summary, if only the engine can.
    """

    kind: str
    args: dict[str, Any]
    params: dict[str, Any]
    outputs: tuple[Output, ...] = ()
    inputs: tuple[str, ...] = ()
    recorded: bool = True
    settle: Settle | None = None
    reply: Reply | None = None


@dataclass(eq=False)
class Job:
    """A job that waits, runs or has just ended. `ended` is resolved once its status is final and stored."""

    order: Order
    log: JobLog
    id: str
    status: Status = Status.PENDING
    progress: float | None = None
    stage: str | None = None
    failure: AppError | None = None
    result: bytes | None = None
    created_at: str = field(default_factory=now)
    started_at: str | None = None
    finished_at: str | None = None
    ended: "Future[None]" = field(default_factory=Future)
    cancelled: bool = False
    process: WorkerProcess | None = None

    def record(self) -> records.JobRecord:
        return records.JobRecord(
            id=self.id,
            kind=self.order.kind,
            status=self.status,
            params=self.order.params,
            outputs=tuple(output.rel_path for output in self.order.outputs),
            error=str(self.failure) if self.failure else None,
            error_code=self.failure.code if self.failure else None,
            result=self.result,
            created_at=self.created_at,
            started_at=self.started_at,
            finished_at=self.finished_at,
        )


def error_of(code: str, sentence: str) -> AppError:
    """The error that a job process reported, as the class for its code."""
    if code == MissingColumns.code:
        return InputError(sentence)  # the sentence already contains its names
    return _BY_CODE.get(code, BugError)(sentence)


def _tree(root: type[AppError]) -> list[type[AppError]]:
    return [root, *(found for child in root.__subclasses__() for found in _tree(child))]


_BY_CODE: dict[str, type[AppError]] = {found.code: found for found in _tree(AppError)}

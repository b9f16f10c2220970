"""Jobs at a backend: watching one to its end, and what that end means for a user."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pydantic

from exoplanet_desktop.client.backend import Backend
from exoplanet_desktop.client.bounds import MOST_CLASSES, bounded_log
from exoplanet_desktop.client.http_errors import as_clause, is_sentence, not_the_contract, readable
from exoplanet_desktop.client.transfers import ShouldStop
from exoplanet_desktop.errors import (
    AppError,
    Cancelled,
    InputError,
    NoAnswer,
    NoModel,
    UnavailableError,
    UnreadableFile,
)
from exoplanet_desktop.wire.payloads import JobStatus, MergeReply, Payload, PredictReply, TrainAccepted, TrainResult
from exoplanet_desktop.wire.vocabulary import Status

P = TypeVar("P", bound=Payload)

SILENT_FOR_S = 60.0  # how long a backend may not answer, as one that restarts does, before a job is given up
STILL_AFTER_S = 300.0  # a training of a reference backend says nothing for over a minute
_INPUT_KINDS = {kind.code: kind for kind in (InputError, UnreadableFile, NoModel)}


@dataclass(frozen=True)
class Outcome:
    """What the final status of a training means: either its `result`, or the `error` that tells why there is none.

    `warnings` tell what of the result was left out, a sentence each.
    """

    result: TrainResult | None = None
    error: AppError | None = None
    warnings: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Why there is no result; "" where there is one."""
        return str(self.error) if self.error else ""


def is_final(status: JobStatus) -> bool:
    """Whether a job has ended; a word that is not of the contract counts as still running."""
    try:
        return Status(status.status.strip().upper()).is_final
    except ValueError:
        return False


def judge(status: JobStatus) -> Outcome:
    """What the final status of a training means for a user.

    SUCCEEDED without metrics is a failure: a job of a reference backend that failed inside ends so.
    """
    if error := _failure(status):
        return Outcome(error=error)
    try:
        result = TrainResult.model_validate(status.result or {})
    except pydantic.ValidationError as error:
        return Outcome(error=not_the_contract("The backend", "the result of a training", b"", error))
    measured = (result.accuracy, result.cv_mean)
    if not any(value is not None and math.isfinite(value) for value in measured):
        return Outcome(
            error=UnavailableError(
                "The backend calls the training a success but sent no metrics, so it failed. The log may show why; "
                "check the label column and the other columns of the file."
            )
        )
    return _without_excess(result)


def _without_excess(result: TrainResult) -> Outcome:
    """The same without figures of so many classes that no catalog has them and no window can show them."""
    classes = max(len(result.labels or ()), len(result.confusion_matrix or ()), len(result.per_class or ()))
    if classes <= MOST_CLASSES:
        return Outcome(result=result)
    fields = ("labels", "confusion_matrix", "per_class", "curves")
    sentence = (
        f"The backend reports {classes:,} classes, which no planet catalog has, so their figures are left out: it "
        "read another column as the label."
    )
    return Outcome(result=result.model_copy(update=dict.fromkeys(fields)), warnings=(sentence,))


def prediction_of(status: JobStatus) -> PredictReply:
    """The reply that a finished prediction job holds. Raises the AppError that tells why there is none."""
    return _reply(PredictReply, status, "a prediction")


def merge_of(status: JobStatus) -> MergeReply:
    """The reply that a finished merge job holds. Raises the AppError that tells why there is none."""
    return _reply(MergeReply, status, "a merged file")


def _reply(kind: type[P], status: JobStatus, noun: str) -> P:
    if error := _failure(status):
        raise error
    try:
        return kind.model_validate(status.result or {})
    except pydantic.ValidationError as error:
        raise not_the_contract("The backend", noun, repr(status.result).encode(), error) from error


def _failure(status: JobStatus) -> AppError | None:
    word = status.status.strip().upper()
    if word == Status.SUCCEEDED and not status.error:
        return None
    if word == Status.CANCELLED:
        return Cancelled("The job was cancelled.")
    reason = readable(status.error or "")
    # Our own engine tells whose fault it was; without that word it is taken for the backend's.
    kind = _INPUT_KINDS.get(status.error_code or "", UnavailableError)
    if reason and is_sentence(reason):
        return kind(reason)
    told = as_clause(reason) if reason else "the backend gives no reason."
    return kind(f"The job failed: {told} The log has the details.")


class LogReader:
    """Reads the log of one job, each part once: by offset where the backend can, else out of the whole log.

    Attributes:
        backend: who is asked; one that was started again at another address goes on where it was.
    """

    def __init__(
        self, backend: Backend, logs_url: str, *, repeat: bool = True, should_stop: ShouldStop | None = None
    ) -> None:
        self.backend = backend
        self._url, self._repeat, self._should_stop = logs_url, repeat, should_stop
        self._by_offset = backend.has("logs-offset")
        self._offset, self._seen = 0, ""

    def new(self) -> str:
        """What came since the last call."""
        offset = self._offset if self._by_offset else None
        logs = self.backend.logs(self._url, offset, repeat=self._repeat, should_stop=self._should_stop)
        if self._by_offset and logs.next_offset is not None:
            self._offset = logs.next_offset
            return bounded_log(logs.logs)
        new = logs.logs[len(self._seen) :] if logs.logs.startswith(self._seen) else logs.logs
        self._seen = logs.logs
        return bounded_log(new)


def follow(
    backend: Backend,
    accepted: TrainAccepted,
    on_status: Callable[[JobStatus], None] | None = None,
    on_log: Callable[[str], None] | None = None,
    should_stop: ShouldStop | None = None,
    on_quiet: Callable[[str], None] | None = None,
) -> JobStatus:
    """Watches a job until it has ended, and returns its final status.

    Args:
        on_status: called with every status; `on_log` with every new part of the log.
        should_stop: when it says so, the job is stopped at the backend, where that can be, and Cancelled is raised.
        on_quiet: called with a sentence when the backend does not answer, or nothing has moved for long.

    Raises NoAnswer where the backend does not answer for a minute.
    """
    watch = _Watch(backend, accepted, on_status, on_log, on_quiet)
    try:
        while not watch.ask():
            _pause(watch.interval_s, should_stop)
    except BaseException as error:
        if isinstance(error, Cancelled) or not isinstance(error, Exception):  # Ctrl+C and SIGTERM among them
            _stop(backend, accepted.job_id)
        raise
    return watch.last


class _Watch:
    def __init__(
        self,
        backend: Backend,
        accepted: TrainAccepted,
        on_status: Callable[[JobStatus], None] | None,
        on_log: Callable[[str], None] | None,
        on_quiet: Callable[[str], None] | None,
    ) -> None:
        self._backend, self._accepted = backend, accepted
        self._on_status, self._on_log, self._on_quiet = on_status, on_log, on_quiet
        self._log = LogReader(backend, accepted.logs_url) if on_log else None
        self._started = self._answered = self._moved = time.monotonic()
        self._told_still = False
        self._state: object = None
        self.last: JobStatus

    @property
    def interval_s(self) -> float:
        """Often at first, when most jobs end, and ever more seldom."""
        return min(2.0, max(0.3, (time.monotonic() - self._started) / 30))

    def ask(self) -> bool:
        """One question; whether the job has ended."""
        try:
            # The status before the log: with a final status, the log is then whole.
            self.last = self._backend.status(self._accepted.status_url)
            new = self._log.new() if self._log else ""
        except NoAnswer as error:
            if time.monotonic() - self._answered > SILENT_FOR_S:
                raise
            self._quiet(f"{error} Trying again.")
            return False
        self._answered = time.monotonic()
        if self._on_status:
            self._on_status(self.last)
        if new and self._on_log:
            self._on_log(new)
        self._notice_stillness(new)
        return is_final(self.last)

    def _notice_stillness(self, new_log: str) -> None:
        state = (self.last.status, self.last.progress, self.last.stage, self.last.queue_position)
        if new_log or state != self._state:
            self._state, self._moved, self._told_still = state, time.monotonic(), False
        elif not self._told_still and time.monotonic() - self._moved > STILL_AFTER_S:
            # A reference backend that was restarted says RUNNING for ever.
            self._told_still = True
            self._quiet(
                f"No progress for {STILL_AFTER_S / 60:.0f} minutes. If the backend was restarted, start the job again."
            )

    def _quiet(self, sentence: str) -> None:
        if self._on_quiet:
            self._on_quiet(sentence)


def _pause(seconds: float, should_stop: ShouldStop | None) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if should_stop and should_stop():
            raise Cancelled("Stopped as you asked.")
        time.sleep(min(left, 0.1))


def _stop(backend: Backend, job_id: str) -> None:
    """Stops a job that nobody waits for any more; one that cannot be stopped ends by itself."""
    try:
        if backend.has("cancel"):
            backend.cancel(job_id)
    except AppError:
        return

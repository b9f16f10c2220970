"""Jobs at a backend: following one to its end, and interpreting that end for the user."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pydantic

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.http_errors import as_clause, is_sentence, not_the_contract, readable
from exoplanet_desktop.client.http.transfers import ShouldStop
from exoplanet_desktop.client.jobs.events import Ended, JobEvent, LogGrew, Progressed, Silent, Stalled
from exoplanet_desktop.client.jobs.tracker import COMMAND_LINE, JobReply, JobTracker
from exoplanet_desktop.errors import (
    AppError,
    Cancelled,
    InputError,
    NoModel,
    UnavailableError,
    UnreadableFile,
)
from exoplanet_desktop.wire.bounds import MOST_BINS, MOST_CLASSES, bounded_log
from exoplanet_desktop.wire.payloads import JobStatus, MergeReply, Payload, PredictReply, TrainAccepted, TrainResult
from exoplanet_desktop.wire.vocabulary import Status

P = TypeVar("P", bound=Payload)

_INPUT_KINDS = {kind.code: kind for kind in (InputError, UnreadableFile, NoModel)}


@dataclass(frozen=True)
class Outcome:
    """The meaning of a training's final status: either its `result`, or the `error` that explains why there is none.

    `warnings` state what was left out of the result, one sentence each.
    """

    result: TrainResult | None = None
    error: AppError | None = None
    warnings: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Why there is no result; "" if there is one."""
        return str(self.error) if self.error else ""


def judge(status: JobStatus) -> Outcome:
    """Interprets the final status of a training for the user.

    SUCCEEDED without metrics is a failure: a reference backend reports an internally failed job that way.
    """
    if error := _failure(status):
        return Outcome(error=error)
    try:
        result = TrainResult.model_validate(status.result or {})
    except pydantic.ValidationError as error:
        return Outcome(error=not_the_contract("The backend", "the result of a training", b"", error))
    if result.accuracy is None and result.cv_mean is None:
        if result.unusable:
            return Outcome(error=not_the_contract("The backend", "the result of a training", b"", result.unusable))
        return Outcome(
            error=UnavailableError(
                "The backend calls the training a success but sent no metrics, so it failed. The log may show why; "
                "check the label column and the other columns of the file."
            )
        )
    return without_excess(result)


def without_excess(result: TrainResult) -> Outcome:
    """The result without charts of so many classes that no catalog has them and no window can show them."""
    curves = [curve for curve in (result.curves or {}).values() if isinstance(curve, dict)]
    by_class = (result.labels, result.confusion_matrix, result.per_class, *curves)
    classes = max(len(one or ()) for one in by_class)
    bins = (result.curves or {}).get("reliability")
    if classes <= MOST_CLASSES:
        if not isinstance(bins, list) or len(bins) <= MOST_BINS:
            return Outcome(result=result)
        rest = {name: curve for name, curve in (result.curves or {}).items() if curve is not bins}
        sentence = f"The backend reports {len(bins):,} bins of confidence, too many to draw, so they are left out."
        return Outcome(result=result.model_copy(update={"curves": rest}), warnings=(sentence,))
    fields = ("labels", "confusion_matrix", "per_class", "curves")
    sentence = (
        f"The backend reports {classes:,} classes, which no planet catalog has, so their figures are left out: it "
        "read another column as the label."
    )
    return Outcome(result=result.model_copy(update=dict.fromkeys(fields)), warnings=(sentence,))


def prediction_of(status: JobStatus) -> PredictReply:
    """The reply in a finished prediction job. Raises the AppError that explains why there is none."""
    return _reply(PredictReply, status, "a prediction")


def merge_of(status: JobStatus) -> MergeReply:
    """The reply in a finished merge job. Raises the AppError that explains why there is none."""
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
    # Our own engine says who is to blame; without that field, it is the backend.
    kind = _INPUT_KINDS.get(status.error_code or "", UnavailableError)
    if reason and is_sentence(reason):
        return kind(reason)
    told = as_clause(reason) if reason else "the backend gives no reason."
    return kind(f"The job failed: {told} The log has the details.")


class LogReader:
    """Reads the log of one job, each part once: by offset if the backend supports it, otherwise from the whole log.

    Attributes:
        backend: the backend to ask; after a restart at another address, reading resumes where it was.
    """

    def __init__(
        self, backend: Backend, logs_url: str, *, repeat: bool = True, should_stop: ShouldStop | None = None
    ) -> None:
        self.backend = backend
        self._url, self._repeat, self._should_stop = logs_url, repeat, should_stop
        self._by_offset = backend.has("logs-offset")
        self._offset, self._seen = 0, ""

    def new(self) -> str:
        """The part written since the last call."""
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
    """Follows a job to its end, and returns its final status.

    Args:
        on_status: called with every status; `on_log` with every new part of the log.
        should_stop: once it returns True, the job is stopped at the backend, if possible, and Cancelled is raised.
        on_quiet: called with a sentence if the backend does not answer, or if the job has long made no progress.

    Raises NoAnswer if the backend does not answer for a minute.
    """
    following = _Following(backend, accepted, on_status, on_log, on_quiet)
    try:
        while (ended := following.ask()) is None:
            _pause(following.interval_s, should_stop)
    except BaseException as error:
        if isinstance(error, Cancelled) or not isinstance(error, Exception):  # includes Ctrl+C and SIGTERM
            _stop(backend, accepted.job_id)
        raise
    if ended.error:
        raise ended.error
    assert ended.status is not None  # it has either
    return ended.status


class _Following:
    """Feeds a JobTracker with replies, and tells the callbacks what it makes of them."""

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
        self._started = time.monotonic()
        self._patience = COMMAND_LINE
        self._tracker = JobTracker(self._patience, self._started)

    @property
    def interval_s(self) -> float:
        """Short at first, when most jobs end, then ever longer."""
        return min(2.0, max(0.3, (time.monotonic() - self._started) / 30))

    def ask(self) -> Ended | None:
        """Ask for the state of the job once; returns how it ended, None while it has not."""
        news: JobReply | AppError
        try:
            # Read the status before the log: with a final status, the log is then complete.
            status = self._backend.status(self._accepted.status_url)
            news = JobReply(status, self._log.new() if self._log else "")
        except AppError as error:
            news = error
        for event in self._tracker.feed(news, time.monotonic()):
            if isinstance(event, Ended):
                return event
            self._tell(event)
        return None

    def _tell(self, event: JobEvent) -> None:
        match event:
            case Progressed(status):
                self._report(status)
            case Stalled(status, is_new=is_new):
                self._report(status)
                if is_new:
                    minutes = self._patience.stalled_after_s / 60
                    self._quiet(
                        f"No progress for {minutes:.0f} minutes. If the backend was restarted, start the job again."
                    )
            case LogGrew(text) if self._on_log:
                self._on_log(text)
            case Silent(problem=problem):
                self._quiet(f"{problem} Trying again.")

    def _report(self, status: JobStatus) -> None:
        if self._on_status:
            self._on_status(status)

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
    """Stops a job that nobody waits for any more; one that cannot be stopped runs to its end."""
    try:
        if backend.has("cancel"):
            backend.cancel(job_id)
    except AppError:
        return

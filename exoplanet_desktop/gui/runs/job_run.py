"""A run that a backend does as a job: followed to its end, and stopped."""

import asyncio
import itertools
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot

from exoplanet_desktop.client.jobs.events import CameBack, Ended, JobEvent, LogGrew, Progressed, Silent, Stalled
from exoplanet_desktop.errors import AppError, Cancelled, NoAnswer
from exoplanet_desktop.gui.base.text import duration, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection, PollerThread, Watch
from exoplanet_desktop.gui.runs.run import Run
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.wire.vocabulary import Status

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import JobStatus, TrainAccepted

log = logging.getLogger("exoplanet_desktop.gui")

_keys = itertools.count(1)

STOP_S = 10.0  # how long a backend that has taken a cancel may keep silent about the end

_AT_BACKEND = {Status.PENDING: RunState.PENDING, Status.RUNNING: RunState.RUNNING}


class JobRun(Run):
    """Signals:
    came_back: what happened while nothing was heard of the job, in a sentence.
    """

    came_back = Signal(str)

    def __init__(
        self,
        kind: str,
        title: str,
        asked: Mapping[str, Any],
        connection: Connection | None,
        workers: Workers,
        poller: PollerThread,
        *,
        can_cancel: bool = False,
        run_id: str = "",
        group_id: str = "",
    ) -> None:
        """`can_cancel`: whether the backend can stop a job. Otherwise as `Run`."""
        super().__init__(
            kind,
            title,
            asked,
            backend_title=connection.title if connection else "",
            can_cancel=can_cancel,
            run_id=run_id,
            group_id=group_id,
        )
        self._connection, self._workers, self._poller = connection, workers, poller
        self._key, self._job_id = 0, ""
        self._end_of_job: asyncio.Future[JobStatus] | None = None

    @property
    def connection(self) -> Connection:
        """The backend that does the job."""
        assert self._connection is not None  # only a training out of the record has none
        return self._connection

    async def follow(self, accepted: "TrainAccepted") -> "JobStatus":
        """The final status of a job. Raises AppError where the backend no longer knows it, Cancelled after `leave`."""
        self._key, self._job_id = next(_keys), accepted.job_id
        self._end_of_job = asyncio.get_running_loop().create_future()
        self._become(RunState.PENDING)
        self._poller.happened.connect(self._take_events)
        self._poller.add(Watch(self._key, self.connection, accepted.status_url, accepted.logs_url))
        try:
            if self.should_stop():
                await self.cancel()
            return await self._end_of_job
        finally:
            self._poller.drop(self._key)
            self._poller.happened.disconnect(self._take_events)

    def ask_now(self) -> None:
        """Ask the backend at once how the job is getting on, not when the next question is due."""
        if self._is_followed():
            self._poller.ask_now(self._key)

    async def cancel(self) -> None:
        """Stop sending, or ask the backend to stop the job; where it cannot, or does not answer, follow no longer."""
        await super().cancel()
        if not self._is_followed():
            return
        if not self._snapshot.can_cancel:
            self._stop_following()
            return
        self._tell_cancelling()
        try:
            await self._workers.call(self.connection.backend.cancel, self._job_id)
        except AppError as error:
            self._tell_not_cancelled(error)
            self._stop_following()
            return
        await self._stopped()

    def leave(self) -> None:
        """Follow no longer; the job on the backend goes on."""
        super().leave()
        self._stop_following()

    @Slot(int, object)
    def _take_events(self, key: int, events: list[JobEvent]) -> None:
        if key == self._key:
            for event in events:
                if self._is_followed():
                    self._take(event)

    def _take(self, event: JobEvent) -> None:
        """What an event of the job means for this run. The only place of the window that looks at events."""
        match event:
            case Progressed(status):
                self._show_status(status)
            case LogGrew(text, is_kept):
                self._take_log(text, is_kept)
            case Silent(for_s, problem):
                self._become(RunState.SILENT, share=None, words=silent_words(for_s, problem))
            case Stalled(status):
                self._show_stalled(event)
            case CameBack():
                self.came_back.emit(came_back_words(event))
            case Ended(error=AppError() as error):
                self._stop_following(error)
            case Ended(status) if status is not None and self._end_of_job is not None:
                self._end_of_job.set_result(status)

    def _show_status(self, status: "JobStatus") -> None:
        """A final status, or a word that is not of the contract, leaves the run as it is."""
        if (state := _AT_BACKEND.get(status.status)) is not None:  # type: ignore[call-overload]
            self._become(state, share=status.progress, words=self._words_of(status))

    def _show_stalled(self, event: Stalled) -> None:
        """Predictions and merges take no notice: nothing can be told that would help."""
        self._show_status(event.status)

    def _words_of(self, status: "JobStatus") -> str:
        return status.stage or tr("Queued …")

    def _take_log(self, text: str, is_kept: bool) -> None:
        """The logs of predictions and merges stay at their backend."""

    def _tell_cancelling(self) -> None:
        """The backend is asked to cancel."""

    def _tell_not_cancelled(self, error: AppError) -> None:
        log.warning("the job could not be cancelled: %s", error)

    def _is_followed(self) -> bool:
        return self._end_of_job is not None and not self._end_of_job.done()

    def _stop_following(self, error: AppError | None = None) -> None:
        if self._end_of_job is not None and not self._end_of_job.done():
            left = tr("The job is no longer watched; it continues on the backend.")
            self._end_of_job.set_exception(error or Cancelled(left))

    async def _stopped(self) -> None:
        """Wait for the end of a job that was asked to stop, but not for ever."""
        assert self._end_of_job is not None  # it is followed
        self.ask_now()
        await asyncio.wait({self._end_of_job}, timeout=STOP_S)
        unconfirmed = tr("The backend was asked to stop the job, but has not confirmed that it stopped.")
        self._stop_following(Cancelled(unconfirmed))

    @contextmanager
    def _finished(self) -> Iterator[None]:
        """Be over once the work within is, with the outcome that it has."""
        try:
            yield
        except Cancelled as error:
            self._finish(RunState.CANCELLED, str(error), failure=str(error))
            raise
        except Exception as error:
            self._finish(RunState.FAILED, str(error), failure=str(error))
            raise
        self._finish(RunState.SUCCEEDED, "", share=1.0)


def silent_words(for_s: float, problem: AppError | None) -> str:
    """For how long nothing came, or nothing of use; it is asked again all the time."""
    if problem is None or isinstance(problem, NoAnswer):
        return tr("No answer for {time}, trying again …", time=duration(for_s))
    return tr("{problem} Trying again …", problem=problem)


def stalled_words(event: Stalled) -> str:
    """Cause and remedy for a training that says RUNNING and does not move."""
    time = duration(event.for_s)
    if event.since_away:
        return tr(
            "No progress for {time}, since the backend was away. If it was restarted, this job is lost: train again. "
            "If not, the job may still be running.",
            time=time,
        )
    return tr(
        "No progress for {time}. If the backend was restarted, this job is lost: train again. If not, the job may "
        "still be running.",
        time=time,
    )


def came_back_words(event: CameBack) -> str:
    """The first answer after a long time without one: why that was, and what has become of the job meanwhile."""
    time = duration(event.after_s)
    why = (
        tr("This computer was asleep for {time}.", time=time)
        if event.was_asleep
        else tr("The backend is answering again, after {time} without a reply.", time=time)
    )
    return f"{why} {_meanwhile(event)}"


def _meanwhile(event: CameBack) -> str:
    if event.has_ended:
        return tr("The job has finished in the meantime.")
    now = _where(event.status)
    if event.before is not None and now == _where(event.before):
        return tr("The job is still at: {stage}.", stage=now)
    return tr("The job has moved on to: {stage}.", stage=now)


def _where(status: "JobStatus") -> str:
    return status.stage or status.status.lower()

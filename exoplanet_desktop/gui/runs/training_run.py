"""One training, from the local files to its result, as the progress dialog and the list of runs show it."""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot

from exoplanet_desktop.client.jobs.events import Stalled
from exoplanet_desktop.errors import AppError, BugError, Cancelled, NoAnswer, UnavailableError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.pacing import Pacing
from exoplanet_desktop.gui.base.workers.poller import Connection, PollerThread
from exoplanet_desktop.gui.runs.held_out import HeldOutStore
from exoplanet_desktop.gui.runs.job_run import JobRun, stalled_words
from exoplanet_desktop.gui.runs.parity import can_be_checked, check
from exoplanet_desktop.gui.runs.parity import kept as kept_parity
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.runs.result_words import cells
from exoplanet_desktop.gui.runs.run import Wish
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.gui.runs.training_upload import TrainingUpload
from exoplanet_desktop.gui.widgets.picture_view import checked_picture
from exoplanet_desktop.record.entry import PARITY
from exoplanet_desktop.record.trained import trained_models
from exoplanet_desktop.wire.vocabulary import SENDING, WAITING, RunKind, Status

if TYPE_CHECKING:
    from exoplanet_desktop.client.http.transfers import Progress, ShouldStop
    from exoplanet_desktop.client.jobs.parity import ParityCheck
    from exoplanet_desktop.record.entry import StoredRun
    from exoplanet_desktop.wire.payloads import JobStatus, TrainAccepted, TrainResult

log = logging.getLogger("exoplanet_desktop.gui")


class TrainingRun(JobRun):
    """Does a training: sends the data, follows the job, fetches what it brought; keeps all of it in the record.

    Signals:
        log_grew: the new part of the log.
        judged: what its backend says of the model was checked.
        wants_to_wait: it shall be sent once its backend answers.
        hurried: its backend shall be asked at once, for which it waits.

    Attributes:
        digest: of the data, once it is known; see `outbox.digest_of`.
        destination: title and address of its backend.
        parity: the outcome of the parity check, as the record keeps it; None where none was made.
        unchecked: why the check, which a plain backend's model gets after its training, could not be made.
        reach: connects to the backend of a run of the past.
    """

    log_grew = Signal(str)
    judged = Signal()
    wants_to_wait = Signal()
    hurried = Signal()
    _merged = Signal(str)

    def __init__(
        self,
        request: TrainTask,
        connection: Connection | None,
        can_cancel: bool,
        workers: Workers,
        poller: PollerThread,
        recorder: RunRecorder,
        run_id: str = "",
        group_id: str = "",
    ) -> None:
        """`connection` is None for a run out of the record whose backend is not in use; `run_id` is its id there."""
        super().__init__(
            RunKind.TRAIN,
            request.title,
            request.to_json(),
            connection,
            workers,
            poller,
            can_cancel=can_cancel,
            run_id=run_id,
            group_id=group_id,
        )
        self._write(can_be_repeated=request.can_be_repeated)
        self.request, self._recorder = request, recorder
        self.held_out = HeldOutStore(workers, recorder)
        self.destination = (connection.title, connection.backend.base_url) if connection else ("", "")
        self.reach: Callable[[], Awaitable[Connection]] | None = None
        self.digest = ""
        self.parity: dict[str, Any] | None = None
        self.unchecked = ""
        self._retrained = False
        self.pictures: dict[str, bytes] = {}
        self._merged.connect(self._take_line)  # a signal, because files are merged in a worker

    @property
    def result(self) -> "TrainResult | None":
        return self._snapshot.result

    @property
    def warnings(self) -> tuple[str, ...]:
        """What speaks against the result, a sentence each."""
        return self._snapshot.warnings

    @property
    def waits(self) -> bool:
        """Whether it is in the outbox."""
        return self._snapshot.waits

    @property
    def connection(self) -> Connection:
        """The backend of the run. Raises UnavailableError for a run of the past whose backend is not in use."""
        if self._connection is None:
            backend = self.backend_title or tr("The backend")
            raise UnavailableError(
                tr("This run's backend, {backend}, is not in use. Choose it in the Backend menu.", backend=backend)
            )
        return self._connection

    @property
    def outlives_window(self) -> bool:
        """Whether the job goes on without this program: it was sent, and the backend is not our own engine."""
        return bool(self._job_id) and self._connection is not None and not self._connection.embedded

    @property
    def can_check_parity(self) -> bool:
        return can_be_checked(self.request, self.backend_title, self.result)

    def is_on(self, connection: Connection | None) -> bool:
        """Whether this is the connection that does the training."""
        return connection is not None and connection is self._connection

    def send_to(self, title: str, address: str) -> None:
        """Take the backend of a run out of the record, which is not connected yet."""
        self.destination = (title, address)
        self._write(backend_title=title)

    def show_past(
        self,
        status: str,
        failure: str,
        log_text: str,
        result: Any,
        pictures: dict[str, bytes],
        warnings: tuple[str, ...] = (),
        *,
        unsent: bool = False,
    ) -> None:
        """Be a run of the record that has ended; `unsent`: before its backend had the data."""
        parity = result.get(PARITY) if isinstance(result, dict) else None
        self.parity = parity if isinstance(parity, dict) else None
        self.pictures = pictures
        read = _readable(result) if status == Status.SUCCEEDED else None
        if status == Status.SUCCEEDED and read is None:
            status, failure = Status.FAILED, tr("Its stored result cannot be read. Train again.")
        self._become(
            RunState.UNSENT if unsent else RunState.of(status, live=False),
            words=ready_words() if read else failure,
            failure=failure,
            log_text=log_text,
            took_s=(read.elapsed_sec if read else None) or 0.0,
            can_wait=unsent and self._is_at_hand(),
            warnings=warnings,
            **_scores(read, self.parity),
        )

    async def work(self) -> None:
        """Send the data, follow the job, fetch the pictures. Never raises: the outcome is in `result` or `failure`."""
        await self._through(self._begin)

    async def take_up(self, accepted: "TrainAccepted") -> None:
        """Follow again a job that was running when the window closed. Never raises, as `work`."""
        await self._through(partial(self._follow_accepted, accepted))

    async def _begin(self) -> None:
        run_id = await self._recorder.begin(
            self.title,
            self.request.to_json(),
            self.connection.title,
            self.connection.backend.base_url,
            group_id=self._snapshot.group_id,
        )
        self._write(run_id=run_id)
        await self._send_and_follow()

    async def _send_and_follow(self) -> None:
        try:
            accepted = await self._workers.call(self._send)
        except NoAnswer as error:
            self._end(RunState.UNSENT, str(error))
            return
        self._recorder.note(
            self.run_id,
            status=str(Status.PENDING),
            job_id=accepted.job_id,
            status_url=accepted.status_url,
            logs_url=accepted.logs_url,
        )
        await self._follow_accepted(accepted)

    async def _follow_accepted(self, accepted: "TrainAccepted") -> None:
        self._become(RunState.PENDING, share=None, words=tr("Waiting for the backend …"))
        await self._bring(await self.follow(accepted))

    def wait(self, digest: str) -> None:
        """Queue this run in the outbox."""
        self.digest = digest
        self._recorder.note(self.run_id, status=WAITING, error="", data_digest=digest or None)
        self.say_waiting(tr("Waiting for {backend}.", backend=self.backend_title))

    def say_waiting(self, words: str) -> None:
        """How the waiting goes on."""
        self._become(RunState.WAITING, share=None, words=words, failure="", took_s=None, can_wait=False)

    async def send_again(self, connection: Connection) -> None:
        """Leave the outbox: send the data to a backend that answers now. Never raises, as `work`."""
        self._connection = connection
        self._recorder.note(self.run_id, status=SENDING, backend_address=connection.backend.base_url)
        self._become(
            RunState.SENDING,
            share=None,
            words=tr("Preparing …"),
            began=time.monotonic(),
            can_cancel=connection.has("cancel"),
        )
        await self._through(self._send_and_follow)

    def give_up(self, failure: str) -> None:
        """It cannot be sent any more."""
        self._end(RunState.FAILED, failure)

    async def _through(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Cancelled as error:
            self._end(RunState.CANCELLED, str(error))
        except AppError as error:
            self._end(RunState.FAILED, str(error))
        except Exception as error:
            log.exception("the training %s failed in this program", self.request.title)
            self._end(
                RunState.FAILED,
                tr("Something went wrong inside the program ({error}). The log has the details.", error=error),
            )

    async def cancel(self) -> None:
        """As `JobRun`; a run in the outbox leaves it."""
        await super().cancel()
        if self.waits:
            self._end(RunState.CANCELLED, tr("Cancelled before it was sent."))

    def ask_now(self) -> None:
        """Poll the job at once, or check at once whether its backend is back."""
        if self.waits:
            self.hurried.emit()
        super().ask_now()

    async def reconnect(self) -> None:
        """Connect to the backend of a past run, in use or not. Raises AppError."""
        if self._connection is None and self.reach is not None:
            self._connection = await self.reach()

    async def kept(self) -> "StoredRun | None":
        """This run as stored in the record; None if it could not be written. Raises AppError."""
        run_id = self.run_id
        return await self._recorder.work(lambda record: record.run(run_id)) if run_id else None

    def check_parity(self, progress: "Progress", should_stop: "ShouldStop") -> "ParityCheck":
        """Check the model against its backend's claims. Blocking: call it in a worker. Raises AppError."""
        if self.result is None:
            raise BugError(tr("This run has no model to check."))
        backend = self.connection.backend
        return check(self.request, self.result, backend, progress, should_stop, retrained=self._retrained)

    def take_parity(self, parity: "ParityCheck") -> None:
        """Record the outcome of a new check, which takes the place of an older one; the worst warning comes first."""
        old = objections_of(self.parity)
        self.parity, self.unchecked = kept_parity(parity), ""
        self._write(
            warnings=(*parity.against, *(warning for warning in self.warnings if warning not in old)),
            **_scores(self.result, self.parity),
        )
        self._recorder.note(self.run_id, result=self._kept_result(), warnings=self.warnings)
        self.judged.emit()

    def save_model(self, target: Path, progress: "Progress", should_stop: "ShouldStop") -> None:
        """Download the model file. Blocking: call it in a worker. Raises AppError."""
        if self.result is None or not self.result.model_url:
            raise BugError(tr("This run has no model to save."))
        self.connection.backend.download(self.result.model_url, target, progress, should_stop)

    def _send(self) -> "TrainAccepted":
        """Runs in a worker."""
        sent = Pacing(tr("Sending"), self.tell, tr("Sent; waiting for the backend …"))
        upload = TrainingUpload(
            self.request, self.connection.backend, self.tell, self._merged.emit, sent, self.should_stop
        )
        return upload.begin()

    async def _bring(self, status: "JobStatus") -> None:
        """Take what a job that has ended brought."""
        from exoplanet_desktop.client.calls.check_values import check_training
        from exoplanet_desktop.client.jobs.jobs import judge

        outcome = await self._workers.call(judge, status)
        if outcome.result is None:
            cancelled = status.status == Status.CANCELLED
            self._end(RunState.CANCELLED if cancelled else RunState.FAILED, outcome.sentence)
            return
        result, asked = outcome.result, self.request
        odd = await self._workers.call(check_training, result, asked.satellite, asked.model, status.params)
        await self._fetch_files(result)
        against = await self._checked(result)
        self._end(
            RunState.SUCCEEDED,
            "",
            warnings=(*against, *odd, *outcome.warnings, *cells(result)),
            **_scores(result, self.parity),
        )

    async def _checked(self, result: "TrainResult") -> tuple[str, ...]:
        """Check the model of a plain backend, which reports an accuracy and no protocol; what that finds against it.

        The check comes before the end, so that no accuracy is shown that the model contradicts.
        """
        if not can_be_checked(self.request, self.backend_title, result) or self.should_stop():
            return ()
        self._become(RunState.RUNNING, share=None, words=tr("Trained. Checking the accuracy that was reported …"))
        try:
            self._retrained = await self._was_trained_before()
            backend, stop = self.connection.backend, self.should_stop
            parity = await self._workers.call(
                partial(check, self.request, result, backend, None, stop, retrained=self._retrained)
            )
        except Cancelled:
            self.unchecked = tr("The check was stopped.")
            return ()
        except AppError as error:
            self.unchecked = str(error)
            self._take_line(tr("The reported accuracy could not be checked: {why}", why=error) + "\n")
            return ()
        self.parity = kept_parity(parity)
        return parity.against

    async def _was_trained_before(self) -> bool:
        """Whether the backend had trained such a model before, as far as the record knows."""
        address = self.connection.backend.base_url
        models = await self._recorder.work(lambda record: trained_models(record, address))
        return (str(self.request.satellite), str(self.request.model)) in models

    async def _fetch_files(self, result: "TrainResult") -> None:
        """Log a file that cannot be fetched; the numbers are there regardless."""
        for name, url in (("counts", result.cm_image_url), ("shares", result.cm_norm_image_url)):
            if not url:
                continue
            try:
                data = await self._workers.call(self._picture, url)
                self.pictures[name] = data
                self._recorder.picture(self.run_id, name, data)
            except AppError as error:
                self._take_line(f"The picture {url} could not be fetched: {error}\n")
        if result.held_out_url and self.run_id:
            try:
                await self.held_out.fetch(self.connection, self.run_id, result.held_out_url)
            except AppError as error:
                self._take_line(f"The held-out rows could not be fetched: {error}\n")

    def _picture(self, url: str) -> bytes:
        """Runs in a worker."""
        return checked_picture(self.connection.backend.fetch(url))

    def _words_of(self, status: "JobStatus") -> str:
        if status.queue_position:
            return tr("Number {number} in the queue", number=status.queue_position)
        return status.stage or (tr("Queued") if status.status == Status.PENDING else tr("Working"))

    def _show_stalled(self, event: Stalled) -> None:
        if event.status.status == Status.RUNNING:
            self._become(RunState.STALLED, share=event.status.progress, words=stalled_words(event))

    def _tell_cancelling(self) -> None:
        self._write(share=None, words=tr("Cancelling …"))

    def _tell_not_cancelled(self, error: AppError) -> None:
        self._take_line(f"The job could not be cancelled: {error}\n")

    @Slot(str)
    def _take_line(self, text: str) -> None:
        """What this program has to add to the log."""
        self._take_log(text, is_kept=True)

    def _take_log(self, text: str, is_kept: bool) -> None:
        if is_kept:  # the record has a measure of its own
            self._write(log_text=self._snapshot.log_text + text)
        self._recorder.log(self.run_id, text)
        self.log_grew.emit(text)

    def _end(self, state: RunState, failure: str, **changes: Any) -> None:
        succeeded = state is RunState.SUCCEEDED
        self._finish(
            state,
            ready_words() if succeeded else failure,
            share=1.0 if succeeded else None,
            failure=failure,
            can_wait=state is RunState.UNSENT and self._is_at_hand(),
            **changes,
        )

    def _keep_end(self) -> None:
        if self._wish is not Wish.LEAVE:
            now = self._snapshot
            self._recorder.note(
                self.run_id,
                status=now.status,
                error=now.failure or None,
                result=self._kept_result(),
                warnings=now.warnings or None,
            )

    def _kept_result(self) -> dict[str, Any] | None:
        if self.result is None:
            return None
        kept = self.result.model_dump(mode="json")
        return kept if self.parity is None else {**kept, PARITY: self.parity}

    def _is_at_hand(self) -> bool:
        """Whether its data can be sent later as well."""
        return self.request.merged is not None or all(path.is_absolute() for path in self.request.paths)


def objections_of(parity: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What a kept check found against its model, as `ParityCheck.against`."""
    found = parity or {}
    return tuple(filter(None, (found.get("contradiction") and found.get("sentence"), found.get("missing"))))


def _scores(result: "TrainResult | None", parity: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a snapshot has of a result."""
    told = {"accuracy", "cv_mean", "cv_std", "auc_score", "elapsed_sec"}
    outcome = {**result.model_dump(include=told), PARITY: parity} if result else None
    return {"result": result, "outcome": outcome}


def _readable(result: Any) -> "TrainResult | None":
    """A kept result; None for what is none, as in an export that somebody has changed."""
    import pydantic

    from exoplanet_desktop.client.jobs.jobs import without_excess
    from exoplanet_desktop.wire.payloads import TrainResult

    try:
        return without_excess(TrainResult.model_validate(result)).result if result else None
    except pydantic.ValidationError:
        return None


def ready_words() -> str:
    return tr("The model is ready: use it in Predict, or save it.")

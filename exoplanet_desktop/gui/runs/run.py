"""One training, from the files on this machine to its result: what the progress dialog and the list of runs show."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from exoplanet_desktop.client.bounds import LONGEST_LOG
from exoplanet_desktop.client.record_entry import SENDING, WAITING
from exoplanet_desktop.errors import AppError, BugError, Cancelled, NoAnswer
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.pacing import Pacing
from exoplanet_desktop.gui.base.workers.poller import Connection, PollerThread
from exoplanet_desktop.gui.runs.held_out import HeldOutStore
from exoplanet_desktop.gui.runs.parity import check
from exoplanet_desktop.gui.runs.parity import kept as kept_parity
from exoplanet_desktop.gui.runs.request import TrainRequest
from exoplanet_desktop.gui.runs.result_words import cells
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.gui.runs.run_state import SILENT, STALLED, RunState, ready_words
from exoplanet_desktop.gui.runs.training_upload import TrainingUpload
from exoplanet_desktop.gui.runs.watch import JobWatch
from exoplanet_desktop.wire.vocabulary import Status

if TYPE_CHECKING:
    from exoplanet_desktop.client.parity import ParityCheck
    from exoplanet_desktop.client.record_entry import Run
    from exoplanet_desktop.client.transfers import Progress, ShouldStop
    from exoplanet_desktop.wire.payloads import TrainAccepted, TrainResult

log = logging.getLogger("exoplanet_desktop.gui")


class TrainingRun(RunState):
    """Does a training: sends the data, watches the job, fetches what it brought; keeps all of it in the record."""

    _merged = Signal(str)

    def __init__(
        self,
        request: TrainRequest,
        connection: Connection | None,
        can_cancel: bool,
        workers: Workers,
        poller: PollerThread,
        recorder: RunRecorder,
        run_id: str = "",
    ) -> None:
        """As `RunState`."""
        super().__init__(request, connection, can_cancel, run_id)
        self.held_out = HeldOutStore(workers, recorder)
        self._workers, self._poller, self._recorder = workers, poller, recorder
        self._watch: JobWatch | None = None
        self._closing = False
        self._merged.connect(self._take_log)  # a signal, because files are merged in a worker

    async def work(self) -> None:
        """Send the data, watch the job, fetch the pictures. Never raises: the outcome is in `result` or `failure`."""
        await self._through(self._begin)

    async def take_up(self, accepted: "TrainAccepted") -> None:
        """Watch again a job that was running when the window closed. Never raises, as `work`."""
        await self._through(partial(self._follow_accepted, accepted))

    async def _begin(self) -> None:
        self.run_id = await self._recorder.begin(
            self.title,
            self.asked(),
            self.connection.title,
            self.connection.backend.base_url,
            group_id=self.group_id,
        )
        self.changed.emit()
        await self._send_and_follow()

    async def _send_and_follow(self) -> None:
        try:
            accepted = await self._workers.call(self._send)
        except NoAnswer:
            self.is_unsent = True
            raise
        self._recorder.note(
            self.run_id,
            status=str(Status.PENDING),
            job_id=accepted.job_id,
            status_url=accepted.status_url,
            logs_url=accepted.logs_url,
        )
        await self._follow_accepted(accepted)

    async def _follow_accepted(self, accepted: "TrainAccepted") -> None:
        self._job_id = accepted.job_id
        self._set(Status.PENDING, None, tr("Waiting for the backend …"))
        await self._follow(accepted)

    def wait(self, digest: str) -> None:
        """Be in the outbox from now on."""
        self.digest = digest
        self._recorder.note(self.run_id, status=WAITING, error="", data_digest=digest or None)
        self.failure, self.is_unsent, self._took = "", False, None
        self.say_waiting(tr("Waiting for {backend}.", backend=self.backend_title))

    def say_waiting(self, words: str) -> None:
        """How the waiting goes on."""
        self._set(WAITING, None, words)

    async def send_again(self, connection: Connection) -> None:
        """Leave the outbox: send the data to a backend that answers now. Never raises, as `work`."""
        self._connection, self.can_cancel = connection, connection.has("cancel")
        self._began = time.monotonic()
        self._recorder.note(self.run_id, status=SENDING, backend_address=connection.backend.base_url)
        self._set(SENDING, None, tr("Preparing …"))
        await self._through(self._send_and_follow)

    def give_up(self, failure: str) -> None:
        """It cannot be sent any more."""
        self._end(Status.FAILED, failure)

    async def _through(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Cancelled as error:
            self._end(Status.CANCELLED, str(error))
        except AppError as error:
            self._end(Status.FAILED, str(error))
        except Exception as error:
            log.exception("the training %s failed in this program", self.request.title)
            self._end(
                Status.FAILED,
                tr("Something went wrong inside the program ({error}). The log has the details.", error=error),
            )

    async def cancel(self) -> None:
        """Stop sending, or ask the backend to cancel; where it cannot, or does not answer, watch no longer."""
        self._stop.set()
        if self.waits:
            self._end(Status.CANCELLED, tr("Cancelled before it was sent."))
            return
        if (watch := self._watch) is None:
            return
        if not self.can_cancel:
            watch.leave()
            return
        self._say(None, tr("Cancelling …"))
        try:
            await self._workers.call(self.connection.backend.cancel, self._job_id)
        except AppError as error:
            self._take_log(f"The job could not be cancelled: {error}\n")
            watch.leave()
            return
        await watch.stopping()

    def ask_now(self) -> None:
        """Ask the backend at once how the job is getting on, or whether it is there."""
        if self.waits:
            self.hurried.emit()
        if self._watch is not None:
            self._watch.ask_now()

    def leave(self) -> None:
        """The window closes: nothing here waits any longer. In the record the run stays unfinished."""
        self._closing = True
        self._stop.set()
        if self._watch is not None:
            self._watch.leave()

    async def reconnect(self) -> None:
        """Reach the backend of a run of the past, whether it is in use or not. Raises AppError."""
        if self._connection is None and self.reach is not None:
            self._connection = await self.reach()

    async def kept(self) -> "Run | None":
        """What the record keeps of this run; None where it could not be written. Raises AppError."""
        run_id = self.run_id
        return await self._recorder.work(lambda record: record.run(run_id)) if run_id else None

    def check_parity(self, progress: "Progress", should_stop: "ShouldStop") -> "ParityCheck":
        """Whether the model does what its backend says of it. Blocking: call it in a worker. Raises AppError."""
        if self.result is None:
            raise BugError(tr("This run has no model to check."))
        return check(self.request, self.result, self.connection.backend, progress, should_stop)

    def take_parity(self, parity: "ParityCheck") -> None:
        """Keep the outcome of the check; a contradiction is a warning that stays."""
        self.parity = kept_parity(parity)
        if parity.contradiction:
            self.warnings = (parity.sentence, *self.warnings)  # the worst first
        self._recorder.note(self.run_id, result=self._kept_result(), warnings=self.warnings)
        self.judged.emit()
        self.changed.emit()

    def save_model(self, target: Path, progress: "Progress", should_stop: "ShouldStop") -> None:
        """Download the model file. Blocking: call it in a worker. Raises AppError."""
        if self.result is None or not self.result.model_url:
            raise BugError(tr("This run has no model to save."))
        self.connection.backend.download(self.result.model_url, target, progress, should_stop)

    def _send(self) -> "TrainAccepted":
        """Runs in a worker."""
        backend, stopped = self.connection.backend, self._stop.is_set
        sent = Pacing(tr("Sending"), self._say, tr("Sent; waiting for the backend …"))
        return TrainingUpload(self.request, backend, self._say, self._merged.emit, sent, stopped).begin()

    async def _follow(self, accepted: "TrainAccepted") -> None:
        from exoplanet_desktop.client.check_values import check_training
        from exoplanet_desktop.client.jobs import judge

        self._watch = JobWatch(self.connection, accepted, self._poller)
        self._watch.changed.connect(self._take_status)
        self._watch.log_grew.connect(self._take_log)
        self._watch.came_back.connect(self.came_back)
        ended = asyncio.ensure_future(self._watch.ended())
        if self._stop.is_set():
            await self.cancel()
        status = await ended
        outcome = judge(status)
        if outcome.result is None:
            cancelled = status.status == Status.CANCELLED
            self._end(Status.CANCELLED if cancelled else Status.FAILED, outcome.sentence)
            return
        self.result, asked = outcome.result, self.request
        odd = check_training(outcome.result, asked.satellite, asked.model, status.params)
        self.warnings = (*odd, *outcome.warnings, *cells(outcome.result))
        await self._fetch_files(outcome.result)
        self._end(Status.SUCCEEDED, "")

    async def _fetch_files(self, result: "TrainResult") -> None:
        """A file that cannot be had is told in the log; the numbers are there all the same."""
        for name, url in (("counts", result.cm_image_url), ("shares", result.cm_norm_image_url)):
            if not url:
                continue
            try:
                data = await self._workers.call(self.connection.backend.fetch, url)
                self.pictures[name] = data
                self._recorder.picture(self.run_id, name, data)
            except AppError as error:
                self._take_log(f"The picture {url} could not be fetched: {error}\n")
        if result.held_out_url and self.run_id:
            try:
                await self.held_out.fetch(self.connection, self.run_id, result.held_out_url)
            except AppError as error:
                self._take_log(f"The held-out rows could not be fetched: {error}\n")

    def _take_status(self) -> None:
        watch = self._watch
        if watch is None or self.is_over:
            return
        if watch.silent_s:
            self.trouble = SILENT
            self._set(self.phase, None, watch.silent_words)
            return
        status = self.status = watch.status
        if status is None or status.status not in (Status.PENDING, Status.RUNNING):
            return
        waiting = status.status == Status.PENDING
        words = status.stage or (tr("Queued") if waiting else tr("Working"))
        if status.queue_position:
            words = tr("Number {number} in the queue", number=status.queue_position)
        # In a long line nothing moves either.
        self.trouble = STALLED if watch.is_stalled and not waiting else ""
        self._set(status.status, status.progress, watch.stalled_words if self.trouble else words)

    @Slot(str)
    def _take_log(self, text: str) -> None:
        if len(self.log_text) < LONGEST_LOG:  # the record has a measure of its own
            self.log_text += text
        self._recorder.log(self.run_id, text)
        self.log_grew.emit(text)

    def _end(self, phase: str, failure: str) -> None:
        self.trouble = ""
        self._took = time.monotonic() - self._began
        self.failure = failure
        succeeded = phase == Status.SUCCEEDED
        if not self._closing:
            result, warnings = self._kept_result(), self.warnings or None
            self._recorder.note(self.run_id, status=str(phase), error=failure or None, result=result, warnings=warnings)
        self._set(phase, 1.0 if succeeded else None, ready_words() if succeeded else failure)
        self.ended.emit()

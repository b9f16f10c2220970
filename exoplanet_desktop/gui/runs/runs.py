"""All trainings: those of this window, and those of the record, which outlives it."""

import logging
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from exoplanet_desktop.errors import AppError, InputError, UnavailableError
from exoplanet_desktop.gui.backends.session import Session, State
from exoplanet_desktop.gui.backends.waiting import WaitingRoom
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection, PollerThread
from exoplanet_desktop.gui.runs.journal import Journal
from exoplanet_desktop.gui.runs.outbox import Outbox
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.wire.vocabulary import Model, RunKind, Status

if TYPE_CHECKING:
    from exoplanet_desktop.gui.runs.batch import Batch
    from exoplanet_desktop.gui.runs.kept import KeptRun
    from exoplanet_desktop.gui.runs.run_state import RunSnapshot
    from exoplanet_desktop.gui.runs.training_run import TrainingRun
    from exoplanet_desktop.record.entry import RunEntry, StoredRun
    from exoplanet_desktop.record.trained import TrainedModel

log = logging.getLogger("exoplanet_desktop.gui")

NOT_SENT = "The program ended before the catalog was sent. Train again, or send it now."
UNREADABLE = "This run's stored options can no longer be read, so it cannot be resumed. Train again."


class Runs(QObject):
    """Signals:
    started: a TrainingRun that the user has started.
    listed: a TrainingRun that is new in `all`, started or resumed.
    past_known: list of RunEntry, the newest runs of the record, newest first.
    grouped: a Batch (all models one after another), and whether it was just started or resumed.
    group_ended: a Batch has ended.
    recorded: a new or changed RunEntry of the record: a prediction, a merge, an imported run.
    changed: a run of this window has changed.
    updated: the RunSnapshot of the run or group that changed.
    ended: a run of this window has ended.
    judged: a parity check has ended.
    """

    started = Signal(object)
    listed = Signal(object)
    past_known = Signal(object)
    grouped = Signal(object, bool)
    group_ended = Signal()
    recorded = Signal(object)
    changed = Signal()
    updated = Signal(object)
    ended = Signal()
    judged = Signal()

    def __init__(
        self, session: Session, workers: Workers, poller: PollerThread, recorder: RunRecorder, notices: Notices
    ) -> None:
        super().__init__()
        self._session, self._workers, self._poller = session, workers, poller
        self._recorder, self._notices = recorder, notices
        self._past: dict[str, TrainingRun] = {}
        self.journal = Journal(recorder, workers)
        self.journal.changed.connect(self.recorded)
        self.all: list[TrainingRun] = []
        self._batches: list[Batch] = []
        self.room = WaitingRoom(session)
        self.outbox = Outbox(self.room, recorder, workers)

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    @property
    def recorder(self) -> RunRecorder:
        return self._recorder

    @property
    def live(self) -> "list[TrainingRun]":
        """The running ones, without those in the outbox."""
        return [run for run in self.all if not run.is_over and not run.waits]

    @property
    def waiting(self) -> "list[TrainingRun]":
        """Those in the outbox."""
        return [run for run in self.all if run.waits]

    @property
    def groups(self) -> "list[Batch]":
        """The trainings of all models that have not ended."""
        return [batch for batch in self._batches if not batch.is_over]

    @aio.slot()
    async def open(self) -> None:
        """Read the record: list its runs, and resume those that had not ended."""
        entries: list[RunEntry] = await self._recorder.open()
        unfinished = await self._recorder.unfinished()
        self.past_known.emit(entries)
        for kept in unfinished:
            if kept.waits and self._wait_again(kept):
                continue
            self.room.wait(kept.backend_title, kept.backend_address, partial(self._take_up, kept))

    def under_way(self, request: TrainTask) -> "TrainingRun | None":
        """This window's unfinished run of exactly this request on the backend in use, if any."""
        asked, connection = request.to_json(), self._session.connection
        return next(
            (run for run in (*self.live, *self.waiting) if run.request.to_json() == asked and run.is_on(connection)),
            None,
        )

    def begin(self, request: TrainTask) -> "TrainingRun":
        """A new run on the backend in use; `await run.work()` runs it. Raises UnavailableError without a backend."""
        if not self._session.takes_work:
            self._session.backend()  # raises with the reason
        if (connection := self._session.connection) is None:
            raise UnavailableError(tr("No backend is in use. Choose one in the Backend menu."))
        run = self._run(request, connection)
        self._list(run)
        self.started.emit(run)
        return run

    def begin_all(self, request: TrainTask) -> "Batch":
        """All models one after another, whichever is chosen; `await batch.work()` runs them. Raises like `begin`."""
        self._session.backend()
        if (connection := self._session.connection) is None:
            raise UnavailableError(tr("No backend is in use. Choose one in the Backend menu."))
        batch = self._batch(request, connection)
        self._list_batch(batch, begun=True)
        return batch

    def _batch(self, request: TrainTask, connection: Connection, run_id: str = "") -> "Batch":
        from exoplanet_desktop.gui.runs.batch import Batch

        return Batch(request, connection, self._session, self._workers, self._recorder, self._begin_part, run_id)

    def of(self, snapshot: "RunSnapshot") -> "TrainingRun | Batch | None":
        """The run of this window that a snapshot shows."""
        runs: tuple[TrainingRun | Batch, ...] = (*self.all, *self._batches)
        return next((run for run in runs if run.snapshot.key == snapshot.key), None)

    def _list_batch(self, batch: "Batch", begun: bool) -> None:
        self._batches.append(batch)
        batch.changed.connect(self.updated)
        batch.ended.connect(self.group_ended)
        self.grouped.emit(batch, begun)

    def _begin_part(self, request: TrainTask, connection: Connection, group_id: str) -> "TrainingRun":
        """Start a run as part of a group; it is listed below the group and opens no window."""
        run = self._run(request, connection, group_id=group_id)
        self._list(run)
        return run

    async def past(self, run_id: str) -> "TrainingRun | KeptRun":
        """A finished run from the record, for viewing. Raises AppError."""
        from exoplanet_desktop.gui.runs.kept import KeptRun

        if run_id in self._past:
            return self._past[run_id]
        kept, log_text, pictures = await self._recorder.read(run_id)
        if kept.kind != RunKind.TRAIN:
            return await self._recorder.work(partial(KeptRun.of, kept, log_text))
        run = self._run(TrainTask.from_json(kept.request), None, run_id)
        run.send_to(kept.backend_title, kept.backend_address)
        run.reach = partial(self._session.reach, kept.backend_title, kept.backend_address)
        failure = kept.error or (
            "" if kept.is_final else tr("Still running at last contact: {status}.", status=kept.status)
        )
        status = kept.status if kept.is_final else Status.FAILED
        unsent = kept.error == NOT_SENT and status == Status.FAILED
        run.show_past(status, failure, log_text, kept.result, pictures, kept.warnings, unsent=unsent)
        if kept.is_final:
            self._past[run_id] = run
        return run

    async def export(self, run_id: str, target: Path) -> None:
        """Write a whole run into one zip, completely or not at all. Raises AppError."""
        await self._recorder.work(lambda record: record.export(run_id, target))

    async def import_(self, source: Path) -> "RunEntry":
        """Import a run that was exported elsewhere into the record. Raises AppError."""
        run_id = await self._recorder.work(lambda record: record.import_(source))
        entry = await self._recorder.work(lambda record: record.run(run_id))
        self.recorded.emit(entry)
        return entry

    def leave(self) -> None:
        """Stop waiting because the window is closing; in the record, running work stays unfinished."""
        self.journal.closing = True
        self.room.close()
        for batch in self.groups:
            batch.leave()
        for run in self.live:
            run.leave()

    def _put_into_outbox(self, run: "TrainingRun") -> None:
        if not run.snapshot.can_wait:
            return  # double click
        if run not in self.all:
            self._list(run)  # one from the last session
        self.outbox.put(run)

    def _wait_again(self, kept: "StoredRun") -> bool:
        """Return a run to the outbox where it was when the window closed; False if it cannot be read."""
        try:
            request = TrainTask.from_json(kept.request)
        except InputError:
            return False
        run = self._run(request, None, kept.run_id)
        run.digest = kept.data_digest or ""
        run.send_to(kept.backend_title, kept.backend_address)
        self._list(run)
        self.outbox.take_up(run)
        return True

    async def _take_up(self, kept: "StoredRun", connection: Connection) -> None:
        """Watch a run again that had not ended when the window closed, now that its backend answers."""
        from exoplanet_desktop.wire.payloads import TrainAccepted

        if kept.kind == RunKind.TRAIN_ALL:
            try:
                asked = TrainTask.from_json({**kept.request, "model": Model.XGB})
            except InputError as error:
                await self._give_up(kept, error)
                return
            await self._take_up_batch(kept, asked, connection)
            return
        if kept.kind != RunKind.TRAIN:
            await self._take_up_other(kept, connection)
            return
        if not kept.job_id or not kept.status_url or not kept.logs_url:
            await self._fail(kept, NOT_SENT)
            return
        try:
            request = TrainTask.from_json(kept.request)
        except InputError as error:
            await self._give_up(kept, error)
            return
        run = self._run(request, connection, kept.run_id, kept.group_id or "")
        self._list(run)
        accepted = TrainAccepted(job_id=kept.job_id, status_url=kept.status_url, logs_url=kept.logs_url)
        await run.take_up(accepted)
        if kept.group_id:
            return  # its group reports
        ended = tr("Training {title} from your last session has finished. See View, Runs.", title=request.title)
        failed = tr(
            "Training {title} from your last session failed: {why} See View, Runs.",
            title=request.title,
            why=run.failure,
        )
        self._notices.information(ended if run.result else failed)

    async def _give_up(self, kept: "StoredRun", error: InputError) -> None:
        """The stored request can no longer be read: report it once, not at each start."""
        log.warning("run %s of the record cannot be read: %s", kept.run_id, error)
        await self._fail(kept, UNREADABLE)

    async def _fail(self, kept: "StoredRun", why: str) -> None:
        self._recorder.note(kept.run_id, status=str(Status.FAILED), error=why)
        await self.journal.tell(kept.run_id)

    async def _take_up_batch(self, kept: "StoredRun", asked: TrainTask, connection: Connection) -> None:
        """Continue with the models that had not been trained when the window closed."""
        from exoplanet_desktop.gui.runs.training_run import TrainingRun

        batch = self._batch(asked, connection, kept.run_id)
        self._list_batch(batch, begun=False)
        members = await self._recorder.work(lambda record: record.members(kept.run_id))
        # The ones still running resume on their own; read the record after they are listed.
        listed = {run.run_id: run for run in self.all}
        parts = []
        for member in members:
            with suppress(InputError):  # if a part cannot be read, its model is trained again
                parts.append(listed.get(member.run_id) or await self.past(member.run_id))
        self._notices.information(tr("{title} from your last session continues. See View, Runs.", title=kept.title))
        await batch.take_up([part for part in parts if isinstance(part, TrainingRun)])

    async def _take_up_other(self, kept: "StoredRun", connection: Connection) -> None:
        """Follow a prediction or merge that was running on a backend when the window closed."""
        self._notices.information(await self.journal.take_up(kept, connection, self._poller))

    def connection_of(self, kept: "StoredRun") -> Connection | None:
        """The connection in use, if it is to a recorded run's backend."""
        connection = self._session.connection
        if connection is None or self._session.state is not State.READY:
            return None
        if connection.embedded:
            return connection if kept.backend_title == connection.title else None
        return connection if kept.backend_address == connection.backend.base_url else None

    def _run(
        self, request: TrainTask, connection: Connection | None, run_id: str = "", group_id: str = ""
    ) -> "TrainingRun":
        from exoplanet_desktop.gui.runs.training_run import TrainingRun

        can_cancel = connection is not None and connection.has("cancel")
        run = TrainingRun(
            request, connection, can_cancel, self._workers, self._poller, self._recorder, run_id, group_id
        )
        run.judged.connect(self.judged)
        run.wants_to_wait.connect(partial(self._put_into_outbox, run))
        run.hurried.connect(partial(self.outbox.hurry, run))
        run.ended.connect(partial(self.outbox.forget, run))
        return run

    async def models_of(self, connection: Connection) -> "dict[tuple[str, str], TrainedModel]":
        """What the record knows of a plain backend's models, by (satellite, model). Raises AppError."""
        from exoplanet_desktop.record.trained import trained_models

        address = connection.backend.base_url
        return await self._recorder.work(lambda record: trained_models(record, address))

    def _list(self, run: "TrainingRun") -> None:
        self.all.append(run)
        run.changed.connect(self.updated)
        run.changed.connect(self.changed)
        run.ended.connect(self.ended)
        self.listed.emit(run)

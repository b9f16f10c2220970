"""Predictions and merges in the record of runs: request, backend and outcome."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from exoplanet_desktop.catalogs.base.file_memo import digest_of
from exoplanet_desktop.errors import AppError, Cancelled, InputError
from exoplanet_desktop.files.temporary import discard_folder, own_folder
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection, PollerThread
from exoplanet_desktop.gui.runs.job_run import JobRun
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import RunKind, Status

if TYPE_CHECKING:
    from exoplanet_desktop.record.entry import StoredRun
    from exoplanet_desktop.wire.payloads import JobStatus, Payload, PredictReply, TrainAccepted

log = logging.getLogger("exoplanet_desktop.gui")

NOT_ANSWERED = "The program ended before the backend had answered. Start it again."
LARGEST_KEPT = 50_000_000  # bytes of a result file; larger ones stay on the backend


class Entry:
    """One prediction or merge in progress. Notes are saved at once, so they survive the program."""

    def __init__(self, run_id: str, recorder: RunRecorder, workers: Workers) -> None:
        self.run_id = run_id
        self._recorder, self._workers = recorder, workers

    def accepted(self, job: "TrainAccepted") -> None:
        """The backend does it in a job, to be watched again if the program ends first."""
        self._recorder.note(
            self.run_id,
            status=str(Status.PENDING),
            job_id=job.job_id,
            status_url=job.status_url,
            logs_url=job.logs_url,
        )

    async def done(self, reply: "Payload", warnings: Sequence[str] = (), file: Path | None = None) -> None:
        """Record the reply without its rows, its oddities, and its file unless it is too large."""
        result = reply.model_dump(mode="json", exclude={"results"})
        if file is not None:
            result["file"] = await self._kept(file)
        self._recorder.note(self.run_id, result=result, warnings=tuple(warnings))

    async def _kept(self, file: Path) -> dict[str, Any]:
        """The record's data about a file; the file itself is stored up to LARGEST_KEPT."""
        told = await self._workers.call(told_of_file, file)
        told["kept"] = told["bytes"] <= LARGEST_KEPT
        if told["kept"] and (writing := self._recorder.file(self.run_id, plain(file.name), file)) is not None:
            await writing
        return told


class Journal(QObject):
    """Signals:
    changed: a run of the record (RunEntry) is new or has changed.
    """

    changed = Signal(object)

    def __init__(self, recorder: RunRecorder, workers: Workers) -> None:
        super().__init__()
        self._recorder, self._workers = recorder, workers
        self.closing = False

    @asynccontextmanager
    async def entry(
        self, kind: str, title: str, request: Mapping[str, Any], paths: Sequence[Path], connection: Connection
    ) -> AsyncIterator[Entry]:
        """Record the work inside the block as a run of `kind`, with its outcome.

        `request` is JSON; the sent `paths` are added to it with name, size and digest.
        """
        inputs = [await self._workers.call(told_of_file, path) for path in paths]
        names = {"files": [path.name for path in paths], "paths": [str(path.absolute()) for path in paths]}
        asked = {**request, **names, "inputs": inputs}
        address = connection.backend.base_url
        run_id = await self._recorder.begin(title, asked, connection.title, address, kind=kind)
        if inputs:
            self._recorder.note(run_id, data_digest=inputs[0]["sha256"])
        await self.tell(run_id)
        try:
            yield Entry(run_id, self._recorder, self._workers)
        except Cancelled as error:
            # The window is closing: a job on a backend continues, and is looked up at the next start.
            if not self.closing:
                await self._end(run_id, Status.CANCELLED, str(error))
            raise
        except AppError as error:
            await self._end(run_id, Status.FAILED, str(error))
            raise
        except Exception as error:
            await self._end(run_id, Status.FAILED, f"Something went wrong inside the program ({error}); see the log.")
            raise
        await self._end(run_id, Status.SUCCEEDED, None)

    async def take_up(self, kept: "StoredRun", connection: Connection, poller: PollerThread) -> str:
        """Watch a job from the last session to its end, and record its result. Returns how it ended, in words."""
        if not (kept.job_id and kept.status_url and kept.logs_url):
            await self._end(kept.run_id, Status.FAILED, NOT_ANSWERED)
            return tr(
                "{title}, from your last session, had not been answered when the program ended.", title=kept.title
            )
        from exoplanet_desktop.wire.payloads import TrainAccepted

        job = TrainAccepted(job_id=kept.job_id, status_url=kept.status_url, logs_url=kept.logs_url)
        try:
            run = JobRun(kept.kind, kept.title, kept.request, connection, self._workers, poller, run_id=kept.run_id)
            status = await run.follow(job)
            await self._take_result(kept, status, connection)
        except Cancelled as error:
            if not self.closing:
                await self._end(kept.run_id, Status.CANCELLED, str(error))
            raise
        except AppError as error:
            await self._end(kept.run_id, Status.FAILED, str(error))
            return tr("{title}, from your last session, failed: {why} See View, Runs.", title=kept.title, why=error)
        await self._end(kept.run_id, Status.SUCCEEDED, None)
        return tr("{title}, from your last session, has finished. See View, Runs.", title=kept.title)

    async def _take_result(self, kept: "StoredRun", status: "JobStatus", connection: Connection) -> None:
        """Record the reply in a finished job, with a prediction's file."""
        from exoplanet_desktop.client.jobs.jobs import merge_of, prediction_of

        entry = Entry(kept.run_id, self._recorder, self._workers)
        if kept.kind != RunKind.PREDICT:
            await entry.done(merge_of(status))
            return
        reply = prediction_of(status)
        folder = await self._workers.call(own_folder, "prediction")
        try:
            csv = folder / f"{Path(plain(str((kept.request.get('files') or ['catalog'])[0]))).stem}_predicted.csv"
            await self._workers.call(connection.backend.download, reply.csv_file, csv)
            await entry.done(reply, deviations(reply, kept.request), csv)
        finally:
            await self._workers.call(discard_folder, folder)

    async def tell(self, run_id: str) -> None:
        """Update a run in the list of runs."""
        if not run_id:
            return  # the record cannot be written, as already reported
        try:
            self.changed.emit(await self._recorder.work(lambda record: record.run(run_id)))
        except AppError as error:
            log.info("run %s cannot be read: %s", run_id, error)

    async def _end(self, run_id: str, status: Status, error: str | None) -> None:
        self._recorder.note(run_id, status=str(status), error=error)
        await self.tell(run_id)


def deviations(reply: "PredictReply", request: Mapping[str, Any]) -> list[str]:
    """Where a prediction deviates from its recorded request, one sentence each."""
    from exoplanet_desktop.client.calls.checks import check_prediction

    return check_prediction(reply, PredictRequest.from_json(request))


def told_of_file(path: Path) -> dict[str, Any]:
    """Name, size and digest of a file. Raises InputError if it cannot be read."""
    try:
        return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest_of(path)}
    except OSError as error:
        why = error.strerror or error
        raise InputError(tr("{file} cannot be read: {why}. Check the file.", file=path, why=why)) from error


def plain(name: str) -> str:
    """A file's name reduced to what the record accepts: letters, digits, dots and dashes, not too long."""
    stem, dot, suffix = name.rpartition(".")
    clean = "".join(c if c.isalnum() or c in " -_()+,=@~." else "_" for c in (stem if dot else name))[:90].strip(" .")
    return f"{clean if clean[:1].isalnum() else f'file_{clean}'}{dot}{suffix[:10]}".rstrip(" .")

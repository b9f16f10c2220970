"""Jobs: which wait, which run, and how each ended. Thread-safe; nothing here waits for a job."""

import json
import logging
import threading
import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from exoplanet_desktop.errors import AppError, BugError, Cancelled, NotFound, TooLarge, TooMany, UnavailableError
from exoplanet_desktop.server import records
from exoplanet_desktop.server.cluster_place import ClusterPlace
from exoplanet_desktop.server.files import disk_error, disk_errors, move_into_place, remove_quietly
from exoplanet_desktop.server.job import Job, Order, error_of
from exoplanet_desktop.server.joblog import JobLog
from exoplanet_desktop.server.processes import WorkerProcess
from exoplanet_desktop.server.settings import EngineSettings
from exoplanet_desktop.server.store import Store, interrupted, noun, now
from exoplanet_desktop.wire.vocabulary import Status

log = logging.getLogger(__name__)

_RESULT_BYTES = 256 * 1024 * 1024  # SQLite easily stores this in one cell
_SHARED = ("train", "predict")  # kinds of job whose work a cluster can share


class JobRunner:
    """Runs each job in a separate process, each kind up to its limit, and keeps one warm process waiting.

    Its lock is held during disk writes and process starts, so methods that the event loop calls (`find`, `position`,
    `uses`) do not take it: they read containers that are replaced, never changed.
    """

    def __init__(self, store: Store, settings: EngineSettings, cluster: ClusterPlace | None = None) -> None:
        self._store = store
        self._settings = settings
        self._cluster = asdict(cluster) if cluster else None
        self._warm = (*settings.warm, "distributed") if cluster else settings.warm
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}
        self._queue: tuple[Job, ...] = ()
        self._idle: list[WorkerProcess] = []
        self._processes: set[WorkerProcess] = set()
        self._closed = False

    def find(self, job_id: str) -> Job | None:
        """A job that waits or runs."""
        return self._jobs.get(job_id)

    def position(self, job: Job) -> int | None:
        """Its place among the waiting jobs of its kind, from 1 on; None if it does not wait."""
        same = [waiting for waiting in self._queue if waiting.order.kind == job.order.kind]
        return same.index(job) + 1 if job in same else None

    def uses(self, rel_path: str) -> bool:
        """Whether a waiting or running job reads this file."""
        return any(rel_path in job.order.inputs for job in self._jobs.values() if not job.status.is_final)

    def submit(self, order: Order) -> Job:
        """Accept a job. Raises TooMany if the queue is full, UnavailableError if it cannot be stored."""
        job_id = str(uuid.uuid4())
        job = Job(order, JobLog(self._store.log_path(job_id)), job_id)
        with self._lock:
            self._check_room()
            if order.recorded:
                self._write(job)
            self._jobs = {**self._jobs, job.id: job}
            self._queue = (*self._queue, job)
        self._start_waiting()
        return job

    def _check_room(self) -> None:
        if self._closed:
            raise UnavailableError("The engine is being stopped. Try again in a moment.")
        waiting = len(self._queue)
        if waiting >= self._settings.queue:
            raise TooMany(
                f"{waiting} jobs are already waiting, and the queue is full. Try again when some have finished."
            )

    def cancel(self, job_id: str) -> Job:
        """Ask a job to end; see `Job.ended`. Raises NotFound if it neither waits nor runs."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None:
                raise NotFound("This job is no longer running, so it cannot be cancelled.")
            waits = job in self._queue
            if waits:
                self._queue = tuple(other for other in self._queue if other is not job)
            elif job.process is not None and not job.cancelled:
                job.cancelled = True
                job.process.cancel(job.id, self._settings.cancel_seconds)
        if waits:
            self._end(job, Status.CANCELLED, Cancelled("The job was cancelled before it started."))
        return job

    def warm_up(self) -> None:
        """Keep one process waiting with its libraries loaded, unless a job needs the processors now."""
        with self._lock:
            if self._closed or self._idle or any(process.busy for process in self._processes):
                return
            try:
                self._idle.append(self._new_process())
            except OSError:
                log.warning("no process could be started ahead", exc_info=True)

    def close(self) -> None:
        """Stop everything: waiting and running jobs become FAILED, and their processes are gone on return."""
        with self._lock:
            self._closed = True
            waiting, processes = self._queue, list(self._processes)
            self._queue = ()
        for job in waiting:
            self._end(job, Status.FAILED, UnavailableError(interrupted(job.order.kind)))
        for process in processes:
            process.kill()
        for process in processes:
            process.join()

    # --- starting

    def _start_waiting(self) -> None:
        with self._lock:
            for job in self._queue:
                kind = job.order.kind
                running = sum(j.process is not None and j.order.kind == kind for j in self._jobs.values())
                # A job that cannot start ends at once, and its end has already been handled here.
                if job in self._queue and not self._closed and running < self._settings.running.get(kind, 1):
                    self._queue = tuple(other for other in self._queue if other is not job)
                    self._start(job)

    def _start(self, job: Job) -> None:
        try:
            work = self._store.work_folder(job.id)
            task = {"task": self._settings.tasks[job.order.kind], "work": str(work)}
            self._hand_over(job, {**task, "cluster": self._cluster if job.order.kind in _SHARED else None})
        except (AppError, OSError) as error:
            failure = error if isinstance(error, AppError) else disk_error(error, "No process can be started")
            self._end(job, Status.FAILED, failure)

    def _hand_over(self, job: Job, task: dict[str, Any]) -> None:
        job.log.write(f"[JOB {job.id}] Starting {job.order.kind}: {_listed(job.order.params)}")
        job.status, job.started_at = Status.RUNNING, now()
        if job.order.recorded:
            self._write(job)
        watcher = _JobWatcher(self, job)
        while job.process is None:
            process = self._idle.pop() if self._idle else self._new_process()
            job.process = process
            if not process.run({"id": job.id, "args": job.order.args, **task}, watcher):
                job.process = None  # it had died while it waited

    def _new_process(self) -> WorkerProcess:
        process = WorkerProcess(self._warm, on_gone=self._forget)
        self._processes.add(process)
        return process

    def _forget(self, process: WorkerProcess) -> None:
        with self._lock:
            self._processes.discard(process)
            if process in self._idle:
                self._idle.remove(process)

    def give_back(self, process: WorkerProcess) -> None:
        """A free process waits for the next job; at most one does."""
        with self._lock:
            keep = not self._closed and not self._idle
            if keep:
                self._idle.append(process)
        if not keep:
            process.kill()

    # --- ending

    def succeed(self, job: Job, summary: Mapping[str, Any], result: bytes) -> None:
        """Move the outputs into place and record everything; a job whose results cannot be stored has failed."""
        moved: list[Path] = []
        try:
            job.result = result if job.order.reply is None else json.dumps(job.order.reply(summary)).encode()
            if job.order.recorded and len(job.result) > _RESULT_BYTES:
                raise TooLarge("The reply has too many rows to store. Request fewer with `results_limit`.")
            with disk_errors("The results cannot be kept"):
                for output in job.order.outputs:
                    target = self._store.folder(output.folder) / output.name
                    move_into_place(self._store.folder("work") / job.id / output.work_name, target)
                    moved.append(target)
            self._clear(job)
            job.finished_at = now()
            with self._store.database.change() as connection:
                if job.order.recorded:
                    records.write_job(connection, replace(job.record(), status=Status.SUCCEEDED))
                if job.order.settle is not None:
                    job.order.settle(connection, job, summary)
        except Exception as error:
            log.exception("the results of job %s could not be kept", job.id)
            for target in moved:
                remove_quietly(target)
            self.fail(job, error if isinstance(error, AppError) else BugError(_FAULT))
        else:
            job.log.write(f"[JOB {job.id}] Finished")
            job.status = Status.SUCCEEDED
            self._leave(job, written=True)

    def fail(self, job: Job, failure: AppError) -> None:
        if self._closed:
            failure = UnavailableError(interrupted(job.order.kind))
        self._end(job, Status.CANCELLED if isinstance(failure, Cancelled) else Status.FAILED, failure)

    def _end(self, job: Job, status: Status, failure: AppError) -> None:
        job.log.write(f"[JOB {job.id}] {status.capitalize()}: {failure}")
        self._clear(job)
        job.result, job.failure, job.finished_at, job.status = None, failure, now(), status
        written = not job.order.recorded
        if not written:
            try:
                self._write(job)
                written = True
            except UnavailableError:
                log.exception("the end of job %s could not be written down", job.id)
        self._leave(job, written=written)

    def _clear(self, job: Job) -> None:
        """Remove its partial files: before its end is reported, so that nothing is left when it is known."""
        remove_quietly(self._store.folder("work") / job.id)

    def _leave(self, job: Job, *, written: bool) -> None:
        if not job.order.recorded:
            remove_quietly(job.log.path)
        for output in job.order.outputs:
            self._store.release(output.folder, output.name)
        with self._lock:
            job.process = None
            if written:  # otherwise this object is all that knows how it ended
                self._jobs = {key: other for key, other in self._jobs.items() if other is not job}
        job.ended.set_result(None)
        self._start_waiting()
        self.warm_up()

    def _write(self, job: Job) -> None:
        with self._store.database.change() as connection:
            records.write_job(connection, job.record())


_FAULT = "The job failed because of an internal error. The engine's log has the details."


class _JobWatcher:
    """Applies the messages of a process about one job."""

    def __init__(self, runner: JobRunner, job: Job) -> None:
        self._runner = runner
        self._job = job

    def progress(self, share: float, stage: str) -> None:
        # Never backwards: a progress bar that goes backwards is useless.
        self._job.progress = max(self._job.progress or 0.0, min(float(share), 1.0))
        self._job.stage = stage

    def line(self, text: str) -> None:
        self._job.log.write(text)

    def freed(self, process: WorkerProcess, stays: bool) -> None:
        if stays:
            self._runner.give_back(process)

    def done(self, summary: Mapping[str, Any], reply: bytes) -> None:
        self._runner.succeed(self._job, summary, reply)

    def failed(self, code: str, sentence: str) -> None:
        self._runner.fail(self._job, error_of(code, sentence))

    def cancelled(self) -> None:
        self._runner.fail(self._job, Cancelled(_CANCELLED))

    def died(self, cause: str) -> None:
        if self._job.cancelled:
            self.cancelled()
        else:
            what = noun(self._job.order.kind)
            self._runner.fail(self._job, UnavailableError(f"The {what} failed: {cause}. Start it again."))


_CANCELLED = "The job was cancelled."


def _listed(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in params.items() if value is not None)

"""Runs inside a job process: waits warm, runs one job at a time, reports, stops on request or when the engine is gone.

Messages are JSON texts over one pipe, so that neither side ever unpickles anything:
to the worker `["run", job]` and `["cancel", id]`; from it `["ready"]`, `["progress", share, stage]`, `["log", text]`,
and at the end `["done", stays, summary]` followed by the reply as a text of its own,
`["failed", stays, code, sentence]` or `["cancelled"]`. A process that `stays` waits for another job: loading its
libraries takes longer than most jobs.
"""

import gc
import importlib
import json
import logging
import math
import multiprocessing
import os
import queue
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Never

from exoplanet_desktop.errors import AppError, BugError, Cancelled, InputError, UnavailableError
from exoplanet_desktop.server.cluster_jobs import on_cluster
from exoplanet_desktop.server.cluster_place import ClusterPlace
from exoplanet_desktop.server.files import disk_error
from exoplanet_desktop.server.pipes import Pipe

_PROGRESS_EVERY_S = 0.1
_JOBS_PER_PROCESS = 20
_STAYING_BYTES = 600 * 1024 * 1024  # a process that grew larger is replaced, to release its memory


@dataclass(frozen=True)
class TaskContext:
    """What a task gets besides its arguments.

    Attributes:
        work: its folder for outputs and temporary files; files left there are moved or removed afterwards.
        executor: threads, or a cluster, for parallel work.
        report: takes a share of 0..1 and the stage in words.
        should_stop: whether the task should stop; it then raises Cancelled. Work given to the executor may
            carry it.
    """

    work: Path
    executor: Executor
    report: Callable[[float, str], None]
    should_stop: Callable[[], bool]


# Takes its arguments, returns the reply and the summary for the engine. Both become JSON.
Task = Callable[[dict[str, Any], TaskContext], tuple[dict[str, Any], dict[str, Any]]]


class _Line:
    """The pipe to the engine. Without an engine there is nothing to do, so a broken pipe ends the process."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()
        self._last_progress = (0.0, "")
        self._current, self._stop = "", threading.Event()
        self._jobs: queue.SimpleQueue[tuple[dict[str, Any], threading.Event]] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="engine-watch", daemon=True).start()

    def next_job(self) -> tuple[dict[str, Any], threading.Event]:
        """Wait for a job; the event is set when it should stop."""
        found = self._jobs.get()
        self._last_progress = (0.0, "")
        return found

    @property
    def has_job(self) -> bool:
        return not self._jobs.empty()

    def _listen(self) -> None:
        parent = multiprocessing.parent_process()
        sources: list[Any] = [self._pipe] if parent is None else [self._pipe, parent.sentinel]
        while True:
            if self._pipe not in wait(sources):
                _end(3)
            try:
                message = json.loads(self._pipe.recv_bytes())
            except (EOFError, OSError):
                _end(3)
            if message[0] == "run":
                self._current, self._stop = message[1]["id"], threading.Event()
                self._jobs.put((message[1], self._stop))
            elif message[1] == self._current:  # so that it does not get a late message for the previous job
                self._stop.set()

    def send(self, *message: Any, text: bytes | None = None) -> None:
        with self._lock:
            try:
                self._pipe.send_bytes(json.dumps(message).encode())
                if text is not None:
                    self._pipe.send_bytes(text)
            except OSError:
                _end(3)

    def progress(self, share: float, stage: str) -> None:
        """Forward progress, at most ten times a second within one stage."""
        last, last_stage = self._last_progress
        if stage != last_stage or time.monotonic() - last >= _PROGRESS_EVERY_S:
            self._last_progress = (time.monotonic(), stage)
            self.send("progress", share, stage)

    def log(self, line: str) -> None:
        self.send("log", line)


class _LogLines(logging.Handler):
    def __init__(self, line: _Line) -> None:
        super().__init__(logging.INFO)
        self._line = line

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
        except Exception as error:  # a log line must never end a job
            text = f"(a log line could not be written: {error!r})"
        self._line.log(text)


_FIRST_STEPS = "exoplanet_desktop.classify.training"  # whoever loads it early also makes the first fit early


def run_worker(pipe: Pipe, warm: tuple[str, ...]) -> None:
    """The main function of a job process. Never returns: leftover threads of a job could keep the process alive."""
    # Ctrl+C in a terminal reaches all its processes; the engine then ends its workers in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = _Line(pipe)
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(_LogLines(line))
    for name in warm:
        if line.has_job:
            break  # it loads only what it needs
        try:
            importlib.import_module(name)
        except Exception:  # the job that needs it will report it
            root.warning("%s could not be loaded ahead", name, exc_info=True)
    # The libraries' half million objects live as long as the process: without them in every full collection, a job that
    # makes many objects takes a quarter less time.
    gc.freeze()
    line.send("ready")
    if _FIRST_STEPS in warm and not line.has_job:
        importlib.import_module("exoplanet_desktop.classify.warm").warm_up()
        gc.freeze()
    for count in range(1, _JOBS_PER_PROCESS + 1):
        job, stop = line.next_job()
        if not _run(job, stop, line, last=count == _JOBS_PER_PROCESS):
            break
    _end(0)


def _run(job: dict[str, Any], stop: threading.Event, line: _Line, *, last: bool) -> bool:
    """Run one job and report how it ended; returns whether the process waits for another one."""
    work = Path(job["work"])
    # All temporary files are in the job's own folder, which the engine clears however the job ends.
    tempfile.tempdir = str(work)
    try:
        with _executor(job.get("cluster"), stop.is_set) as (executor, should_stop):
            context = TaskContext(work, executor, line.progress, should_stop)
            reply, summary = _task(job["task"])(job["args"], context)
        text = _json(reply)
    except Cancelled:
        line.send("cancelled")
        return False
    except InputError as error:
        line.send("failed", not last, error.code, str(error))
        return not last
    except BaseException as error:
        failure = _in_words(error)
        if isinstance(failure, BugError):
            line.log(traceback.format_exc())
        line.send("failed", False, failure.code, str(failure))
        return False
    stays = not last and _resident_bytes() < _STAYING_BYTES
    line.send("done", stays, summary, text=text)
    return stays


@contextmanager
def _executor(
    cluster: dict[str, str] | None, asked_to_stop: Callable[[], bool]
) -> Iterator[tuple[Executor, Callable[[], bool]]]:
    """The executor for the job's parallel work, and the check that its parts use to stop."""
    if cluster is not None:
        with on_cluster(ClusterPlace(**cluster), asked_to_stop) as found:
            yield found
        return
    threads = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="job")
    try:
        yield threads, asked_to_stop
        threads.shutdown()
    except InputError:  # the process continues with other jobs; after other errors it ends, with all its threads
        threads.shutdown(cancel_futures=True)
        raise


def _json(reply: dict[str, Any]) -> bytes:
    try:
        return json.dumps(reply, allow_nan=False).encode()
    except (ValueError, TypeError):  # a NaN or a NumPy number somewhere: searched for only in that case
        return json.dumps(_plain(reply), allow_nan=False).encode()


def _plain(value: Any) -> Any:
    """The same as JSON types: NaN and infinity become null, NumPy numbers become numbers."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _in_words(error: BaseException) -> AppError:
    if isinstance(error, AppError):
        return error
    if isinstance(error, OSError):
        return disk_error(error, "The job could not write its files")
    if isinstance(error, MemoryError):
        return UnavailableError(
            "The job needs more memory than this machine has left. Close other programs or use a smaller file."
        )
    kind = type(error).__name__
    return BugError(f"The job failed because of an internal error ({kind}). Its log has the details.")


def _task(name: str) -> Task:
    module, _, function = name.partition(":")
    task: Task = getattr(importlib.import_module(module), function)
    return task


def _resident_bytes() -> int:
    """This process's current memory; 0 if the system does not know."""
    pages = page_bytes = 0
    if sys.platform == "linux":  # only Linux has /proc/self/statm
        with suppress(OSError, ValueError):
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            page_bytes = os.sysconf("SC_PAGE_SIZE")
    return pages * page_bytes


def _end(code: int) -> Never:
    os._exit(code)

"""A job process as seen by the engine."""

import json
import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from exoplanet_desktop.server.worker import run_worker

log = logging.getLogger(__name__)

_DEATH_S = 5.0  # a process whose pipe is closed counts as dead


class Watcher(Protocol):
    """Receives the events of one job; called in the process's own thread."""

    def progress(self, share: float, stage: str) -> None: ...

    def line(self, text: str) -> None: ...

    def done(self, summary: Mapping[str, Any], reply: bytes) -> None: ...

    def failed(self, code: str, sentence: str) -> None: ...

    def cancelled(self) -> None: ...

    def died(self, cause: str) -> None: ...

    def freed(self, process: "WorkerProcess", stays: bool) -> None:
        """The process has sent its last message about the job; called before `done`, `failed` or `cancelled`."""


class WorkerProcess:
    """A spawned process that waits warm, runs one job at a time, and can be killed at any moment."""

    def __init__(self, warm: tuple[str, ...], on_gone: Callable[["WorkerProcess"], None]) -> None:
        """Start it. Raises OSError if the system cannot start another process."""
        # spawn, on every system: OpenMP (xgboost, scikit-learn) can hang in a forked child.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe(duplex=True)
        self._process = context.Process(target=run_worker, args=(theirs, warm), name="job", daemon=True)
        try:
            self._process.start()
        except BaseException:
            self._pipe.close()
            raise
        finally:
            theirs.close()
        self._lock = threading.Lock()
        self._job_id = ""
        self._watcher: Watcher | None = None
        self._gone = False
        self._on_gone = on_gone
        self._thread = threading.Thread(target=self._listen, name="job-listener", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def busy(self) -> bool:
        return self._watcher is not None

    def run(self, job: Mapping[str, Any], watcher: Watcher) -> bool:
        """Pass it a job; False if it has died."""
        with self._lock:
            if self._gone:
                return False
            # Before sending it: the first message about the job may come at once.
            self._job_id, self._watcher = job["id"], watcher
            if self._send("run", dict(job)):
                return True
            self._job_id, self._watcher = "", None  # it is gone, and the listener has not reported it yet
            return False

    def cancel(self, job_id: str, patience_s: float) -> None:
        """Ask it to stop this job, and kill it if that takes longer than `patience_s`."""
        with self._lock:
            if self._job_id != job_id:
                return
            self._send("cancel", job_id)
        timer = threading.Timer(patience_s, self._kill_if_at, (job_id,))
        timer.daemon = True
        timer.start()

    def _kill_if_at(self, job_id: str) -> None:
        with self._lock:
            if self._job_id == job_id and not self._gone:
                self._process.kill()

    def dismiss(self) -> None:
        """End an idle process: it exits when its pipe is closed."""
        self.kill()

    def kill(self) -> None:
        with self._lock:
            if not self._gone:
                self._process.kill()

    def join(self) -> None:
        """Wait until it is gone and all its events have been reported."""
        self._thread.join(2 * _DEATH_S)

    def _send(self, *message: Any) -> bool:
        """False if it is dying; the listener then reports it."""
        try:
            self._pipe.send_bytes(json.dumps(message).encode())
        except OSError:
            return False
        return True

    def _listen(self) -> None:
        try:
            while True:
                message = json.loads(self._pipe.recv_bytes())
                reply = self._pipe.recv_bytes() if message[0] == "done" else b""
                self._take(message, reply)
        except (EOFError, OSError):
            pass
        except Exception:
            log.exception("a job process said something odd, and is ended")
            self._process.kill()
        self._bury()

    def _take(self, message: list[Any], reply: bytes) -> None:
        watcher = self._watcher
        if watcher is None:
            return
        match message:
            case ["progress", share, stage]:
                watcher.progress(share, stage)
            case ["log", text]:
                watcher.line(text)
            case ["done", stays, summary]:
                self._free(watcher, stays)
                watcher.done(summary, reply)
            case ["failed", stays, code, sentence]:
                self._free(watcher, stays)
                watcher.failed(code, sentence)
            case ["cancelled"]:
                self._free(watcher, stays=False)
                watcher.cancelled()

    def _free(self, watcher: Watcher, stays: bool) -> None:
        with self._lock:
            self._job_id, self._watcher = "", None
        watcher.freed(self, stays)

    def _bury(self) -> None:
        with self._lock:
            self._gone = True
            watcher, self._watcher, self._job_id = self._watcher, None, ""
        self._process.join(_DEATH_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(_DEATH_S)
        code = self._exit_code()
        self._pipe.close()
        self._on_gone(self)
        if watcher is not None:
            watcher.died(_cause(code))

    def _exit_code(self) -> int | None:
        # Another thread that starts a process may reap this one: its exit code arrives a moment later.
        deadline = time.monotonic() + 1
        while self._process.exitcode is None and time.monotonic() < deadline:
            time.sleep(0.01)
        return self._process.exitcode


def _cause(code: int | None) -> str:
    if code == -signal.SIGTERM:
        return "its process was ended from outside"
    if code == -9:
        return "its process was killed, as the system does when memory runs out"
    if code is None:
        return "its process ended for an unknown reason"
    if code < 0:
        return f"its process crashed (signal {-code})"
    return f"its process ended by itself (code {code})"

"""The embedded engine: a child process that serves the wire contract to this program alone.

The child is spawned, binds a free port on 127.0.0.1 and returns address and token through a pipe, which keeps both off
the command line. It ends when this process does, whatever the cause.
"""

import importlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.errors import AppError, UnavailableError

if sys.platform == "win32":
    from multiprocessing.connection import PipeConnection as Pipe
else:
    from multiprocessing.connection import Connection as Pipe

ENTRY = "exoplanet_desktop.server.embedded:run_embedded"
FAILURE_FILE = "engine-failure.txt"

START_S = 60.0  # a cold disk and a virus scanner can slow a start of one second down to many
STOP_S = 8.0


class EmbeddedEngine:
    """The engine's process for a data folder; only one thread at a time may start, restart or stop it."""

    def __init__(self, data_dir: Path, *, entry: str = ENTRY) -> None:
        """`entry` is the serving function as `module:function`, because the client imports nothing from the server."""
        self.data_dir = data_dir
        self._entry = entry
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Pipe | None = None

    @property
    def alive(self) -> bool:
        process = self._process
        return process is not None and process.is_alive()

    @property
    def pid(self) -> int | None:
        """The process id; None if it is not running."""
        process = self._process
        return process.pid if process is not None and process.is_alive() else None

    def start(self) -> Backend:
        """Starts the engine and returns its backend; blocks until the engine listens.

        Raises UnavailableError if that takes over a minute.
        """
        with self._lock:
            self._end()
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            # Not a daemon: daemonic processes may not have children, and the engine runs jobs as processes.
            process = context.Process(
                target=_run, args=(self._entry, theirs, str(self.data_dir)), name="exoplanet-engine", daemon=False
            )
            try:
                with _interrupts_ignored():
                    process.start()
            except OSError as error:
                ours.close()
                raise UnavailableError(
                    f"The embedded engine cannot be started: {error.strerror or error}. Free some memory and try again."
                ) from error
            finally:
                theirs.close()
            self._process, self._pipe = process, ours
            try:
                return self._greet(process, ours)
            except BaseException:
                self._end()
                raise

    def restart(self) -> Backend:
        """Stops what is left of the engine and starts it again at another address."""
        return self.start()

    def stop(self) -> None:
        """Stops the engine, gracefully if possible, and waits until it has exited."""
        with self._lock:
            self._end()

    def _greet(self, process: BaseProcess, pipe: Pipe) -> Backend:
        ready = multiprocessing.connection.wait([pipe, process.sentinel], timeout=START_S)
        if not ready:
            raise UnavailableError(f"The embedded engine did not start within {START_S:.0f} s. Restart the program.")
        try:
            word, *rest = pipe.recv()
        except (EOFError, OSError):
            process.join(1)
            raise UnavailableError(
                f"The embedded engine stopped while starting (code {process.exitcode}). Check that {self.data_dir} is "
                "writable and that there is free memory."
            ) from None
        if word != "ready":
            raise UnavailableError(str(rest[0]) if rest else "The embedded engine could not start.")
        address, token = rest
        return Backend(address, token, own=True)

    def _end(self) -> None:
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if pipe is not None:
            pipe.close()
        if process is None:
            return
        if process.is_alive():
            process.terminate()
            process.join(STOP_S)
        if process.is_alive():
            process.kill()
        process.join()
        process.close()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Child processes started inside the block ignore Ctrl+C, which a terminal sends to its whole process group.

    The starter of the engine then stops it; an engine that exited first could not be asked to cancel a job.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        # None means that Python did not install the handler, and cannot reinstall it.
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)


def _run(entry: str, pipe: Pipe, data_dir: str) -> None:
    """Runs in the child: serves until told to stop or until the parent exits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()  # Ctrl+C does not even reach a server that handles it
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    try:
        module, _, function = entry.partition(":")
        serve = getattr(importlib.import_module(module), function)
        serve(pipe, data_dir)
    except AppError as error:
        _tell_failure(pipe, str(error))
        raise SystemExit(1) from error
    except Exception as error:
        _keep(traceback.format_exc(), Path(data_dir) / FAILURE_FILE)
        _tell_failure(
            pipe,
            f"The embedded engine failed ({type(error).__name__}: {error}). {FAILURE_FILE} in {data_dir} has the "
            "details.",
        )
        raise SystemExit(1) from error


def _keep(trace: str, file: Path) -> None:
    """Writes the traceback to a file: it does not belong in a terminal, and the engine's log is already closed."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(trace, encoding="utf-8")
    except OSError:
        return


def _tell_failure(pipe: Pipe, sentence: str) -> None:
    try:
        pipe.send(("failed", sentence))
    except OSError:
        return  # the parent has exited, or already has the reason


def _end_with_parent() -> None:
    """Ends this process soon after its parent, even if the server hangs; jobs end with their own parent."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    multiprocessing.connection.wait([parent.sentinel])
    time.sleep(STOP_S)
    os._exit(0)

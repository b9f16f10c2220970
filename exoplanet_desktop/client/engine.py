"""The embedded engine: a child process that serves the wire contract to this program alone.

The child is spawned, binds a free port of 127.0.0.1 and hands address and token back through a pipe, so that neither
stands on a command line. It ends when this process does, however that ends.
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

from exoplanet_desktop.client.backend import Backend
from exoplanet_desktop.errors import AppError, UnavailableError

if sys.platform == "win32":
    from multiprocessing.connection import PipeConnection as Pipe
else:
    from multiprocessing.connection import Connection as Pipe

ENTRY = "exoplanet_desktop.server.embedded:run_embedded"
FAILURE_FILE = "engine-failure.txt"

START_S = 60.0  # a cold disk and a virus scanner can make seconds of what takes one
STOP_S = 8.0


class EmbeddedEngine:
    """The engine's process on a data folder; one thread at a time may start, restart or stop it."""

    def __init__(self, data_dir: Path, *, entry: str = ENTRY) -> None:
        """`entry` names the function that serves, as `module:function`: the client imports nothing of the server."""
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
        """The process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.is_alive() else None

    def start(self) -> Backend:
        """Starts the engine and returns the backend that it is; blocks until it listens.

        Raises UnavailableError where it does not within a minute.
        """
        with self._lock:
            self._end()
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            # Not a daemon: those may have no children, and its jobs are processes.
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
        """Ends what is left of the engine and starts it again, at another address."""
        return self.start()

    def stop(self) -> None:
        """Ends the engine, in order if it can be, and waits until it is gone."""
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
    """Children made within inherit that they ignore Ctrl+C, which a terminal sends to every process of a command.

    Whoever started the engine ends it then; an engine that ended first could not be asked to cancel a job.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        # None stands for a handler that Python did not set, and could not set again.
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)


def _run(entry: str, pipe: Pipe, data_dir: str) -> None:
    """What the child does: serve until it is told to end or its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()  # Ctrl+C does not even reach a server that listens for it
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
    """A terminal is no place for a traceback, and the engine's own log is closed by now."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(trace, encoding="utf-8")
    except OSError:
        return


def _tell_failure(pipe: Pipe, sentence: str) -> None:
    try:
        pipe.send(("failed", sentence))
    except OSError:
        return  # the parent is gone, or has heard already


def _end_with_parent() -> None:
    """Ends this process soon after its parent, even where the server itself hangs; jobs end with their own parent."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    multiprocessing.connection.wait([parent.sentinel])
    time.sleep(STOP_S)
    os._exit(0)

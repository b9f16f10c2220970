"""The engine as a child process of a program: on a free port of this machine, with a token that only the two know."""

import multiprocessing
import os
import secrets
import threading
from collections.abc import Callable
from multiprocessing.connection import wait
from pathlib import Path

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.server.pipes import Pipe
from exoplanet_desktop.server.run import run
from exoplanet_desktop.server.settings import EngineSettings

_END_S = 5.0


def run_embedded(pipe: Pipe, data_dir: str) -> None:
    """Serve until the parent process ends, for whatever reason, or SIGTERM arrives.

    Sends `("ready", address, token)` when it listens, or `("failed", sentence)` if it cannot.
    """
    token = secrets.token_urlsafe(32)
    settings = EngineSettings(data_dir=Path(data_dir), token=token, local_paths=True)
    try:
        run(settings, "127.0.0.1", 0, lambda address: pipe.send(("ready", address, token)), _end_with_parent)
    except AppError as error:
        pipe.send(("failed", str(error)))


def _end_with_parent(stop: Callable[[], None]) -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        stop()
        threading.Event().wait(_END_S)
        os._exit(1)  # the orderly shutdown hangs somewhere; job processes end with this one

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()

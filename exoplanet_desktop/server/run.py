"""Serving: from an address and a data folder to a running engine, and its orderly shutdown."""

import asyncio
import errno
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType

import uvicorn

from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.server.app import create_app
from exoplanet_desktop.server.connections import AT_ONCE, SILENT_S, ClientConnection
from exoplanet_desktop.server.engine import Engine
from exoplanet_desktop.server.settings import EngineSettings, is_loopback

_BACKLOG = 256
_LOG_BYTES = 2 * 1024 * 1024


def serve(
    host: str,
    port: int,
    data_dir: Path,
    token: str | None,
    announce: Callable[[str], None],
    cluster: str | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; `announce` gets the address, such as http://127.0.0.1:8001, once it answers.

    `cluster` is the address of a Dask scheduler that shares the jobs' work, or `local`. Raises InputError for an open
    address without a token, UnavailableError if the address, the data folder or the cluster is unusable.
    """
    if token is None and not is_loopback(host):
        raise InputError(
            f"Without a token the engine listens only on this machine, but {host} can be reached from others. Name a "
            "file with a token with --token-file, or use --host 127.0.0.1."
        )
    if token is not None and len(token) < 16:
        raise InputError("The token is too short to be safe. Use at least 16 characters.")
    # With a token, a TLS proxy on this machine may forward requests under the lab's own name.
    settings = EngineSettings(data_dir=data_dir, token=token, loopback=token is None, cluster=cluster)
    run(settings, host, port, announce)


def run(
    settings: EngineSettings,
    host: str,
    port: int,
    announce: Callable[[str], None],
    watch: Callable[[Callable[[], None]], None] | None = None,
) -> None:
    """Serve with all settings; `watch` receives a function that stops the server, callable from any thread."""
    listener = bind(host, port)
    try:
        engine = Engine(settings)
        try:
            server = _Server(engine)
            with _logging(engine.store.folder("logs") / "engine.log"), _signals_taken(server.stop):
                if watch is not None:
                    watch(server.stop)
                announce(address_of(listener))
                server.run(sockets=[listener])
        finally:
            engine.close()
    finally:
        listener.close()


def bind(host: str, port: int) -> socket.socket:
    """A socket that already listens, so that nobody who knows the address finds it closed.

    Raises InputError for an invalid port, UnavailableError if the address is not available.
    """
    if not 0 <= port <= 65535:
        raise InputError(f"{port} is not a port. Choose one from 1024 to 65535 with --port.")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # Without an explicit protocol, asyncio does not switch off Nagle's algorithm: 40 ms for each answer.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except (OSError, UnicodeError, OverflowError) as error:
        raise UnavailableError(f"The engine cannot listen on the address {host}. Use --host 127.0.0.1.") from error
    try:
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)  # on Windows, SO_REUSEADDR lets two share a port
        listener.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise UnavailableError(_bind_failure(error, host, port)) from error
    return listener


def _bind_failure(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"The port {port} is in use by another program. Choose another one with --port."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"This user may not listen on port {port}. Choose one of 1024 or higher with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}. Use --host 127.0.0.1, or 0.0.0.0 for all of its addresses."
    return f"The engine cannot listen on {host}, port {port}: {error.strerror}. Choose another address."


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    def __init__(self, engine: Engine) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(engine),
                http=ClientConnection,
                ws="none",
                loop="asyncio",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=int(SILENT_S),
                timeout_graceful_shutdown=2,
                backlog=AT_ONCE,
            )
        )
        self._engine = engine

    def stop(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # asyncio takes one number for two things: how many clients it accepts at once, and how many may wait for that.
        for listener in sockets or ():
            with suppress(OSError):
                listener.listen(_BACKLOG)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Jobs first: a caller that waits for one gets its answer instead of delaying the shutdown.
        await asyncio.to_thread(self._engine.runner.close)
        await super().shutdown(sockets)


@contextmanager
def _signals_taken(stop: Callable[[], None]) -> Iterator[None]:
    """Signals shut the server down in order, even before uvicorn handles them.

    Uvicorn raises a signal again after its orderly shutdown; this handler catches it, so that the process exits with 0.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def take(_: int, __: FrameType | None) -> None:
        stop()

    ending = [signal.SIGINT, signal.SIGTERM]
    if sys.platform == "win32":
        ending.append(signal.SIGBREAK)
    before = {number: signal.signal(number, take) for number in ending}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _LogFile(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """A full disk must not cause tracebacks on a terminal, or on a missing one in a windowed program."""


@contextmanager
def _logging(path: Path) -> Iterator[None]:
    """The engine's own log: errors with tracebacks, limited in size."""
    with suppress(OSError):
        handler = _LogFile(path, maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger = logging.getLogger()
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            handler.close()

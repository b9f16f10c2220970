"""Turns every outcome of a command into an exit code and at most one sentence on stderr; tracebacks go to the log."""

import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from exoplanet_desktop.errors import AppError, BugError, Cancelled, InputError, UnreadableFile

log = logging.getLogger("exoplanet_desktop.cli")

COMMAND = "exoplanet-desktop"

OK, FAILED, WRONG_INPUT, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143

_LOG_BYTES = 1_000_000


class Terminated(BaseException):
    """The system asked this process to exit."""


def guarded(command: Callable[[], object]) -> int:
    """Runs a command; its exit code is the number that it returns, or 0."""
    _tolerant_output()
    # Without a handler, Python would print log records, including tracebacks.
    logging.getLogger("exoplanet_desktop").addHandler(logging.NullHandler())
    try:
        with _ending_in_order():
            code = command()
        sys.stdout.flush() if sys.stdout else None
        return code if isinstance(code, int) else OK
    except BrokenPipeError:
        _drop_stdout()
        return FAILED
    except Terminated:
        _stopped()
        return TERMINATED
    except (KeyboardInterrupt, Cancelled):
        return _stopped()
    except InputError as error:
        log.info("refused: %s", error)
        _tell(str(error) + _hint(error))
        return WRONG_INPUT
    except AppError as error:
        if isinstance(error, BugError):
            _some_log()
        log.error("failed", exc_info=error)
        _tell(str(error) + _where_the_log_is())
        return FAILED
    except Exception as error:
        code = _wrong_command(error)
        if code is not None:
            return code
        _some_log()
        log.critical("fault", exc_info=error)
        _tell(f"An unexpected error occurred ({_named(error)}).{_where_the_log_is()}")
        return FAILED


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Inside the block, SIGTERM and a closed terminal unwind a command like Ctrl+C, so no partial file is left."""
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` ignores it
                before[number] = signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # a second signal means "at once"
    raise Terminated


def _stopped() -> int:
    _tell("Stopped.")
    return INTERRUPTED


def _hint(error: InputError) -> str:
    """What the command line offers for a file that is not understood, as opposed to damaged or unreachable."""
    if not isinstance(error, UnreadableFile) or not isinstance(error.__context__, UnicodeError | None):
        return ""
    from exoplanet_desktop.cli.readings import HINT

    return f" {HINT}"


def _wrong_command(error: Exception) -> int | None:
    """Prints the mistake and returns the exit code if the command line was wrong; None for other errors."""
    import click

    match error:
        case click.Abort():
            return _stopped()
        case click.exceptions.NoArgsIsHelpError():
            _tell(error.format_message())
        case click.UsageError():
            name = error.ctx.command_path if error.ctx else COMMAND
            _tell(f"{_sentence(error.format_message())} See `{name} --help`.")
        case click.ClickException():
            _tell(_sentence(error.format_message()))
        case _:
            return None
    return WRONG_INPUT


def start_log(folder: Path | None) -> None:
    """Logs to a folder, or to a new temporary one if that cannot be written or is None."""
    for place in (folder, None):
        try:
            place = place or Path(tempfile.mkdtemp(prefix="exoplanet-desktop-log-"))
            place.mkdir(parents=True, exist_ok=True)
            handler = RotatingFileHandler(
                place / "exoplanet-desktop.log", maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8"
            )
        except OSError:
            continue
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger = logging.getLogger("exoplanet_desktop")
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
        return


def _some_log() -> None:
    """Starts a log after a failure that came before there was one."""
    if not _log_file():
        start_log(None)


def _log_file() -> str | None:
    handlers = logging.getLogger("exoplanet_desktop").handlers
    return next((handler.baseFilename for handler in handlers if isinstance(handler, RotatingFileHandler)), None)


def _where_the_log_is() -> str:
    file = _log_file()
    return f" The log is {file}." if file else ""


def _named(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:160]}" if text else type(error).__name__


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _tell(text: str) -> None:
    import click  # here and above: opening the window does not need it

    with suppress(OSError):
        click.echo(text, err=True)


def _tolerant_output() -> None:
    """Lets a console without a character show a question mark instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _drop_stdout() -> None:
    """The reader of the output has gone; keep the interpreter from complaining about that at exit."""
    stdout: TextIO | None = sys.stdout
    if stdout is not None:
        with suppress(OSError, ValueError), open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device
            os.dup2(nowhere.fileno(), stdout.fileno())

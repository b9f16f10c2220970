"""The output of commands: progress on stderr, results on stdout."""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exoplanet_desktop.files.whole import is_open_stream

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import JobStatus, Payload

_BAR = 24  # characters


class Console:
    """Progress: one updating line in a terminal, one line per stage elsewhere."""

    def __init__(self) -> None:
        self._terminal = bool(sys.stderr and sys.stderr.isatty())
        self._stage = ""
        self._open = False

    def progress(self, share: float | None, stage: str) -> None:
        """`share` is 0 to 1, or None if unknown."""
        if self._terminal:
            self._draw(share, stage)
        elif stage != self._stage:
            click.echo(stage, err=True)
        self._stage = stage

    def note(self, sentence: str) -> None:
        """Prints a permanent line on stderr."""
        self.end()
        click.echo(sentence, err=True)

    def end(self) -> None:
        """Clears the progress line."""
        if self._open:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._open = False

    def sending(self, name: str) -> Callable[[int, int | None], None]:
        """A callback for the bytes sent in an upload."""

        def tell(done: int, total: int | None) -> None:
            self.progress(done / total if total else None, f"Sending {name}")

        return tell

    def receiving(self, name: str) -> Callable[[int, int | None], None]:
        """A callback for the bytes received in a download."""

        def tell(done: int, total: int | None) -> None:
            self.progress(done / total if total else None, f"Saving {name}")

        return tell

    def status(self, status: "JobStatus") -> None:
        """A callback for the states of a job."""
        if status.status not in ("PENDING", "RUNNING"):
            return
        waiting = f"Queued, number {status.queue_position}" if status.queue_position else "Waiting"
        stage = status.stage or (waiting if status.status == "PENDING" else "Working")
        self.progress(status.progress, stage)

    def _draw(self, share: float | None, stage: str) -> None:
        width = shutil.get_terminal_size().columns
        if share is None:
            line = f"{'.' * _BAR}        {stage}"
        else:
            share = min(max(share, 0.0), 1.0)
            full = round(share * _BAR)
            line = f"{'#' * full}{'-' * (_BAR - full)}  {share:4.0%}  {stage}"
        click.echo(f"\r{line[: width - 1]}\x1b[K", err=True, nl=False)
        self._open = True


def print_json(reply: "Payload", *, without: frozenset[str] = frozenset(), beside: Path | None = None) -> None:
    """Prints a reply unchanged, NaN as null, on stdout; on stderr if the result itself, `beside`, went to stdout."""
    text = json.dumps(_plain(reply.model_dump(exclude_unset=True, exclude=set(without))), indent=2)
    click.echo(text, err=_to_stdout(beside))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    # JSON has no NaN or infinity.
    return None if isinstance(value, float) and value - value != 0 else value


def print_rows(rows: list[tuple[str, str]], *, beside: Path | None = None) -> None:
    """Prints names and values in two columns on stdout; on stderr if the result, `beside`, went to stdout."""
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}", err=_to_stdout(beside))


def _to_stdout(result: Path | None) -> bool:
    return result is not None and is_open_stream(result, 1)

"""The trace of a crash: a file that an orderly exit removes, and that the next start shows. Nothing is ever sent."""

import faulthandler
import logging
import traceback
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from exoplanet_desktop import __version__

log = logging.getLogger("exoplanet_desktop.gui")

MOST_BYTES = 200_000


@dataclass(frozen=True)
class Crash:
    """The trace of the last start: when it was last written, and its text."""

    when: datetime
    text: str


class CrashRecord:
    """Records the state of the program when it ends unexpectedly."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "crash.txt"
        self._file: TextIO | None = None

    def take_last(self) -> Crash | None:
        """The trace of the last start, if it did not end in order and gave a reason; it is kept as `crash-last.txt`."""
        try:
            text = self.path.read_bytes()[-MOST_BYTES:].decode("utf-8", "replace")
            when = datetime.fromtimestamp(self.path.stat().st_mtime, UTC)
            self.path.replace(self.path.with_name("crash-last.txt"))
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("the record of a crash cannot be read: %s", error)
            return None
        if not text.strip():
            # Killed, or the computer was switched off: no more is known.
            log.info("the last session did not end properly")
            return None
        return Crash(when, text)

    def begin(self) -> None:
        """From now on, a fatal signal writes the stack of each thread to this file."""
        try:
            self._file = self.path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        except OSError as error:
            log.warning("no record of crashes can be kept: %s", error)

    def note(self, error: BaseException) -> None:
        """An uncaught exception; it matters if the program does not end in order after it."""
        if self._file is None:
            return
        with suppress(OSError, ValueError):
            self._file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, version {__version__}\n")
            traceback.print_exception(error, file=self._file)
            self._file.flush()

    def end(self) -> None:
        """The program ends in order: remove the file."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        self._file = None
        with suppress(OSError):
            self.path.unlink()

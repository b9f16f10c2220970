"""What is left of a crash: a file that an orderly end removes, and that the next start shows. Nothing is ever sent."""

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
    """What the last start left: when it was written to last, and its text."""

    when: datetime
    text: str


class CrashRecord:
    """Takes down where the program is when it ends without being asked to."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "crash.txt"
        self._file: TextIO | None = None

    def take_last(self) -> Crash | None:
        """What the last start left, if it did not end in order and told why; it is kept as `crash-last.txt`."""
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
            # Killed, or the computer was switched off: nobody can say more.
            log.info("the last session did not end properly")
            return None
        return Crash(when, text)

    def begin(self) -> None:
        """From now on a fatal signal leaves the stack of each thread here."""
        try:
            self._file = self.path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        except OSError as error:
            log.warning("no record of crashes can be kept: %s", error)

    def note(self, error: BaseException) -> None:
        """An exception that nobody caught; it matters where the program does not end in order after it."""
        if self._file is None:
            return
        with suppress(OSError, ValueError):
            self._file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, version {__version__}\n")
            traceback.print_exception(error, file=self._file)
            self._file.flush()

    def end(self) -> None:
        """The program ends in order: nothing is left."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        self._file = None
        with suppress(OSError):
            self.path.unlink()

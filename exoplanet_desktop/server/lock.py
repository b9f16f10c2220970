"""One engine per data folder."""

import time
from pathlib import Path
from typing import IO

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.lock import try_lock
from exoplanet_desktop.server.files import disk_errors

_PATIENCE_S = 1.0  # an engine that was just killed needs a moment to let go


class FolderLock:
    """Holds a folder for this process; the system lets go of it however the process ends."""

    def __init__(self, folder: Path) -> None:
        """Raises UnavailableError where another engine holds the folder."""
        with disk_errors(f"The data folder {folder} cannot be used"):
            self._file: IO[bytes] = (folder / "engine.lock").open("ab")
        deadline = time.monotonic() + _PATIENCE_S
        while not try_lock(self._file):
            if time.monotonic() > deadline:
                self._file.close()
                raise UnavailableError(
                    f"Another engine already uses the data folder {folder}. "
                    "Close that one, or choose another folder with --data-dir."
                )
            time.sleep(0.05)

    def release(self) -> None:
        self._file.close()

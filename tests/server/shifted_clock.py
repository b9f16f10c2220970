"""A clock that can be shifted while the engine runs, without touching the machine's own."""

import time
from datetime import datetime, tzinfo
from pathlib import Path

from exoplanet_desktop.server import joblog, store


def install(file: Path) -> None:
    """Shifts this process's clock from now on by the seconds in a file; timers are unaffected."""
    true_time = time.time

    def shifted_time() -> float:
        return true_time() + float(file.read_text())

    class ShiftedDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "ShiftedDatetime":
            return cls.fromtimestamp(shifted_time(), tz)

    time.time = shifted_time
    for module in (store, joblog):
        module.datetime = ShiftedDatetime

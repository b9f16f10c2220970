"""Reports the progress and speed of a transfer in words."""

import time
from collections.abc import Callable

from exoplanet_desktop.client.jobs.pace import Pace, Pacer
from exoplanet_desktop.gui.base.text import duration, fixed, megabytes, tr

Tell = Callable[[float | None, str], object]
"""Takes a fraction from 0 to 1, or None if unknown, and a sentence."""

EVERY_S = 0.1


class Pacing:
    """The progress callback of a transfer: reports fraction and words at most ten times a second.

    Called in a worker, and so is `tell`.
    """

    def __init__(self, what: str, tell: Tell, after: str = "") -> None:
        """`what` names the activity in a word or two; `after` what follows once the transfer is complete."""
        self._what, self._tell, self._after = what, tell, after
        self._pacer = Pacer()
        self._told = float("-inf")

    def __call__(self, done: int, total: int | None) -> None:
        now = time.monotonic()
        complete = total is not None and done >= total
        if now - self._told < EVERY_S and not complete:
            return
        self._told = now
        pace = self._pacer(done, total)
        if complete and self._after:
            self._tell(None, self._after)
        else:
            self._tell(done / total if total else None, f"{self._what} {pace_words(pace)}")


def pace_words(pace: Pace) -> str:
    """How far a transfer is, how fast it goes, and how long it will still take.

    >>> pace_words(Pace(12_300_000, 365_000_000, 2_100_000, 168))
    '12.3 of 365.0 MB, 2.1 MB/s, 3 minutes left'
    """
    parts = [megabytes(pace.done)]
    if pace.total:
        parts = [tr("{done} of {total}", done=fixed(pace.done / 1e6, 1), total=megabytes(pace.total))]
    if pace.speed is not None:
        fast = pace.speed >= 1e5
        number = fixed(pace.speed / (1e6 if fast else 1e3), 1)
        parts.append(tr("{number} MB/s", number=number) if fast else tr("{number} kB/s", number=number))
    if pace.remaining_s is not None and pace.done != pace.total:
        parts.append(tr("{time} left", time=duration(max(1.0, pace.remaining_s))))
    return ", ".join(parts)

"""Speed and remaining time of a transfer, for the text beside a progress bar."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_S = 5.0


@dataclass(frozen=True)
class Pace:
    """A transfer at one moment; unknown values are None.

    Attributes:
        done, total: bytes.
        speed: bytes per second over the last seconds.
        remaining_s: seconds.
    """

    done: int
    total: int | None
    speed: float | None
    remaining_s: float | None

    @property
    def words(self) -> str:
        """The pace as text for a reader.

        >>> Pace(12_300_000, 365_000_000, 2_100_000, 168).words
        '12.3 of 365.0 MB, 2.1 MB/s, 3 min left'
        """
        parts = [f"{self.done / 1e6:.1f} of {self.total / 1e6:.1f} MB" if self.total else f"{self.done / 1e6:.1f} MB"]
        if self.speed is not None:
            parts.append(f"{self.speed / 1e6:.1f} MB/s" if self.speed >= 1e5 else f"{self.speed / 1e3:.1f} kB/s")
        if self.remaining_s is not None:
            parts.append(f"{_duration(self.remaining_s)} left")
        return ", ".join(parts)


class Pacer:
    """Turns progress callbacks into a pace: `pacer(done, total)`.

    Speed covers the last WINDOW_S seconds, so a slow start does not distort it. A transfer that restarts resets it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def __call__(self, done: int, total: int | None) -> Pace:
        now = self._clock()
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[1][0] >= WINDOW_S:
            self._seen.popleft()
        since, had = self._seen[0]
        # The first half second measures buffers, not the line.
        speed = (done - had) / (now - since) if now - since >= 0.5 else None
        left = (total - done) / speed if total is not None and speed else None
        return Pace(done, total, speed, left)


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

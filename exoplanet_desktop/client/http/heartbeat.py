"""How well a backend responds: when last, how fast, and whether it is silent now; measured on regular calls."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Heartbeat:
    """Attributes:
    answered_at: time of the last answer, in seconds since the epoch; None if it never answered.
    took_s: seconds from sending a short request to the start of its answer; None before the first one.
    missed: whether a later request got no answer.
    """

    answered_at: float | None = None
    took_s: float | None = None
    missed: bool = False

    def answered(self, took_s: float | None) -> "Heartbeat":
        """The state after an answer; `took_s` is None if its delay does not reflect the line, as after an upload."""
        return Heartbeat(time.time(), self.took_s if took_s is None else took_s)

    def unanswered(self) -> "Heartbeat":
        return Heartbeat(self.answered_at, self.took_s, missed=True)

    @property
    def age_s(self) -> float:
        """Seconds since the last answer; infinite if there was none."""
        return float("inf") if self.answered_at is None else max(0.0, time.time() - self.answered_at)

"""How a backend answers: when last, how fast, and whether it is silent now; read off the calls that are made anyway."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Heartbeat:
    """Attributes:
    answered_at: when it answered last, seconds since the epoch; None where it never did.
    took_s: seconds from a short question to the beginning of its answer; None where none was asked yet.
    missed: whether a question since has found no answer.
    """

    answered_at: float | None = None
    took_s: float | None = None
    missed: bool = False

    def answered(self, took_s: float | None) -> "Heartbeat":
        """After an answer; `took_s` is None for one that says nothing of the line, such as that to an upload."""
        return Heartbeat(time.time(), self.took_s if took_s is None else took_s)

    def unanswered(self) -> "Heartbeat":
        return Heartbeat(self.answered_at, self.took_s, missed=True)

    @property
    def age_s(self) -> float:
        """Seconds since the last answer; infinite where there was none."""
        return float("inf") if self.answered_at is None else max(0.0, time.time() - self.answered_at)

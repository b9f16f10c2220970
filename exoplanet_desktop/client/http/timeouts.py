"""How long a call may take, how much it may return, and how often it may be retried."""

from dataclasses import dataclass, field, replace

SLOWEST = 200.0  # bytes per second; a reply slower than this for `slow_s` would never end


@dataclass(frozen=True)
class CallLimits:
    """Limits of a call: seconds of silence, seconds in total, bytes of the unpacked reply, and seconds for which a
    reply may be slower than SLOWEST.
    """

    silence_s: float
    total_s: float
    reply_bytes: int
    slow_s: float = 60.0

    def up_to(self, reply_bytes: int) -> "CallLimits":
        return replace(self, reply_bytes=reply_bytes)

    def within(self, total_s: float) -> "CallLimits":
        return replace(self, total_s=total_s)


@dataclass(frozen=True)
class RetryPolicy:
    """When to retry a failed call.

    Attributes:
        tries: total tries of a repeatable call.
        first_s: pause after the first failure; it doubles from then on, up to `longest_s`.
        retry_after_s: longest pause that a backend may ask for.
    """

    tries: int = 3
    first_s: float = 0.3
    longest_s: float = 5.0
    retry_after_s: float = 30.0


QUICK = CallLimits(silence_s=15, total_s=45, reply_bytes=20_000_000)
FILE = CallLimits(silence_s=60, total_s=6 * 3600, reply_bytes=16_000_000_000)
# A reference backend predicts or merges during the call, 8 ms per row, and returns every row as JSON.
WORK = CallLimits(silence_s=1800, total_s=6 * 3600, reply_bytes=500_000_000)


@dataclass(frozen=True)
class Timeouts:
    """Limits for each kind of call: short requests, files, and work done during the call."""

    quick: CallLimits = QUICK
    file: CallLimits = FILE
    work: CallLimits = WORK
    connect_s: float = 5.0
    retries: RetryPolicy = field(default_factory=RetryPolicy)

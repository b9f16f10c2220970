"""How long a call may take, how much it may bring, and how often it may be tried again."""

from dataclasses import dataclass, field, replace

SLOWEST = 200.0  # bytes a second; what comes slower than this for `slow_s` would never end


@dataclass(frozen=True)
class CallLimits:
    """What a call may take: seconds of silence, seconds in all, bytes of the reply (unpacked), and seconds for which
    a reply may come more slowly than SLOWEST.
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
    """When a call that failed may be tried again.

    Attributes:
        tries: in all, for a call that may be repeated.
        first_s: the pause after the first failure; it doubles from then on, up to `longest_s`.
        retry_after_s: the longest wait that a backend may ask for.
    """

    tries: int = 3
    first_s: float = 0.3
    longest_s: float = 5.0
    retry_after_s: float = 30.0


QUICK = CallLimits(silence_s=15, total_s=45, reply_bytes=20_000_000)
FILE = CallLimits(silence_s=60, total_s=6 * 3600, reply_bytes=16_000_000_000)
# A reference backend predicts or merges while we wait, 8 ms a row, and sends every row as JSON.
WORK = CallLimits(silence_s=1800, total_s=6 * 3600, reply_bytes=500_000_000)


@dataclass(frozen=True)
class Timeouts:
    """The limits of each kind of call: short questions, files, and work that is done while we wait."""

    quick: CallLimits = QUICK
    file: CallLimits = FILE
    work: CallLimits = WORK
    connect_s: float = 5.0
    retries: RetryPolicy = field(default_factory=RetryPolicy)

"""Whether and when to retry a failed call: backoff, jitter, and the pause that the backend asks for."""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from exoplanet_desktop.client.http.http_errors import is_refused_connection, may_pass
from exoplanet_desktop.client.http.timeouts import RetryPolicy
from exoplanet_desktop.client.http.transfers import ShouldStop
from exoplanet_desktop.errors import AppError, Cancelled, NoAnswer, TooMany

_PASSING = (500, 502, 503, 504)  # a restart, a proxy without its server, a file still being written
_TICK_S = 0.1


@dataclass
class Refusal(Exception):
    """The HTTP answer behind an error; `retry_after_s` is the pause that the backend asks for."""

    status: int
    retry_after_s: float | None = None

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str]) -> "Refusal":
        return cls(status, _seconds(headers.get("Retry-After", "")))


def pause_before_next(policy: RetryPolicy, method: str, tried: int, error: AppError, base: str) -> float | None:
    """Seconds to wait before the next try after `tried` tries; None if the call must not or need not be retried.

    Repeats a call that starts something only if the backend cannot have accepted it: the connection was refused, or the
    backend reported too many requests and said when to come back. Raises TooMany if that is too long.
    """
    cause = error.__cause__
    reads = method == "GET"
    if tried >= policy.tries:
        return None
    if isinstance(cause, Refusal):
        asked = cause.retry_after_s if cause.status in (429, 503) else None
        if cause.status == 429 and asked is not None and asked > policy.retry_after_s:
            raise TooMany(f"The backend at {base} is busy. Try again in {asked:.0f} s.")
        if cause.status == 429 and (reads or asked is not None):
            return max(asked or 0.0, _backoff(policy, tried))
        if reads and cause.status in _PASSING and (asked or 0) <= policy.retry_after_s:
            return max(asked or 0.0, _backoff(policy, tried))
        return None
    if not isinstance(error, NoAnswer) or cause is None:
        return None
    if is_refused_connection(cause):
        return _backoff(policy, tried) if tried == 1 else None
    return _backoff(policy, tried) if reads and may_pass(cause) else None


def wait(seconds: float, should_stop: ShouldStop | None) -> None:
    """Waits; raises Cancelled as soon as `should_stop` returns True."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if should_stop and should_stop():
            raise Cancelled("Stopped as you asked.")
        time.sleep(min(left, _TICK_S))


def _backoff(policy: RetryPolicy, tried: int) -> float:
    longest = min(policy.longest_s, policy.first_s * 2.0 ** (tried - 1))
    # Jitter keeps clients from all returning to a restarting server at once.
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def _seconds(text: str) -> float | None:
    """Retry-After (RFC 9110, 10.2.3): seconds or a date."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())

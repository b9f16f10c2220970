import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest
import requests

from exoplanet_desktop.client.http import retries
from exoplanet_desktop.client.http.retries import Refusal, pause_before_next, wait
from exoplanet_desktop.client.http.timeouts import RetryPolicy
from exoplanet_desktop.errors import AppError, Cancelled, InputError, NoAnswer, TooMany, UnavailableError

REPEATS = RetryPolicy(tries=3, first_s=1.0, longest_s=3.0, retry_after_s=30)
BASE = "http://lab:8001"


def caused(kind: type[AppError], cause: BaseException | None) -> AppError:
    error = kind("It did not work. Try again.")
    error.__cause__ = cause
    return error


BROKEN = caused(NoAnswer, requests.ConnectionError(ConnectionResetError()))
NOBODY = caused(NoAnswer, requests.ConnectionError(ConnectionRefusedError()))


def refused(status: int, **headers: str) -> AppError:
    return caused(UnavailableError, Refusal.of(status, {name.replace("_", "-"): v for name, v in headers.items()}))


def pause(error: AppError, method: str = "GET", tried: int = 1) -> float | None:
    return pause_before_next(REPEATS, method, tried, error, BASE)


@pytest.mark.parametrize(
    ("error", "get", "post"),
    [
        (BROKEN, True, False),
        (NOBODY, True, True),
        (refused(500), True, False),
        (refused(502), True, False),
        (refused(503, Retry_After="2"), True, False),
        (refused(429), True, False),
        (refused(429, Retry_After="2"), True, True),
        (refused(404), False, False),
        (refused(400), False, False),
        (caused(NoAnswer, requests.ReadTimeout()), False, False),
        (caused(NoAnswer, requests.exceptions.SSLError()), False, False),
        (caused(NoAnswer, None), False, False),
        (caused(InputError, OSError()), False, False),
    ],
)
def test_what_may_be_repeated(error, get, post):
    assert (pause(error) is not None, pause(error, "POST") is not None) == (get, post)
    assert pause(error, "DELETE") is None or post
    assert pause(error, tried=3) is None


def test_nobody_there_is_asked_once_more_only():
    assert pause(NOBODY, tried=2) is None


def test_pauses_grow_with_jitter_up_to_a_longest():
    many = RetryPolicy(tries=100, first_s=1.0, longest_s=3.0)
    for tried, longest in ((1, 1.0), (2, 2.0), (3, 3.0), (50, 3.0)):
        pauses = {pause_before_next(many, "GET", tried, BROKEN, BASE) for _ in range(20)}
        assert len(pauses) > 10
        assert all(longest / 2 <= found <= longest for found in pauses)


def test_a_backend_is_given_the_time_it_asks_for_within_bounds():
    assert pause(refused(429, Retry_After="7")) == 7
    in_a_while = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    assert 17 < pause(refused(503, Retry_After=in_a_while)) <= 20
    assert pause(refused(503, Retry_After="31")) is None
    with pytest.raises(TooMany, match="Try again in 31 s"):
        pause(refused(429, Retry_After="31"))


@pytest.mark.parametrize("text", ["", "soon", "-5", "1e9", "Thu, 99 Foo", "²"])
def test_a_time_that_is_none_is_not_waited_for(text):
    assert Refusal.of(429, {"Retry-After": text}).retry_after_s is None


def test_waiting_ends_when_told_to():
    start = time.monotonic()
    with pytest.raises(Cancelled):
        wait(20, lambda: time.monotonic() - start > 0.05)
    assert time.monotonic() - start < 5
    wait(0.01, None)


def test_waiting_takes_as_long_as_said(monkeypatch):
    now = [100.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=lambda seconds: now.append(now.pop() + seconds))
    monkeypatch.setattr(retries, "time", clock)
    wait(2.5, lambda: False)
    assert now == [pytest.approx(102.5)]

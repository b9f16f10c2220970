"""Blocking calls off the GUI thread: as many at once as needed, and no idle surplus thread."""

import asyncio
import threading
import time

import pytest
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.client.jobs.pace import Pace
from exoplanet_desktop.gui.base.workers import calls
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.pacing import Pacing, pace_words


def test_calls_that_hang_leave_a_thread_for_the_next(
    no_threads_left: None, loop: QEventLoop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "SPARE_S", 0.1)
    workers, release = Workers(count=2), threading.Event()
    hanging = [asyncio.ensure_future(workers.call(release.wait, 20)) for _ in range(12)]
    quick = asyncio.ensure_future(workers.call(lambda: "at once"))

    qtbot.waitUntil(quick.done, timeout=2_000)
    assert quick.result() == "at once"
    assert not any(future.done() for future in hanging)
    release.set()
    qtbot.waitUntil(lambda: all(future.done() for future in hanging), timeout=5_000)
    qtbot.waitUntil(lambda: len(workers._threads) == 2, timeout=5_000)
    workers.close()


def test_one_thread_runs_calls_in_their_order(no_threads_left: None, loop: QEventLoop, qtbot: QtBot) -> None:
    workers, order = Workers(count=1, most=1), []
    last = [asyncio.ensure_future(workers.call(order.append, number)) for number in range(50)]
    qtbot.waitUntil(lambda: all(future.done() for future in last), timeout=5_000)
    assert order == list(range(50))
    workers.close()


def test_the_pace_of_a_transfer_in_words() -> None:
    assert pace_words(Pace(1_000_000, None, None, None)) == "1.0 MB"
    assert pace_words(Pace(1_000_000, 2_000_000, 4_300, 0.2)) == "1.0 of 2.0 MB, 4.3 kB/s, 1 s left"
    told: list[tuple[float | None, str]] = []
    pacing = Pacing("Sending", lambda share, words: told.append((share, words)), "The backend works …")
    for done in range(0, 1_000_001, 1_000):
        pacing(done, 1_000_000)
    assert told[0] == (0.0, "Sending 0.0 of 1.0 MB")
    assert told[-1] == (None, "The backend works …")
    assert len(told) < 50


def test_closing_does_not_wait_for_calls_that_hang(loop: QEventLoop, qtbot: QtBot) -> None:
    workers, release = Workers(count=1), threading.Event()
    hanging = asyncio.ensure_future(workers.call(release.wait, 20))
    start = time.monotonic()
    workers.close(seconds=0.2)
    assert time.monotonic() - start < 1.0
    release.set()
    qtbot.waitUntil(hanging.done, timeout=5_000)

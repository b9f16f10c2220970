"""Every misbehaviour × every call of the window ends in a correct result or one readable sentence, in time.

And never with a traceback, a frozen tab, a leftover thread, a token or request sent to another host, or a half-written
file; and the button can be used again.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from exoplanet_desktop.client.http.http_client import HttpClient
from exoplanet_desktop.client.jobs.tracker import WINDOW
from exoplanet_desktop.gui.backends import session
from exoplanet_desktop.gui.base.workers import lane, poller
from exoplanet_desktop.gui.runs import job_run
from tests.gui.misbehaviour_calls import CALLS, TOKEN, Table, WindowCall
from tests.reference_server.acts import ERROR, MISBEHAVIOURS, RIGHT
from tests.reference_server.counts import count
from tests.reference_server.stage import Elsewhere, Stage

LIMIT_S = 8.0  # per case; the limits allow about three seconds, the rest is for a busy machine
WORK_S = 1.0  # of uninterrupted processor time
SOME = ("HTML for JSON", "half an answer", "a redirect to another host", "silence")
UNREADABLE = re.compile(r"[<>\x00]|Traceback|Errno|object at|HTTPConnection|None|inside the program")


def check(call: WindowCall, table: Table, name: str, must: str, other: Elsewhere) -> str:
    """How a case ended: with a correct result or with a sentence. Raises AssertionError for any other end."""
    start = time.monotonic()
    table.heartbeat.begin()
    call.act(table)
    # A case that must end well may report retries on the way.
    table.until(lambda: call.over(table) and (must != RIGHT or call.right(table)), int(LIMIT_S * 1000))
    assert time.monotonic() - start < LIMIT_S
    right = call.right(table)
    sentence = "" if right else call.words(table)
    call.after(table)
    if not right:
        check_sentence(sentence)
    assert not (must == ERROR and right and not call.may_be_right), "what is wrong was taken for right"
    assert right or not (must == RIGHT or call.must_be_right), sentence
    table.until(lambda: call.button(table).isEnabled(), 3_000)
    assert table.heartbeat.worked_s < WORK_S, f"the window stood still for {table.heartbeat.worked_s:.1f} s"
    assert not other.was_visited
    assert all(request.headers.get("Authorization") == f"Bearer {TOKEN}" for request in table.stage.requests)
    check_files(table, right)
    table.until(lambda: not any(thread.name == "exchange" for thread in threading.enumerate()), 3_000)
    return RIGHT if right else "with a sentence"


def check_sentence(sentence: str) -> None:
    assert 10 < len(sentence) < 600, repr(sentence)
    assert sentence.rstrip().endswith((".", "!", "?", "…")), repr(sentence)
    assert not UNREADABLE.search(sentence), sentence
    assert TOKEN not in sentence


def check_files(table: Table, right: bool) -> None:
    """A file is complete or absent, without partial files."""
    assert not [path for path in table.folder.iterdir() if path != table.target]
    assert right or not table.target.exists()
    scratch = table.window.services.scratch
    assert not [path for path in scratch.rglob("*") if path.name.endswith(".part")]


def play_all(call: WindowCall, names: list[str], table: Table, other: Elsewhere) -> None:
    """Plays each misbehaviour at one call, then reports all that ended badly together."""
    bad: list[str] = []
    for name in names:
        make, must = MISBEHAVIOURS[name]
        table.extensions = call.extensions
        table.good_backend()
        call.begin(table)
        table.window.notices.clear()
        table.spoil(call.method, call.path, make)
        try:
            count("window", check(call, table, name, must, other))
        except Exception as error:  # the other cases are still played
            bad.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
        table.target.unlink(missing_ok=True)
    assert not bad, "\n".join(bad)


@pytest.fixture(autouse=True)
def never_asked_in_the_window(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails if the window's own thread waits for a backend."""
    waited: list[str] = []
    exchange = HttpClient.exchange

    def watched(self: HttpClient, method: str, url: str, *args: Any, **options: Any) -> Any:
        if threading.current_thread() is threading.main_thread():
            waited.append(f"{method} {url}")
        return exchange(self, method, url, *args, **options)

    monkeypatch.setattr(HttpClient, "exchange", watched)
    yield
    assert not waited


@pytest.fixture
def table(
    start: Callable, sample: Callable[..., Path], stage: Stage, other: Elsewhere, qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Table]:  # fmt: skip
    # Other tests cover the program's own waits; here they would take most of the time.
    monkeypatch.setattr(lane, "WINDOW", replace(WINDOW, quiet_s=0.1))
    monkeypatch.setattr(job_run, "STOP_S", 0.2)
    monkeypatch.setattr(poller, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(session, "RECHECK_MS", 300)
    folder = tmp_path / "saved"
    folder.mkdir()
    table = Table(start().window, stage, other.base, qtbot, sample(rows=60), folder)
    table.open_catalogs()
    yield table
    table.heartbeat.end()
    stage.clear()


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_misbehaviour_in_the_window(call: WindowCall, table: Table, other: Elsewhere) -> None:
    play_all(call, [name for name in MISBEHAVIOURS if name in SOME], table, other)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_misbehaviour_in_the_window(call: WindowCall, table: Table, other: Elsewhere) -> None:
    play_all(call, [name for name in MISBEHAVIOURS if name not in SOME], table, other)

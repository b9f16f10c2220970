"""The state of a run: what may follow on what, who may write it, and what is out of date."""

import logging
import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from exoplanet_desktop.errors import BugError
from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.runs.run import Run
from exoplanet_desktop.gui.runs.run_state import RunSnapshot, RunState
from exoplanet_desktop.wire.vocabulary import FINAL_STATUSES, RUN_STATUSES


@pytest.fixture
def run(qtbot: QtBot) -> Run:
    return Run("train", "a run", {})


@pytest.mark.parametrize("state", RunState)
def test_what_is_over_stays_so_but_for_what_was_not_sent(state: RunState) -> None:
    after = {other for other in RunState if state.may_become(other)}
    if state is RunState.UNSENT:
        assert after == {RunState.WAITING, RunState.FAILED}
    elif state.is_over or state is RunState.UNFINISHED:
        assert after - {state} == set()
    else:
        assert {RunState.FAILED, RunState.CANCELLED} <= after


def test_each_state_has_a_status_of_the_record_and_a_colour_of_the_theme() -> None:
    assert {state.status for state in RunState} - {""} == set(RUN_STATUSES)
    for state in RunState:
        assert getattr(theme.LIGHT, state.colour)


@pytest.mark.parametrize("status", RUN_STATUSES)
def test_a_status_of_the_record_has_a_state_whether_or_not_it_is_watched(status: str) -> None:
    assert RunState.of(status, live=True).status == status
    over = status in FINAL_STATUSES
    expected = RunState.of(status, live=True) if over or status == "WAITING" else RunState.UNFINISHED
    assert RunState.of(status, live=False) is expected


def test_a_state_that_must_not_follow_is_refused_and_logged(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    run._finish(RunState.FAILED, "It failed.", failure="It failed.")
    before, seen = run.snapshot, []
    run.changed.connect(seen.append)
    run.ended.connect(lambda: seen.append("ended"))
    with caplog.at_level(logging.ERROR):
        assert not run._become(RunState.RUNNING, words="It goes on.")
        run._finish(RunState.SUCCEEDED, "It is done.")
    assert run.snapshot is before
    assert seen == []
    assert [record.getMessage() for record in caplog.records] == [
        "a run: a run that is FAILED cannot become RUNNING",
        "a run: a run that is FAILED cannot become SUCCEEDED",
    ]
    caplog.clear()  # any other test fails where an error is logged


@given(steps=st.lists(st.sampled_from(list(RunState)), max_size=12))
def test_whatever_is_asked_for_each_step_is_one_of_the_table(steps: list[RunState]) -> None:
    logging.disable(logging.ERROR)
    try:
        run, seen, ends = Run("train", "a run", {}), [], []
        run.changed.connect(lambda snapshot: seen.append(snapshot.state))
        run.ended.connect(lambda: ends.append(run.state))
        for step in steps:
            if step.is_over:
                run._finish(step, step.name)
            else:
                run._become(step, words=step.name)
    finally:
        logging.disable(logging.NOTSET)
    states = [RunState.SENDING, *seen]
    assert all(a.may_become(b) for a, b in pairwise(states))
    assert ends == [state for state in seen if state.is_over]


def test_silence_keeps_the_status_that_the_record_knows(run: Run) -> None:
    run._become(RunState.PENDING)
    run._become(RunState.SILENT, words="No answer.")
    assert (run.snapshot.status, run.snapshot.state.chip) == ("PENDING", "◌ NO ANSWER")


def test_only_its_own_thread_writes_it(run: Run) -> None:
    raised: list[BaseException] = []

    def write() -> None:
        try:
            run._become(RunState.PENDING)
        except BugError as error:
            raised.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert len(raised) == 1
    assert run.state is RunState.SENDING


def test_what_a_worker_tells_arrives_unless_the_state_has_changed_since(run: Run, qtbot: QtBot) -> None:
    seen: list[RunSnapshot] = []
    run.changed.connect(seen.append)
    thread = threading.Thread(target=run.tell, args=(0.5, "Sending"))
    thread.start()
    thread.join()
    assert seen == [], "it waits for the thread of the window"
    qtbot.waitUntil(lambda: run.snapshot.words == "Sending", timeout=5_000)
    assert run.snapshot.share == 0.5

    thread = threading.Thread(target=run.tell, args=(1.0, "Sent"))
    thread.start()
    thread.join()
    run._become(RunState.PENDING, share=None, words="Waiting")
    qtbot.wait(50)
    assert [(one.share, one.words) for one in seen] == [(0.5, "Sending"), (None, "Waiting")]

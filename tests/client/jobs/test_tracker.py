"""What a JobTracker makes of replies and errors: tables of news with times, and what holds for any of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoplanet_desktop.client.jobs.events import (
    CameBack,
    Ended,
    JobEvent,
    LogGrew,
    Progressed,
    Silent,
    Stalled,
    Started,
)
from exoplanet_desktop.client.jobs.tracker import (
    COMMAND_LINE,
    WINDOW,
    JobReply,
    JobTracker,
    News,
    Patience,
    Slept,
    is_final,
)
from exoplanet_desktop.errors import AppError, BugError, NoAnswer, NotAllowed, NotFound, UnavailableError
from exoplanet_desktop.wire.bounds import LONGEST_LOG
from exoplanet_desktop.wire.payloads import JobStatus

GONE, BUSY = NoAnswer("Nothing listens there."), UnavailableError("The backend failed.")
NO_JOB, NO_TOKEN = NotFound("There is no such job."), NotAllowed("The token is wrong.")


def status(word: str = "RUNNING", progress: float | None = None, **more) -> JobStatus:
    return JobStatus(job_id="j", status=word, progress=progress, **more)


def reply(word: str = "RUNNING", progress: float | None = None, log: str = "", **more) -> JobReply:
    return JobReply(status(word, progress, **more), log)


def told(patience: Patience, *news: tuple[float, News]) -> list[list[JobEvent]]:
    """The events of each piece of news, with the moment at which it came."""
    tracker = JobTracker(patience, 0.0)
    return [tracker.feed(one, now) for now, one in news]


PENDING, RUNNING, HALF, DONE = status("PENDING"), status(), status(progress=0.5), status("SUCCEEDED")

TABLES: dict[str, tuple[Patience, list[tuple[float, News, list[JobEvent]]]]] = {
    "from the queue to the end": (
        WINDOW,
        [
            (0, reply("PENDING"), [Started(PENDING), Progressed(PENDING, True)]),
            (1, reply(), [Progressed(RUNNING, True)]),
            (2, reply(), [Progressed(RUNNING, False)]),
            (3, reply(log="a line\n"), [Progressed(RUNNING, True), LogGrew("a line\n", True)]),
            (4, reply(progress=0.5), [Progressed(HALF, True)]),
            (5, reply("SUCCEEDED", log="x"), [Progressed(DONE, True), LogGrew("x", True), Ended(DONE)]),
            (6, reply(), []),
            (7, NO_JOB, []),
            (900, None, []),
        ],
    ),
    "over before it was asked for": (
        WINDOW,
        [(0, reply("SUCCEEDED"), [Started(DONE), Progressed(DONE, True), Ended(DONE)])],
    ),
    "a short failure is not worth a word": (
        WINDOW,
        [
            (0, reply(), [Started(RUNNING), Progressed(RUNNING, True)]),
            (1, GONE, []),
            (2, None, []),
            (3.5, None, [Silent(3.5, GONE)]),
            (5, BUSY, [Silent(5, BUSY)]),
            (6, reply(), [Progressed(RUNNING, False)]),
            (9.5, None, []),
        ],
    ),
    "an answer that does not come": (
        WINDOW,
        [(9, None, []), (10, None, [Silent(10, None)]), (11, reply(), [Started(RUNNING), Progressed(RUNNING, True)])],
    ),
    "away for long": (
        WINDOW,
        [
            (0, reply(), [Started(RUNNING), Progressed(RUNNING, True)]),
            (19, GONE, [Silent(19, GONE)]),
            (40, reply(), [CameBack(40, False, RUNNING, RUNNING, False), Progressed(RUNNING, False)]),
            # It stands still since then, so it is called stalled sooner.
            *((now, reply(), [Progressed(RUNNING, False)]) for now in range(45, 121, 5)),
            (121, reply(), [Stalled(RUNNING, 121, True, True)]),
            (122, None, [Stalled(RUNNING, 122, True, False)]),
            (123, reply(progress=0.5), [Progressed(HALF, True)]),
            (133, GONE, [Silent(10, GONE)]),
            (134, reply(progress=0.5), [Progressed(HALF, False)]),
            (140, reply(progress=0.5), [Progressed(HALF, False)]),
        ],
    ),
    "away before its first report": (
        WINDOW,
        [(30, reply(), [Started(RUNNING), CameBack(30, False, None, RUNNING, False), Progressed(RUNNING, True)])],
    ),
    "ended while its backend was away": (
        WINDOW,
        [
            (0, reply(), [Started(RUNNING), Progressed(RUNNING, True)]),
            (30, reply("SUCCEEDED"), [CameBack(30, False, RUNNING, DONE, True), Progressed(DONE, True), Ended(DONE)]),
        ],
    ),
    "asleep, on a clock that stands still meanwhile": (
        WINDOW,
        [
            (0, reply(), [Started(RUNNING), Progressed(RUNNING, True)]),
            (1, Slept(700), []),
            (2, Slept(18), []),
            (2, None, []),
            (2, reply(), [CameBack(720, True, RUNNING, RUNNING, False), Progressed(RUNNING, False)]),
            (30, reply(), [CameBack(28, False, RUNNING, RUNNING, False), Progressed(RUNNING, False)]),
        ],
    ),
    "nothing moves": (
        WINDOW,
        [
            (0, reply(progress=0.5), [Started(HALF), Progressed(HALF, True)]),
            *((now, reply(progress=0.5), [Progressed(HALF, False)]) for now in range(5, 301, 5)),
            (301, reply(progress=0.5), [Stalled(HALF, 301, False, True)]),
            (302, None, [Stalled(HALF, 302, False, False)]),
            (303, reply(progress=0.5, log="x"), [Progressed(HALF, True), LogGrew("x", True)]),
            (310, NO_TOKEN, [Ended(error=NO_TOKEN)]),
        ],
    ),
    "in a long queue nothing moves either": (
        WINDOW,
        [
            (0, reply("PENDING"), [Started(PENDING), Progressed(PENDING, True)]),
            *((now, reply("PENDING"), [Progressed(PENDING, False)]) for now in range(5, 500, 5)),
        ],
    ),
    "a silent backend is not called stalled": (
        WINDOW,
        [(0, reply(), [Started(RUNNING), Progressed(RUNNING, True)]), (500, None, [Silent(500, None)])],
    ),
    "a job that the backend forgot": (WINDOW, [(0.3, NO_JOB, [Ended(error=NO_JOB)]), (1, reply(), [])]),
    "at a prompt each failure is told at once, and a minute of them is the end": (
        COMMAND_LINE,
        [
            (0, reply(), [Started(RUNNING), Progressed(RUNNING, True)]),
            (1, GONE, [Silent(1, GONE)]),
            (59, GONE, [Silent(59, GONE)]),
            (60, reply(), [Progressed(RUNNING, False)]),
            (61, GONE, [Silent(1, GONE)]),
            (121, GONE, [Ended(error=GONE)]),
        ],
    ),
    "at a prompt any other failure is the end": (COMMAND_LINE, [(1, BUSY, [Ended(error=BUSY)])]),
    "at a prompt a job that stands in line is called stalled, too": (
        COMMAND_LINE,
        [
            (0, reply("PENDING"), [Started(PENDING), Progressed(PENDING, True)]),
            (300, reply("PENDING"), [Progressed(PENDING, False)]),
            (302, reply("PENDING"), [Stalled(PENDING, 302, False, True)]),
            (304, reply("PENDING"), [Stalled(PENDING, 304, False, False)]),
        ],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_news_become_events(name: str) -> None:
    patience, rows = TABLES[name]
    assert told(patience, *((now, news) for now, news, _ in rows)) == [events for _, _, events in rows]


def test_a_log_longer_than_is_kept_says_so() -> None:
    half = "x" * (LONGEST_LOG // 2)
    grown = [
        event.is_kept
        for events in told(WINDOW, *((now, reply(log=half)) for now in range(4)))
        for event in events
        if isinstance(event, LogGrew)
    ]
    assert grown == [True, True, False, False]


WORDS = ("PENDING", "RUNNING", "running", "SUCCEEDED", "failed", "CANCELLED", "?")
REPLIES = st.builds(
    reply,
    st.sampled_from(WORDS),
    st.none() | st.floats(0, 1),
    st.text(max_size=5),
    stage=st.none() | st.sampled_from(["fold 1 of 5", "fold 2 of 5"]),
)
ERRORS = st.sampled_from([GONE, BUSY, NO_JOB, NO_TOKEN, BugError("Our own fault.")])
STEPS = st.lists(st.tuples(st.floats(0, 400), REPLIES | ERRORS | st.builds(Slept, st.floats(0, 1000)) | st.none()))
PATIENCES = st.sampled_from(
    [WINDOW, COMMAND_LINE, replace(WINDOW, quiet_s=0.0, stalled_after_s=1.0), replace(COMMAND_LINE, lost_after_s=0.0)]
)


@given(PATIENCES, STEPS)
def test_what_holds_for_any_news(patience: Patience, steps: list[tuple[float, News]]) -> None:
    moments, now = [], 0.0
    for pause, news in steps:
        now += pause
        moments.append((now, news))
    answers = told(patience, *moments)
    events = [event for one in answers for event in one]

    # Started comes once, before anything that a reply brings; Ended once at most, and last.
    reported = [event for event in events if isinstance(event, Started | Progressed | Stalled | CameBack | LogGrew)]
    assert [isinstance(event, Started) for event in reported] == [place == 0 for place in range(len(reported))]
    ends = [place for place, event in enumerate(events) if isinstance(event, Ended)]
    assert ends in ([], [len(events) - 1])

    # It ends with the first final reply, or with an error, and goes on until then.
    ended = False
    for (_, news), one in zip(moments, answers, strict=True):
        if ended:
            assert one == []
            continue
        ended = bool(one) and isinstance(one[-1], Ended)
        if isinstance(news, JobReply):
            assert one[-1] == Ended(news.status) if is_final(news.status) else not ended
        elif isinstance(news, AppError):
            assert one == [Ended(error=news)] if ended else not patience.ends(news)
        else:
            assert not ended

    # Progress and log are those of the replies up to the end: nothing left out, doubled, turned round or made up.
    heard = [news for _, news in moments if isinstance(news, JobReply)]
    by_replies = [one for (_, news), one in zip(moments, answers, strict=True) if isinstance(news, JobReply)]
    shown = [event.status for one in by_replies for event in one if isinstance(event, Progressed | Stalled)]
    assert shown == [one.status for one in heard[: len(shown)]]
    assert len(shown) == len(heard) or ends
    log = "".join(event.text for event in events if isinstance(event, LogGrew))
    assert log == "".join(one.new_log for one in heard[: len(shown)])

    # No span of time is negative, and whoever is silent is not called stalled.
    spans = [event.for_s for event in events if isinstance(event, Silent | Stalled)]
    assert all(span >= 0 for span in spans)
    assert not any(isinstance(a, Silent) and isinstance(b, Stalled) for one in answers for a in one for b in one)

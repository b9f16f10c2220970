"""What happened while nothing was heard of a job, and what to make of one in which nothing moves: in words."""

from typing import TYPE_CHECKING

from exoplanet_desktop.gui.text import fixed, tr

if TYPE_CHECKING:
    from exoplanet_desktop.gui.workers.poller import Answer
    from exoplanet_desktop.wire.payloads import JobStatus


def duration(seconds: float) -> str:
    """A span of time in one number.

    >>> duration(40), duration(290), duration(9000)
    ('40 s', '5 minutes', '2.5 hours')
    """
    if seconds < 120:
        return tr("{number} s", number=fixed(seconds, 0))
    if seconds < 5400:
        return tr("{number} minutes", number=fixed(seconds / 60, 0))
    return tr("{number} hours", number=fixed(seconds / 3600, 1))


def no_answer(silent_s: float) -> str:
    return tr("No answer for {time}, trying again …", time=duration(silent_s))


def came_back(answer: "Answer", before: "JobStatus | None") -> str:
    """The first answer after a long time without one: why that was, and what has become of the job meanwhile."""
    time = duration(answer.away_s)
    why = (
        tr("This computer was asleep for {time}.", time=time)
        if answer.asleep
        else tr("The backend answers again, after {time} without an answer.", time=time)
    )
    return f"{why} {_meanwhile(answer, before)}"


def stalled(still_s: float, was_away: bool) -> str:
    """Cause and remedy for a job that says RUNNING and does not move."""
    time = duration(still_s)
    if was_away:
        return tr(
            "Nothing has moved for {time}, since the backend was away. If it was restarted, this job is lost: "
            "train again. If not, it may still go on.",
            time=time,
        )
    return tr(
        "Nothing has moved for {time}. If the backend was restarted, this job is lost: train again. "
        "If not, it may still go on.",
        time=time,
    )


def _meanwhile(answer: "Answer", before: "JobStatus | None") -> str:
    status = answer.status
    if answer.final:
        return tr("The job has ended meanwhile.")
    was, now = _where(before), _where(status)
    if before is not None and now == was:
        return tr("The job is where it was: {stage}.", stage=now)
    return tr("The job went on meanwhile: {stage}.", stage=now)


def _where(status: "JobStatus | None") -> str:
    return (status.stage or status.status.lower()) if status is not None else ""

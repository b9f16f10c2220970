"""What happened while nothing was heard of a job, and what to make of one in which nothing moves: in words."""

from typing import TYPE_CHECKING

from exoplanet_desktop.errors import AppError, NoAnswer
from exoplanet_desktop.gui.base.text import duration, tr

if TYPE_CHECKING:
    from exoplanet_desktop.gui.base.workers.poller import PollResult
    from exoplanet_desktop.wire.payloads import JobStatus


def no_answer(silent_s: float, problem: AppError | None) -> str:
    """For how long nothing came, or nothing of use; it is asked again all the time."""
    if problem is None or isinstance(problem, NoAnswer):
        return tr("No answer for {time}, trying again …", time=duration(silent_s))
    return tr("{problem} Trying again …", problem=problem)


def came_back(answer: "PollResult", before: "JobStatus | None") -> str:
    """The first answer after a long time without one: why that was, and what has become of the job meanwhile."""
    time = duration(answer.away_s)
    why = (
        tr("This computer was asleep for {time}.", time=time)
        if answer.asleep
        else tr("The backend is answering again, after {time} without a reply.", time=time)
    )
    return f"{why} {_meanwhile(answer, before)}"


def stalled(still_s: float, was_away: bool) -> str:
    """Cause and remedy for a job that says RUNNING and does not move."""
    time = duration(still_s)
    if was_away:
        return tr(
            "No progress for {time}, since the backend was away. If it was restarted, this job is lost: train again. "
            "If not, the job may still be running.",
            time=time,
        )
    return tr(
        "No progress for {time}. If the backend was restarted, this job is lost: train again. If not, the job may "
        "still be running.",
        time=time,
    )


def _meanwhile(answer: "PollResult", before: "JobStatus | None") -> str:
    status = answer.status
    if answer.final:
        return tr("The job has finished in the meantime.")
    was, now = _where(before), _where(status)
    if before is not None and now == was:
        return tr("The job is still at: {stage}.", stage=now)
    return tr("The job has moved on to: {stage}.", stage=now)


def _where(status: "JobStatus | None") -> str:
    return (status.stage or status.status.lower()) if status is not None else ""

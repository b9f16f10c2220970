"""What can happen to a job at a backend: the events that the command line and the window share."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from exoplanet_desktop.errors import AppError

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import JobStatus


@dataclass(frozen=True)
class Started:
    """The backend reported on the job for the first time."""

    status: "JobStatus"


@dataclass(frozen=True)
class Progressed:
    """What the backend reports now; one for each reply, whether or not anything moved."""

    status: "JobStatus"
    moved: bool


@dataclass(frozen=True)
class LogGrew:
    """A new part of the log.

    Attributes:
        is_kept: whether it still fits into what is kept in memory; see `bounds.LONGEST_LOG`.
    """

    text: str
    is_kept: bool


@dataclass(frozen=True)
class Silent:
    """The backend has not answered for `for_s` seconds, or only with a `problem`. It is asked again all the time."""

    for_s: float
    problem: "AppError | None"


@dataclass(frozen=True)
class Stalled:
    """The backend answers, but nothing has moved for so long that the job is probably lost.

    A reference backend that was restarted reports RUNNING forever.

    Attributes:
        status: what the backend reports; this event replaces `Progressed`.
        since_away: whether the job stands still since the backend was away.
        is_new: whether this is the first time since something moved.
    """

    status: "JobStatus"
    for_s: float
    since_away: bool
    is_new: bool


@dataclass(frozen=True)
class CameBack:
    """The first reply after a long time without one.

    Attributes:
        after_s: how long nothing was heard, sleep included.
        was_asleep: whether this computer slept meanwhile.
        before: what the backend reported last; None where it had not reported yet.
        has_ended: whether the job ended in the meantime.
    """

    after_s: float
    was_asleep: bool
    before: "JobStatus | None"
    status: "JobStatus"
    has_ended: bool


@dataclass(frozen=True)
class Ended:
    """The last event. Either the job's final `status`, or the `error` after which asking again is pointless."""

    status: "JobStatus | None" = None
    error: "AppError | None" = None


JobEvent: TypeAlias = Started | Progressed | LogGrew | Silent | Stalled | CameBack | Ended

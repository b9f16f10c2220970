"""Decides what has happened to a job from the replies and errors of its backend: no Qt, no threads, no clock."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

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
from exoplanet_desktop.errors import AppError, NoAnswer, NotAllowed, NotFound
from exoplanet_desktop.wire.bounds import LONGEST_LOG
from exoplanet_desktop.wire.vocabulary import Status

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import JobStatus


@dataclass(frozen=True)
class JobReply:
    """What one question brought: the status, and the part of the log that is new."""

    status: "JobStatus"
    new_log: str = ""


@dataclass(frozen=True)
class Slept:
    """This computer slept; `unseen_s` of it do not show on the clock that `feed` is given."""

    unseen_s: float


News: TypeAlias = JobReply | AppError | Slept | None
"""None: nothing came, but time has passed."""


@dataclass(frozen=True)
class Patience:
    """How long a job may keep whoever follows it waiting.

    Attributes:
        ends: whether asking again after this error is pointless.
        quiet_s: how long a backend that fails to answer may do so without a word.
        late_s: the same of one that simply does not answer; longer than the longest pause between two questions.
        lost_after_s: how long a backend may not answer before the job is given up.
        away_s: whoever was away for so long wants to know what happened meanwhile.
        stalled_after_s: a training of a reference backend says nothing for over a minute.
        stalled_after_away_s: the same after the backend was away, as one that restarts is.
        stalls_in_queue: whether a job that waits in the backend's queue counts as stalled, too.
    """

    ends: Callable[[AppError], bool]
    quiet_s: float = 0.0
    late_s: float = math.inf
    lost_after_s: float = math.inf
    away_s: float = math.inf
    stalled_after_s: float = 300.0
    stalled_after_away_s: float = 300.0
    stalls_in_queue: bool = False


def _is_not_silence(error: AppError) -> bool:
    return not isinstance(error, NoAnswer)


def _is_for_good(error: AppError) -> bool:
    return isinstance(error, NotFound | NotAllowed)


COMMAND_LINE = Patience(_is_not_silence, lost_after_s=60.0, stalls_in_queue=True)
"""Whoever waits at a prompt hears of each failure at once; a minute is what a backend needs to restart."""
WINDOW = Patience(_is_for_good, quiet_s=3.0, late_s=10.0, away_s=20.0, stalled_after_away_s=120.0)
"""A window waits as long as it is open; shorter gaps are not worth a word."""


def is_final(status: "JobStatus") -> bool:
    """Whether a job has ended; a word that is not of the contract counts as still running."""
    try:
        return Status(status.status.strip().upper()).is_final
    except ValueError:
        return False


class JobTracker:
    """Follows one job by what it is fed.

    The first reply begins with Started. After Ended nothing more comes, whatever is fed.
    """

    def __init__(self, patience: Patience, now: float) -> None:
        """`now` and that of `feed`: seconds of a clock that never goes back."""
        self._patience = patience
        self._heard = self._moved = now
        self._status: JobStatus | None = None
        self._state: object = None
        self._problem: AppError | None = None
        self._unseen_s = 0.0
        self._slept = self._was_away = self._stall_told = self._ended = False
        self._logged = 0

    def feed(self, news: News, now: float) -> list[JobEvent]:
        """What has happened, in this order, now that `news` has come."""
        if self._ended:
            return []
        if isinstance(news, JobReply):
            return self._hear(news, now)
        if isinstance(news, Slept):
            self._slept, self._unseen_s = True, self._unseen_s + news.unseen_s
            return []
        if news is not None:
            return self._fail(news, now)
        return self._wait(now)

    def _hear(self, reply: JobReply, now: float) -> list[JobEvent]:
        before, status, final = self._status, reply.status, is_final(reply.status)
        events: list[JobEvent] = [] if before else [Started(status)]
        after_s = now - self._heard + self._unseen_s
        if after_s >= self._patience.away_s:
            self._was_away = True
            events.append(CameBack(after_s, self._slept, before, status, final))
        self._status, self._heard, self._problem = status, now, None
        self._slept, self._unseen_s = False, 0.0
        moved = self._notice_move(reply, now)
        stalled = None if final else self._stalled(now)
        events.append(stalled or Progressed(status, moved))
        if reply.new_log:
            events.append(LogGrew(reply.new_log, self._logged < LONGEST_LOG))
            self._logged += len(reply.new_log)
        if final:
            events.append(self._end(status=status))
        return events

    def _notice_move(self, reply: JobReply, now: float) -> bool:
        status = reply.status
        state = (status.status, status.progress, status.stage, status.queue_position)
        if not reply.new_log and state == self._state:
            return False
        if self._state is not None:
            self._was_away = False  # it moves, so it was not lost in a restart
        self._state, self._moved, self._stall_told = state, now, False
        return True

    def _fail(self, error: AppError, now: float) -> list[JobEvent]:
        if self._patience.ends(error) or now - self._heard > self._patience.lost_after_s:
            return [self._end(error=error)]
        self._problem = error
        return self._silent(now)

    def _wait(self, now: float) -> list[JobEvent]:
        if silent := self._silent(now):
            return silent
        stalled = self._stalled(now)
        return [stalled] if stalled else []

    def _silent(self, now: float) -> list[JobEvent]:
        for_s = now - self._heard
        bearable_s = self._patience.quiet_s if self._problem else self._patience.late_s
        return [Silent(for_s, self._problem)] if for_s >= bearable_s else []

    def _stalled(self, now: float) -> Stalled | None:
        status, patience = self._status, self._patience
        if status is None or (status.status == Status.PENDING and not patience.stalls_in_queue):
            return None  # in a long queue nothing moves either
        for_s = now - self._moved
        if for_s <= (patience.stalled_after_away_s if self._was_away else patience.stalled_after_s):
            return None
        is_new, self._stall_told = not self._stall_told, True
        return Stalled(status, for_s, self._was_away, is_new)

    def _end(self, status: "JobStatus | None" = None, error: AppError | None = None) -> Ended:
        self._ended = True
        return Ended(status, error)

"""The state of a run: one table of marks, words, colours and transitions, and the snapshot that views show."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.wire import vocabulary
from exoplanet_desktop.wire.vocabulary import Status

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import TrainResult


class StateGroup(StrEnum):
    """What the list of runs is filtered by: every state counts as one of these."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def words(self) -> str:
        return _GROUPS[self]()


_GROUPS: dict[StateGroup, Callable[[], str]] = {
    StateGroup.RUNNING: lambda: tr("Running or waiting"),
    StateGroup.DONE: lambda: tr("Done"),
    StateGroup.FAILED: lambda: tr("Failed"),
    StateGroup.CANCELLED: lambda: tr("Cancelled"),
}


@dataclass(frozen=True)
class _Traits:
    """A line of the table of states.

    Attributes:
        status: the word of the record; "" where the run keeps the one that it had.
        mark: stands before the words; it says the same without its colour.
        colour: a token of `theme` and of the style sheet.
        word: for a list; `chip`: for the dialog of a run; `heading`: for that of a run in the record.
        leads_to: the names of the states that may follow.
    """

    status: str
    group: StateGroup
    mark: str
    colour: str
    word: Callable[[], str]
    chip: Callable[[], str]
    heading: Callable[[], str]
    leads_to: frozenset[str]


def _traits(
    status: str,
    group: StateGroup,
    mark: str,
    colour: str,
    word: Callable[[], str],
    chip: Callable[[], str],
    heading: Callable[[], str] = lambda: tr("Still running at last contact"),
    leads_to: str = "",
) -> _Traits:
    return _Traits(status, group, mark, colour, word, chip, heading, frozenset(leads_to.split()))


_ENDS = "SUCCEEDED FAILED CANCELLED"
_AT_BACKEND = f"PENDING RUNNING SILENT STALLED {_ENDS}"


class RunState(Enum):
    """Where a run is.

    SENDING: its data is prepared and sent. WAITING: in the outbox, until its backend answers. PENDING, RUNNING: as the
    backend reports. SILENT: the backend does not answer. STALLED: it answers, but nothing moves. UNSENT: failed before
    the backend had the data, so that it can wait in the outbox. UNFINISHED: of the record, and not watched.
    """

    SENDING = _traits(
        vocabulary.SENDING, StateGroup.RUNNING, "◌", "accent", lambda: tr("sending"), lambda: tr("SENDING"),
        leads_to=f"WAITING PENDING RUNNING UNSENT {_ENDS}",
    )  # fmt: skip
    WAITING = _traits(
        vocabulary.WAITING, StateGroup.RUNNING, "◌", "accent",
        lambda: tr("waiting for the backend"), lambda: tr("IN THE OUTBOX"),
        leads_to="SENDING FAILED CANCELLED",
    )  # fmt: skip
    PENDING = _traits(
        Status.PENDING, StateGroup.RUNNING, "◌", "accent", lambda: tr("waiting"), lambda: tr("WAITING"),
        leads_to=_AT_BACKEND,
    )  # fmt: skip
    RUNNING = _traits(
        Status.RUNNING, StateGroup.RUNNING, "●", "accent", lambda: tr("running"), lambda: tr("RUNNING"),
        leads_to=_AT_BACKEND,
    )  # fmt: skip
    SILENT = _traits(
        "", StateGroup.RUNNING, "◌", "candidate", lambda: tr("running"), lambda: tr("NO ANSWER"),
        leads_to=_AT_BACKEND,
    )  # fmt: skip
    STALLED = _traits(
        "", StateGroup.RUNNING, "◌", "candidate", lambda: tr("running"), lambda: tr("STALLED"),
        leads_to=_AT_BACKEND,
    )  # fmt: skip
    UNSENT = _traits(
        Status.FAILED, StateGroup.FAILED, "✕", "danger", lambda: tr("failed"), lambda: tr("FAILED"),
        lambda: tr("Failed"), leads_to="WAITING FAILED",
    )  # fmt: skip
    SUCCEEDED = _traits(
        Status.SUCCEEDED, StateGroup.DONE, "✓", "confirmed", lambda: tr("done"), lambda: tr("DONE"),
        lambda: tr("Done"),
    )  # fmt: skip
    FAILED = _traits(
        Status.FAILED, StateGroup.FAILED, "✕", "danger", lambda: tr("failed"), lambda: tr("FAILED"),
        lambda: tr("Failed"),
    )  # fmt: skip
    CANCELLED = _traits(
        Status.CANCELLED, StateGroup.CANCELLED, "■", "muted", lambda: tr("cancelled"), lambda: tr("CANCELLED"),
        lambda: tr("Cancelled"),
    )  # fmt: skip
    UNFINISHED = _traits(
        "", StateGroup.RUNNING, "◌", "accent", lambda: tr("not finished"), lambda: tr("NOT FINISHED"),
    )  # fmt: skip

    def __repr__(self) -> str:
        return f"RunState.{self.name}"

    @classmethod
    def of(cls, status: str, live: bool) -> "RunState":
        """The state that a status of the record stands for. `live`: the run is watched now."""
        state = _BY_STATUS.get(status, cls.RUNNING)
        return state if live or state.is_over or state is cls.WAITING else cls.UNFINISHED

    @property
    def group(self) -> StateGroup:
        return self._value_.group

    @property
    def status(self) -> str:
        return self._value_.status

    @property
    def mark(self) -> str:
        return self._value_.mark

    @property
    def colour(self) -> str:
        return self._value_.colour

    @property
    def word(self) -> str:
        """For a list."""
        return self._value_.word()

    @property
    def chip(self) -> str:
        return f"{self.mark} {self._value_.chip()}"

    @property
    def heading(self) -> str:
        return f"{self.mark} {self._value_.heading()}"

    @property
    def is_over(self) -> bool:
        return self._value_.group is not StateGroup.RUNNING

    @property
    def is_trouble(self) -> bool:
        return self in (RunState.SILENT, RunState.STALLED)

    def may_become(self, other: "RunState") -> bool:
        """Whether `other` may follow; what goes on may also stay as it is."""
        return other.name in self._value_.leads_to or (other is self and not self.is_over)


_BY_STATUS = {
    str(state.status): state
    for state in (
        RunState.SENDING,
        RunState.WAITING,
        RunState.PENDING,
        RunState.RUNNING,
        RunState.SUCCEEDED,
        RunState.FAILED,
        RunState.CANCELLED,
    )
}


@dataclass(frozen=True)
class RunSnapshot:
    """A run at one moment: all that views show of how it is getting on.

    Attributes:
        key: tells the runs of this window apart, also before the record knows them.
        asked: what was asked, as the record keeps it.
        status: a word of the record: that of the state, or of the state before its backend was silent or stalled.
        words: how it is getting on, or how it ended, in a sentence.
        share: from 0 to 1; None where nobody knows.
        failure: why it has no result; "" where it has one, or is not over.
        began: by time.monotonic; `took_s`: None until it is over.
        outcome: the scores, for the list.
        parts: of a group, those that have begun.
    """

    key: int
    kind: str
    title: str
    state: RunState
    status: str
    words: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    run_id: str = ""
    group_id: str = ""
    backend_title: str = ""
    share: float | None = None
    failure: str = ""
    log_text: str = ""
    began: float = field(default_factory=time.monotonic)
    took_s: float | None = None
    can_cancel: bool = False
    can_wait: bool = False
    can_be_repeated: bool = False
    result: "TrainResult | None" = None
    outcome: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    parts: "tuple[RunSnapshot, ...]" = ()

    @property
    def is_over(self) -> bool:
        return self.state.is_over

    @property
    def waits(self) -> bool:
        """Whether it is in the outbox."""
        return self.state is RunState.WAITING

    @property
    def elapsed_s(self) -> float:
        return self.took_s if self.took_s is not None else time.monotonic() - self.began

"""A run of this window, whatever it does: where it is, and how that becomes known to views."""

import itertools
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from exoplanet_desktop.errors import BugError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.runs.run_state import RunSnapshot, RunState

log = logging.getLogger("exoplanet_desktop.gui")

_keys = itertools.count(1)


class Wish(Enum):
    """What the user wants of a run. LEAVE: the window closes; in the record the run stays unfinished."""

    GO_ON = auto()
    CANCEL = auto()
    LEAVE = auto()


class Run(QObject):
    """A training, a prediction, a merge or a group of trainings. Only the GUI thread writes its snapshot.

    Signals:
        changed: the RunSnapshot that holds from now on.
        ended: it is over.
    """

    changed = Signal(object)
    ended = Signal()
    _told = Signal(int, object, str)

    def __init__(
        self,
        kind: str,
        title: str,
        asked: Mapping[str, Any],
        *,
        backend_title: str = "",
        can_cancel: bool = False,
        run_id: str = "",
        group_id: str = "",
        state: RunState = RunState.SENDING,
    ) -> None:
        """`run_id` is its id in the record, where that knows it already; `group_id`: the run that it is a part of."""
        super().__init__()
        self._snapshot = RunSnapshot(
            next(_keys),
            kind,
            title,
            state,
            state.status,
            tr("Preparing …"),
            asked,
            run_id=run_id,
            group_id=group_id,
            backend_title=backend_title,
            can_cancel=can_cancel,
        )
        self._wish = Wish.GO_ON
        self._step = 0  # counts the changes of state
        self._told.connect(self._take_told)

    @property
    def snapshot(self) -> RunSnapshot:
        return self._snapshot

    @property
    def state(self) -> RunState:
        return self._snapshot.state

    @property
    def run_id(self) -> str:
        return self._snapshot.run_id

    @property
    def title(self) -> str:
        return self._snapshot.title

    @property
    def backend_title(self) -> str:
        return self._snapshot.backend_title

    @property
    def is_over(self) -> bool:
        return self._snapshot.is_over

    @property
    def failure(self) -> str:
        return self._snapshot.failure

    def should_stop(self) -> bool:
        """Whether work is to be given up; workers ask this, too."""
        return self._wish is not Wish.GO_ON

    async def cancel(self) -> None:
        """Give it up."""
        if self._wish is Wish.GO_ON:
            self._wish = Wish.CANCEL

    def leave(self) -> None:
        """The window closes: nothing here waits any longer."""
        self._wish = Wish.LEAVE

    def tell(self, share: float | None, words: str) -> None:
        """Say how it is getting on; from any thread.

        What a worker tells may arrive after the state has changed; then it is out of date, and dropped.
        """
        self._told.emit(self._step, share, words)

    @Slot(int, object, str)
    def _take_told(self, step: int, share: float | None, words: str) -> None:
        if step == self._step and not self.is_over:
            self._write(share=share, words=words)

    def _become(self, state: RunState, **changes: Any) -> bool:
        """Go into a state; False, with an error in the log, where it must not follow on the one before."""
        before = self.state
        if not before.may_become(state):
            log.error("%s: a run that is %s cannot become %s", self.title, before.name, state.name)
            return False
        if state is not before:
            self._step += 1
        self._write(state=state, status=state.status or self._snapshot.status, **changes)
        return True

    def _finish(self, state: RunState, words: str, **changes: Any) -> None:
        """Go into a state that is an end."""
        took_s = time.monotonic() - self._snapshot.began
        if self._become(state, words=words, took_s=took_s, **changes):
            self._keep_end()
            self.ended.emit()

    def _keep_end(self) -> None:
        """Put into the record how it ended, before anybody who reads it there is told."""

    def _write(self, **changes: Any) -> None:
        if QThread.currentThread() != self.thread():
            raise BugError(tr("The state of a run was changed from another thread."))
        snapshot = replace(self._snapshot, **changes)
        if snapshot != self._snapshot:
            self._snapshot = snapshot
            self.changed.emit(snapshot)

"""The outbox: trainings that could not be sent wait until their backend answers, even across restarts.

A run waits only at the user's request. The record stores it as WAITING with the paths and a digest of its files, so
that a file changed in the meantime is reported, not silently sent.
"""

import hashlib
import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.backends.waiting import FIRST_S, Queue, WaitingRoom, Work
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import clock_time, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.runs.journal import told_of_file
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.gui.runs.run_state import RunState

if TYPE_CHECKING:
    from exoplanet_desktop.gui.runs.training_run import TrainingRun

log = logging.getLogger("exoplanet_desktop.gui")


class Outbox(QObject):
    """The waiting runs, each with its entry in the waiting room of its backend."""

    def __init__(self, room: WaitingRoom, recorder: RunRecorder, workers: Workers) -> None:
        super().__init__()
        self._room, self._recorder, self._workers = room, recorder, workers
        self._waiting: dict[TrainingRun, tuple[Queue, Work]] = {}
        room.tried.connect(self._tell)

    def report_error(self, error: AppError) -> None:
        log.warning("outbox: %s", error)

    @aio.slot(object)
    async def put(self, run: "TrainingRun") -> None:
        """Queue a run that could not be sent."""
        try:
            digest = await self._workers.call(digest_of, run.request.paths)
        except AppError as error:
            run.give_up(str(error))
            return
        run.wait(digest)
        self.take_up(run, pause_s=FIRST_S)

    def take_up(self, run: "TrainingRun", pause_s: float = 0.0) -> None:
        """Queue a run again that is waiting according to the record."""
        work = partial(self._send, run)
        title, address = run.destination
        queue = self._room.wait(title, address, work, pause_s=pause_s)
        self._waiting[run] = (queue, work)
        self._say(run, queue)

    def hurry(self, run: "TrainingRun") -> None:
        """Retry a run's backend at once."""
        if run in self._waiting:
            self._room.try_now(self._waiting[run][0])

    def forget(self, run: "TrainingRun") -> None:
        """Remove a cancelled run."""
        if (entry := self._waiting.pop(run, None)) is not None:
            self._room.forget(entry[1])

    async def _send(self, run: "TrainingRun", connection: Connection) -> None:
        """Send a run whose backend answers, unless it was cancelled or its files have changed."""
        if self._waiting.pop(run, None) is None:
            return
        try:
            await self._workers.call(_check_unchanged, run.request.paths, run.digest)
        except AppError as error:
            run.give_up(str(error))
            return
        if run.should_stop():
            return  # cancelled while its files were read
        await run.send_again(connection)
        if run.state is RunState.UNSENT and not run.should_stop():
            # The backend answers but accepts no files: the user has already asked to wait.
            run.wait(run.digest)
            self.take_up(run, pause_s=4 * FIRST_S)

    def _tell(self, queue: Queue) -> None:
        for run, (own, _) in self._waiting.items():
            if own is queue:
                self._say(run, queue)

    @staticmethod
    def _say(run: "TrainingRun", queue: Queue) -> None:
        words = tr("Waiting for {backend}", backend=run.backend_title)
        if queue.tried_at is not None:
            words += tr("; last tried {time}: {why}", time=clock_time(queue.tried_at), why=queue.why)
        else:
            words += "."
        run.say_waiting(words)


def digest_of(paths: Sequence[Path]) -> str:
    """One digest of all files, in order; for a single file its own. Raises InputError."""
    digests = [str(told_of_file(path)["sha256"]) for path in paths]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _check_unchanged(paths: Sequence[Path], digest: str) -> None:
    if paths and digest_of(paths) != digest:
        names = ", ".join(path.name for path in paths)
        raise InputError(
            tr(
                "This training was not sent, because a catalog has changed since you started it: {files}. Train again.",
                files=names,
            )
        )

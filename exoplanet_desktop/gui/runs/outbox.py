"""The outbox: trainings that could not be sent wait until their backend answers, also from one start to the next.

A run waits because the user has asked for it, never by itself. The record keeps it as WAITING with the places of its
files and a digest of them, so that a file that was changed since is told and not sent in silence.
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

if TYPE_CHECKING:
    from exoplanet_desktop.gui.runs.run import TrainingRun

log = logging.getLogger("exoplanet_desktop.gui")


class Outbox(QObject):
    """Holds the runs that wait, each with what the waiting room knows of its backend."""

    def __init__(self, room: WaitingRoom, recorder: RunRecorder, workers: Workers) -> None:
        super().__init__()
        self._room, self._recorder, self._workers = room, recorder, workers
        self._waiting: dict[TrainingRun, tuple[Queue, Work]] = {}
        room.tried.connect(self._tell)

    def report_error(self, error: AppError) -> None:
        log.warning("outbox: %s", error)

    @aio.slot(object)
    async def put(self, run: "TrainingRun") -> None:
        """Let a run wait that could not be sent."""
        try:
            digest = await self._workers.call(digest_of, run.request.paths)
        except AppError as error:
            run.give_up(str(error))
            return
        run.wait(digest)
        self.take_up(run, pause_s=FIRST_S)

    def take_up(self, run: "TrainingRun", pause_s: float = 0.0) -> None:
        """Let a run wait that waits already, as the record says."""
        work = partial(self._send, run)
        title, address = run.destination
        queue = self._room.wait(title, address, work, pause_s=pause_s)
        self._waiting[run] = (queue, work)
        self._say(run, queue)

    def hurry(self, run: "TrainingRun") -> None:
        """Ask the backend of a run at once."""
        if run in self._waiting:
            self._room.try_now(self._waiting[run][0])

    def forget(self, run: "TrainingRun") -> None:
        """A run that was cancelled waits no longer."""
        if (entry := self._waiting.pop(run, None)) is not None:
            self._room.forget(entry[1])

    async def _send(self, run: "TrainingRun", connection: Connection) -> None:
        """Its backend answers: send it, unless it was cancelled or its files are other ones now."""
        if self._waiting.pop(run, None) is None:
            return
        try:
            await self._workers.call(_check_unchanged, run.request.paths, run.digest)
        except AppError as error:
            run.give_up(str(error))
            return
        if run.is_cancelled:
            return  # while its files were read
        await run.send_again(connection)
        if run.is_unsent and not run.is_cancelled:
            # It answers, but takes no file: the user has asked for patience once.
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
    """One digest of all files, in their order; that of the file itself where there is one. Raises InputError."""
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

"""One training, from the files on this machine to its result: what the progress dialog and the list of runs show."""

import logging
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from exoplanet_desktop.errors import AppError, BugError, Cancelled
from exoplanet_desktop.gui.progress.watch import JobWatch
from exoplanet_desktop.gui.workers.calls import Workers
from exoplanet_desktop.gui.workers.poller import Connection, PollerThread
from exoplanet_desktop.wire.vocabulary import Balance, Features, Model, Satellite, Status

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import JobStatus, MergedFile, MergeReply, TrainAccepted, TrainResult

log = logging.getLogger("exoplanet_desktop.gui")

SENDING = "SENDING"


@dataclass(frozen=True)
class TrainRequest:
    """What the user asked for. Either `paths` (two or more are merged first) or `merged`, a file of the backend.

    `features`, `balance` and `sentinel` (the score of blind features as well) are None for a backend that does not
    know them.
    """

    satellite: Satellite
    model: Model
    features: Features | None = None
    balance: Balance | None = None
    sentinel: bool | None = None
    paths: tuple[Path, ...] = ()
    merged: "MergedFile | MergeReply | None" = None

    @property
    def title(self) -> str:
        return f"{self.satellite} · {self.model.display_name}"

    @property
    def source(self) -> str:
        """The name of the data, for a reader."""
        if self.merged is not None:
            return getattr(self.merged, "filename", "") or getattr(self.merged, "merged_filename", "")
        return " + ".join(path.name for path in self.paths)


class TrainingRun(QObject):
    """Signals:
    changed: phase, progress or words are other ones now.
    log_grew: the new part of the log.
    ended: it is over; `result` or `failure` is there.
    """

    changed = Signal()
    log_grew = Signal(str)
    ended = Signal()

    def __init__(
        self,
        request: TrainRequest,
        connection: Connection,
        can_cancel: bool,
        workers: Workers,
        poller: PollerThread,
    ) -> None:
        super().__init__()
        self.request, self.connection, self.can_cancel = request, connection, can_cancel
        self.phase: str = SENDING
        self.words = "Preparing …"
        self.share: float | None = None
        self.log_text = ""
        self.status: JobStatus | None = None
        self.result: TrainResult | None = None
        self.failure = ""
        self.pictures: dict[str, bytes] = {}
        self._workers, self._poller = workers, poller
        self._watch: JobWatch | None = None
        self._job_id = ""
        self._stop = threading.Event()
        self._sent = 0.0
        self._began = time.monotonic()
        self._took: float | None = None

    @property
    def is_over(self) -> bool:
        return self.phase in (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)

    @property
    def elapsed_s(self) -> float:
        return self._took if self._took is not None else time.monotonic() - self._began

    async def work(self) -> None:
        """Send the data, watch the job, fetch the pictures. Never raises: the outcome is in `result` or `failure`."""
        try:
            accepted = await self._workers.call(self._send)
            self._job_id = accepted.job_id
            self._set(Status.PENDING, None, "Waiting for the backend …")
            await self._follow(accepted)
        except Cancelled as error:
            self._end(Status.CANCELLED, str(error))
        except AppError as error:
            self._end(Status.FAILED, str(error))
        except Exception as error:
            log.exception("the training %s failed here", self.request.title)
            self._end(Status.FAILED, str(BugError(f"Something went wrong inside the program ({error}); see the log.")))

    async def cancel(self) -> None:
        """Stop sending, or ask the backend to cancel; where it cannot, watch no longer."""
        self._stop.set()
        if self._watch is None:
            return
        if self.can_cancel:
            self.words = "Cancelling …"
            self.changed.emit()
            await self._workers.call(self.connection.backend.cancel, self._job_id)
        else:
            self._watch.leave()

    def leave(self) -> None:
        """The window closes: nothing here waits any longer."""
        self._stop.set()
        if self._watch is not None:
            self._watch.leave()

    async def save_model(self, target: Path) -> None:
        """Download the model file. Raises AppError."""
        if self.result is None or not self.result.model_url:
            raise BugError("This run has no model to save.")
        await self._workers.call(self.connection.backend.download, self.result.model_url, target)

    def _send(self) -> "TrainAccepted":
        """Upload (and merge before, where there are several files). Runs in a worker."""
        from exoplanet_desktop.catalogs.satellites import SATELLITES, check_for_training

        request, backend = self.request, self.connection.backend
        if request.merged is not None:
            return backend.train_merged(
                request.merged,
                request.satellite,
                request.model,
                features=request.features,
                balance=request.balance,
                sentinel=request.sentinel,
                progress=self._tell_sent,
                should_stop=self._stop.is_set,
            )
        with tempfile.TemporaryDirectory(prefix="exoplanet-desktop-") as folder:
            path = self._one_file(request.paths, Path(folder))
            from exoplanet_desktop.catalogs.reading import sniff

            check_for_training(sniff(path).columns, SATELLITES[request.satellite])
            return backend.train(
                path,
                request.satellite,
                request.model,
                features=request.features,
                balance=request.balance,
                sentinel=request.sentinel,
                progress=self._tell_sent,
                should_stop=self._stop.is_set,
            )

    def _one_file(self, paths: Sequence[Path], folder: Path) -> Path:
        if len(paths) == 1:
            return paths[0]
        from exoplanet_desktop.catalogs.merge import merge

        merged = paths[0]
        for number, path in enumerate(paths[1:], start=2):
            self._say(None, f"Merging file {number} of {len(paths)} …")
            target = folder / f"merged_{number}_{paths[0].stem}.csv"
            merge(merged, path, target, should_stop=self._stop.is_set)
            merged = target
        return merged

    def _tell_sent(self, done: int, total: int | None) -> None:
        """Called in a worker, often: the window hears of it ten times a second at most."""
        now = time.monotonic()
        if now - self._sent < 0.1 and done != total:
            return
        self._sent = now
        of = f" of {total / 1e6:.1f}" if total else ""
        self._say(done / total if total else None, f"Sending {done / 1e6:.1f}{of} MB …")

    def _say(self, share: float | None, words: str) -> None:
        # Plain attributes and a signal: Qt queues the signal to the GUI thread.
        self.share, self.words = share, words
        self.changed.emit()

    async def _follow(self, accepted: "TrainAccepted") -> None:
        from exoplanet_desktop.client.jobs import judge

        self._watch = JobWatch(self.connection, accepted, self._poller)
        self._watch.changed.connect(self._take_status)
        self._watch.log_grew.connect(self._take_log)
        if self._stop.is_set():
            await self.cancel()
        status = await self._watch.ended()
        outcome = judge(status)
        if outcome.result is None:
            cancelled = status.status == Status.CANCELLED
            self._end(Status.CANCELLED if cancelled else Status.FAILED, outcome.sentence)
            return
        self.result = outcome.result
        await self._fetch_pictures(outcome.result)
        self._end(Status.SUCCEEDED, "")

    async def _fetch_pictures(self, result: "TrainResult") -> None:
        """A picture that cannot be had is told in the log; the numbers are there all the same."""
        for name, url in (("counts", result.cm_image_url), ("shares", result.cm_norm_image_url)):
            if not url:
                continue
            try:
                self.pictures[name] = await self._workers.call(self.connection.backend.fetch, url)
            except AppError as error:
                self._take_log(f"The picture {url} could not be fetched: {error}\n")

    def _take_status(self) -> None:
        watch = self._watch
        if watch is None or self.is_over:
            return
        if watch.silent_s > 3:
            self._set(self.phase, None, f"No answer for {watch.silent_s:.0f} s, trying again …")
            return
        status = self.status = watch.status
        if status is None or status.status not in (Status.PENDING, Status.RUNNING):
            return
        words = status.stage or ("Waiting in line" if status.status == Status.PENDING else "Working")
        if status.queue_position:
            words = f"Number {status.queue_position} in the line"
        self._set(status.status, status.progress, words)

    def _take_log(self, text: str) -> None:
        self.log_text += text
        self.log_grew.emit(text)

    def _set(self, phase: str, share: float | None, words: str) -> None:
        self.phase = phase
        self._say(share, words)

    def _end(self, phase: str, failure: str) -> None:
        self._took = time.monotonic() - self._began
        self.failure = failure
        self._set(
            phase,
            1.0 if phase == Status.SUCCEEDED else None,
            failure or "The model is ready: use it in Predict, or save it.",
        )
        self.ended.emit()

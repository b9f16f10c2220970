"""All models one after another on the same data: a run that has the runs of the models as its parts."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from exoplanet_desktop.gui.backends.session import Session, State
from exoplanet_desktop.gui.base.text import count, counted, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.runs.request import TrainRequest
from exoplanet_desktop.gui.runs.run import TrainingRun
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.gui.runs.words import ALL_MODELS
from exoplanet_desktop.wire.vocabulary import Model, Status

if TYPE_CHECKING:
    from exoplanet_desktop.client.record_entry import Run

BACKEND_BACK_S = 60.0
"""How long the next model waits for a backend that does not answer, such as an engine that is started again."""
Begin = Callable[[TrainRequest, Connection, str], TrainingRun]


class Batch(QObject):
    """One after another, so that they do not share the processors; one that fails does not keep the next from its turn.

    Signals:
        changed: phase, progress or words are other ones now.
        ended: it is over.
    """

    changed = Signal()
    ended = Signal()
    kind = ALL_MODELS

    def __init__(
        self,
        request: TrainRequest,
        connection: Connection,
        session: Session,
        workers: Workers,
        recorder: RunRecorder,
        begin: Begin,
    ) -> None:
        """`begin(request, connection, group_id)` lists a run that is a part of this one."""
        super().__init__()
        self.request, self.run_id, self.group_id = request, "", ""
        self.backend_title = connection.title
        self.phase: str = Status.PENDING
        self.words, self.failure = tr("Preparing …"), ""
        self.share: float | None = None
        self.parts: list[TrainingRun] = []
        self.waiting: list[Model] = list(Model)
        self._connection, self._session = connection, session
        self._workers, self._recorder, self._begin = workers, recorder, begin
        self._cancelled = self._closing = False

    @property
    def title(self) -> str:
        return tr("{satellite} · all models", satellite=self.request.satellite)

    @property
    def is_over(self) -> bool:
        return self.phase in (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)

    def asked(self) -> dict[str, Any]:
        """What was asked, as the record keeps it."""
        return {**self.request.as_json(), "model": None}

    def outcome(self) -> Mapping[str, Any] | None:
        """The scores of the best, for the list."""
        results = [part.result for part in self.parts if part.result is not None]
        known = [result for result in results if result.cv_mean is not None]
        if not self.is_over or not known:
            return None
        best = max(known, key=lambda result: result.cv_mean or 0.0)
        took = sum(result.elapsed_sec or 0.0 for result in results)
        told = best.model_dump(mode="json", include={"accuracy", "cv_mean", "cv_std", "auc_score"})
        return {**told, "elapsed_sec": took}

    async def work(self) -> None:
        """Train all of them. Never raises: what failed is told by its run, and in `failure`."""
        address = self._connection.backend.base_url
        self.run_id = await self._recorder.begin(
            self.title, self.asked(), self._connection.title, address, kind=ALL_MODELS, status=str(Status.RUNNING)
        )
        await self._go_on()

    async def take_up(self, kept: "Run", done: Sequence[TrainingRun]) -> None:
        """Go on where the window was closed: `done` are the runs that had begun, over or taken up again."""
        self.run_id = kept.run_id
        self.waiting = [model for model in Model if model not in {part.request.model for part in done}]
        for part in done:
            self._take(part)
        for part in done:
            await _ended(part)
        paths = self.request.paths
        if self.waiting and not await self._workers.call(lambda: all(path.is_file() for path in paths)):
            one = tr("model was not trained: {file} no longer exists.")
            many = tr("models were not trained: {file} no longer exists.")
            self._end(counted(len(self.waiting), one, many).format(file=self.request.source))
            return
        await self._go_on()

    async def cancel(self) -> None:
        """Cancel the model that is trained now, and all that would follow."""
        self._cancelled = True
        self.waiting = []
        for part in self.parts:
            if not part.is_over:
                await part.cancel()

    def leave(self) -> None:
        """The window closes; at the next start it goes on."""
        self._closing = True

    async def _go_on(self) -> None:
        self._set(Status.RUNNING)
        while self.waiting and not self._cancelled and not self._closing:
            if not await self._backend_answers():
                break
            if self._closing or not self.waiting:
                break
            part = self._begin(replace(self.request, model=self.waiting.pop(0)), self._connection, self.run_id)
            self._take(part)
            await part.work()
        if self._closing:
            return
        one = tr("model was not trained: {backend} does not answer.")
        many = tr("models were not trained: {backend} does not answer.")
        why = counted(len(self.waiting), one, many).format(backend=self.backend_title)
        self._end(why if self.waiting else "")

    async def _backend_answers(self) -> bool:
        """Wait for the backend where it is away for a moment."""
        if self._is_ready():
            return True
        self.words = tr("Waiting for {backend} …", backend=self.backend_title)
        self.changed.emit()
        back = asyncio.Event()
        self._session.changed.connect(back.set)
        try:
            async with asyncio.timeout(BACKEND_BACK_S):
                while not (self._is_ready() or self._closing or self._cancelled):
                    back.clear()
                    await back.wait()
        except TimeoutError:
            return False
        finally:
            self._session.changed.disconnect(back.set)
        return True

    def _is_ready(self) -> bool:
        """Where another backend is in use now, the training finds out whether this one answers."""
        return self._session.connection is not self._connection or self._session.state is State.READY

    def _take(self, part: TrainingRun) -> None:
        self.parts.append(part)
        part.changed.connect(self._follow)
        part.ended.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        if self.is_over:
            return
        total = len(self.parts) + len(self.waiting)
        over = sum(part.is_over for part in self.parts)
        now = next((part for part in self.parts if not part.is_over), None)
        self.share = (over + ((now.share or 0.0) if now else 0.0)) / total if total else None
        if now is not None:
            place = {"number": count(over + 1), "total": count(total), "model": now.request.model.display_name}
            self.words = tr("{number} of {total}, {model}: {words}", **place, words=now.words)
        self.changed.emit()

    def _set(self, phase: str) -> None:
        self.phase = phase
        self._follow()

    def _end(self, failure: str) -> None:
        trained = sum(part.result is not None for part in self.parts)
        total = len(self.parts) + len(self.waiting)
        self.waiting = []
        self.failure = failure
        if self._cancelled:
            self.phase = Status.CANCELLED
        else:
            self.phase = Status.SUCCEEDED if trained else Status.FAILED
        self.share = 1.0
        self.words = tr("{trained} of {total} models trained", trained=count(trained), total=count(total))
        if not trained and not failure and not self._cancelled:
            self.failure = tr("No model could be trained. Each run shows why.")
        self._recorder.note(self.run_id, status=str(self.phase), error=self.failure or None, result=self.outcome())
        self.changed.emit()
        self.ended.emit()


async def _ended(part: TrainingRun) -> None:
    """Wait until a run that somebody else follows is over."""
    if part.is_over:
        return
    over = asyncio.Event()
    part.ended.connect(over.set)
    await over.wait()

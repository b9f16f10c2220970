"""All models one after another on the same data: a run whose parts are the models' runs."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Slot

from exoplanet_desktop.gui.backends.session import Session, State
from exoplanet_desktop.gui.base.text import count, counted, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.runs.run import Run, Wish
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.gui.runs.training_run import TrainingRun, objections_of
from exoplanet_desktop.gui.runs.words import ALL_MODELS
from exoplanet_desktop.record.entry import PARITY
from exoplanet_desktop.wire.vocabulary import Model, Status

BACKEND_BACK_S = 60.0
"""How long the next model waits for a silent backend, such as a restarting engine."""
Begin = Callable[[TrainTask, Connection, str], TrainingRun]


class Batch(Run):
    """One after another, so that they do not share the processors; after one that fails comes the next all the same."""

    def __init__(
        self,
        request: TrainTask,
        connection: Connection,
        session: Session,
        workers: Workers,
        recorder: RunRecorder,
        begin: Begin,
        run_id: str = "",
    ) -> None:
        """`begin(request, connection, group_id)` lists a run that is part of this one; `run_id`: as `Run`."""
        title = tr("{satellite} · all models", satellite=request.satellite)
        asked = {**request.to_json(), "model": None}
        super().__init__(
            ALL_MODELS, title, asked, backend_title=connection.title, run_id=run_id, state=RunState.PENDING
        )
        self.request = request
        self.parts: list[TrainingRun] = []
        self.waiting: list[Model] = list(Model)
        self._connection, self._session = connection, session
        self._workers, self._recorder, self._begin = workers, recorder, begin

    def _outcome(self) -> Mapping[str, Any] | None:
        """The best model's scores, for the list; those of a model that contradicts them only if all others do, too."""
        scored = [(part, part.result) for part in self.parts if part.result is not None]
        known = [(part, result) for part, result in scored if result.cv_mean is not None]
        known = [(part, result) for part, result in known if not objections_of(part.parity)] or known
        if not known:
            return None
        part, best = max(known, key=lambda one: one[1].cv_mean or 0.0)
        took = sum(result.elapsed_sec or 0.0 for _, result in scored)
        told = best.model_dump(mode="json", include={"accuracy", "cv_mean", "cv_std", "auc_score"})
        return {**told, "elapsed_sec": took, PARITY: part.parity}

    async def work(self) -> None:
        """Train all models. Never raises: each run reports its own failure; `failure` sums them up."""
        address = self._connection.backend.base_url
        asked = dict(self._snapshot.asked)
        run_id = await self._recorder.begin(
            self.title, asked, self._connection.title, address, kind=ALL_MODELS, status=str(Status.RUNNING)
        )
        self._write(run_id=run_id)
        await self._go_on()

    async def take_up(self, done: Sequence[TrainingRun]) -> None:
        """Resume after the window was closed: `done` are the runs that had started, ended or resumed."""
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
        """Cancel the current model and all remaining ones."""
        await super().cancel()
        self.waiting = []
        for part in self.parts:
            if not part.is_over:
                await part.cancel()

    async def _go_on(self) -> None:
        self._become(RunState.RUNNING)
        self._follow()
        while self.waiting and not self.should_stop():
            if not await self._backend_answers():
                break
            if self.should_stop() or not self.waiting:
                break
            part = self._begin(replace(self.request, model=self.waiting.pop(0)), self._connection, self.run_id)
            self._take(part)
            await part.work()
        if self._wish is Wish.LEAVE:
            return  # at the next start it goes on
        one = tr("model was not trained: {backend} does not answer.")
        many = tr("models were not trained: {backend} does not answer.")
        why = counted(len(self.waiting), one, many).format(backend=self.backend_title)
        self._end(why if self.waiting else "")

    async def _backend_answers(self) -> bool:
        """Wait for the backend if it is away for a moment."""
        if self._is_ready():
            return True
        self._write(words=tr("Waiting for {backend} …", backend=self.backend_title))
        back = asyncio.Event()
        self._session.changed.connect(back.set)
        try:
            async with asyncio.timeout(BACKEND_BACK_S):
                while not (self._is_ready() or self.should_stop()):
                    back.clear()
                    await back.wait()
        except TimeoutError:
            return False
        finally:
            self._session.changed.disconnect(back.set)
        return True

    def _is_ready(self) -> bool:
        """If another backend is in use now, the training itself finds out whether this one answers."""
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
        changes: dict[str, Any] = {"parts": tuple(part.snapshot for part in self.parts)}
        if total:
            changes["share"] = (over + ((now.snapshot.share or 0.0) if now else 0.0)) / total
        if now is not None:
            place = {"number": count(over + 1), "total": count(total), "model": now.request.model.display_name}
            changes["words"] = tr("{number} of {total}, {model}: {words}", **place, words=now.snapshot.words)
        self._write(**changes)

    def _end(self, failure: str) -> None:
        trained = sum(part.result is not None for part in self.parts)
        total = len(self.parts) + len(self.waiting)
        self.waiting = []
        cancelled = self._wish is Wish.CANCEL
        if not trained and not failure and not cancelled:
            failure = tr("No model could be trained. Each run shows why.")
        state = RunState.SUCCEEDED if trained else RunState.FAILED
        self._finish(
            RunState.CANCELLED if cancelled else state,
            tr("{trained} of {total} models trained", trained=count(trained), total=count(total)),
            share=1.0,
            failure=failure,
            outcome=self._outcome(),
        )

    def _keep_end(self) -> None:
        now = self._snapshot
        self._recorder.note(self.run_id, status=now.status, error=now.failure or None, result=now.outcome)


async def _ended(part: TrainingRun) -> None:
    """Wait until a run that is followed elsewhere has ended."""
    if part.is_over:
        return
    over = asyncio.Event()
    part.ended.connect(over.set)
    await over.wait()

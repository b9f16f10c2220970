"""A merge, by the backend if it can merge as requested, otherwise on this machine: one step for the user either way."""

from dataclasses import dataclass
from pathlib import Path

from exoplanet_desktop.client.jobs.jobs import merge_of
from exoplanet_desktop.client.jobs.merges import MergeTask, backend_merges, merge_here
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.pacing import Pacing
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.runs.job_run import JobRun
from exoplanet_desktop.gui.runs.journal import Entry
from exoplanet_desktop.gui.runs.request import readings_json
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.wire.payloads import MergeReply, TrainAccepted
from exoplanet_desktop.wire.vocabulary import RunKind


@dataclass(frozen=True)
class Merged:
    """Attributes:
    reply: the backend's reply, or its equivalent.
    who: who merged, to use in a sentence.
    """

    reply: "MergeReply"
    who: str


class Merger(JobRun):
    """Runs one merge."""

    def __init__(
        self,
        services: Services,
        connection: Connection,
        can_cancel: bool,
        request: "MergeTask",
        folder: Path,
    ) -> None:
        """`folder`: where to keep files merged on this machine."""
        asked = {**request.to_json(), "readings": readings_json(request.readings)}
        title = "Merge · " + " + ".join(path.name for path in request.paths)
        super().__init__(
            RunKind.MERGE, title, asked, connection, services.workers, services.poller, can_cancel=can_cancel
        )
        self.request, self._services, self._folder = request, services, folder

    async def work(self) -> Merged:
        """Do it and record it as a run. Raises AppError; Cancelled after `cancel`."""
        journal, asked = self._services.runs.journal, self._snapshot.asked
        with self._finished():
            async with journal.entry(RunKind.MERGE, self.title, asked, self.request.paths, self.connection) as entry:
                merged = await self._work(entry)
                await entry.done(merged.reply)
        return merged

    async def _work(self, entry: Entry) -> Merged:

        workers, backend = self._workers, self.connection.backend
        if not await workers.call(backend_merges, backend, self.request):
            self._become(RunState.RUNNING)
            return Merged(await workers.call(self._merge_here), tr("this machine"))
        answer = await workers.call(self._send)
        if isinstance(answer, TrainAccepted):
            entry.accepted(answer)
            return Merged(merge_of(await self.follow(answer)), self._who())
        return Merged(answer, self._who())

    def _send(self) -> "MergeReply | TrainAccepted":
        request = self.request
        return self.connection.backend.merge(
            request.paths,
            request,
            readings=request.readings,
            stamps=request.stamps,
            progress=Pacing(tr("Sending"), self.tell, tr("The backend is merging …")),
            should_stop=self.should_stop,
        )

    def _who(self) -> str:
        return tr("the embedded engine") if self.connection.embedded else self.connection.title

    def _merge_here(self) -> "MergeReply":
        """Runs in a worker."""

        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._folder / self.request.file_name
        if target.exists():
            raise InputError(tr("There is already a merged file “{name}”. Choose another name.", name=target.name))
        return merge_here(
            self.request,
            target,
            report=lambda share, stage: self.tell(share, tr("Merging on this machine: {stage} …", stage=stage)),
            should_stop=self.should_stop,
        )

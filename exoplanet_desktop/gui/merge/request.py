"""A merge, by the backend where it merges as asked, else on this machine: one step for the user either way."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.merging.duplicates import Duplicates
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.pacing import Pacing
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.runs.job_follower import JobFollower, Tell
from exoplanet_desktop.gui.runs.journal import Entry
from exoplanet_desktop.gui.runs.request import readings_json
from exoplanet_desktop.gui.runs.services import Services

if TYPE_CHECKING:
    from exoplanet_desktop.client.merges import MergeRequest
    from exoplanet_desktop.wire.payloads import MergeReply, TrainAccepted


@dataclass(frozen=True)
class Merged:
    """Attributes:
    reply: what a backend answers, or would.
    who: who merged, for a sentence.
    """

    reply: "MergeReply"
    who: str


class Merger(JobFollower):
    """Does one merge."""

    def __init__(
        self,
        services: Services,
        connection: Connection,
        can_cancel: bool,
        tell: Tell,
        request: "MergeRequest",
        folder: Path,
    ) -> None:
        """`folder`: where files merged on this machine are kept."""
        super().__init__(services, connection, can_cancel, tell)
        self.request, self._folder = request, folder

    async def work(self) -> Merged:
        """Do it, and keep it in the record of runs. Raises AppError; Cancelled after `cancel`."""
        request = self.request
        asked = {
            "rule": str(request.rule),
            "identifier": request.identifier,
            "output_name": request.output_name,
            "readings": readings_json(request.readings),
        }
        title = "Merge · " + " + ".join(path.name for path in request.paths)
        async with self.services.runs.journal.entry("merge", title, asked, request.paths, self.connection) as entry:
            merged = await self._work(entry)
            await entry.done(merged.reply)
        return merged

    async def _work(self, entry: Entry) -> Merged:
        from exoplanet_desktop.client.jobs import merge_of
        from exoplanet_desktop.client.merges import backend_merges

        workers, backend = self.services.workers, self.connection.backend
        if not await workers.call(backend_merges, backend, self.request):
            return Merged(await workers.call(self._merge_here), tr("this machine"))
        if await workers.call(backend.has, "merge-rules"):
            accepted = await workers.call(self._merge_by_rule)
            entry.accepted(accepted)
            return Merged(merge_of(await self.to_end(accepted)), self._who())
        return Merged(await workers.call(self._merge_plain), self._who())

    def _merge_by_rule(self) -> "TrainAccepted":
        request = self.request
        return self.connection.backend.merge_by_rule(
            request.paths,
            rule=request.rule,
            identifier=request.identifier,
            output_name=request.output_name,
            readings=request.readings,
            stamps=request.stamps,
            progress=self._sending(),
            should_stop=self.stop.is_set,
        )

    def _merge_plain(self) -> "MergeReply":
        request = self.request
        a, b = request.paths
        return self.connection.backend.merge(
            a,
            b,
            dedupe=request.rule is Duplicates.EXACT,
            output_name=request.output_name,
            readings=request.readings,
            stamps=request.stamps,
            progress=self._sending(),
            should_stop=self.stop.is_set,
        )

    def _who(self) -> str:
        return tr("the embedded engine") if self.connection.embedded else self.connection.title

    def _sending(self) -> Pacing:
        return Pacing(tr("Sending"), self.tell, tr("The backend is merging …"))

    def _merge_here(self) -> "MergeReply":
        """Runs in a worker."""
        from exoplanet_desktop.client.merges import merge_here
        from exoplanet_desktop.errors import InputError

        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._folder / self.request.file_name
        if target.exists():
            raise InputError(tr("There is already a merged file “{name}”. Choose another name.", name=target.name))
        return merge_here(
            self.request,
            target,
            report=lambda share, stage: self.tell(share, tr("Merging on this machine: {stage} …", stage=stage)),
            should_stop=self.stop.is_set,
        )

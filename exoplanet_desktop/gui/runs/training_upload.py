"""Sends a training's data to the backend: merges several files first, and drops labels made by a model if the backend
cannot leave them out itself. Runs in a worker.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_training
from exoplanet_desktop.catalogs.merging.merge import merge_many
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.calls.labels import to_learn_from
from exoplanet_desktop.client.http.caller import plain_name
from exoplanet_desktop.files.temporary import temporary_folder
from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.base.workers.pacing import Pacing
from exoplanet_desktop.gui.runs.request import TrainTask, each_read
from exoplanet_desktop.wire.payloads import MergedFile, MergeReply, TrainAccepted
from exoplanet_desktop.wire.vocabulary import Duplicates


@dataclass(frozen=True)
class TrainingUpload:
    """Attributes:
    request, backend: the request and its recipient.
    say: takes a fraction and a text; `log` takes lines for the run's log; `sent` takes bytes sent and total bytes.
    should_stop: whether the user has cancelled.
    """

    request: TrainTask
    backend: "Backend"
    say: Callable[[float | None, str], None]
    log: Callable[[str], None]
    sent: Callable[[int, int | None], None]
    should_stop: Callable[[], bool]

    def begin(self) -> "TrainAccepted":
        """Send the data and start the training. Raises AppError."""

        request, backend = self.request, self.backend
        if request.merged is not None and backend.has("merge-token") and backend.has("model-labels"):
            return backend.train_merged(request.merged, request, progress=self.sent, should_stop=self.should_stop)
        with ExitStack() as stack:
            folder = stack.enter_context(temporary_folder("sending"))
            path = self._fetched(request.merged, folder) if request.merged else self._one_file(request.paths, folder)
            check_for_training(sniff(path, request.reading).columns, SATELLITES[request.satellite])
            sent, left_out = stack.enter_context(
                to_learn_from(backend, path, request.model_labels, self.should_stop, request.reading)
            )
            if left_out:
                one = tr("row is left out: its label was made by a model.")
                many = tr("rows are left out: their labels were made by a model.")
                self.log(counted(left_out, one, many) + "\n")
            return backend.train(
                sent,
                request,
                in_place=path is sent and folder not in path.parents,
                told=lambda note: self.log(f"{note}\n"),
                progress=self.sent,
                should_stop=self.should_stop,
                reading=request.reading if sent is path else None,  # a copy is plain
                stamp=request.stamp if sent is path else None,
            )

    def _fetched(self, merged: "MergedFile | MergeReply", folder: Path) -> Path:
        """A local copy of a merged file, for a backend that cannot train on it as requested."""

        name, url = _place(merged)
        target = folder / plain_name(name)
        fetched = Pacing(tr("Fetching the merged file:"), self.say, tr("Fetched; reading it …"))
        self.backend.download(url, target, fetched, self.should_stop)
        return target

    def _one_file(self, paths: Sequence[Path], folder: Path) -> Path:
        if self.request.rows is not None:
            self.log(self.request.rows.sentence + "\n")
            return self.request.rows.needed_file()
        if len(paths) == 1:
            return paths[0]

        target = folder / f"merged_{len(paths)}_{paths[0].stem}.csv"
        summary = merge_many(
            paths,
            target,
            rule=self.request.duplicates or Duplicates.EXACT,
            choices=each_read(self.request.paths, self.request.readings),
            report=self._tell_merged,
            should_stop=self.should_stop,
        )
        said = tr(
            "{files} merged: {rows}, {dropped} dropped.",
            files=", ".join(path.name for path in paths),
            rows=counted(summary.rows, tr("row"), tr("rows")),
            dropped=counted(summary.duplicates, tr("duplicate"), tr("duplicates")),
        )
        self.log("\n".join((said, *summary.notes)) + "\n")
        return target

    def _tell_merged(self, share: float, _stage: str) -> None:
        self.say(share, tr("Merging the catalogs …"))


def _place(merged: "MergedFile | MergeReply") -> tuple[str, str]:

    if isinstance(merged, MergedFile):
        return merged.filename, merged.url
    return merged.merged_filename, merged.merged_url

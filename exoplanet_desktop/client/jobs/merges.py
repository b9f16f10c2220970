"""Chooses who merges: the backend if it supports the request, otherwise this machine, with our own engine's code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop
from exoplanet_desktop.catalogs.base.stamp import FileStamp
from exoplanet_desktop.catalogs.merging.merge import merge_many
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.appended import predicted_column
from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.wire.payloads import MergeReply
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import MergeRequest


@dataclass(frozen=True)
class MergeTask(MergeRequest):
    """What to merge, and how.

    Attributes:
        paths: two catalogs or more, in the order of their rows.
        readings: what the user says of how each file is to be read; () for nothing.
        stamps: of each file as it was shown; () where that is not known.
    """

    paths: tuple[Path, ...]
    readings: tuple[ReadingOptions | None, ...] = ()
    stamps: tuple[FileStamp | None, ...] = ()

    @property
    def file_name(self) -> str:
        """The name for a file merged on this machine, built as a backend does."""
        if self.output_name:
            plain = Path(self.output_name.replace("\\", "/")).name
            return plain if plain.lower().endswith(".csv") else f"{plain}.csv"
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        stems = "__".join(path.stem[:40] for path in self.paths[:2])
        more = f"__and_{len(self.paths) - 2}_more" if len(self.paths) > 2 else ""
        return f"merged__{stems}{more}__{stamp}.csv"


def reading_of_merged(readings: Sequence[ReadingOptions | None]) -> ReadingOptions | None:
    """The reading options that remain for a merged file: the meaning of labels. The inputs used up all others."""
    labels = {text: meaning for reading in readings if reading for text, meaning in reading.labels.items()}
    return ReadingOptions(labels=labels) if labels else None


def backend_merges(backend: Backend, request: MergeTask) -> bool:
    """Whether the backend supports the request.

    A plain-contract backend merges two files and drops exact duplicates only. It would also silently mix predicted
    classes with the labels, so catalogs with predictions are merged here, where `label_source` tells them apart.
    """
    if backend.has("merge-rules"):
        return True
    plain = request.is_plain and len(request.paths) == 2
    return plain and not any(map(_has_prediction, request.paths, request.readings or (None,) * len(request.paths)))


def merge_here(
    request: MergeTask, target: Path, report: Report | None = None, should_stop: ShouldStop | None = None
) -> MergeReply:
    """Merges on this machine into `target`; returns our own engine's reply, but without an address.

    Raises what `catalogs.merge.merge_many` raises, and InputError if a file has changed since it was shown.
    """

    for stamp in filter(None, request.stamps):
        stamp.check("merge it")
    summary = merge_many(
        request.paths,
        target,
        rule=request.rule,
        identifier=request.identifier,
        choices=request.readings,
        report=report,
        should_stop=should_stop,
    )
    return MergeReply(
        merged_filename=target.name,
        merged_rows=summary.rows,
        merged_url="",
        rule=request.rule,
        rows_each=list(summary.rows_each),
        dropped_each=list(summary.dropped_each),
        duplicates=summary.duplicates,
        filled=summary.filled,
        notes=list(summary.notes),
        cells=list(summary.cells) or None,
    )


def _has_prediction(path: Path, reading: ReadingOptions | None) -> bool:

    return predicted_column(sniff(path, reading).columns) is not None

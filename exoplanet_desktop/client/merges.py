"""Who merges: the backend where it merges as asked, else this machine, with the same code as our own engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop
from exoplanet_desktop.catalogs.base.stamp import FileStamp
from exoplanet_desktop.catalogs.merging.duplicates import Duplicates
from exoplanet_desktop.catalogs.reading.layout import Choice
from exoplanet_desktop.client.backend import Backend
from exoplanet_desktop.wire.payloads import MergeReply


@dataclass(frozen=True)
class MergeRequest:
    """What is to be merged, and how.

    Attributes:
        paths: two catalogs or more, in the order of their rows.
        rule: which rows are duplicates, and which of them stays.
        identifier: for the rules by identifier, the column that names the object; that of the satellite where None.
        output_name: of the merged file; made from the catalogs' names where None.
        readings: what the user says of how each file is to be read; () for nothing.
        stamps: of each file as it was shown; () where that is not known.
    """

    paths: tuple[Path, ...]
    rule: Duplicates = Duplicates.EXACT
    identifier: str | None = None
    output_name: str | None = None
    readings: tuple[Choice | None, ...] = ()
    stamps: tuple[FileStamp | None, ...] = ()

    @property
    def file_name(self) -> str:
        """The name of a file merged on this machine, as a backend would make it."""
        if self.output_name:
            plain = Path(self.output_name.replace("\\", "/")).name
            return plain if plain.lower().endswith(".csv") else f"{plain}.csv"
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        stems = "__".join(path.stem[:40] for path in self.paths[:2])
        more = f"__and_{len(self.paths) - 2}_more" if len(self.paths) > 2 else ""
        return f"merged__{stems}{more}__{stamp}.csv"


def reading_of_merged(readings: Sequence[Choice | None]) -> Choice | None:
    """What is left to say of a merged file: the meaning of labels. All else was heard when its files were read."""
    labels = {text: meaning for reading in readings if reading for text, meaning in reading.labels.items()}
    return Choice(labels=labels) if labels else None


def backend_merges(backend: Backend, request: MergeRequest) -> bool:
    """Whether the backend does what is asked.

    One of the plain contract knows two files and exact duplicates. It would also put predicted classes among the
    labels without a word, so that catalogs with predictions are merged here, where `label_source` tells them apart.
    """
    if backend.has("merge-rules"):
        return True
    plain = request.rule in (Duplicates.EXACT, Duplicates.NONE) and len(request.paths) == 2
    return plain and not any(map(_has_prediction, request.paths, request.readings or (None,) * len(request.paths)))


def merge_here(
    request: MergeRequest, target: Path, report: Report | None = None, should_stop: ShouldStop | None = None
) -> MergeReply:
    """Merges on this machine into `target`; the reply is what our own engine would answer, without an address.

    Raises what `catalogs.merge.merge_many` raises, and InputError where a file is not as it was shown.
    """
    from exoplanet_desktop.catalogs.merging.merge import merge_many

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


def _has_prediction(path: Path, reading: Choice | None) -> bool:
    from exoplanet_desktop.catalogs.reading.layout import sniff
    from exoplanet_desktop.catalogs.tables.appended import predicted_column

    return predicted_column(sniff(path, reading).columns) is not None

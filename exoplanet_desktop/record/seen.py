"""Finds rows that a model was trained on if the backend does not report them: agreement there says little."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from exoplanet_desktop.catalogs.base.progress import ShouldStop, check, never
from exoplanet_desktop.catalogs.facts.identity import object_key, star_key
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, SatelliteInfo
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.labels import label_reader
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import AppError, Cancelled, InputError
from exoplanet_desktop.record.reading import RecordReader
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Features, Model, RunKind, Satellite, Status

MOST_BYTES = 500_000_000  # size of a file; checking a larger one would be noticeable
_MOST_RUNS = 1_000  # newest runs of the record to search
_ROWS = 50_000


@dataclass(frozen=True)
class TrainingFile:
    """A file that a model was trained on, with the user's reading options."""

    path: Path
    reading: ReadingOptions | None = None


@dataclass(frozen=True)
class SeenRows:
    """Attributes:
    rows: rows of objects that the model was trained on.
    total: all rows.
    by_star: whether host stars were compared, because a file does not identify its objects.
    """

    rows: int
    total: int
    by_star: bool

    @property
    def sentence(self) -> str:
        """The finding for a reader; "" if no row is known."""
        if not self.rows:
            return ""
        of = "stars" if self.by_star else "objects"
        return (
            f"{self.rows:,} of {self.total:,} rows are of {of} the model was trained on; their agreement says little."
        )


def taught_by_record(
    record: RecordReader, backend_address: str, satellite: Satellite, model: Model, features: Features | None = None
) -> list[TrainingFile]:
    """The files that such a model was last trained on at a backend, if they still exist."""
    for entry in record.runs(_MOST_RUNS):
        asked = (entry.kind, entry.backend_address, entry.satellite, entry.model)
        if asked != (RunKind.TRAIN, backend_address, satellite, model) or entry.status != Status.SUCCEEDED:
            continue
        if (entry.features or Features.VETTED) != (features or Features.VETTED):
            continue
        request = record.run(entry.run_id).request
        paths, readings = request.get("paths"), request.get("readings")
        if not isinstance(paths, list):
            return []
        said = readings if isinstance(readings, list) and len(readings) == len(paths) else [None] * len(paths)
        found = [TrainingFile(Path(str(path)), _kept(text)) for path, text in zip(paths, said, strict=True)]
        return [one for one in found if one.path.is_absolute() and one.path.is_file()]
    return []


def _kept(text: object) -> ReadingOptions | None:
    try:
        return ReadingOptions.from_json(text) if isinstance(text, str) else None
    except InputError:
        return None


def seen_rows(
    csv: Path,
    reading: ReadingOptions | None,
    taught: Sequence[TrainingFile],
    satellite: Satellite,
    *,
    rows: tuple[int | None, int | None] = (None, None),
    should_stop: ShouldStop | None = None,
) -> SeenRows | None:
    """Counts the rows of a file whose objects a model was trained on.

    Args:
        csv, reading: the file to classify, and the user's reading options.
        taught: the model's training files; rows without a known disposition do not count.
        rows: first and last row to count, from 0; None for the file's first or last row.
        should_stop: see progress.

    Returns None if that cannot be determined: a file is too long, can no longer be read, or names neither objects nor
    stars. Raises Cancelled.
    """

    info, should_stop = SATELLITES[satellite], should_stop or never
    try:
        files = [TrainingFile(csv, reading), *taught]
        layouts = [sniff(one.path, one.reading) for one in files]
        if not taught or any(one.path.stat().st_size > MOST_BYTES for one in files):
            return None
        column = next(
            (name for name in (info.name, info.host) if all(name in layout.columns for layout in layouts)), None
        )
        if column is None:
            return None
        known: set[str] = set()
        for layout in layouts[1:]:
            with Table.open(layout.path, layout=layout, should_stop=should_stop) as table:
                known.update(_keys(table, column, info, should_stop, labelled=True))
        with Table.open(csv, layout=layouts[0], should_stop=should_stop) as table:
            keys = _keys(table, column, info, should_stop)
    except Cancelled:
        raise
    except (AppError, OSError):
        return None
    first, last = rows
    asked = keys[first or 0 : None if last is None else last + 1]
    return SeenRows(sum(key in known for key in asked if key), len(asked), column != info.name)


def _keys(
    table: "Table", column: str, info: SatelliteInfo, should_stop: ShouldStop, *, labelled: bool = False
) -> list[str]:
    """The key of each row; with `labelled`, only of rows with a known disposition."""
    key = object_key if column == info.name else star_key
    disposition = label_reader(table.layout, info)
    columns = [column, info.label] if labelled else [column]
    found: list[str] = []
    for _, (names, *labels) in table.batches((), columns, size=_ROWS):
        check(should_stop)
        texts = names.tolist()
        if labels:
            texts = [
                text for text, label in zip(texts, labels[0].tolist(), strict=True) if disposition(label) is not None
            ]
        found += [key(text, info.satellite) for text in texts]
    return found

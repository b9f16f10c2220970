"""Rows that a model has learnt from, where the backend does not tell: their agreement proves little."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.base.progress import ShouldStop, check, never
from exoplanet_desktop.catalogs.facts.identity import object_key, star_key
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, SatelliteInfo
from exoplanet_desktop.catalogs.reading.layout import Choice, sniff
from exoplanet_desktop.catalogs.tables.labels import label_reader
from exoplanet_desktop.client.record_reading import RecordReader
from exoplanet_desktop.errors import AppError, Cancelled, InputError
from exoplanet_desktop.wire.vocabulary import Features, Model, Satellite, Status

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.tables.table import Table

MOST_BYTES = 500_000_000  # of a file; a longer one would be felt
_MOST_RUNS = 1_000  # of the record that are looked at, newest first
_ROWS = 50_000


@dataclass(frozen=True)
class TrainingFile:
    """A file that a model learnt from, and what the user said of how it is read."""

    path: Path
    reading: Choice | None = None


@dataclass(frozen=True)
class SeenRows:
    """Attributes:
    rows: rows of objects that the model was trained on.
    total: rows in all.
    by_star: whether the hosts were compared, because a file does not name its objects.
    """

    rows: int
    total: int
    by_star: bool

    @property
    def sentence(self) -> str:
        """For a reader; "" where no row is known."""
        if not self.rows:
            return ""
        of = "stars" if self.by_star else "objects"
        return (
            f"{self.rows:,} of {self.total:,} rows are of {of} the model was trained on; their agreement says little."
        )


def taught_by_record(
    record: RecordReader, backend_address: str, satellite: Satellite, model: Model, features: Features | None = None
) -> list[TrainingFile]:
    """The files of the newest training of such a model at a backend, as far as they are still there."""
    for entry in record.runs(_MOST_RUNS):
        asked = (entry.kind, entry.backend_address, entry.satellite, entry.model)
        if asked != ("train", backend_address, satellite, model) or entry.status != Status.SUCCEEDED:
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


def _kept(text: object) -> Choice | None:
    try:
        return Choice.from_json(text) if isinstance(text, str) else None
    except InputError:
        return None


def seen_rows(
    csv: Path,
    reading: Choice | None,
    taught: Sequence[TrainingFile],
    satellite: Satellite,
    *,
    rows: tuple[int | None, int | None] = (None, None),
    should_stop: ShouldStop | None = None,
) -> SeenRows | None:
    """How many rows of a file are of objects that a model was trained on.

    Args:
        csv, reading: the file to be predicted, and what the user says of how it is read.
        taught: what the model learnt from; rows without a known disposition taught it nothing.
        rows: the first and the last one that count, from 0, None for the file's own.
        should_stop: see progress.

    None where that cannot be found out: a file is too long, cannot be read any more, or names neither objects nor
    stars. Raises Cancelled.
    """
    from exoplanet_desktop.catalogs.tables.table import Table

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
    """The key of each row; with `labelled`, of those alone that have a known disposition."""
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

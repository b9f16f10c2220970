"""What is asked of a training, and how the record keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.base.rows_used import RowsUsed
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.runs.result_words import without_columns
from exoplanet_desktop.wire.vocabulary import Balance, Features, Model, ModelLabels, Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.base.stamp import FileStamp
    from exoplanet_desktop.catalogs.merging.duplicates import Duplicates
    from exoplanet_desktop.catalogs.reading.layout import Choice
    from exoplanet_desktop.wire.payloads import MergedFile, MergeReply


@dataclass(frozen=True)
class TrainRequest:
    """What the user asked for. Either `paths` (two or more are merged first) or `merged`, a file of the backend.

    `features`, `balance` and `sentinel` (the score of blind features as well) are None for a backend that does not
    know them. `model_labels`: what is done with rows whose label a model made; None where nothing was said of it.
    `readings`: how the user said that each of the `paths` is read, None where nothing was said. `rows`: those that are
    used, None for all. `without`: columns that the model shall do without. `duplicates`: the rule by which several
    files are merged, None for rows that are alike in all cells. `stamp`: of the one file, as it was shown.
    """

    satellite: Satellite
    model: Model
    features: Features | None = None
    balance: Balance | None = None
    sentinel: bool | None = None
    model_labels: ModelLabels | None = None
    paths: tuple[Path, ...] = ()
    merged: "MergedFile | MergeReply | None" = None
    readings: "tuple[Choice | None, ...]" = ()
    rows: RowsUsed | None = None
    without: tuple[str, ...] = ()
    duplicates: "Duplicates | None" = None
    stamp: "FileStamp | None" = field(default=None, compare=False)

    @property
    def reading(self) -> "Choice | None":
        """How the one file that is sent is read, where the user has said so."""
        if self.rows is not None:
            return self.rows.reading
        return self.readings[0] if len(self.paths) == 1 and self.readings else None

    @property
    def title(self) -> str:
        """What tells it apart from others, for a reader."""
        parts = (str(self.satellite), self.model.display_name, without_columns(len(self.without)))
        return " · ".join(filter(None, parts))

    @property
    def can_be_repeated(self) -> bool:
        """Whether it says where its data is: the files of an imported run are names alone."""
        if self.rows is not None and self.rows.file is None:
            return False
        return self.merged is not None or (bool(self.paths) and all(path.is_absolute() for path in self.paths))

    def as_json(self) -> dict[str, Any]:
        """What the record keeps of it."""
        return {
            "satellite": self.satellite,
            "model": self.model,
            "features": self.features,
            "balance": self.balance,
            "sentinel": self.sentinel,
            "model_labels": self.model_labels,
            "files": [path.name for path in self.paths] or [self.source],
            "paths": [str(path.absolute()) for path in self.paths],
            "merged": self.merged is not None,
            "merged_url": merged_url(self.merged) or None,
            "readings": readings_json(self.readings),
            "rows": self.rows.as_json() if self.rows else None,
            "without": list(self.without) or None,
            "duplicates": self.duplicates,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "TrainRequest":
        """What was asked, out of the record. Raises InputError for what is no request.

        The files of an imported run, and of a merged file of the backend, are names alone.
        """
        try:
            merged = _kept_merged(kept)
            features, balance, labels = (kept.get(name) for name in ("features", "balance", "model_labels"))
            return cls(
                Satellite(kept["satellite"]),
                Model(kept["model"]),
                Features(features) if features else None,
                Balance(balance) if balance else None,
                kept.get("sentinel"),
                ModelLabels(labels) if labels else None,
                () if merged else tuple(Path(str(name)) for name in kept.get("paths") or kept.get("files") or ()),
                merged,
                _kept_readings(kept.get("readings")),
                RowsUsed.from_json(kept["rows"]) if kept.get("rows") else None,
                tuple(map(str, kept.get("without") or ())),
                _kept_rule(kept.get("duplicates")),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise InputError(tr("This run's stored options cannot be read. Delete the run.")) from error

    @property
    def source(self) -> str:
        """The name of the data, for a reader."""
        if self.merged is not None:
            return getattr(self.merged, "filename", "") or getattr(self.merged, "merged_filename", "")
        return " + ".join(path.name for path in self.paths)


def merged_url(merged: "MergedFile | MergeReply | None") -> str:
    """Where a merged file lies at its backend."""
    return str(getattr(merged, "url", "") or getattr(merged, "merged_url", ""))


def readings_json(readings: "tuple[Choice | None, ...]") -> list[str | None] | None:
    """How files are read, as the record keeps it; None where nothing was said of any."""
    return [reading.to_json() if reading else None for reading in readings] if any(readings) else None


def each_read(paths: tuple[Path, ...], readings: "tuple[Choice | None, ...]") -> "list[Choice | None]":
    """One entry a file, also where nothing was said."""
    return [reading for _, reading in zip_longest(paths, readings[: len(paths)])]


def _kept_readings(found: Any) -> "tuple[Choice | None, ...]":
    from exoplanet_desktop.catalogs.reading.layout import Choice

    return tuple(Choice.from_json(str(text)) if text else None for text in found or ())


def _kept_rule(found: Any) -> "Duplicates | None":
    from exoplanet_desktop.catalogs.merging.duplicates import Duplicates

    return Duplicates(found) if found else None


def _kept_merged(kept: Mapping[str, Any]) -> "MergedFile | None":
    from exoplanet_desktop.wire.payloads import MergedFile

    url, files = kept.get("merged_url"), kept.get("files") or ()
    return MergedFile(filename=str(files[0]), url=str(url)) if url and files else None

"""A training request, and its form in the record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.base.rows_used import RowsUsed
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.runs.result_words import without_columns
from exoplanet_desktop.wire.requests import TrainRequest
from exoplanet_desktop.wire.vocabulary import Duplicates

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.base.stamp import FileStamp
    from exoplanet_desktop.wire.payloads import MergedFile, MergeReply
    from exoplanet_desktop.wire.reading_options import ReadingOptions


@dataclass(frozen=True)
class TrainTask(TrainRequest):
    """What the user asked for, and the data: either `paths` (two or more are merged first), or `merged`.

    Attributes:
        merged: a file of the backend.
        readings: how the user said that each of the `paths` is read, None where nothing was said.
        rows: those that are used; None for all.
        duplicates: the rule by which several files are merged; None for rows that are alike in all cells.
        stamp: of the one file, as it was shown.
    """

    paths: tuple[Path, ...] = ()
    merged: "MergedFile | MergeReply | None" = None
    readings: "tuple[ReadingOptions | None, ...]" = ()
    rows: RowsUsed | None = None
    duplicates: Duplicates | None = None
    stamp: "FileStamp | None" = field(default=None, compare=False)

    @property
    def reading(self) -> "ReadingOptions | None":
        """The user's reading options for the single file to send, if any."""
        if self.rows is not None:
            return self.rows.reading
        return self.readings[0] if len(self.paths) == 1 and self.readings else None

    @property
    def title(self) -> str:
        """A title that tells it from other runs."""
        parts = (str(self.satellite), self.model.display_name, without_columns(len(self.without)))
        return " · ".join(filter(None, parts))

    @property
    def can_be_repeated(self) -> bool:
        """Whether the location of its data is known: an imported run has only file names."""
        if self.rows is not None and self.rows.file is None:
            return False
        return self.merged is not None or (bool(self.paths) and all(path.is_absolute() for path in self.paths))

    def to_json(self) -> dict[str, Any]:
        """The form for the record."""
        return {
            **super().to_json(),
            "files": [path.name for path in self.paths] or [self.source],
            "paths": [str(path.absolute()) for path in self.paths],
            "merged": self.merged is not None,
            "merged_url": merged_url(self.merged) or None,
            "readings": readings_json(self.readings),
            "rows": self.rows.as_json() if self.rows else None,
            "duplicates": self.duplicates,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "TrainTask":
        """A request from the record. Raises InputError if it is invalid.

        The files of an imported run, and of a merged file on the backend, are names without folders.
        """
        asked = TrainRequest.from_json(kept)
        try:
            merged, rule = _kept_merged(kept), kept.get("duplicates")
            return cls(
                **asked.chosen(),
                paths=() if merged else tuple(Path(str(name)) for name in kept.get("paths") or kept.get("files") or ()),
                merged=merged,
                readings=_kept_readings(kept.get("readings")),
                rows=RowsUsed.from_json(kept["rows"]) if kept.get("rows") else None,
                duplicates=Duplicates(rule) if rule else None,
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
    """The URL of a merged file on its backend."""
    return str(getattr(merged, "url", "") or getattr(merged, "merged_url", ""))


def readings_json(readings: "tuple[ReadingOptions | None, ...]") -> list[str | None] | None:
    """Reading options in the form for the record; None if there are none."""
    return [reading.to_json() if reading else None for reading in readings] if any(readings) else None


def each_read(paths: tuple[Path, ...], readings: "tuple[ReadingOptions | None, ...]") -> "list[ReadingOptions | None]":
    """One entry per file, even without reading options."""
    return [reading for _, reading in zip_longest(paths, readings[: len(paths)])]


def _kept_readings(found: Any) -> "tuple[ReadingOptions | None, ...]":
    from exoplanet_desktop.wire.reading_options import ReadingOptions

    return tuple(ReadingOptions.from_json(str(text)) if text else None for text in found or ())


def _kept_merged(kept: Mapping[str, Any]) -> "MergedFile | None":
    from exoplanet_desktop.wire.payloads import MergedFile

    url, files = kept.get("merged_url"), kept.get("files") or ()
    return MergedFile(filename=str(files[0]), url=str(url)) if url and files else None

"""A prediction or merge from the record, for viewing only."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exoplanet_desktop.gui.base.text import count, counted, megabytes, tr
from exoplanet_desktop.gui.widgets.options import feature_title
from exoplanet_desktop.record.entry import StoredRun
from exoplanet_desktop.record.record import Record
from exoplanet_desktop.wire.vocabulary import Features, Model, RunKind

MOST_FACTS = 40


@dataclass(frozen=True)
class KeptRun:
    """Attributes:
    files: its complete files in the record.
    """

    run: "StoredRun"
    log_text: str
    files: tuple[Path, ...]

    @classmethod
    def of(cls, run: "StoredRun", log_text: str, record: "Record") -> "KeptRun":
        names = record.files(run.run_id)
        found = tuple(path for name in names if (path := record.file(run.run_id, name)) is not None)
        return cls(run, log_text, found)

    @property
    def run_id(self) -> str:
        return self.run.run_id

    @property
    def merged_file(self) -> str:
        """The name of the file that a merge made; "" for anything else."""
        result = self.run.result if isinstance(self.run.result, dict) else {}
        return str(result.get("merged_filename") or "") if self.run.kind == RunKind.MERGE else ""

    def facts(self) -> list[tuple[str, str]]:
        """(name, value) pairs of request and reply, for a reader."""
        run = self.run
        found = [(tr("Backend"), f"{run.backend_title}  ({run.backend_address})")]
        for told in run.request.get("inputs") or []:
            found.append((tr("Sent"), _file(told)))
        found += [(name, _asked_value(key, run.request[key])) for key, name in _asked().items() if run.request.get(key)]
        result = run.result if isinstance(run.result, dict) else {}
        found += [(name, _value(result[key])) for key, name in _told().items() if result.get(key) is not None]
        if isinstance(told := result.get("file"), dict):
            found.append((tr("Result"), _file(told)))
            if not told.get("kept"):
                found.append(("", tr("Too large to store here; the backend may still have it.")))
        return found[:MOST_FACTS]


def _asked() -> dict[str, str]:
    return {
        "satellite": tr("Satellite"),
        "model": tr("Model"),
        "features": tr("Features"),
        "model_version": tr("Model version"),
        "from_row": tr("From row"),
        "to_row": tr("To row"),
    }


def _told() -> dict[str, str]:
    return {
        "total_predicted": tr("Rows predicted"),
        "class_counts": tr("By class"),
        "merged_filename": tr("Merged file"),
        "merged_rows": tr("Rows"),
    }


def _asked_value(key: str, value: Any) -> str:
    """A requested value, as the window words it."""
    with suppress(ValueError):
        if key == "model":
            return Model(value).display_name
        if key == "features":
            return feature_title(Features(value))
    return _value(value)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(item)}" for name, item in value.items())
    return count(value) if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _file(told: Any) -> str:
    """A file with its size and the start of its digest."""
    if not isinstance(told, dict):
        return str(told)
    size = told.get("bytes")
    size = size if isinstance(size, int) else 0
    shown = megabytes(size) if size >= 100_000 else counted(size, tr("byte"), tr("bytes"))
    return f"{told.get('name')}, {shown}, SHA-256 {str(told.get('sha256'))[:12]}…"

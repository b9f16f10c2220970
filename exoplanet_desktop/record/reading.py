"""Reads the record of runs."""

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from exoplanet_desktop.errors import NotFound
from exoplanet_desktop.record.database import RecordDatabase
from exoplanet_desktop.record.entry import RunEntry, StoredRun, checked_run_id
from exoplanet_desktop.record.files import RunFiles
from exoplanet_desktop.wire.vocabulary import FINAL_STATUSES

_ENTRY = ", ".join(f"runs.{field.name}" for field in fields(RunEntry))
_FLAGS = [place for place, field in enumerate(fields(RunEntry)) if field.name in ("starred", "imported")]
_DETAILS = ("request", "status_url", "logs_url", "job_id", "result", "warnings")


class RecordReader:
    """Reads the record in `folder`. `Record` writes it, too.

    Attributes:
        notice: the problem found when the record was opened, for the user; "" if there was none.

    Raises UnavailableError if the folder cannot be used; NotFound for a run that is not in the record.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = RunFiles(folder / "files")
        self._database = RecordDatabase(folder / "runs.sqlite")
        self.notice = self._database.notice
        with self._database.reading() as connection:
            known = {run_id for (run_id,) in connection.execute("SELECT run_id FROM runs")}
        # A new record does not know the files of the damaged one, which may still be wanted.
        if not self.notice:
            self._files.tidy(known)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def runs(self, limit: int = 10_000, *, bin: bool = False) -> list[RunEntry]:
        """The newest runs, newest first, or those in the bin."""
        where = f"deleted_at IS {'NOT ' if bin else ''}NULL"
        return self._entries(f"WHERE {where} ORDER BY created_at DESC, number DESC LIMIT ?", limit)

    def run(self, run_id: str) -> StoredRun:
        """One run with its request and result, whether in the bin or not."""
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT {_ENTRY}, {', '.join(_DETAILS)} FROM runs JOIN details USING (run_id) WHERE runs.run_id = ?",  # noqa: S608
                (checked_run_id(run_id),),
            ).fetchone()
        if row is None:
            raise NotFound("This run is no longer in the record. Refresh the list.")
        count = len(fields(RunEntry))
        details = dict(zip(_DETAILS, row[count:], strict=True))
        for name in ("request", "result", "warnings"):
            details[name] = None if details[name] is None else json.loads(details[name])
        return StoredRun(**vars(_entry(row[:count])), **{**details, "warnings": tuple(details["warnings"])})

    def log(self, run_id: str) -> str:
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT text FROM log_parts WHERE run_id = ? ORDER BY number", (checked_run_id(run_id),)
            ).fetchall()
        return "".join(text for (text,) in rows)

    def file(self, run_id: str, name: str) -> Path | None:
        """The path of a run's file; None if there is no file of that name."""
        return self._files.find(run_id, name)

    def files(self, run_id: str) -> list[str]:
        """The names of a run's files, sorted."""
        return [path.name for path in self._files.of(run_id)]

    def entry(self, run_id: str) -> RunEntry:
        """One line of the list. Raises NotFound."""
        found = self._entries("WHERE run_id = ?", checked_run_id(run_id))
        if not found:
            raise NotFound("This run is no longer in the record. Refresh the list.")
        return found[0]

    def members(self, group_id: str) -> list[RunEntry]:
        """The runs that belong to another one, oldest first."""
        return self._entries("WHERE group_id = ? ORDER BY number", checked_run_id(group_id))

    def unfinished(self) -> list[StoredRun]:
        """Runs that had not ended at last contact, oldest first: to be resumed."""
        marks = ", ".join("?" * len(FINAL_STATUSES))
        found = self._entries(
            f"WHERE status NOT IN ({marks}) AND deleted_at IS NULL AND NOT imported ORDER BY number", *FINAL_STATUSES
        )
        return [self.run(entry.run_id) for entry in found]

    def _entries(self, tail: str, *values: Any) -> list[RunEntry]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_ENTRY} FROM runs {tail}", values).fetchall()  # noqa: S608
        return [_entry(row) for row in rows]


def _entry(row: Sequence[Any]) -> RunEntry:
    values = list(row)
    for place in _FLAGS:
        values[place] = bool(values[place])
    return RunEntry(*values)

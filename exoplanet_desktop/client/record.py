"""The record of runs: what was asked of which backend, and what came back, readable with no backend there.

Rows stand in one SQLite file, the files of a run in a folder of its own beside it. Every change is kept whole or not
at all, however the program ends. Calls wait for the disk, so a window makes them from a worker.
"""

import json
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from exoplanet_desktop.client.record_database import Database
from exoplanet_desktop.client.record_entry import (
    FINAL,
    Run,
    RunEntry,
    checked_run_id,
    said_of_request,
    said_of_result,
    without_secrets,
)
from exoplanet_desktop.client.record_files import RunFiles
from exoplanet_desktop.errors import InputError, NotFound
from exoplanet_desktop.wire.vocabulary import Status

LONGEST_LOG = 16_000_000  # characters of one run; the rest stays at the backend
_ENTRY = ", ".join(f"runs.{field.name}" for field in fields(RunEntry))
_FLAGS = [place for place, field in enumerate(fields(RunEntry)) if field.name in ("starred", "imported")]
_DETAILS = ("request", "status_url", "logs_url", "job_id", "result", "warnings")


class Record:
    """The record in `folder`, which is made where it is not there. Threads may share it, and so may processes.

    Attributes:
        notice: what was wrong with the record when it was opened, in words for the user; "" where nothing was.

    Raises UnavailableError where the folder cannot be used; NotFound for a run that is not in the record.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = RunFiles(folder / "files")
        self._database = Database(folder / "runs.sqlite")
        self.notice = self._database.notice
        with self._database.reading() as connection:
            known = {run_id for (run_id,) in connection.execute("SELECT run_id FROM runs")}
        # A record that was begun anew does not know the files of the damaged one, which may still be wanted.
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

    # Writing

    def new(
        self,
        kind: str,
        title: str,
        request: Mapping[str, Any],
        backend_title: str,
        backend_address: str,
        data_digest: str | None = None,
        *,
        status: str = Status.PENDING,
        group_id: str | None = None,
    ) -> str:
        """Begins a run and returns its id. `request` is JSON; whatever is named a token in it is left out.

        `group_id` is the run that it is a part of.
        """
        now = _now()
        entry = RunEntry(
            uuid.uuid4().hex, kind, title, str(status), False, backend_title, backend_address,
            data_digest, now, now, None, None, None, False, group_id=group_id,
        )  # fmt: skip
        self._insert(Run(**vars(entry), request=request), "")
        return entry.run_id

    def update(
        self,
        run_id: str,
        *,
        status: str | None = None,
        status_url: str | None = None,
        logs_url: str | None = None,
        job_id: str | None = None,
        result: Any = None,
        error: str | None = None,
        warnings: Sequence[str] | None = None,
        data_digest: str | None = None,
        backend_address: str | None = None,
    ) -> None:
        """Changes what is given and leaves what is None; "" takes an error back."""
        entry = {
            "status": status,
            "error": error,
            "data_digest": data_digest,
            "backend_address": backend_address,
            **said_of_result(result),
        }
        details = {
            "status_url": status_url,
            "logs_url": logs_url,
            "job_id": job_id,
            "warnings": None if warnings is None else _json(list(warnings)),
            "result": None if result is None else _json(result),
        }
        with self._database.writing() as connection:
            self._set(connection, run_id, "runs", {**entry, "changed_at": _now()})
            self._set(connection, run_id, "details", details)

    def append_log(self, run_id: str, text: str) -> None:
        """Adds to the log; one that is longer than LONGEST_LOG ends with a word about that."""
        if not text:
            return
        with self._database.writing() as connection:
            self._set(connection, run_id, "runs", {"changed_at": _now()})
            of_run = "SELECT coalesce(sum(length(text)), 0) FROM log_parts WHERE run_id = ?"
            left = LONGEST_LOG - connection.execute(of_run, (run_id,)).fetchone()[0]
            if left <= 0:
                return
            if len(text) > left:
                text = text[:left] + "\n… the log is longer than what is kept here.\n"
            connection.execute("INSERT INTO log_parts (run_id, text) VALUES (?, ?)", (run_id, _storable(text)))

    def keep_file(self, run_id: str, name: str, content: bytes | Path) -> Path:
        """Keeps a file of the run under a plain name, whole or not at all, in place of one of that name."""
        self.run(run_id)
        return self._files.keep(run_id, name, content)

    # Reading

    def runs(self, limit: int = 10_000, *, bin: bool = False) -> list[RunEntry]:
        """The newest runs, newest first, or those in the bin."""
        where = f"deleted_at IS {'NOT ' if bin else ''}NULL"
        return self._entries(f"WHERE {where} ORDER BY created_at DESC, number DESC LIMIT ?", limit)

    def run(self, run_id: str) -> Run:
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
        return Run(**vars(_entry(row[:count])), **{**details, "warnings": tuple(details["warnings"])})

    def log(self, run_id: str) -> str:
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT text FROM log_parts WHERE run_id = ? ORDER BY number", (checked_run_id(run_id),)
            ).fetchall()
        return "".join(text for (text,) in rows)

    def file(self, run_id: str, name: str) -> Path | None:
        """Where a file of the run lies; None where none of that name was kept."""
        return self._files.find(run_id, name)

    def files(self, run_id: str) -> list[str]:
        """The names of the files of a run, by name."""
        return [path.name for path in self._files.of(run_id)]

    def entry(self, run_id: str) -> RunEntry:
        """One line of the list. Raises NotFound."""
        found = self._entries("WHERE run_id = ?", checked_run_id(run_id))
        if not found:
            raise NotFound("This run is no longer in the record. Refresh the list.")
        return found[0]

    def members(self, group_id: str) -> list[RunEntry]:
        """The runs that are parts of another one, oldest first."""
        return self._entries("WHERE group_id = ? ORDER BY number", checked_run_id(group_id))

    def unfinished(self) -> list[Run]:
        """Runs that had not ended when they were last heard of, oldest first: to be taken up again."""
        marks = ", ".join("?" * len(FINAL))
        found = self._entries(
            f"WHERE status NOT IN ({marks}) AND deleted_at IS NULL AND NOT imported ORDER BY number", *FINAL
        )
        return [self.run(entry.run_id) for entry in found]

    # Keeping order

    def rename(self, run_id: str, title: str) -> None:
        if not title.strip():
            raise InputError("A run needs a name. Write at least one letter.")
        self._change(run_id, {"title": title.strip()[:200]})

    def star(self, run_id: str, starred: bool = True) -> None:
        self._change(run_id, {"starred": int(starred)})

    def delete(self, run_id: str) -> None:
        """Puts a run into the bin, out of which `restore` takes it."""
        self._change(run_id, {"deleted_at": _now()})

    def restore(self, run_id: str) -> None:
        with self._database.writing() as connection:
            done = connection.execute("UPDATE runs SET deleted_at = NULL WHERE run_id = ?", (checked_run_id(run_id),))
            _need(done)

    def empty_bin(self, older_than_days: float = 0.0) -> int:
        """Removes for good what has been in the bin for so long; returns how many runs that were."""
        before = (datetime.now(UTC) - timedelta(days=older_than_days)).isoformat()
        with self._database.writing() as connection:
            gone = connection.execute(
                "DELETE FROM runs WHERE deleted_at IS NOT NULL AND deleted_at <= ? RETURNING run_id", (before,)
            ).fetchall()
        for (run_id,) in gone:
            self._files.remove(run_id)
        return len(gone)

    def export(self, run_id: str, target: Path) -> None:
        """Writes all of a run into one zip: request, digest of the data, replies, metrics, files, log, versions."""
        from exoplanet_desktop.client.record_zip import pack

        run = self.run(run_id)
        pack(run, self.log(run_id), self._files.of(run_id), target)

    def import_(self, source: Path) -> str:
        """Takes an exported run into the record, as a new run; its id. Raises InputError for what is no export."""
        from exoplanet_desktop.client.record_zip import unpack

        run_id = uuid.uuid4().hex
        with unpack(source, self._files.folder) as found:
            # The files first: a folder without a run is tidied away, a run without its files would be a lie.
            found.folder.replace(self._files.folder / run_id)
            self._insert(replace(found.run, run_id=run_id, changed_at=_now()), found.log)
        return run_id

    # Within

    def _insert(self, run: Run, log: str) -> None:
        entry = {field.name: getattr(run, field.name) for field in fields(RunEntry)}
        entry.update(said_of_request(run.request))
        if run.result is not None:
            entry.update(said_of_result(run.result))
        details = {
            "request": _json(run.request),
            "result": None if run.result is None else _json(run.result),
            "warnings": _json(list(run.warnings)),
            **{name: getattr(run, name) for name in ("status_url", "logs_url", "job_id")},
        }
        with self._database.writing() as connection:
            for table, row in (("runs", entry), ("details", {"run_id": run.run_id, **details})):
                marks = ", ".join("?" * len(row))
                connection.execute(
                    f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})",  # noqa: S608 - names of our own
                    tuple(map(_storable, row.values())),
                )
            if log:
                connection.execute("INSERT INTO log_parts (run_id, text) VALUES (?, ?)", (run.run_id, _storable(log)))

    def _change(self, run_id: str, values: Mapping[str, Any]) -> None:
        with self._database.writing() as connection:
            self._set(connection, run_id, "runs", values)

    @staticmethod
    def _set(connection: sqlite3.Connection, run_id: str, table: str, values: Mapping[str, Any]) -> None:
        given = {name: _storable(value) for name, value in values.items() if value is not None}
        if not given:
            return
        names = ", ".join(f"{name} = ?" for name in given)
        done = connection.execute(
            f"UPDATE {table} SET {names} WHERE run_id = ?",  # noqa: S608 - names of our own
            (*given.values(), checked_run_id(run_id)),
        )
        _need(done)

    def _entries(self, tail: str, *values: Any) -> list[RunEntry]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_ENTRY} FROM runs {tail}", values).fetchall()  # noqa: S608
        return [_entry(row) for row in rows]


def _need(done: sqlite3.Cursor) -> None:
    if done.rowcount == 0:
        raise NotFound("This run is no longer in the record. Refresh the list.")


def _entry(row: Sequence[Any]) -> RunEntry:
    values = list(row)
    for place in _FLAGS:
        values[place] = bool(values[place])
    return RunEntry(*values)


def _json(value: Any) -> str:
    return json.dumps(without_secrets(value), default=str)


def _storable(value: Any) -> Any:
    """A text of a server may hold half a surrogate pair, which SQLite cannot store."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")

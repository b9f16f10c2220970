"""The record of runs: each request with its backend and its result, readable without a backend.

One SQLite file holds the rows; the files of each run are in a folder beside it. Every change is saved completely or not
at all, however the program ends. Calls block on the disk, so a window makes them from a worker.
"""

import json
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from exoplanet_desktop.errors import InputError, NotFound
from exoplanet_desktop.record.entry import (
    RunEntry,
    StoredRun,
    checked_run_id,
    said_of_request,
    said_of_result,
    without_secrets,
)
from exoplanet_desktop.record.reading import RecordReader
from exoplanet_desktop.record.zip_files import pack, unpack
from exoplanet_desktop.wire.vocabulary import Status

LONGEST_LOG = 16_000_000  # characters per run; the backend has the rest


class Record(RecordReader):
    """The record in `folder`, which is created if missing. Threads and processes may share it.

    Raises UnavailableError if the folder cannot be used; NotFound for a run that is not in the record.
    """

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
        """Creates a run and returns its id. `request` is JSON; fields named like tokens are dropped.

        `group_id` is the run that this one belongs to.
        """
        now = _now()
        entry = RunEntry(
            uuid.uuid4().hex, kind, title, str(status), False, backend_title, backend_address,
            data_digest, now, now, None, None, None, False, group_id=group_id,
        )  # fmt: skip
        self._insert(StoredRun(**vars(entry), request=request), "")
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
        """Changes the given fields and leaves those that are None; "" clears an error."""
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
        """Appends to the log; a log over LONGEST_LOG is cut and ends with a note."""
        if not text:
            return
        with self._database.writing() as connection:
            self._set(connection, run_id, "runs", {"changed_at": _now()})
            of_run = "SELECT coalesce(sum(length(text)), 0) FROM log_parts WHERE run_id = ?"
            left = LONGEST_LOG - connection.execute(of_run, (run_id,)).fetchone()[0]
            if left <= 0:
                return
            if len(text) > left:
                text = text[:left] + "\n… the rest of the log is not stored here.\n"
            connection.execute("INSERT INTO log_parts (run_id, text) VALUES (?, ?)", (run_id, _storable(text)))

    def keep_file(self, run_id: str, name: str, content: bytes | Path) -> Path:
        """Saves a run's file under a plain name, completely or not at all, replacing one of that name."""
        self.run(run_id)
        return self._files.keep(run_id, name, content)

    # Organising

    def rename(self, run_id: str, title: str) -> None:
        if not title.strip():
            raise InputError("A run needs a name. Enter at least one letter.")
        self._change(run_id, {"title": title.strip()[:200]})

    def star(self, run_id: str, starred: bool = True) -> None:
        self._change(run_id, {"starred": int(starred)})

    def delete(self, run_id: str) -> None:
        """Moves a run to the bin; `restore` takes it out again."""
        self._change(run_id, {"deleted_at": _now()})

    def restore(self, run_id: str) -> None:
        with self._database.writing() as connection:
            done = connection.execute("UPDATE runs SET deleted_at = NULL WHERE run_id = ?", (checked_run_id(run_id),))
            _need(done)

    def empty_bin(self, older_than_days: float = 0.0) -> int:
        """Permanently deletes runs that have been in the bin for that long; returns their number."""
        before = (datetime.now(UTC) - timedelta(days=older_than_days)).isoformat()
        with self._database.writing() as connection:
            gone = connection.execute(
                "DELETE FROM runs WHERE deleted_at IS NOT NULL AND deleted_at <= ? RETURNING run_id", (before,)
            ).fetchall()
        for (run_id,) in gone:
            self._files.remove(run_id)
        return len(gone)

    def export(self, run_id: str, target: Path) -> None:
        """Writes a whole run into one zip: request, digest of the data, replies, metrics, files, log, versions."""

        run = self.run(run_id)
        pack(run, self.log(run_id), self._files.of(run_id), target)

    def import_(self, source: Path) -> str:
        """Imports an exported run as a new run and returns its id. Raises InputError if the file is not an export."""

        run_id = uuid.uuid4().hex
        with unpack(source, self._files.folder) as found:
            # Files first: a folder without a run gets tidied away, but a run without its files would be broken.
            found.folder.replace(self._files.folder / run_id)
            self._insert(replace(found.run, run_id=run_id, changed_at=_now()), found.log)
        return run_id

    # Internals

    def _insert(self, run: StoredRun, log: str) -> None:
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


def _need(done: sqlite3.Cursor) -> None:
    if done.rowcount == 0:
        raise NotFound("This run is no longer in the record. Refresh the list.")


def _json(value: Any) -> str:
    return json.dumps(without_secrets(value), default=str)


def _storable(value: Any) -> Any:
    """Makes a text storable: a server's text may contain half a surrogate pair, which SQLite refuses."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")

"""The SQLite file behind the record of runs: its schema, its locking, and its errors in words."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.migrations import Migrations
from exoplanet_desktop.files.sqlite import prepare, transaction
from exoplanet_desktop.record.entry import said_of_request, said_of_result

BUSY_S = 10.0  # how long another process of the program may hold the lock

# The large texts stand in tables of their own, so that a list of ten thousand runs reads no results.
_SCHEMA = """
CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    starred INTEGER NOT NULL DEFAULT 0,
    backend_title TEXT NOT NULL,
    backend_address TEXT NOT NULL,
    data_digest TEXT,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    accuracy REAL,
    error TEXT,
    deleted_at TEXT,
    imported INTEGER NOT NULL DEFAULT 0,
    dataset TEXT NOT NULL DEFAULT '',
    satellite TEXT,
    model TEXT,
    features TEXT,
    balance TEXT,
    cv_mean REAL,
    cv_std REAL,
    auc REAL,
    took_s REAL,
    group_id TEXT,
    objection TEXT
);
CREATE INDEX runs_newest ON runs (created_at DESC, number DESC);
CREATE TABLE details (
    run_id TEXT PRIMARY KEY REFERENCES runs (run_id) ON DELETE CASCADE,
    request TEXT NOT NULL,
    status_url TEXT,
    logs_url TEXT,
    job_id TEXT,
    warnings TEXT NOT NULL DEFAULT '[]',
    result TEXT
);
CREATE TABLE log_parts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    text TEXT NOT NULL
);
CREATE INDEX log_parts_of_run ON log_parts (run_id, number);
"""

# What the list shows of a run, which version 1 had in the large texts alone.
_COLUMNS_OF_2 = {
    "dataset": "TEXT NOT NULL DEFAULT ''",
    **dict.fromkeys(("satellite", "model", "features", "balance", "group_id"), "TEXT"),
    **dict.fromkeys(("cv_mean", "cv_std", "auc", "took_s"), "REAL"),
}


def to_2(connection: sqlite3.Connection) -> None:
    """Gives each run the fields that the list shows, out of its request and its result."""
    for name, kind in _COLUMNS_OF_2.items():
        connection.execute(f"ALTER TABLE runs ADD COLUMN {name} {kind}")
    for run_id, request, result in connection.execute("SELECT run_id, request, result FROM details").fetchall():
        said = {**said_of_request(_parsed(request)), **said_of_result(_parsed(result))}
        said.pop("accuracy")  # version 1 had this one
        said.pop("objection")  # version 3 has this one
        marks = ", ".join(f"{name} = ?" for name in said)
        connection.execute(f"UPDATE runs SET {marks} WHERE run_id = ?", (*said.values(), run_id))  # noqa: S608


def to_3(connection: sqlite3.Connection) -> None:
    """Gives each run the objection to its model that the list shows, out of the parity check in its result."""
    connection.execute("ALTER TABLE runs ADD COLUMN objection TEXT")
    for run_id, result in connection.execute("SELECT run_id, result FROM details WHERE result IS NOT NULL").fetchall():
        if objection := said_of_result(_parsed(result))["objection"]:
            connection.execute("UPDATE runs SET objection = ? WHERE run_id = ?", (objection, run_id))


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


MIGRATIONS = Migrations("record", (to_2, to_3))


class RecordDatabase:
    """One connection that threads share in turn; other processes wait for SQLite's own locks.

    Attributes:
        notice: what was wrong with the file when it was opened, in words; "" where nothing was.

    Raises UnavailableError where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self.notice = ""
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise self._error(error) from error
            self.notice = self._set_aside()
            self._connection = self._opened()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._translated():
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of the block is kept, or nothing of it."""
        with self._lock, self._translated(), transaction(self._connection):
            yield self._connection

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _opened(self) -> sqlite3.Connection:
        with self._translated():
            return self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            newer = (
                f"The record of runs in {self._path.parent} was written by a newer version of this program. "
                "Update the program to use it."
            )
            prepare(connection, _SCHEMA, MIGRATIONS, newer)
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_aside(self) -> str:
        """Renames a file that is no database any more, so that the program starts and nothing is thrown away."""
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        aside = self._path.with_name(f"{self._path.stem}-damaged-{stamp}{self._path.suffix}")
        try:
            self._path.replace(aside)
            for tail in ("-wal", "-shm"):
                self._path.with_name(self._path.name + tail).unlink(missing_ok=True)
        except OSError as error:
            raise self._error(error) from error
        return f"The record of runs was damaged, so a new one was started. The old file is kept as {aside}."

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._error(error) from error

    def _error(self, error: Exception) -> UnavailableError:
        if getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return UnavailableError(
                "Another window of this program is using the record of runs. Try again in a moment."
            )
        return UnavailableError(
            f"The record of runs in {self._path.parent} cannot be used: {error}. "
            "Check that the folder can be written and that the disk has space."
        )

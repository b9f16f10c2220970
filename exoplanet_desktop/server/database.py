"""The one SQLite file of a data folder: jobs, models, rows of merged files, and the signing key."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.migrations import Migrations
from exoplanet_desktop.files.sqlite import prepare, transaction

# `seq` defines the order, never a time: the clock may jump.
_SCHEMA = """
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    params TEXT NOT NULL,
    outputs TEXT NOT NULL,
    error TEXT,
    error_code TEXT,
    result BLOB,
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT
);
CREATE TABLE models (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    version TEXT NOT NULL UNIQUE,
    satellite TEXT NOT NULL,
    model TEXT NOT NULL,
    features TEXT NOT NULL,
    balance TEXT NOT NULL,
    created_at TEXT NOT NULL,
    accuracy REAL,
    cv_mean REAL,
    cv_std REAL,
    job_id TEXT NOT NULL,
    filename TEXT NOT NULL,
    without TEXT NOT NULL DEFAULT '[]',
    catalog TEXT NOT NULL DEFAULT '',
    class_rows TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE merged (
    filename TEXT PRIMARY KEY,
    rows INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL
);
CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


def to_2(connection: sqlite3.Connection) -> None:
    """Tells of each model which columns its training left out; those of version 1 had all."""
    connection.execute("ALTER TABLE models ADD COLUMN without TEXT NOT NULL DEFAULT '[]'")


def to_3(connection: sqlite3.Connection) -> None:
    """Tells of each model what it was trained on; of those of version 2, nobody knows."""
    connection.execute("ALTER TABLE models ADD COLUMN catalog TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE models ADD COLUMN class_rows TEXT NOT NULL DEFAULT '{}'")


MIGRATIONS = Migrations("engine", (to_2, to_3))


class Database:
    """Readers never wait for a writer (WAL), so a status reply does not hang on a slow disk. Thread-safe."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises UnavailableError if it is damaged, newer than us, or not writable."""
        self._path = path
        self._write_lock, self._read_lock = threading.Lock(), threading.Lock()
        with self._errors():
            self._writer = self._connect()
            try:
                self._prepare()
                self._reader = self._connect()
            except BaseException:
                self._writer.close()
                raise

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=5)
        connection.row_factory = sqlite3.Row
        return connection

    def _prepare(self) -> None:
        newer = (
            f"The data folder {self._path.parent} was written by a newer version of this program. "
            "Update the program, or choose another folder with --data-dir."
        )
        prepare(self._writer, _SCHEMA, MIGRATIONS, newer)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise UnavailableError(
                f"The engine's record {self._path} cannot be used: {error}. "
                "Check that the disk is not full and the folder can be written to."
            ) from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise  # a violated constraint and the like: our own fault, not the file's
            raise UnavailableError(
                f"The engine's record {self._path} is damaged: {error}. Move it away, or choose another data folder."
            ) from error

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing. Raises UnavailableError where the disk does not take it."""
        with self._write_lock, self._errors(), transaction(self._writer):
            yield self._writer

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._read_lock, self._errors():
            return self._reader.execute(query, values).fetchall()

    def close(self) -> None:
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()

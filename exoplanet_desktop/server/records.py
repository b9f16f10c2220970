"""The database's records: jobs, models and merged files."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exoplanet_desktop.server.database import Database
from exoplanet_desktop.wire.vocabulary import Status


@dataclass(frozen=True)
class JobRecord:
    """A job as last stored; `result` is the reply's JSON text.

    `error_code` is the `code` of the class of errors.py, which shows who can fix the failure.
    """

    id: str
    kind: str
    status: Status
    params: dict[str, Any]
    outputs: tuple[str, ...]
    error: str | None
    error_code: str | None
    result: bytes | None
    created_at: str
    started_at: str | None
    finished_at: str | None


@dataclass(frozen=True)
class ModelRecord:
    """One version of a model; `filename` is in the folder `models`.

    Attributes:
        without: feature columns that a reduced model leaves out; it is used only if it is named.
        catalog: name of the file that it was trained on; "" if unknown.
        class_rows: number of rows of each class that it was trained on; empty if unknown.
    """

    version: str
    satellite: str
    model: str
    features: str
    balance: str
    created_at: str
    accuracy: float | None
    cv_mean: float | None
    cv_std: float | None
    job_id: str
    filename: str
    without: tuple[str, ...] = ()
    catalog: str = ""
    class_rows: Mapping[str, int] = field(default_factory=dict)


_JOB_COLUMNS = "id, kind, status, params, outputs, error, error_code, result, created_at, started_at, finished_at"
_MODEL_COLUMNS = (
    "version, satellite, model, features, balance, created_at, accuracy, cv_mean, cv_std, job_id, filename, without, "
    "catalog, class_rows"
)
_AS_JSON = ("without", "class_rows")


def _job(row: sqlite3.Row) -> JobRecord:
    values = dict(row)
    values.update(
        status=Status(row["status"]),
        params=json.loads(row["params"]),
        outputs=tuple(json.loads(row["outputs"])),
    )
    return JobRecord(**values)


def write_job(connection: sqlite3.Connection, job: JobRecord) -> None:
    """Store a job, new or updated."""
    connection.execute(
        f"INSERT INTO jobs ({_JOB_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - constant names
        "ON CONFLICT (id) DO UPDATE SET status = excluded.status, outputs = excluded.outputs, "
        "error = excluded.error, error_code = excluded.error_code, result = excluded.result, "
        "started_at = excluded.started_at, "
        "finished_at = excluded.finished_at",
        (
            job.id,
            job.kind,
            str(job.status),
            json.dumps(job.params),
            json.dumps(job.outputs),
            job.error,
            job.error_code,
            job.result,
            job.created_at,
            job.started_at,
            job.finished_at,
        ),
    )


def find_job(database: Database, job_id: str) -> JobRecord | None:
    rows = database.rows(f"SELECT {_JOB_COLUMNS} FROM jobs WHERE id = ?", job_id)  # noqa: S608
    return _job(rows[0]) if rows else None


def list_jobs(database: Database, limit: int) -> list[JobRecord]:
    """The jobs, newest first, without their results."""
    columns = _JOB_COLUMNS.replace("result", "NULL AS result")
    query = f"SELECT {columns} FROM jobs ORDER BY seq DESC LIMIT ?"  # noqa: S608
    return [_job(row) for row in database.rows(query, limit)]


def unfinished_jobs(database: Database) -> list[JobRecord]:
    query = f"SELECT {_JOB_COLUMNS} FROM jobs WHERE status IN (?, ?)"  # noqa: S608
    return [_job(row) for row in database.rows(query, str(Status.PENDING), str(Status.RUNNING))]


def write_model(connection: sqlite3.Connection, model: ModelRecord) -> None:
    values = {name: getattr(model, name) for name in _MODEL_COLUMNS.split(", ")}
    values |= {name: json.dumps(values[name]) for name in _AS_JSON}
    places = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO models ({_MODEL_COLUMNS}) VALUES ({places})", tuple(values.values()))  # noqa: S608


def list_models(database: Database) -> list[ModelRecord]:
    """All versions, newest first."""
    rows = database.rows(f"SELECT {_MODEL_COLUMNS} FROM models ORDER BY seq DESC")  # noqa: S608
    return [_model(dict(row)) for row in rows]


def _model(values: dict[str, Any]) -> ModelRecord:
    values |= {name: json.loads(values[name]) for name in _AS_JSON}
    return ModelRecord(**values | {"without": tuple(values["without"])})


def write_merged(connection: sqlite3.Connection, filename: str, rows: int, size_bytes: int, modified_ns: int) -> None:
    connection.execute("INSERT OR REPLACE INTO merged VALUES (?, ?, ?, ?)", (filename, rows, size_bytes, modified_ns))


def forget_merged(connection: sqlite3.Connection, filename: str) -> None:
    connection.execute("DELETE FROM merged WHERE filename = ?", (filename,))


def merged_rows(database: Database) -> dict[tuple[str, int, int], int]:
    """Rows of each merged file by (name, size in bytes, modification time in ns): a changed file is a new file."""
    rows = database.rows("SELECT filename, size_bytes, modified_ns, rows FROM merged")
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def signing_key(database: Database, fresh: bytes) -> bytes:
    """The key of this store; `fresh` becomes the key if there is none."""
    with database.change() as connection:
        connection.execute("INSERT OR IGNORE INTO secrets VALUES ('merge_token', ?)", (fresh,))
        row = connection.execute("SELECT value FROM secrets WHERE name = 'merge_token'").fetchone()
    return bytes(row[0])

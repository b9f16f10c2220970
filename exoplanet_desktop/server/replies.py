"""Replies in the form of the contract."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from exoplanet_desktop import __version__
from exoplanet_desktop.server.job import Job
from exoplanet_desktop.server.jobs import JobRunner
from exoplanet_desktop.server.records import JobRecord, ModelRecord
from exoplanet_desktop.server.settings import EngineSettings
from exoplanet_desktop.server.tokens import MergeTokens
from exoplanet_desktop.wire.payloads import Health, MergedFile, MergeReply, TrainAccepted
from exoplanet_desktop.wire.requests import PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Features, Model, Satellite, Status

_CALLS = [
    "progress",
    "cancel",
    "logs-offset",
    "features",
    "balance",
    "sentinel",
    "held-out",
    "explain",
    "async",
    "models",
    "merge-delete",
    "merge-token",
    "merge-rules",
    "merge-many",
    "model-labels",
    "without",
    "known-rows",
    "jobs",
    "reading",
]
_OPTIONS = [one.extension for kind in (TrainRequest, PredictRequest) for one in kind.declared().values()]
EXTENSIONS = list(dict.fromkeys((*_CALLS, *filter(None, _OPTIONS))))
LOCAL_PATHS = "local-path"


def media_url(base: str, rel_path: str) -> str:
    """The URL of a stored file; `base` has no trailing slash, and is empty for a relative one."""
    return f"{base}/media/{quote(rel_path)}"


def health(settings: EngineSettings) -> dict[str, Any]:
    return Health(
        name="Exoplanet Desktop engine",
        version=__version__,
        extensions=[*EXTENSIONS, *([LOCAL_PATHS] if settings.local_paths else [])],
        satellites=list(Satellite),
        models=list(Model),
        features=list(Features),
        limits={
            "upload_bytes": settings.upload_bytes,
            "queue": settings.queue,
            "merge_token_seconds": settings.merge_token_seconds,
        },
    ).model_dump()


def accepted(job: Job, base: str, message: str, info: str | None) -> dict[str, Any]:
    return TrainAccepted(
        message=message,
        job_id=job.id,
        status=Status.PENDING,
        status_url=f"{base}/api/train/{job.id}/status",
        logs_url=f"{base}/api/train/{job.id}/logs",
        info=info,
    ).model_dump()


def status(record: JobRecord, job: Job | None, runner: JobRunner) -> bytes:
    """The status reply as JSON; the result, which may be long, is inserted as text."""
    head = status_head(record)
    head["progress"] = 1.0 if record.status is Status.SUCCEEDED else job.progress if job else None
    head["stage"] = job.stage if job else None
    head["queue_position"] = runner.position(job) if job else None
    return json.dumps(head)[:-1].encode() + b', "result": ' + (record.result or b"null") + b"}"


def status_head(record: JobRecord) -> dict[str, Any]:
    return {
        "ok": True,
        "job_id": record.id,
        "kind": record.kind,
        "status": str(record.status),
        "params": record.params,
        "error": record.error,
        "error_code": record.error_code,
        "created_at": record.created_at,
        "started_at": record.started_at,
        "finished_at": record.finished_at,
    }


def merge_reply(base: str, rel_path: str, summary: Mapping[str, Any], tokens: MergeTokens) -> dict[str, Any]:
    return MergeReply(
        message="Merge complete",
        merged_filename=rel_path.rpartition("/")[2],
        merged_rows=summary["rows"],
        merged_url=media_url(base, rel_path),
        merge_token=tokens.make(rel_path),
        expires_in=tokens.seconds,
        **summary,
    ).model_dump(exclude={"rows"})


def merged_file(
    name: str, rows: int | None, size_bytes: int, modified: str, base: str, tokens: MergeTokens
) -> dict[str, Any]:
    rel_path = f"mergefiles/{name}"
    return MergedFile(
        filename=name,
        url=media_url(base, rel_path),
        rows=rows,
        size_bytes=size_bytes,
        modified=modified,
        merge_token=tokens.make(rel_path),
        rel_path=rel_path,
    ).model_dump()


def model(record: ModelRecord) -> dict[str, Any]:
    return {
        "model_version": record.version,
        "satellite": record.satellite,
        "model": record.model,
        "features": record.features,
        "balance": record.balance,
        "without": list(record.without),
        "catalog": record.catalog,
        "class_rows": dict(record.class_rows),
        "created_at": record.created_at,
        "accuracy": record.accuracy,
        "cv_mean": record.cv_mean,
        "cv_std": record.cv_std,
        "job_id": record.job_id,
        "url": media_url("", f"models/{record.filename}"),
    }

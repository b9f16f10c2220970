"""Training, and the jobs of all kinds."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_training, check_left_out
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.server import records, replies
from exoplanet_desktop.server.calls.common import (
    TEXT,
    base_of,
    body_schema,
    described,
    engine_of,
    form_of,
    json_reply,
    known_id,
    no_job,
    started,
)
from exoplanet_desktop.server.engine import Check, Engine, InputFile, check_columns
from exoplanet_desktop.server.forms import Form
from exoplanet_desktop.server.joblog import read_log
from exoplanet_desktop.wire.payloads import Logs
from exoplanet_desktop.wire.requests import TrainRequest

router = APIRouter()

_MAX_OFFSET = 2**53
_CANCEL_WAIT_S = 3.0

TRAIN_FIELDS = {**described(TrainRequest), "reading": TEXT}


@router.post(
    "/api/train",
    status_code=202,
    openapi_extra=body_schema(
        {**TRAIN_FIELDS, "data_path": TEXT, "merge_token": TEXT, "local_path": TEXT},
        "file",
        required=("satellite", "model"),
    ),
)
async def start_training(request: Request) -> Response:
    """Start a training on an upload (`file`), a stored file (`data_path`) or a merged one (`merge_token`).

    Rows whose label comes from a model (`label_source` is `model`) are left out unless `model_labels` is `use`.
    `reading` defines how to read the file (JSON text), instead of detecting it. `without` is a JSON list of feature
    columns to leave out; such a reduced model predicts only if its version is named. An embedded engine also takes
    `local_path`: the absolute path of a file that it reads in place.
    """
    engine = engine_of(request)
    async with form_of(request, "file") as form:
        source = await _source(engine, form)
        return await started(request, engine.train_order(*source), "Training started", source[0].info)


async def _source(engine: Engine, form: Form) -> tuple[InputFile, TrainRequest]:
    if not (form.files or form.text("data_path") or form.text("merge_token") or form.path("local_path")):
        raise InputError("There is no file to train on. Send a .csv as `file`, or name one as `data_path`.")
    request, check = training_of(form)
    token, reading = form.text("merge_token"), form.reading()
    if token and not form.files:
        return await engine.find(engine.tokens.read(token), reading, check), request
    source = await engine.source(form, ("file", "data_path", "local_path"), reading, check)
    assert source is not None
    return source, request


def training_of(form: Form) -> tuple[TrainRequest, Check]:
    """What a form asks of a training, and the check of the file. Raises InputError."""
    request = TrainRequest.from_fields(form)
    info = SATELLITES[request.satellite]
    check_left_out(request.without, info)
    return request, check_columns(info, check_for_training)


@router.get("/api/train")
async def list_jobs(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Response:
    """The jobs, newest first, without their results."""
    engine = engine_of(request)
    found = await asyncio.to_thread(records.list_jobs, engine.store.database, limit)
    base = base_of(request)
    jobs = []
    for record in found:
        live = engine.runner.find(record.id)
        address = f"{base}/api/train/{record.id}"
        urls = {"status_url": f"{address}/status", "logs_url": f"{address}/logs"}
        jobs.append({**replies.status_head(live.record() if live else record), **urls})
    return json_reply({"ok": True, "count": len(jobs), "jobs": jobs})


@router.get("/api/train/{job_id}/status")
async def job_status(request: Request, job_id: str) -> Response:
    """State of a job; its result is null until it has SUCCEEDED."""
    return json_reply(await _status(engine_of(request), known_id(job_id)))


async def _status(engine: Engine, job_id: str) -> bytes:
    live = engine.runner.find(job_id)
    if live is not None and live.order.recorded:
        return replies.status(live.record(), live, engine.runner)
    record = await asyncio.to_thread(records.find_job, engine.store.database, job_id)
    if record is None:
        raise no_job()
    return replies.status(record, None, engine.runner)


@router.get("/api/train/{job_id}/logs")
async def job_logs(
    request: Request,
    job_id: str,
    tail: Annotated[int | None, Query(ge=0, le=_MAX_OFFSET)] = None,
    offset: Annotated[int | None, Query(ge=0, le=_MAX_OFFSET)] = None,
) -> Response:
    """The log of a job: all of it, its last `tail` lines, or everything after `offset` bytes."""
    engine, job_id = engine_of(request), known_id(job_id)
    if engine.runner.find(job_id) is None:
        await _status(engine, job_id)  # it must exist
    text, next_offset = await asyncio.to_thread(read_log, engine.store.log_path(job_id), tail=tail, offset=offset)
    return json_reply(Logs(job_id=job_id, tail=tail, logs=text, next_offset=next_offset).model_dump())


@router.post("/api/train/{job_id}/cancel")
async def cancel_job(request: Request, job_id: str) -> Response:
    """End a job. Answers with its status, which is final unless the process takes unusually long to die."""
    engine, job_id = engine_of(request), known_id(job_id)
    if engine.runner.find(job_id) is not None:
        job = await asyncio.to_thread(engine.runner.cancel, job_id)
        ended = asyncio.shield(asyncio.wrap_future(job.ended))
        await asyncio.wait({ended}, timeout=_CANCEL_WAIT_S)
    return json_reply(await _status(engine, job_id))


@router.get("/api/models")
async def list_models(request: Request) -> Response:
    """All versions of all models, newest first."""
    engine = engine_of(request)
    found = await asyncio.to_thread(records.list_models, engine.store.database)
    return json_reply({"ok": True, "count": len(found), "models": [replies.model(record) for record in found]})

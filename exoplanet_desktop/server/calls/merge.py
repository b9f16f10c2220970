"""Merging, and the lists of files."""

import asyncio
import json
from typing import Any

from fastapi import APIRouter, Request, Response

from exoplanet_desktop.errors import AppError, BugError, InputError, NotAllowed, TooLarge, WrongType
from exoplanet_desktop.server import names, replies
from exoplanet_desktop.server.calls.common import (
    ACCEPTED,
    FLAG,
    TEXT,
    answer_of,
    base_of,
    body_schema,
    engine_of,
    form_of,
    json_reply,
    started,
)
from exoplanet_desktop.server.calls.train import TRAIN_FIELDS
from exoplanet_desktop.server.engine import Engine, Source, TrainWish, check_readable
from exoplanet_desktop.server.forms import Form
from exoplanet_desktop.server.job import Order
from exoplanet_desktop.wire.payloads import MergeTrainReply, UploadedFile

router = APIRouter()

_FIELDS = {"file_a": TEXT, "file_b": TEXT, "dedupe": FLAG, "output_name": TEXT}


@router.post(
    "/api/merge",
    responses=ACCEPTED,
    openapi_extra=body_schema({**_FIELDS, "async": FLAG}, "file_a", "file_b", required=("file_a", "file_b")),
)
async def merge(request: Request) -> Response:
    """Merge two CSVs, uploads or stored ones, the rows of `file_a` first."""
    async with form_of(request, "file_a", "file_b") as form:
        order = await _merge_order(request, form, "file_a", "file_b")
    if order.recorded:
        return await started(request, order, "Merge started")
    return json_reply(await answer_of(request, order))


async def _merge_order(request: Request, form: Form, file_a: str, file_b: str, *, may_wait: bool = True) -> Order:
    engine = engine_of(request)
    dedupe, as_job = form.flag("dedupe", True), may_wait and form.flag("async", False)
    output_name = form.text("output_name")
    if output_name is not None:
        names.check_name(output_name)
    if any(file not in form.files and not form.text(name) for file, name in ((file_a, "file_a"), (file_b, "file_b"))):
        raise InputError("A merge needs two files. Send `file_a` and `file_b`, as .csv files or as names.")
    a = await _one(engine, form, file_a, "file_a")
    b = await _one(engine, form, file_b, "file_b")
    return engine.merge_order(a, b, dedupe=dedupe, output_name=output_name, base=base_of(request), as_job=as_job)


async def _one(engine: Engine, form: Form, file_field: str, name_field: str) -> Source:
    source = await engine.source(form, file_field, name_field, check_readable)
    assert source is not None
    return source


@router.get("/api/merge")
async def list_merged(request: Request) -> Response:
    """The merged files, newest first."""
    engine, base = engine_of(request), base_of(request)
    found = await asyncio.to_thread(engine.store.list_merged)
    files = [
        replies.merged_file(file.name, rows, file.size_bytes, file.modified, base, engine.tokens)
        for file, rows in found
    ]
    return json_reply({"ok": True, "count": len(files), "files": files})


@router.delete("/api/merge/{filename}")
async def delete_merged(request: Request, filename: str) -> Response:
    """Delete a merged file that no job reads."""
    await asyncio.to_thread(engine_of(request).delete_merged, filename)
    return json_reply({"ok": True, "message": "Deleted", "filename": filename})


@router.post(
    "/api/merge-train",
    openapi_extra=body_schema(
        {**_FIELDS, **TRAIN_FIELDS}, "file_a_file", "file_b_file", required=("satellite", "model")
    ),
)
async def merge_and_train(request: Request) -> Response:
    """Merge two CSVs, then start a training on the result.

    By contract the answer is `200` and `ok` also where it failed: `job_started` and `error` tell.
    """
    done: dict[str, Any] = {}
    try:
        async with form_of(request, "file_a_file", "file_b_file") as form:
            wish = TrainWish.read(form)
            order = await _merge_order(request, form, "file_a_file", "file_b_file", may_wait=False)
        done.update(json.loads(await answer_of(request, order)))
        done.update(await _train_on(request, order, wish))
    except (NotAllowed, TooLarge, WrongType, BugError):
        raise
    except AppError as error:
        done["error"] = str(error)
    known = {name: done[name] for name in MergeTrainReply.model_fields if name in done and name != "ok"}
    return json_reply(MergeTrainReply(**known).model_dump())


async def _train_on(request: Request, merged: Order, wish: TrainWish) -> dict[str, Any]:
    engine = engine_of(request)
    source = await engine.find(merged.outputs[0].rel_path, wish.check)
    job = await engine.submit(engine.train_order(source, wish))
    return {"job_started": True, **replies.accepted(job, base_of(request), "Training started", source.info)}


@router.get("/api/get-uploads-file")
async def list_uploads(request: Request) -> Response:
    """The uploaded files and the predictions, newest first."""
    engine, base = engine_of(request), base_of(request)
    found = await asyncio.to_thread(engine.store.list_files, "uploads")
    files = [
        UploadedFile(
            filename=file.name,
            size_bytes=file.size_bytes,
            url=replies.media_url(base, f"uploads/{file.name}"),
        ).model_dump()
        for file in found
    ]
    return json_reply({"ok": True, "count": len(files), "files": files})

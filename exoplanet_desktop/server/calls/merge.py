"""Merging, and the lists of files."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from exoplanet_desktop.errors import AppError, BugError, InputError, NotAllowed, TooLarge, WrongType
from exoplanet_desktop.server import replies
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
    words,
)
from exoplanet_desktop.server.calls.train import TRAIN_FIELDS, training_of
from exoplanet_desktop.server.engine import LETTERS, Engine, InputFile, check_readable
from exoplanet_desktop.server.forms import Form
from exoplanet_desktop.server.job import Order
from exoplanet_desktop.server.names import check_name
from exoplanet_desktop.wire.payloads import MergeTrainReply, UploadedFile
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import MergeRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Duplicates

router = APIRouter()

_FILES = tuple(f"file_{letter}" for letter in LETTERS)
_PATHS = tuple(f"local_path_{letter}" for letter in LETTERS)
_FIELDS = {
    "file_a": TEXT,
    "file_b": TEXT,
    "dedupe": FLAG,
    "output_name": TEXT,
    "rule": words(*Duplicates),
    "identifier": TEXT,
    "readings": TEXT,
}
_MORE_FIELDS = {"file_c": TEXT, "local_path_a": TEXT, "local_path_b": TEXT, "local_path_c": TEXT, "async": FLAG}


@router.post(
    "/api/merge",
    responses=ACCEPTED,
    openapi_extra=body_schema({**_FIELDS, **_MORE_FIELDS}, "file_a", "file_b", "file_c"),
)
async def merge(request: Request) -> Response:
    """Merge two or more CSVs, uploads or stored ones: the rows of `file_a`, then those of `file_b`, …

    `rule` defines which rows are duplicates: `exact` ones (the first stays), those with the same `identifier` (`first`,
    `last` or `most-complete` stays), or `none`. `readings` defines how to read the files: a JSON list with one
    entry per file, null to detect it. An embedded engine also takes `local_path_a`, … instead of files.
    """
    async with form_of(request, *_FILES) as form:
        if form.fields.get("reading"):
            raise InputError("A merge has several files to read. Send `readings`, a JSON list with one entry per file.")
        order = await _merge_order(request, form, _FILES, as_job=form.flag("async", False))
    if order.recorded:
        return await started(request, order, "Merge started")
    return json_reply(await answer_of(request, order))


async def _merge_order(request: Request, form: Form, files: Sequence[str], *, as_job: bool) -> Order:
    """`files`: the fields of uploads, in order; names and paths have their own fields."""
    engine, asked = engine_of(request), MergeRequest.from_fields(form)
    if asked.output_name is not None:
        check_name(asked.output_name)
    fields = list(zip(files, _FILES, _PATHS, strict=False))
    there = [file in form.files or bool(form.text(name) or form.path(path)) for file, name, path in fields]
    count = there.index(False) if False in there else len(there)
    if count < 2:
        raise InputError("A merge needs two files. Send `file_a` and `file_b`, as .csv files or as names.")
    if any(there[count:]):
        raise InputError(
            f"`{fields[count][1]}` is missing, but a later file is present. Leave no gap between the files."
        )
    readings = form.readings(count)
    sources = [
        await _one(engine, form, names, reading) for names, reading in zip(fields[:count], readings, strict=True)
    ]
    return engine.merge_order(sources, asked, base_of(request), as_job=as_job)


async def _one(engine: Engine, form: Form, names: tuple[str, str, str], reading: ReadingOptions | None) -> InputFile:
    source = await engine.source(form, names, reading, check_readable)
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

    By contract the answer is `200` and `ok` even if the training fails to start: see `job_started` and `error`.
    """
    done: dict[str, Any] = {}
    try:
        async with form_of(request, "file_a_file", "file_b_file") as form:
            asked, check = training_of(form)
            reading = form.reading()
            order = await _merge_order(request, form, ("file_a_file", "file_b_file"), as_job=False)
        done.update(json.loads(await answer_of(request, order)))
        source = await engine_of(request).find(order.outputs[0].rel_path, reading, check)
        done.update(await _train_on(request, source, asked))
    except (NotAllowed, TooLarge, WrongType, BugError):
        raise
    except AppError as error:
        done["error"] = str(error)
    known = {name: done[name] for name in MergeTrainReply.model_fields if name in done and name != "ok"}
    return json_reply(MergeTrainReply(**known).model_dump())


async def _train_on(request: Request, source: InputFile, asked: TrainRequest) -> dict[str, Any]:
    engine = engine_of(request)
    job = await engine.submit(engine.train_order(source, asked))
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

"""Shared by the calls."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from exoplanet_desktop.errors import BugError, NotFound
from exoplanet_desktop.server import replies
from exoplanet_desktop.server.engine import Engine
from exoplanet_desktop.server.forms import Form, read_form
from exoplanet_desktop.server.job import Job, Order
from exoplanet_desktop.wire.options import CountOption, FlagOption, Option, Options, WordOption


def engine_of(request: Request) -> Engine:
    engine = request.app.state.engine
    assert isinstance(engine, Engine)
    return engine


def base_of(request: Request) -> str:
    """The address under which the client knows this server, without a trailing slash."""
    return str(request.base_url).rstrip("/")


@asynccontextmanager
async def form_of(request: Request, *files: str) -> AsyncIterator[Form]:
    engine = engine_of(request)
    async with read_form(request, engine.store, engine.settings.upload_bytes, *files) as form:
        yield form


def known_id(job_id: str) -> str:
    """A job id in canonical form. Raises NotFound if it is not one."""
    try:
        return str(uuid.UUID(job_id))
    except ValueError:
        raise no_job() from None


def no_job() -> NotFound:
    return NotFound("There is no such job on this server. Check its address, or look it up in the list of jobs.")


async def started(request: Request, order: Order, message: str, info: str | None = None) -> Response:
    """202, with the addresses for watching the job."""
    job = await engine_of(request).submit(order)
    return json_reply(replies.accepted(job, base_of(request), message, info), 202)


async def answer_of(request: Request, order: Order) -> bytes:
    """Run a job and return its reply as JSON text; if the caller disconnects, the job is cancelled.

    Raises the job's error if it failed.
    """
    engine = engine_of(request)
    job = await engine.submit(order)
    ended = asyncio.ensure_future(asyncio.shield(asyncio.wrap_future(job.ended)))
    gone = asyncio.ensure_future(_until_gone(request))
    try:
        await asyncio.wait({ended, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        if not job.ended.done():
            ended.cancel()
            asyncio.get_running_loop().run_in_executor(None, _cancel, engine, job)
    if not job.ended.done():
        raise ClientDisconnect
    if job.failure is not None:
        raise job.failure
    if job.result is None:
        raise BugError("The job ended without a result.")
    return job.result


def _cancel(engine: Engine, job: Job) -> None:
    try:
        engine.runner.cancel(job.id)
    except NotFound:
        return  # it has ended since


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def json_reply(content: bytes | dict[str, Any], status: int = 200) -> Response:
    body = content if isinstance(content, bytes) else json.dumps(content, allow_nan=False).encode()
    return Response(body, status, media_type="application/json")


def body_schema(fields: dict[str, dict[str, Any]], *files: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The description of a request body for the OpenAPI document: JSON, or a form that may also contain the files."""
    uploads = {name: {"type": "string", "format": "binary"} for name in files}
    kinds = {"application/json": fields, "multipart/form-data": fields | uploads}
    shapes = {kind: {"type": "object", "properties": known, "required": [*required]} for kind, known in kinds.items()}
    return {"requestBody": {"required": True, "content": {kind: {"schema": shape} for kind, shape in shapes.items()}}}


# For the OpenAPI document: a call that runs as a job on request.
ACCEPTED: dict[int | str, dict[str, Any]] = {202: {"description": "Accepted: a job that can be watched."}}

TEXT: dict[str, Any] = {"type": "string"}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
FLAG: dict[str, Any] = {"type": "boolean"}


def words(*allowed: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(allowed)}


def described(request: type[Options]) -> dict[str, dict[str, Any]]:
    """The fields of a form that say the options of a request."""
    sent = {name: option for name, option in request.declared().items() if option.sends != ()}
    return {(option.reads or (name,))[0]: _kind_of(option) for name, option in sent.items()}


def _kind_of(option: Option) -> dict[str, Any]:
    if isinstance(option, WordOption):
        return words(*option.kinds)
    return FLAG if isinstance(option, FlagOption) else COUNT if isinstance(option, CountOption) else TEXT

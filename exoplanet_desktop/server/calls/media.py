"""The files behind every `*_url`, and the engine's health."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from exoplanet_desktop.errors import NotFound
from exoplanet_desktop.server import replies
from exoplanet_desktop.server.calls.common import engine_of, json_reply

router = APIRouter()
local_router = APIRouter()  # files handed over inside the file system: for the embedded engine alone

_INLINE = {".png": "image/png"}


@router.api_route("/media/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
async def media(request: Request, path: str) -> Response:
    """A stored file, whole or in ranges."""
    found = await asyncio.to_thread(engine_of(request).store.media, path)
    try:
        stat = await asyncio.to_thread(found.stat)
    except FileNotFoundError as error:  # deleted since it was found
        raise NotFound(f"The file {found.name} no longer exists. Refresh the list.") from error
    inline = _INLINE.get(found.suffix)
    kind = inline or ("text/csv" if found.suffix.lower() == ".csv" else "application/octet-stream")
    return FileResponse(
        found,
        media_type=kind,
        filename=found.name,
        content_disposition_type="inline" if inline else "attachment",
        stat_result=stat,
        # An upload must never run as a page of this server.
        headers={"X-Content-Type-Options": "nosniff"},
    )


@router.get("/api/health")
async def health(request: Request) -> Response:
    """Name, version and capabilities of this server."""
    request.app.state.asked.set()
    return json_reply(replies.health(engine_of(request).settings))


@local_router.get("/api/local-file")
async def local_file(request: Request, path: Annotated[str, Query(max_length=1000)]) -> Response:
    """Where the file lies that `/media/{path}` hands out. It may be read and copied, not changed."""
    found = await asyncio.to_thread(engine_of(request).store.media, path)
    return json_reply({"ok": True, "local_path": str(found)})

"""Files handed over inside the file system: calls of the embedded engine alone."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from exoplanet_desktop.server.calls.common import engine_of, json_reply

router = APIRouter()


@router.get("/api/local-file")
async def local_file(request: Request, path: Annotated[str, Query(max_length=1000)]) -> Response:
    """Where the file lies that `/media/{path}` hands out. It may be read and copied, not changed."""
    found = await asyncio.to_thread(engine_of(request).store.media, path)
    return json_reply({"ok": True, "local_path": str(found)})

"""The FastAPI application: the engine's calls, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from exoplanet_desktop import __version__
from exoplanet_desktop.server import failures
from exoplanet_desktop.server.auth import Guard
from exoplanet_desktop.server.calls import media, merge, predict, train
from exoplanet_desktop.server.drain import Drain
from exoplanet_desktop.server.engine import Engine

_WARM_UP_AFTER_S = 1.0


def create_app(engine: Engine) -> FastAPI:
    """The application for an open engine, which it closes on shutdown."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.asked = asyncio.Event()
        warming = asyncio.create_task(_warm_up(app.state.asked, engine))
        yield
        warming.cancel()
        await asyncio.to_thread(engine.close)

    app = FastAPI(
        title="Exoplanet Desktop engine",
        version=__version__,
        lifespan=lifespan,
        # Their pages load scripts from other hosts; tools can use the document /openapi.json.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={"4XX": failures.DESCRIBED, "5XX": failures.DESCRIBED},
    )
    app.state.engine = engine
    failures.install(app)
    for router in (train.router, predict.router, merge.router, media.router):
        app.include_router(router)
    if engine.settings.local_paths:
        app.include_router(media.local_router)
    app.add_middleware(Guard, token=engine.settings.token, loopback=engine.settings.loopback)
    app.add_middleware(Drain)
    return app


async def _warm_up(asked: asyncio.Event, engine: Engine) -> None:
    """Start the spare process after the first request: its imports would delay the first answer."""
    with suppress(TimeoutError):
        await asyncio.wait_for(asked.wait(), _WARM_UP_AFTER_S)
    await asyncio.to_thread(engine.runner.warm_up)

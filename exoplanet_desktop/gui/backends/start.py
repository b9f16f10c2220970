"""Chooses the backend when the window opens."""

from collections.abc import Callable

from exoplanet_desktop.errors import AppError, UnavailableError
from exoplanet_desktop.gui.backends.session import Session, State
from exoplanet_desktop.gui.base.text import tr


async def begin(session: Session, name: str, remember: Callable[[str], None]) -> None:
    """Start the embedded engine first, so that work is possible, then connect to the last backend in use.

    `remember` receives its name if the settings still had its address, as before profiles existed.
    """
    try:
        await session.start_embedded()
    except AppError as error:
        session.notices.failure(error)
    if not name:
        return
    try:
        if "://" in name and await session.registry.find(name) is None:
            name = await session.registry.take_over(name)
            remember(name)
        await session.use(name)
    except AppError as error:
        instead = tr("The embedded engine is in use instead.") if session.state is State.READY else ""
        session.notices.failure(UnavailableError(f"{error} {instead}".strip()))

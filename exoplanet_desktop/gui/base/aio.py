"""The only module that uses qasync: the event loop, and slots that are coroutines."""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

# Import PySide6 first: qasync uses the first Qt binding that is already imported.
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop, asyncSlot
from shiboken6 import isValid

from exoplanet_desktop.errors import AppError, BugError, Cancelled
from exoplanet_desktop.gui.base.text import tr

log = logging.getLogger("exoplanet_desktop.gui")

# asyncio keeps only weak references to tasks; without this set a running slot could be garbage-collected.
_tasks: set[asyncio.Task[Any]] = set()


class ReportsErrors(Protocol):
    """An owner of coroutine slots, which shows failures to the user."""

    def report_error(self, error: AppError) -> None: ...


Self = TypeVar("Self", bound=ReportsErrors)


def slot(*types: type) -> Callable[[Callable[..., Coroutine[Any, Any, None]]], Any]:
    """An `@asyncSlot` that reports failures to the user through `self.report_error`; a cancel is not a failure."""

    def decorate(method: Callable[..., Coroutine[Any, Any, None]]) -> Any:
        @functools.wraps(method)
        async def guarded(self: Any, *args: Any) -> None:
            _keep(asyncio.current_task())
            try:
                await method(self, *args)
            except Cancelled:
                log.info("%s was cancelled", method.__qualname__)
            except AppError as error:
                if is_there(self):
                    self.report_error(error)
            except Exception as error:
                if not is_there(self):
                    return  # its widgets are gone: nothing left to do
                log.exception("%s failed", method.__qualname__)
                words = tr("Something went wrong inside the program ({error}). The log has the details.", error=error)
                self.report_error(BugError(words))

        return asyncSlot(*types)(guarded)

    return decorate


def run(application: QApplication, main: Callable[[], Awaitable[None]]) -> None:
    """Run the Qt and asyncio loops as one until `main` returns."""
    # Otherwise closing the last window would stop the loop before the engine has shut down.
    application.setQuitOnLastWindowClosed(False)
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(main())


def _keep(task: asyncio.Task[Any] | None) -> None:
    if task is not None:
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


def is_there(owner: object) -> bool:
    """Whether a QObject's C++ part still exists: a dialog may close while its slot awaits an answer."""
    there = not isinstance(owner, QObject) or isValid(owner)
    if not there:
        log.info("an answer for %s came too late", type(owner).__name__)
    return there


def background(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Start a coroutine and keep its task until it ends."""
    task = asyncio.ensure_future(work)
    _keep(task)
    return task


async def finish_tasks(seconds: float) -> None:
    """Wait for the running slots, then cancel the rest."""
    waiting = {task for task in _tasks if task is not asyncio.current_task() and not task.done()}
    if not waiting:
        return
    _, late = await asyncio.wait(waiting, timeout=seconds)
    for task in late:
        task.cancel()

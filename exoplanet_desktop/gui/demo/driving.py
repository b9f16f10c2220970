"""Drives the window instead of a person: perform an action, and wait for its result."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QDialog, QWidget

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.gui.widgets.notices import NoticeBar

STEP_S = 300.0
LOOK_S = 0.05
Dialog = TypeVar("Dialog", bound=QDialog)
# The demo's window, the parent of all its dialogs. Repeatedly asking the application for its windows can return some
# that are about to be deleted.
_driven: list[QWidget] = []


def drive(window: QWidget) -> None:
    """Look for dialogs and messages in this window from now on."""
    _driven[:] = [window]


async def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until a condition is true. Raises UnavailableError if the window reports a failure, or on timeout."""
    end = asyncio.get_running_loop().time() + STEP_S
    while not condition():
        if failed := failures():
            raise UnavailableError(tr("While waiting until {what}: {why}", what=what, why=failed[0]))
        if asyncio.get_running_loop().time() > end:
            raise UnavailableError(
                tr("Timed out after {seconds} s, waiting until {what}.", seconds=count(int(STEP_S)), what=what)
            )
        await asyncio.sleep(LOOK_S)


async def signal(signal: SignalInstance, what: str, action: Callable[[], object] | None = None) -> Any:
    """Perform an action and wait for its signal; returns the signal's value. Raises as `until`."""
    arrived: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def take(value: object = None) -> None:
        if not arrived.done():
            arrived.set_result(value)

    signal.connect(take)
    try:
        if action is not None:
            action()
        await until(arrived.done, f"{what} is there")
        return arrived.result()
    finally:
        signal.disconnect(take)


async def dialog(kind: type[Dialog], action: Callable[[], object]) -> Dialog:
    """Perform an action that opens a dialog of a kind, and wait for it. Raises as `until`."""
    before = dialogs(kind)
    action()
    await until(lambda: any(one not in before for one in dialogs(kind)), f"{kind.__name__} is open")
    return next(one for one in dialogs(kind) if one not in before)


def dialogs(kind: type[Dialog]) -> list[Dialog]:
    """The open dialogs of a kind."""
    return [one for window in _driven for one in window.findChildren(kind) if one.isVisible()]


def failures() -> list[str]:
    """Failure messages that the window shows now."""
    bars = [bar for window in _driven for bar in window.findChildren(NoticeBar)]
    return [text for bar in bars for text in bar.failures()]

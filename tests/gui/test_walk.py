"""Every window, dialog and page, walked as by somebody who uses no mouse, sees no screen, or needs large text.

The demo knows the way to each screen; here it looks at them through the checks of `walk` instead of a camera.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.demo import support
from exoplanet_desktop.gui.demo.camera import Camera, Look
from exoplanet_desktop.gui.main_window import MainWindow
from exoplanet_desktop.gui.settings import Scheme
from tests.gui import walk

SMALL, LARGE = Look(Scheme.LIGHT, 100), Look(Scheme.LIGHT, 200)
CHECKS = (
    *(walk.nameless, walk.unreachable, walk.traps, walk.backwards, walk.clashes, walk.ambiguous_keys),
    *(walk.without_letter, walk.cut, walk.overlapping),
)
PLAY_MS = 300_000


class Walker(Camera):
    """Walks through each window that it is shown, and takes down what is wrong."""

    def __init__(self) -> None:
        super().__init__(Path(), (SMALL, LARGE))
        self.told: list[str] = []
        self.kinds: set[type] = set()
        self.names: list[str] = []

    async def look_at(self, window: QWidget, name: str, look: Look) -> None:
        await asyncio.sleep(0.02)
        checks = CHECKS
        if look is SMALL:
            self.names.append(name)
            if type(window) not in self.kinds:
                checks = (*checks, walk.focus_unseen)
        self.kinds.add(type(window))
        for check in checks:
            self.told += [f"{name}, {look.name}, {check.__name__}: {what}" for what in check(window)]


@pytest.fixture
def walker(window: MainWindow) -> Iterator[Walker]:
    walker = Walker()
    walker.use(window)
    yield walker
    window.preferences.change(theme="system", text_percent=100)


def done(work: "asyncio.Future[None]", qtbot: QtBot) -> None:
    try:
        qtbot.waitUntil(work.done, timeout=PLAY_MS)
    finally:
        work.cancel()  # what went on would find no window
    work.result()


@pytest.mark.timeout(320)
def test_empty_tabs_first_steps_and_what_the_menus_open(window: MainWindow, walker: Walker, qtbot: QtBot) -> None:
    async def look() -> None:
        await support.first_steps(window, walker)
        await support.dialogs(window, walker)

    done(asyncio.ensure_future(look()), qtbot)
    assert not walker.told, "\n".join(walker.told)
    assert {"train-empty", "merge-empty", "first-steps-3", "settings", "help", "crash", "closing"} <= {*walker.names}

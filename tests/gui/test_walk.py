"""Checks every window, dialog and page for users without a mouse, with a screen reader, or with large text.

The demo knows the way to each screen; here the checks of `walk` take the place of its camera.
"""

import asyncio
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

import exoplanet_desktop.gui
from exoplanet_desktop.gui.base.settings import Scheme
from exoplanet_desktop.gui.demo import support, trainings
from exoplanet_desktop.gui.demo.camera import Appearance, Camera
from exoplanet_desktop.gui.demo.play import Demo
from exoplanet_desktop.gui.shell.main_window import MainWindow
from tests.gui import walk

SMALL, LARGE = Appearance(Scheme.LIGHT, 100), Appearance(Scheme.LIGHT, 200)
CHECKS = (
    *(walk.nameless, walk.unreachable, walk.traps, walk.backwards, walk.clashes, walk.ambiguous_keys),
    *(walk.without_letter, walk.cut, walk.overlapping),
)
PLAY_MS = 600_000
TRIES = 20


class Walker(Camera):
    """Checks each window that it is shown, and records the problems."""

    def __init__(self) -> None:
        super().__init__(Path(), (SMALL, LARGE))
        self.told: list[str] = []
        self.kinds: set[type] = set()
        self.names: list[str] = []

    async def look_at(self, window: QWidget, name: str, look: Appearance) -> None:
        await asyncio.sleep(0.02)
        checks = CHECKS
        if look is SMALL:
            self.names.append(name)
            if type(window) not in self.kinds:
                checks = (*checks, walk.focus_unseen)
        self.kinds.add(type(window))
        for check in checks:
            for _ in range(TRIES):  # a layout in progress may be wrong for a moment
                if not (found := check(window)):
                    break
                await asyncio.sleep(0.1)
            self.told += [f"{name}, {look.name}, {check.__name__}: {what}" for what in found]


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
        work.cancel()  # continued work would find no window
    work.result()


@pytest.mark.slow
@pytest.mark.timeout(320)
def test_empty_tabs_first_steps_and_what_the_menus_open(window: MainWindow, walker: Walker, qtbot: QtBot) -> None:
    async def look() -> None:
        await support.first_steps(window, walker)
        await support.dialogs(window, walker)

    done(asyncio.ensure_future(look()), qtbot)
    assert not walker.told, "\n".join(walker.told)
    assert {"train-empty", "merge-empty", "first-steps-3", "settings", "help", "crash", "closing"} <= {*walker.names}


def dialogs_of_the_program() -> set[type[QDialog]]:
    """Every concrete dialog class of the package; base classes are left out."""
    for module in pkgutil.walk_packages(exoplanet_desktop.gui.__path__, "exoplanet_desktop.gui."):
        importlib.import_module(module.name)
    found, waiting = set(), [QDialog]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("exoplanet_desktop.") and not kind.__subclasses__():
                found.add(kind)
    return found


@pytest.mark.slow
@pytest.mark.timeout(620)
def test_the_whole_work_and_every_dialog_on_the_way(
    live: MainWindow, sample: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(trainings, "LONG_ROWS", 6_000)
    walker = Walker()
    try:
        done(asyncio.ensure_future(Demo(sample(), walker).play(live)), qtbot)
    finally:
        live.preferences.change(theme="system", text_percent=100)
    assert not walker.told, "\n".join(walker.told)
    assert dialogs_of_the_program() <= walker.kinds

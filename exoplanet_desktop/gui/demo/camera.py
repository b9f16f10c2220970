"""Screenshots of each screen, light and dark, at the system's text size and at twice that."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.preferences import Preferences
from exoplanet_desktop.gui.base.settings import Scheme
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.demo.driving import drive

if TYPE_CHECKING:
    from exoplanet_desktop.gui.shell.main_window import MainWindow

SETTLED_S = 0.3  # for the effects of the last event: pages of the table, layouts, styles
SCREEN = {"name": "demo", "x": 0, "y": 0, "width": 1440, "height": 900, "logicalDpi": 96, "logicalBaseDpi": 96}


@dataclass(frozen=True)
class Appearance:
    """The look of the window: its colour scheme, and the text size in percent of the system's."""

    scheme: Scheme
    text_percent: int

    @property
    def name(self) -> str:
        return f"{self.scheme}-{self.text_percent}"


LOOKS = (  # in this order only one thing changes at a time, because each change restyles every window
    *(Appearance(Scheme.LIGHT, 100), Appearance(Scheme.DARK, 100)),
    *(Appearance(Scheme.DARK, 200), Appearance(Scheme.LIGHT, 200)),
)


class Camera:
    """Takes screenshots of windows, one after another; each in every look."""

    def __init__(self, folder: Path | None, looks: Sequence[Appearance] = LOOKS) -> None:
        """`folder`: where to put the pictures, in one folder per look; takes none if None."""
        self._folder = folder
        self.looks = looks if folder is not None else ()
        self._preferences: Preferences | None = None
        self._number = 0

    def use(self, window: "MainWindow") -> None:
        """The window whose look changes, and over which dialogs open."""
        self._preferences = window.preferences
        drive(window)

    async def take(self, window: QWidget, name: str) -> None:
        """Photograph a window that stays open while the looks change."""
        if not self.looks:
            return
        self._number += 1
        size = window.size()
        for look in self.looks:
            await self._put_on(look)
            await self.look_at(window, name, look)
        await self._put_on(self.looks[0])
        window.resize(size)

    async def take_anew(self, make: Callable[[], Awaitable[QWidget]], name: str) -> None:
        """Photograph a window that is reopened for each text size, and closed again."""
        if not self.looks:
            return
        self._number += 1
        for _, looks in groupby(self.looks, key=lambda look: look.text_percent):
            window: QWidget | None = None
            for look in looks:
                await self._put_on(look)
                if window is None:
                    window = await make()
                await self.look_at(window, name, look)
            if window is not None:
                window.close()
        await self._put_on(self.looks[0])

    async def _put_on(self, look: Appearance) -> None:
        assert self._preferences is not None
        self._preferences.change(theme=str(look.scheme), text_percent=look.text_percent)
        await asyncio.sleep(0)

    async def look_at(self, window: QWidget, name: str, look: Appearance) -> None:
        """Save a picture of a window as it is now."""
        assert self._folder is not None
        await asyncio.sleep(SETTLED_S)
        file = self._folder / look.name / f"{self._number:02}-{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        if not window.grab().save(str(file)):
            raise UnavailableError(tr("The picture {file} could not be written. Choose another folder.", file=file))


def use_a_large_screen(folder: Path) -> None:
    """Without a display, give Qt a screen of realistic size: its default is 800 × 800.

    Call it before the application is created. `folder`: where Qt finds the description of the screen.
    """
    if sys.platform.startswith("linux") and os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        file = folder / "screens.json"
        file.write_text(json.dumps({"screens": [SCREEN]}), encoding="utf-8")
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"

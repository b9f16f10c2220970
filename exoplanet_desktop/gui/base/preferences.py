"""The settings in use: changes them, notifies their users, and saves them in the background."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale, QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.settings import Scheme, Settings, save
from exoplanet_desktop.gui.base.theme import theme
from exoplanet_desktop.gui.base.workers.calls import Workers

log = logging.getLogger("exoplanet_desktop.gui")

SCHEMES = {
    Scheme.SYSTEM: Qt.ColorScheme.Unknown,
    Scheme.LIGHT: Qt.ColorScheme.Light,
    Scheme.DARK: Qt.ColorScheme.Dark,
}


class Preferences(QObject):
    """Signals:
    changed: the settings have changed.
    """

    changed = Signal()

    def __init__(self, settings: Settings, workers: Workers, file: Path | None) -> None:
        """`file`: where to save them; None to save nothing."""
        super().__init__()
        self._now, self._workers, self._file = settings, workers, file
        self._keeping = asyncio.Lock()
        show_settings(settings)

    @property
    def now(self) -> Settings:
        return self._now

    def change(self, **values: Any) -> None:
        """Use other values from now on, and save them. Raises ValueError for an invalid value."""
        settings = replace(self._now, **values)
        if settings == self._now:
            return
        self._now = settings
        show_settings(settings)
        self.changed.emit()
        aio.background(self.keep())

    async def keep(self) -> None:
        """Write the settings to their file, one write after another, so that the newest remain."""
        if self._file is None:
            return
        async with self._keeping:
            await self._workers.call(save, self._now, self._file)


def show_settings(settings: Settings) -> None:
    """Apply the settings to the application's colours, number format and text size."""
    theme().choose(SCHEMES[Scheme(settings.theme)])
    QLocale.setDefault(QLocale(settings.numbers) if settings.numbers else QLocale.system())
    font = QApplication.font()
    size = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF() * settings.text_percent / 100
    if abs(font.pointSizeF() - size) > 0.01:
        font.setPointSizeF(size)
        QApplication.setFont(font)
        theme().follow()  # otherwise text that the style sheet makes bold keeps the old size

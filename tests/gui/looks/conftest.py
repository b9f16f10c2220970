"""Colours and text sizes from the settings; restored at the end."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from exoplanet_desktop.gui.base.preferences import show_settings
from exoplanet_desktop.gui.base.settings import Settings

Look = Callable[..., None]


@pytest.fixture
def look(styled: QApplication) -> Iterator[Look]:
    def put_on(theme: str = "light", text_percent: int = 100) -> None:
        show_settings(Settings(theme=theme, text_percent=text_percent))

    put_on()
    yield put_on
    show_settings(Settings())

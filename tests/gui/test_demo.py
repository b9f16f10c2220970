"""The demo is the end-to-end test: the real program in its own process, from an empty window to a merged model."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.preferences import show_settings
from exoplanet_desktop.gui.base.settings import Settings
from exoplanet_desktop.gui.base.theme import DARK, LIGHT
from exoplanet_desktop.gui.demo import camera
from exoplanet_desktop.gui.demo.camera import LOOKS, Camera
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.shell.settings_dialog import SettingsDialog


def demo(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "exoplanet_desktop", "demo", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=170)


@pytest.mark.slow
def test_the_demo_goes_through_every_tab(tmp_path: Path) -> None:
    done = demo("--data-dir", str(tmp_path / "data"))

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Done."
    assert done.stdout.count("Trained KOI") == 2
    assert "Predicted 480 rows" in done.stdout
    assert "2,400 rows in merged" in done.stdout


def test_a_catalog_that_is_none_ends_it_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text("a,b\n1,2\n")

    done = demo("--csv", str(path), "--data-dir", str(tmp_path / "data"))

    assert done.returncode != 0
    assert "none.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_picture_in_each_look(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(camera, "SETTLED_S", 0.02)
    pictures = Camera(tmp_path)
    pictures.use(window)
    size = window.size()

    async def settings() -> SettingsDialog:
        dialog = SettingsDialog(window.preferences, window)
        dialog.show()
        return dialog

    async def take() -> None:
        await pictures.take(window, "window")
        await pictures.take_anew(settings, "settings")

    try:
        work = asyncio.ensure_future(take())
        qtbot.waitUntil(work.done, timeout=90_000)
        work.result()
    finally:
        show_settings(Settings())

    assert window.size() == size
    files = sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.png"))
    assert files == sorted(f"{look.name}/{name}.png" for look in LOOKS for name in ("01-window", "02-settings"))
    for look in LOOKS:
        image = QImage(str(tmp_path / look.name / "01-window.png"))
        tokens = DARK if look.scheme == "dark" else LIGHT
        assert image.pixelColor(5, image.height() // 2).name() == tokens.window
    small, large = (QImage(str(tmp_path / f"light-{percent}/02-settings.png")) for percent in (100, 200))
    assert large.width() > small.width()


def test_without_a_folder_nothing_is_looked_at(window: MainWindow, qtbot: QtBot) -> None:
    work = asyncio.ensure_future(camera.Camera(None).take(window, "window"))
    qtbot.waitUntil(work.done, timeout=5_000)
    assert work.exception() is None

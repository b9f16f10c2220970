"""The files that put the program into a menu, and its icons."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from bundle import icons
from exoplanet_desktop import __version__
from exoplanet_desktop.resources import docs, resource

ENTRY = resource("desktop/exoplanet-desktop.desktop")
METAINFO = resource("desktop/exoplanet-desktop.metainfo.xml")
# The project has no domain: the id is that of the desktop entry.
KNOWN = {"cid-desktopapp-is-not-rdns", "cid-contains-hyphen"}


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="needs the system's desktop-file-utils")
def test_the_desktop_entry_is_valid() -> None:
    done = subprocess.run(["desktop-file-validate", str(ENTRY)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(not shutil.which("appstreamcli"), reason="needs the system's appstream")
def test_the_appstream_file_is_valid() -> None:
    done = subprocess.run(["appstreamcli", "validate", "--no-net", str(METAINFO)], capture_output=True, text=True)
    told = set(re.findall(r"^[EWI]: \S+ (\S+)", done.stdout, re.MULTILINE))
    assert told <= KNOWN, done.stdout


def test_the_appstream_file_tells_of_this_version() -> None:
    assert f'<release version="{__version__}"' in METAINFO.read_text(encoding="utf-8")


def test_icons_are_drawn_for_every_system(tmp_path: Path, qapp: object) -> None:
    icons.draw(tmp_path)
    with Image.open(tmp_path / "exoplanet-desktop.ico") as windows:
        assert windows.info["sizes"] == {(size, size) for size in icons.WINDOWS}
    with Image.open(tmp_path / "exoplanet-desktop.icns") as macos:
        assert max(width * scale for width, _, scale in macos.info["sizes"]) == 1024
    for size in icons.LINUX:
        with Image.open(tmp_path / f"hicolor/{size}x{size}/apps/exoplanet-desktop.png") as picture:
            assert picture.size == (size, size)
            assert picture.convert("RGBA").getpixel((0, 0))[3] == 0  # rounded corners
            assert picture.convert("RGBA").getpixel((size // 2, size // 8))[3] == 255


def test_documents_are_found() -> None:
    assert (docs() / "science.md").is_file()

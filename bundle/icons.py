"""The program's icon in each system's format, drawn from the one SVG."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from bundle.parts import OWN, PROJECT

SVG = PROJECT / "resources/icons/exoplanet-desktop.svg"
LINUX = (16, 24, 32, 48, 64, 128, 256, 512)
WINDOWS = (16, 24, 32, 48, 64, 128, 256)
MACOS = (16, 32, 64, 128, 256, 512, 1024)


def draw(folder: Path) -> None:
    """Write `hicolor/…/apps/*.png`, the SVG beside them, one `.ico` and one `.icns`; sizes are drawn, not scaled."""
    application = QGuiApplication.instance() or QGuiApplication(["icons", "-platform", "offscreen"])
    pictures = {size: _picture(size) for size in sorted({*LINUX, *WINDOWS, *MACOS})}
    for size in LINUX:
        place = folder / f"hicolor/{size}x{size}/apps"
        place.mkdir(parents=True, exist_ok=True)
        pictures[size].save(place / f"{OWN}.png")
    place = folder / "hicolor/scalable/apps"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{OWN}.svg").write_bytes(SVG.read_bytes())
    largest = pictures[max(WINDOWS)]
    largest.save(
        folder / f"{OWN}.ico",
        sizes=[(size, size) for size in WINDOWS],
        append_images=[pictures[size] for size in WINDOWS],
    )
    pictures[max(MACOS)].save(folder / f"{OWN}.icns", append_images=[pictures[size] for size in MACOS])
    del application


def _picture(size: int) -> Image.Image:
    image = QImage(size, size, QImage.Format.Format_RGBA8888)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(SVG.read_bytes())).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.ReadWrite)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, Qt wants str
    return Image.open(BytesIO(buffer.data().data()))

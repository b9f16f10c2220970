"""A backend's pictures are decoded outside the GUI thread, and only real images of acceptable size."""

import struct
import zlib
from collections.abc import Callable

import pytest
from PySide6.QtCore import QBuffer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from exoplanet_desktop.gui.widgets.picture_view import MOST_PIXELS, decoded


def png(width: int, height: int) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def with_size(data: bytes, width: int, height: int) -> bytes:
    """The same file with another size in its header, and the matching checksum."""
    head = b"IHDR" + struct.pack(">II", width, height) + data[24:29]
    return data[:12] + head + struct.pack(">I", zlib.crc32(head)) + data[33:]


def test_a_picture_is_unpacked(qapp: QApplication) -> None:
    assert decoded(png(30, 20)).size().toTuple() == (30, 20)


@pytest.mark.parametrize(
    "spoil",
    [lambda data: with_size(data, MOST_PIXELS, 2), lambda _: b"<html>no picture</html>", lambda _: b""],
    ids=["a bomb", "HTML", "nothing"],
)
def test_what_is_no_bearable_picture_is_none(spoil: Callable[[bytes], bytes], qapp: QApplication) -> None:
    assert decoded(spoil(png(30, 20))).isNull()

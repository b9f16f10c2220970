"""Exports figures as PNG, SVG, PDF and CSV. Usable from any thread, except `mime`."""

import csv
import io
import re
from collections.abc import Callable, Mapping

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QMimeData, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter

from exoplanet_desktop.errors import BugError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.charts.figure import ChartStyle, Figure, draw_text

SCALE = 2.0  # for pictures, for screens and print with twice the resolution
MARGIN = 12.0
DPI = 96.0
_FAMILY = re.compile(rb'font-family="([^"]*)"')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def picture(figure: Figure, style: ChartStyle, scale: float = SCALE) -> QImage:
    """The figure as a picture, with `scale` times its size in pixels."""
    size = _size(figure, style)
    image = QImage((size * scale).toSize(), QImage.Format.Format_ARGB32)
    image.fill(style.colour("base"))
    image.setDotsPerMeterX(round(DPI * scale / 0.0254))
    image.setDotsPerMeterY(round(DPI * scale / 0.0254))
    with QPainter(image) as painter:
        painter.scale(scale, scale)
        _paint(painter, figure, style, size)
    return image


def png(figure: Figure, style: ChartStyle) -> bytes:
    device = QBuffer()
    device.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture(figure, style).save(device, "PNG"):  # type: ignore[call-overload]
        raise BugError(tr("The picture could not be encoded."))
    return bytes(device.data().data())


def svg(figure: Figure, style: ChartStyle) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    size = _size(figure, style)
    content = QByteArray()
    device = QBuffer(content)
    generator = QSvgGenerator()
    generator.setOutputDevice(device)
    generator.setSize(size.toSize())
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setResolution(round(DPI))
    generator.setTitle(_CONTROL.sub("", figure.title))
    generator.setDescription(_CONTROL.sub("", figure.summary()))
    with QPainter(generator) as painter:
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), style.colour("base"))
        _paint(painter, figure, style, size)
    # A viewer without the font family uses any sans-serif one, not the browser's default.
    return _FAMILY.sub(rb'font-family="\1, Arial, sans-serif"', bytes(content.data()))


def pdf(figure: Figure, style: ChartStyle) -> bytes:
    """One page in the figure's size."""
    size = _size(figure, style)
    content = QByteArray()
    device = QBuffer(content)
    device.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(device)
    writer.setTitle(figure.title)
    points = 72 / DPI
    writer.setPageSize(QPageSize(size * points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    with QPainter(writer) as painter:
        painter.scale(writer.logicalDpiX() / DPI, writer.logicalDpiY() / DPI)
        _paint(painter, figure, style, size)
    return bytes(content.data())


def table(figure: Figure) -> bytes:
    """The numbers as CSV: plain, regardless of locale."""
    headers, rows = figure.numbers()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def lines(figure: Figure) -> str:
    """The numbers as tab-separated text."""
    headers, rows = figure.numbers()
    return "\n".join("\t".join("" if cell is None else str(cell) for cell in row) for row in (headers, *rows))


def mime(image: QImage, figure: Figure) -> QMimeData:
    """Picture and numbers for the clipboard: image programs take the picture, a spreadsheet the numbers."""
    data = QMimeData()
    data.setImageData(image)
    data.setText(lines(figure))
    return data


def _without_look(figure: Figure, _style: ChartStyle) -> bytes:
    return table(figure)


KINDS: Mapping[str, Callable[[Figure, ChartStyle], bytes]] = {"png": png, "svg": svg, "pdf": pdf, "csv": _without_look}


def _size(figure: Figure, style: ChartStyle) -> QSizeF:
    """With a margin, and a line for the title."""
    size = figure.size
    return QSizeF(QSize(round(size.width() + 2 * MARGIN), round(size.height() + 2 * MARGIN + style.line * 1.5)))


def _paint(painter: QPainter, figure: Figure, style: ChartStyle, size: QSizeF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    head = QRectF(MARGIN, MARGIN, size.width() - 2 * MARGIN, style.line)
    draw_text(painter, style, head, figure.title)
    room = QRectF(MARGIN, MARGIN + style.line * 1.5, figure.size.width(), figure.size.height())
    figure.paint(painter, room, style)

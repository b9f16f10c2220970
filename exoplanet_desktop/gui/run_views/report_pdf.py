"""A report as PDF, page by page: text in Qt's layout, figures as vectors."""

from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument

from exoplanet_desktop import __version__
from exoplanet_desktop.gui.charts.figure import ChartStyle, Figure, draw_text
from exoplanet_desktop.gui.run_views.report_blocks import Block, Heading, Picture, TextBlock, as_markup
from exoplanet_desktop.gui.widgets.picture_view import decoded

DPI = 96.0
MARGIN_MM = 18.0
GAP, FOOTER = 10.0, 28.0
STYLE = "h1 {{ font-size: 20px; }} h2 {{ font-size: 15px; }} th {{ text-align: left; color: {muted}; }}"


def as_pdf(title: str, blocks: Sequence[Block], style: ChartStyle) -> bytes:
    """The whole file, on A4."""
    content = QByteArray()
    device = QBuffer(content)
    device.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(device)
    writer.setTitle(title)
    writer.setCreator(f"Exoplanet Desktop {__version__}")
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
        )
    )
    pages = _Pages(writer, title, style)
    for block in blocks:
        pages.add(block)
    pages.end()
    return bytes(content.data())


class _Pages:
    """Places one block below the other, and starts a new page when there is no more room."""

    def __init__(self, writer: QPdfWriter, title: str, style: ChartStyle) -> None:
        self._writer, self._title, self._style = writer, title, style
        self._painter = QPainter(writer)
        scale = writer.logicalDpiX() / DPI
        self._painter.scale(scale, scale)
        room = writer.pageLayout().paintRectPixels(writer.resolution())
        self._width, self._height = room.width() / scale, room.height() / scale - FOOTER
        self._y, self._page = 0.0, 1
        self._headings: list[QTextDocument] = []

    def add(self, block: Block) -> None:
        """Add a block; a heading waits for the next block, so that both are on one page."""
        if isinstance(block, Heading):
            self._headings.append(self._document(block))
            return
        if isinstance(block, Figure):
            self._figure(block)
        elif isinstance(block, Picture):
            self._picture(decoded(block.content), block.title)
        else:
            document = self._document(block)
            self._begin(document.size().height())
            self._draw(document)

    def end(self) -> None:
        self._begin(0)
        self._foot()
        self._painter.end()

    def _document(self, block: TextBlock) -> QTextDocument:
        document = QTextDocument()
        document.setDocumentMargin(0)
        document.setDefaultFont(self._style.font)
        document.setDefaultStyleSheet(STYLE.format(muted=self._style.tokens.muted))
        document.setHtml(as_markup(block))
        document.setTextWidth(self._width)
        return document

    def _draw(self, document: QTextDocument) -> None:
        """Draw a document; one higher than a page continues on the next."""
        height, done = document.size().height(), 0.0
        while done < height:
            part = min(height - done, self._height - self._y)
            self._painter.save()
            self._painter.translate(0, self._y - done)
            document.drawContents(self._painter, QRectF(0, done, self._width, part))
            self._painter.restore()
            done += part
            self._y += part
            if done < height:
                self._next()
        self._y += GAP

    def _begin(self, height: float) -> None:
        """Make room for this height and the pending headings, and draw those."""
        headings, self._headings = self._headings, []
        wanted = height + sum(heading.size().height() + GAP for heading in headings)
        if self._y and self._y + min(wanted, self._height) > self._height:
            self._next()
        for heading in headings:
            self._draw(heading)

    def _figure(self, figure: Figure) -> None:
        line = self._style.line
        most = self._height - 6 * line  # with a heading above it
        share = min(1.0, self._width / figure.size.width(), most / figure.size.height())
        wide, high = figure.size.width() * share, figure.size.height() * share
        self._begin(high + 2 * line)
        self._title_of(figure.title)
        self._painter.save()
        self._painter.translate(0, self._y)
        self._painter.scale(share, share)
        figure.paint(self._painter, QRectF(0, 0, wide / share, high / share), self._style)
        self._painter.restore()
        self._y += high + line

    def _picture(self, image: QImage, title: str) -> None:
        if image.isNull():
            return
        line, most = self._style.line, self._height - 6 * self._style.line
        share = min(self._width / image.width(), most / image.height(), 480.0 / image.width())
        wide, high = image.width() * share, image.height() * share
        self._begin(high + 2 * line)
        self._title_of(title)
        self._painter.drawImage(QRectF(0, self._y, wide, high), image)
        self._y += high + line

    def _title_of(self, text: str) -> None:
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        draw_text(self._painter, self._style, QRectF(0, self._y, self._width, self._style.line), text, "text", left)
        self._y += 1.4 * self._style.line

    def _next(self) -> None:
        self._foot()
        self._writer.newPage()
        self._y, self._page = 0.0, self._page + 1

    def _foot(self) -> None:
        room = QRectF(0, self._height + FOOTER - self._style.line, self._width, self._style.line)
        words = self._style.metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, self._width * 0.7)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        draw_text(self._painter, self._style, room, f"Exoplanet Desktop · {words}", "muted", left)
        draw_text(self._painter, self._style, room, str(self._page), "muted", right)

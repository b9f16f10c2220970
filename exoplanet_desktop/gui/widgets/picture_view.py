"""A picture that can be zoomed and saved."""

import logging

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.text import count, tr

log = logging.getLogger("exoplanet_desktop.gui")

STEP = 1.25
MOST = 8.0
_KINDS: dict[bytes, bytes] = {b"\x89PNG\r\n\x1a\n": b"png", b"\xff\xd8\xff": b"jpeg"}
SCREEN_PIXELS = 4_000_000
MOST_PIXELS = 25_000_000  # a small file can contain a picture that takes seconds to decompress


class PictureView(QGraphicsView):
    """Fits its picture to the available space until the user zooms; then it can be dragged."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setMinimumHeight(220)
        self.setAccessibleName(name)
        self.data = b""
        self._fitted = True

    def show_image(self, image: QImage, data: bytes) -> None:
        """Show a picture that `decoded` made from these bytes; saving writes the bytes."""
        self.data = data
        self._scene.clear()
        item = self._scene.addPixmap(QPixmap.fromImage(image))
        item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._scene.setSceneRect(QRectF(image.rect()))
        self.fit()

    def fit(self) -> None:
        self._fitted = True
        self.fitInView(self._scene.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def zoom(self, factor: float) -> None:
        scale = self.transform().m11() * factor
        if 0.05 < scale < MOST:
            self._fitted = False
            self.scale(factor, factor)

    def zoom_in(self) -> None:
        self.zoom(STEP)

    def zoom_out(self) -> None:
        self.zoom(1 / STEP)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(STEP if event.angleDelta().y() > 0 else 1 / STEP)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()


def decoded(data: bytes) -> QImage:
    """The picture, scaled down if it has more pixels than a screen; a null one if it is none that `checked_picture`
    accepts. For a worker.
    """
    try:
        reader, _buffer = _reader(data)  # the buffer must live as long
    except UnavailableError as error:
        log.warning("%s", error)
        return QImage()
    size = reader.size()
    if size.width() * size.height() > SCREEN_PIXELS:
        # Otherwise each time it is painted would take longer than a frame.
        share = (SCREEN_PIXELS / (size.width() * size.height())) ** 0.5
        reader.setScaledSize((size * share).expandedTo(QSize(1, 1)))
    # In the format used for painting, so that the GUI thread converts nothing.
    return reader.read().convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def checked_picture(data: bytes) -> bytes:
    """The same bytes. Raises UnavailableError for anything but a PNG or JPEG of acceptable size.

    Qt reads many other formats: an SVG may contain loops that take minutes, and names of local files.
    """
    _reader(data)
    return data


def _reader(data: bytes) -> tuple[QImageReader, QBuffer]:
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
    if kind is None:
        raise UnavailableError(tr("It is neither a PNG nor a JPEG, so it is not shown."))
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, kind)
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    if not size.isValid() or not size.width() * size.height():
        raise UnavailableError(tr("It is damaged, so it is not shown."))
    if size.width() * size.height() > MOST_PIXELS:
        wide, high = count(size.width()), count(size.height())
        raise UnavailableError(tr("It has {wide} × {high} pixels, too many to show.", wide=wide, high=high))
    return reader, buffer

"""A picture that can be zoomed and saved."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

STEP = 1.25
MOST = 8.0
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
    """The picture; a null one if Qt cannot read it or its header declares it too large. For a worker."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if size.width() * size.height() > MOST_PIXELS:
        return QImage()
    # In the format used for painting, so that the GUI thread converts nothing.
    return reader.read().convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)

"""The backend's own pictures, unchanged."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.charts.pages import SideBySide
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.picture_view import PictureView

TITLES = {"counts": "Confusion matrix", "shares": "Confusion matrix by class in the catalog"}
FILE_NAMES = {"counts": "matrix", "shares": "matrix_by_class"}

LETTERS = 12  # minimum room for a picture's name


class PicturesPage(QWidget):
    """Signals:
    save_wanted: the user wants to save the top picture.

    Attributes:
        pictures: the readable ones, by name.
    """

    save_wanted = Signal()

    def __init__(
        self, contents: Mapping[str, bytes], images: Mapping[str, QImage], parent: QWidget | None = None
    ) -> None:
        """`contents`: the files as received; `images`: their decoded images under the same names (`decoded`)."""
        super().__init__(parent)
        self.pictures: dict[str, PictureView] = {}
        self.choice = combo(tr("Which picture"), [], LETTERS, self)
        self._stack = QStackedWidget(self)
        for name, title in TITLES.items():
            if name not in images or images[name].isNull():
                continue
            picture = self.pictures[name] = PictureView(tr(title), self)
            picture.show_image(images[name], contents[name])
            self.choice.addItem(tr(title), name)
            self._stack.addWidget(picture)
        zooms = QWidget(self)
        line = QHBoxLayout(zooms)
        line.setContentsMargins(0, 0, 0, 0)
        for text, step in ((tr("Zoom in"), "zoom_in"), (tr("Zoom out"), "zoom_out"), (tr("Fit"), "fit")):
            button = QPushButton(text, self)
            button.clicked.connect(lambda _=False, step=step: self._zoom(step))
            line.addWidget(button)
        self.save_button = QPushButton(tr("Save picture…"), self)
        self.save_button.clicked.connect(self.save_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._stack, 1)
        layout.addWidget(SideBySide((self.choice, zooms, self.save_button), grow=False))
        self.choice.currentIndexChanged.connect(self._stack.setCurrentIndex)

    @property
    def shown(self) -> PictureView | None:
        """The top picture."""
        return self.pictures.get(self.choice.currentData())

    @property
    def file_name(self) -> str:
        """The top picture's name for use in a file name."""
        return FILE_NAMES.get(self.choice.currentData(), "picture")

    def _zoom(self, step: str) -> None:
        if (picture := self.shown) is not None:
            getattr(picture, step)()

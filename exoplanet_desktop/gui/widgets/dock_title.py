"""The title bar of a dock. Qt's own keeps the font with which the dock was made, however large the text becomes."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.labels import PlainLabel


class DockTitle(QWidget):
    """The dock's name, and the buttons that float it, put it back, and close it.

    It can be dragged and double-clicked like Qt's own: events that no button takes go to the dock.
    """

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._dock = dock
        self.setObjectName("page")
        self.words = PlainLabel(dock.windowTitle(), wrap=False)
        self.float_button = self._button("float")
        self.close_button = self._button("close", tr("Close {dock}", dock=dock.windowTitle()))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 0)
        layout.setSpacing(4)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.float_button)
        layout.addWidget(self.close_button)
        self.float_button.clicked.connect(self._float)
        self.close_button.clicked.connect(dock.close)
        dock.topLevelChanged.connect(self._tell)
        self._tell(dock.isFloating())

    @Slot()
    def _float(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    @Slot(bool)
    def _tell(self, floats: bool) -> None:
        words = tr("Dock {dock} in the main window") if floats else tr("Move {dock} to a separate window")
        self._name(self.float_button, words.format(dock=self._dock.windowTitle()))

    def _button(self, picture: str, name: str = "") -> QToolButton:
        button = QToolButton(self)
        button.setProperty("picture", picture)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name(button, name)
        return button

    @staticmethod
    def _name(button: QToolButton, name: str) -> None:
        button.setToolTip(name)
        button.setAccessibleName(name)

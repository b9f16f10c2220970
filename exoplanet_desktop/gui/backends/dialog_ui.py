"""The layout of the dialog of backends; `dialog` has its behaviour."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from exoplanet_desktop.gui.backends.connection_test import ConnectionTest
from exoplanet_desktop.gui.backends.form import ProfileForm
from exoplanet_desktop.gui.backends.profile_list import ProfileList
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.row import measured, room_for_text, with_text

LIST_LETTERS = 32
ROOM = (119, 35)  # in letters and lines, if the screen is large enough


class BackendDialogUi(QDialog):
    """The list on the left; on the right the fields of one backend and the result of its test."""

    def __init__(self, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Backends"))
        self.setModal(True)
        self.list = ProfileList(self)
        self.add_button = QPushButton(tr("&Add"), self)
        self.duplicate_button = QPushButton(tr("D&uplicate"), self)
        self.remove_button = QPushButton(tr("&Remove"), self)
        self.heading = PlainLabel("", "heading", parent=self)
        self.embedded_words = PlainLabel(
            tr("The embedded engine runs on this machine, without a network. It starts and stops with the program."),
            parent=self,
        )
        self.form = ProfileForm(self)
        self.connection_test = ConnectionTest(workers, self)
        self.save_button = QPushButton(tr("&Save"), self)
        self.use_button = QPushButton(tr("Use &it"), self)
        self.use_button.setProperty("primary", True)
        self.close_button = QPushButton(tr("Close"), self)
        for button in (self.save_button, self.close_button, self.add_button, self.remove_button):
            button.setAutoDefault(False)
        self.use_button.setDefault(True)
        self.area = QScrollArea()
        self._holder = QWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.list, 1)
        for button in (self.add_button, self.duplicate_button, self.remove_button):
            left.addWidget(button)
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(16)
        for widget in (self.heading, self.embedded_words, self.form, self.connection_test):
            inside.addWidget(widget)
        inside.addStretch(1)
        area = self.area
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        holder = self._holder
        holder.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        columns.addWidget(holder)
        columns.addWidget(area, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.save_button, self.use_button, self.close_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(columns, 1)
        layout.addLayout(buttons)
        with_text(self, self._size)

    def _size(self) -> None:
        room_for_text(self, *ROOM)
        self._holder.setFixedWidth(min(measured(self, LIST_LETTERS, 1)[0], self.width() // 3))

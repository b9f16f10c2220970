"""The skeleton of a tab: options at the left, data at the right, and one primary button with its reason."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QSplitter, QVBoxLayout, QWidget

from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.side import Side

COLUMN_PX = 316
LEAST_PX = 300
MOST_OF_WINDOW = 1 / 3  # maximum share of the window for the options at large text
LEAST_LINES = 16  # lines of text: minimum height of a table with its surroundings on a page that scrolls


class GoButton(QWidget):
    """The primary button of a tab; if it is disabled, the reason appears below it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton(text, self)
        self.button.setProperty("primary", True)
        self.reason = PlainLabel("", "muted")
        self.note = PlainLabel("", "warning")
        self.note.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.button)
        layout.addWidget(self.note)
        layout.addWidget(self.reason)

    def say(self, note: str) -> None:
        """A note on what to know before pressing the button."""
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def update_enabled(self, reason: str) -> None:
        """Enable the button if `reason` is empty."""
        self.button.setEnabled(not reason)
        self.button.setAccessibleDescription(reason)
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))


def column(widgets: Sequence[QWidget]) -> QScrollArea:
    """Options in a column, which scrolls if the window is too low for them."""
    page = QWidget()
    page.setObjectName("page")
    layout = QVBoxLayout(page)
    layout.setContentsMargins(16, 16, 16, 16)
    layout.setSpacing(16)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return scrolled(page)


def scrolled(page: QWidget) -> QScrollArea:
    """A page that scrolls vertically if it is too high, never sideways: it is as wide as its widest control."""
    area = _Scrolled()
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


class _Scrolled(QScrollArea):
    """As wide as its widest control, at any text size and in any style."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # the page may need a different width now
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        page = self.widget()
        wanted = page.minimumSizeHint().width() if page is not None else 0
        wide = max(LEAST_PX, wanted + self.verticalScrollBar().sizeHint().width())
        return QSize(wide, super().minimumSizeHint().height())


def skeleton(name: str, left: QWidget, right: QWidget) -> QSplitter:
    """The two halves, with a splitter handle whose position is remembered under `name`."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 8, 8, 8)
    layout.addWidget(right)
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setObjectName(name)
    splitter.setChildrenCollapsible(False)
    splitter.addWidget(left)
    splitter.addWidget(holder)
    splitter.setStretchFactor(0, 0)
    splitter.setStretchFactor(1, 1)
    splitter.setSizes([COLUMN_PX, 1000])
    Side(splitter, MOST_OF_WINDOW, COLUMN_PX)
    return splitter

"""The single channel for messages to the user: each waits until there is a window to show it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from exoplanet_desktop.errors import AppError, Cancelled
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.labels import NarrowLabel
from exoplanet_desktop.gui.widgets.row import in_order

log = logging.getLogger("exoplanet_desktop.gui")

MOST_SHOWN = 3
INFORMATION_MS = 10_000


@dataclass(frozen=True)
class NoticeAction:
    """An action for a notice: the button's text, and what it does."""

    words: str
    take: Callable[[], object]


@dataclass(frozen=True)
class Notice:
    """A sentence for the user; `failed`: it reports a failure."""

    text: str
    failed: bool
    offer: NoticeAction | None = None


class Notices(QObject):
    """Signals:
    told: a Notice, once there is a bar that shows it.
    withdrawn: the text of one whose cause has gone.
    """

    told = Signal(object)
    withdrawn = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[Notice] = []
        self._open = False

    def failure(self, error: AppError) -> None:
        if isinstance(error, Cancelled):
            return
        log.warning("told the user: %s", error)
        self._tell(Notice(str(error), failed=True))

    def information(self, text: str, offer: NoticeAction | None = None) -> None:
        self._tell(Notice(text, failed=False, offer=offer))

    def withdraw(self, text: str) -> None:
        """Withdraw a message, if it is still visible: its cause has gone."""
        self._waiting = [notice for notice in self._waiting if notice.text != text]
        self.withdrawn.emit(text)

    def open(self) -> None:
        """Show notices from now on; pending ones come first."""
        self._open = True
        waiting, self._waiting = self._waiting, []
        for notice in waiting:
            self.told.emit(notice)

    def _tell(self, notice: Notice) -> None:
        if self._open:
            self.told.emit(notice)
        else:
            self._waiting.append(notice)


class NoticeBar(QWidget):
    """Shows the newest notices above the tabs until they are closed; takes no space if there are none."""

    def __init__(self, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 4, 8, 4)
        self._layout.setSpacing(4)
        self.hide()
        notices.told.connect(self.show_notice)
        notices.withdrawn.connect(self.withdraw)

    def texts(self) -> list[str]:
        return _texts(self._frames())

    def failures(self) -> list[str]:
        return _texts([frame for frame in self._frames() if frame.property("notice") == "failure"])

    @Slot(object)
    def show_notice(self, notice: Notice) -> None:
        for frame in self._frames():
            if notice.text in _texts([frame]):
                if notice.offer is None:
                    return
                self._close(frame)  # an offer relates to the most recent action
        for frame in self._frames()[: -(MOST_SHOWN - 1)]:
            self._close(frame)
        frame = self._frame(notice)
        self._layout.addWidget(frame)
        self.show()
        if not notice.failed:
            # The timer belongs to the frame: once dismissed, it never fires.
            QTimer.singleShot(INFORMATION_MS, frame, lambda: self._close(frame))

    @Slot(str)
    def withdraw(self, text: str) -> None:
        for frame in self._frames():
            if text in _texts([frame]):
                self._close(frame)

    @Slot()
    def clear(self) -> None:
        for frame in self._frames():
            self._close(frame)

    def _frame(self, notice: Notice) -> QFrame:
        frame = QFrame(self)
        frame.setProperty("notice", "failure" if notice.failed else "information")
        mark = QLabel("✕" if notice.failed else "ℹ", frame)
        mark.setProperty("mark", True)
        mark.setAccessibleName(tr("Failure") if notice.failed else tr("Information"))
        text = NarrowLabel(notice.text, selectable=True, parent=frame)
        text.setObjectName("text")
        policy = text.sizePolicy()  # its own, which gives a wrapped text more height the narrower it is
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        text.setSizePolicy(policy)
        close = QToolButton(frame)
        close.setText(tr("Dismiss"))
        close.setAccessibleName(tr("Dismiss this message"))
        close.setAutoRaise(True)
        close.clicked.connect(lambda: self._close(frame))
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 4, 4, 4)
        row.addWidget(mark)
        row.addWidget(text, 1)
        if notice.offer is not None:
            row.addWidget(self._offer_button(notice.offer, frame))
        row.addWidget(close)
        if (offer := frame.findChild(QPushButton, "offer")) is not None:
            in_order(offer, close)
        return frame

    def _offer_button(self, offer: NoticeAction, frame: QFrame) -> QPushButton:
        button = QPushButton(offer.words, frame)
        button.setObjectName("offer")

        def take() -> None:
            self._close(frame)
            offer.take()

        button.clicked.connect(take)
        return button

    def _frames(self) -> list[QFrame]:
        items = (self._layout.itemAt(index) for index in range(self._layout.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, QFrame)]

    def _close(self, frame: QFrame) -> None:
        self._layout.removeWidget(frame)
        frame.hide()
        frame.deleteLater()
        if not self._frames():
            self.hide()


def _texts(frames: list[QFrame]) -> list[str]:
    labels = (frame.findChild(NarrowLabel, "text") for frame in frames)
    return [label.whole for label in labels if label is not None]

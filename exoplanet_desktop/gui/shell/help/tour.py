"""The first steps: three notes next to the widgets they describe. The window stays usable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.labels import PlainLabel

WIDTH_PX = 320
GAP_PX = 12
RING_PX = 3


@dataclass(frozen=True)
class Step:
    """A note.

    Attributes:
        target, part: the widget next to it, or which part of that.
        title, text: its contents.
        show: makes the target visible.
        taken: fires when the user has done what the note describes, so that the next may follow.
    """

    target: QWidget
    title: str
    text: str
    show: Callable[[], object] = lambda: None
    part: Callable[[], QRect] | None = None
    taken: SignalInstance | None = None


class Tour(QFrame):
    """Signals:
    ended: the user read it to the end, or skipped it.
    """

    ended = Signal()

    def __init__(self, steps: Sequence[Step], window: QWidget) -> None:
        super().__init__(window)
        self._steps, self._window, self._number = list(steps), window, 0
        self._taken: SignalInstance | None = None
        self.setProperty("tour", True)
        self.setAccessibleName(tr("First steps"))
        self.title = PlainLabel("", "heading", parent=self)
        self.text = PlainLabel("", parent=self)
        self.place = QLabel(self)
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setProperty("muted", True)
        self.skip = QPushButton(tr("S&kip"), self)
        self.skip.clicked.connect(self.end)
        self.next = QPushButton(self)
        self.next.setProperty("primary", True)
        self.next.clicked.connect(self.go_on)
        self._ring = QFrame(window)
        self._ring.setProperty("ring", True)
        self._ring.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout()
        row.addWidget(self.place, 1)
        row.addWidget(self.skip)
        row.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        for part in (self.title, self.text):
            layout.addWidget(part)
        layout.addLayout(row)
        window.installEventFilter(self)
        self._show_step()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay next to the target when the window changes."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._stand()
        return super().eventFilter(watched, event)

    @Slot()
    def go_on(self) -> None:
        if self._number + 1 == len(self._steps):
            self.end()
            return
        self._number += 1
        self._show_step()

    @Slot()
    def _follow(self) -> None:
        """The step was taken: advance, but not to a tab other than the user's current one."""
        following = self._steps[self._number + 1 :]
        if not following or following[0].target.isVisible():
            self.go_on()

    @Slot()
    def end(self) -> None:
        self._wait_for(None)
        self._window.removeEventFilter(self)
        self._ring.deleteLater()
        self.hide()
        self.deleteLater()
        self.ended.emit()

    def _show_step(self) -> None:
        step, last = self._steps[self._number], self._number + 1 == len(self._steps)
        step.show()
        self._wait_for(step.taken)
        self.title.setText(step.title)
        self.text.setText(step.text)
        self.place.setText(tr("{number} of {all}", number=self._number + 1, all=len(self._steps)))
        self.next.setText(tr("&Done") if last else tr("&Next"))
        self.skip.setVisible(not last)
        for part in (self._ring, self):
            part.show()
            part.raise_()
        self._stand()

    def _wait_for(self, taken: SignalInstance | None) -> None:
        """Advance when this signal fires after the step began."""
        if self._taken is not None:
            self._taken.disconnect(self._follow)
        self._taken = taken
        if taken is not None:
            taken.connect(self._follow)

    def _stand(self) -> None:
        """Next to the target if there is space, otherwise below or above it; always inside the window."""
        step = self._steps[self._number]
        part = step.part() if step.part else step.target.rect()
        where = part.translated(step.target.mapTo(self._window, QPoint(0, 0)))
        self._ring.setGeometry(where.adjusted(-RING_PX, -RING_PX, RING_PX, RING_PX).intersected(self._window.rect()))
        width = min(max(WIDTH_PX, self.minimumSizeHint().width()), self._window.width() - 2 * GAP_PX)
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        room = self._window.rect().adjusted(GAP_PX, GAP_PX, -GAP_PX, -GAP_PX)
        beside = QRect(where.right() + GAP_PX, where.top(), width, height)
        below = QRect(where.left(), where.bottom() + GAP_PX, width, height)
        above = QRect(where.left(), where.top() - GAP_PX - height, width, height)
        place = next((spot for spot in (beside, below, above) if room.contains(spot)), beside)
        place.moveLeft(max(room.left(), min(place.left(), room.right() - width)))
        place.moveTop(max(room.top(), min(place.top(), room.bottom() - height)))
        self.setGeometry(place)


def first_steps(
    tabs: QTabWidget, picker: QWidget, go: QWidget, train: QWidget, opened: SignalInstance, begun: SignalInstance
) -> list[Step]:
    """The three notes of the main window. `opened`: a catalog has been opened; `begun`: a training has begun."""
    bar = tabs.tabBar()

    def titles() -> QRect:
        return bar.tabRect(0).united(bar.tabRect(bar.count() - 1))

    def show_train() -> None:
        tabs.setCurrentWidget(train)

    return [
        Step(
            picker,
            tr("Choose a catalog"),
            tr(
                "Any CSV from the NASA Exoplanet Archive: KOI, K2 or TOI. Drop it anywhere on the window, or try a "
                "simulated sample."
            ),
            show_train,
            taken=opened,
        ),
        Step(
            go,
            tr("Train"),
            tr(
                "Set the options from top to bottom: catalog, satellite, model, then Train. You can close the dialog "
                "that opens; the run stays in the list of runs."
            ),
            show_train,
            taken=begun,
        ),
        Step(
            bar,
            tr("Predict, merge, explore"),
            tr(
                "Use the model in Predict, combine catalogs in Merge. Ctrl+Shift+P finds every command, F1 lists the "
                "keys, and Help has a page for each task."
            ),
            part=titles,
        ),
    ]

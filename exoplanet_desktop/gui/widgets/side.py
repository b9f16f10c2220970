"""The narrow half of a splitter, which grows with the text size as far as the wide half allows."""

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QSplitter

from exoplanet_desktop.gui.widgets.row import with_text

REASONS = (QEvent.Type.Resize, QEvent.Type.LayoutRequest)


class Side(QObject):
    """Keeps the first part of a splitter wide enough for a number of letters at any text size."""

    def __init__(self, splitter: QSplitter, most: float, usual_px: int) -> None:
        """`most`: the maximum share of the splitter for the first part; the user may make it wider.

        `usual_px`: its width until the user moves it, or until the user's position is restored.
        """
        super().__init__(splitter)
        self._splitter, self._most = splitter, most
        self._letter = self._letter_px
        self._letters = usual_px / self._letter
        self._follows = False  # since the text size changed; a position that the user set stays
        # After the new layout of the parts: until then they ask for their previous size.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._fit)
        splitter.splitterMoved.connect(self._take)
        splitter.installEventFilter(self)
        with_text(splitter, self._follow)

    @property
    def _letter_px(self) -> int:
        return self._splitter.fontMetrics().averageCharWidth()

    @Slot(int, int)
    def _take(self, wide: int, _handle: int) -> None:
        """The user moved the handle."""
        self._letters, self._follows = wide / self._letter, False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._follows and watched is self._splitter and event.type() in REASONS:
            self._soon.start()
        return False

    def _follow(self) -> None:
        before, self._letter = self._letter, self._letter_px
        if before != self._letter:
            self._follows = True
            self._soon.start()

    @Slot()
    def _fit(self) -> None:
        parts = [part for place in range(2) if (part := self._splitter.widget(place)) is not None]
        least = [part.minimumSizeHint().width() for part in parts]
        left, right = self._splitter.sizes()
        wide = min(round(self._letters * self._letter), max(round(self._most * (left + right)), left))
        wide = max(min(wide, left + right - least[1]), least[0])
        if wide != left:
            self._splitter.setSizes([wide, left + right - wide])

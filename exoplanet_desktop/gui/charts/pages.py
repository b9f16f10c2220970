"""Pages of figures: scrolled if space is short, side by side if there is enough."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts.figure import Figure
from exoplanet_desktop.gui.charts.view import FigurePanel, FigureView
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.gui.widgets.row import with_text

PLENTY = 1.5  # times the minimum width
BESIDE_EM = 90  # from this width on, in letters, two figures are side by side


class Scrolled(QScrollArea):
    """A page that scrolls vertically if it is too high; it is never wider than its space."""

    def __init__(self, page: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)


class SideBySide(QWidget):
    """Widgets side by side if they fit, otherwise in a column."""

    def __init__(
        self,
        widgets: Sequence[QWidget],
        least_em: int = 0,
        spacing: int = 8,
        grow: bool = True,
        stretches: Sequence[int] = (),
    ) -> None:
        """Args:
        least_em: the minimum width for side by side, in letters, if not the sum of their size hints.
        grow: with the width; in these proportions (`stretches`) if there is plenty of it, otherwise equally.
        """
        super().__init__()
        self._widgets, self._least_em, self._stretches = tuple(widgets), least_em, tuple(stretches)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(spacing)
        for widget in widgets:
            self._row.addWidget(widget, 1 if grow else 0)
        if not grow:
            self._row.addStretch(1)
        with_text(self, self._stand)

    @property
    def is_wide(self) -> bool:
        """Whether they are side by side."""
        return self._row.direction() == QBoxLayout.Direction.LeftToRight

    def minimumSizeHint(self) -> QSize:
        hints = [widget.minimumSizeHint().expandedTo(widget.minimumSize()) for widget in self._shown]
        heights = [hint.height() for hint in hints] or [0]
        gaps = self._row.spacing() * (len(heights) - 1)
        return QSize(
            max([hint.width() for hint in hints], default=0), max(heights) if self.is_wide else sum(heights) + gaps
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stand()

    def _stand(self) -> None:
        gaps = self._row.spacing() * (len(self._shown) - 1)
        least = self._least_em * self.fontMetrics().averageCharWidth()
        wanted = least or sum(widget.sizeHint().width() for widget in self._shown) + gaps
        kind = QBoxLayout.Direction
        direction = kind.LeftToRight if self.width() >= wanted else kind.TopToBottom
        if direction != self._row.direction():
            self._row.setDirection(direction)
            self.updateGeometry()
        for place, stretch in enumerate(self._stretches):
            self._row.setStretch(place, stretch if self.width() >= PLENTY * wanted else 1)

    @property
    def _shown(self) -> list[QWidget]:
        return [widget for widget in self._widgets if not widget.isHidden()]


class FiguresPage(QWidget):
    """One figure, or several that are side by side if the page is wide enough."""

    def __init__(
        self,
        figures: Sequence[Figure],
        workers: Workers,
        notices: Notices,
        stem: str = "",
        notes: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`notes`: texts above the figures."""
        super().__init__(parent)
        self.panels = [FigurePanel(FigureView(figure), workers, notices, stem) for figure in figures]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        for note in notes:
            layout.addWidget(note)
        layout.addWidget(SideBySide(self.panels, BESIDE_EM, 16), 1)

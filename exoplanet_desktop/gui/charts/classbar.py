"""How many rows each class has: a stacked bar with a legend of mark, name and count."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.painted import painted
from exoplanet_desktop.gui.base.text import count
from exoplanet_desktop.gui.charts.figure import class_name, draw_parts
from exoplanet_desktop.gui.widgets.flow import FlowLayout
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.wire.vocabulary import Disposition

MARKED = {str(label) for label in Disposition}


class Shares(QWidget):
    """The stacked bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Mapping[str, int] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, 8)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self.update()

    @painted
    def paintEvent(self, _event: QPaintEvent) -> None:
        if not any(self._counts.values()):
            return
        tokens = theme.tokens()
        parts = [(rows, QColor(tokens.of_class(label))) for label, rows in self._counts.items()]
        with QPainter(self) as painter:
            draw_parts(painter, QRectF(self.rect()), parts)


class ClassBar(QWidget):
    """Counts by class. Shows classes without rows too; rows without a class only if there are some."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: dict[str, int] = {}
        self._shares = Shares(self)
        self._legend = QWidget(self)
        self._entries = FlowLayout(self._legend, spacing=16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self._legend)
        layout.addWidget(self._shares)
        theme.theme().changed.connect(self._recolour)
        self.hide()

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show rows by class; a label outside the three classes counts as unlabelled."""
        known = {str(label): counts.get(label, 0) for label in Disposition}
        without = sum(counts.values()) - sum(known.values())
        if without:
            known[class_name("")] = without
        self._counts = known
        self._shares.show_counts(known)
        self._fill_legend(known)
        self.setVisible(any(known.values()))
        self.setAccessibleName(", ".join(f"{label} {count(rows)}" for label, rows in known.items()))

    @Slot()
    def _recolour(self) -> None:
        """The marks are pixmaps, which do not follow the colour scheme automatically."""
        self._fill_legend(self._counts)

    def _fill_legend(self, counts: Mapping[str, int]) -> None:
        while item := self._entries.takeAt(0):
            if (entry := item.widget()) is not None:
                entry.hide()
                entry.deleteLater()
        for label, rows in counts.items():
            self._entries.addWidget(_entry(label, rows, self._legend))


def _entry(label: str, rows: int, parent: QWidget) -> QWidget:
    """A class in the legend: its mark, name and row count."""
    entry = QWidget(parent)
    row = QHBoxLayout(entry)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    if label in MARKED:
        mark = QLabel(entry)
        size = theme.mark_px(parent.fontMetrics().lineSpacing())
        mark.setPixmap(theme.class_icon(label, size).pixmap(size, size))
        row.addWidget(mark)
    row.addWidget(PlainLabel(f"{label}  {count(rows)}", wrap=False, parent=entry))
    return entry

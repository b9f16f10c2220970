"""Choosing catalogs: a short list of files, filled by a dialog or by dropping files."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.gui.base.painted import painted
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.files import ask_files
from exoplanet_desktop.gui.widgets.labels import tip
from exoplanet_desktop.gui.widgets.row import with_text

ROWS_SHOWN = 3
ROWS_ORDERED = 4
ROW_PADDING_PX = 9
MARGIN_PX = 4


class FileList(QListWidget):
    """A list with a placeholder while it is empty, so that nobody mistakes it for a text field."""

    @painted
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.count() == 0:
            room = self.viewport().rect().adjusted(MARGIN_PX, 0, -MARGIN_PX, 0)
            words = self.fontMetrics().elidedText(tr("Drop a file here"), Qt.TextElideMode.ElideRight, room.width())
            with QPainter(self.viewport()) as painter:
                painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
                painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


class CatalogPicker(QWidget):
    """A labelled list of files; with `many`, files can be added to it, and with `ordered` moved in it.

    Attributes:
        bring: passes chosen files on, possibly converted, possibly later.

    Signals:
        changed: the files changed.
        current_changed: another file of the list is current.
    """

    changed = Signal()
    current_changed = Signal(object)

    def __init__(self, label: str, many: bool = False, ordered: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._many = many
        self._rows_shown = ROWS_ORDERED if ordered else ROWS_SHOWN
        self._name = label.replace("&", "")
        self.folder = ""
        self.bring: Callable[[Callable[[list[Path]], object], Sequence[Path]], object] = _as_they_are
        self.list = FileList(self)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setAccessibleName(self._name)
        self.list.currentItemChanged.connect(self._look_at)
        heading = QLabel(label, self)
        heading.setBuddy(self.list)
        self.choose = QPushButton(tr("Choose…"), self)
        self.choose.setAccessibleName(tr("Choose {what}", what=self._name))
        self.choose.clicked.connect(self.ask)
        self.add = QPushButton(tr("Add…"), self)
        self.add.setAccessibleName(tr("Add to {what}", what=self._name))
        self.add.setToolTip(tr("Add another catalog; two or more are merged before training"))
        self.add.clicked.connect(self.ask_more)
        self.add.setVisible(many)
        self.remove = QPushButton(tr("Remove"), self)
        self.remove.setAccessibleName(tr("Remove from {what}", what=self._name))
        self.remove.clicked.connect(self.remove_current)
        self.up, self.down = QToolButton(self), QToolButton(self)
        for button, mark, words, by in ((self.up, "▲", tr("Move up"), -1), (self.down, "▼", tr("Move down"), 1)):
            button.setText(mark)
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.setVisible(ordered)
            button.clicked.connect(partial(self.move_current, by))
        row = QHBoxLayout()
        row.setSpacing(8)
        self.choose.setVisible(not ordered)
        for widget in (self.choose, self.add, self.remove, self.up, self.down):
            row.addWidget(widget)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(heading)
        layout.addWidget(self.list)
        layout.addLayout(row)
        with_text(self, self._size_rows)

    @property
    def paths(self) -> list[Path]:
        return [self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count())]

    @property
    def path(self) -> Path | None:
        """The first file, if there is one."""
        return self.paths[0] if self.list.count() else None

    @property
    def current(self) -> Path | None:
        """The current file, otherwise the first one."""
        item = self.list.currentItem()
        current: Path | None = item.data(Qt.ItemDataRole.UserRole) if item is not None else self.path
        return current

    def set_paths(self, paths: Sequence[Path]) -> None:
        """Replace the files."""
        self.list.blockSignals(True)
        self.list.clear()
        self.list.blockSignals(False)
        self.add_paths(paths if self._many else paths[:1])

    def add_paths(self, paths: Sequence[Path]) -> None:
        there = set(self.paths)
        new = [path for path in paths if path not in there]
        for path in new:
            item = QListWidgetItem(path.name)
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setToolTip(tip(str(path)))
            item.setSizeHint(QSize(0, self._row_px))
            self.list.addItem(item)
        if new:
            self.folder = str(new[-1].parent)
        self._fit()
        self.changed.emit()
        if new:
            self.list.setCurrentRow(self.list.count() - len(new))

    @Slot()
    def ask(self) -> None:
        ask_files(self, tr("Choose {what}", what=self._name), self.folder, self._many, self._taking(self.set_paths))

    @Slot()
    def ask_more(self) -> None:
        ask_files(self, tr("Add to {what}", what=self._name), self.folder, self._many, self._taking(self.add_paths))

    def _taking(self, take: Callable[[list[Path]], object]) -> Callable[[list[Path]], object]:
        return lambda paths: self.bring(take, paths)

    @Slot()
    def remove_current(self) -> None:
        row = max(self.list.currentRow(), 0)
        self.list.takeItem(row)
        self._fit()
        self.changed.emit()

    def move_current(self, by: int) -> None:
        """Move the current file by the given number of places."""
        row = self.list.currentRow()
        if row < 0 or not 0 <= row + by < self.list.count():
            return
        self.list.blockSignals(True)
        self.list.insertItem(row + by, self.list.takeItem(row))
        self.list.setCurrentRow(row + by)
        self.list.blockSignals(False)
        self._update_enabled()
        self.changed.emit()

    def _look_at(self, item: QListWidgetItem | None) -> None:
        self._update_enabled()
        self.current_changed.emit(item.data(Qt.ItemDataRole.UserRole) if item else None)

    def _size_rows(self) -> None:
        self._row_px = self.fontMetrics().lineSpacing() + ROW_PADDING_PX
        for row in range(self.list.count()):
            self.list.item(row).setSizeHint(QSize(0, self._row_px))
        self._fit()

    def _fit(self) -> None:
        rows = max(1, min(self.list.count(), self._rows_shown))
        self.list.setFixedHeight(rows * self._row_px + 2 * self.list.frameWidth())
        self.remove.setVisible(self.list.count() > 0)
        self._update_enabled()

    def _update_enabled(self) -> None:
        row = self.list.currentRow()
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < self.list.count() - 1)


def _as_they_are(take: Callable[[list[Path]], object], paths: Sequence[Path]) -> None:
    take(list(paths))

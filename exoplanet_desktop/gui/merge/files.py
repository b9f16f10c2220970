"""The list of merged files: name, and below it rows, size, creation time, and whether it is on this machine."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from exoplanet_desktop.gui.base.text import megabytes, short_moment, tr
from exoplanet_desktop.gui.merge import words
from exoplanet_desktop.gui.merge.local import LocalMerged
from exoplanet_desktop.gui.widgets.combo import whole_parts
from exoplanet_desktop.gui.widgets.labels import tip
from exoplanet_desktop.gui.widgets.row import with_text
from exoplanet_desktop.wire.payloads import MergedFile

EDGE_PX = 4  # that the style leaves free before and after a text


class MergedFiles(QListWidget):
    """Signals:
    chosen: a file was double-clicked, or Return was pressed on it.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlternatingRowColors(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName(tr("Merged files"))
        self.itemActivated.connect(lambda: self.chosen.emit())
        self.show_files([])
        with_text(self, self._size_rows)

    @property
    def current(self) -> "MergedFile | LocalMerged | None":
        item = self.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item else None

    def names(self) -> list[str]:
        files = (self.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.count()))
        return [file.filename for file in files if file is not None]

    def show_files(self, files: "Sequence[MergedFile | LocalMerged]") -> None:
        """Show the list, newest first as the backend returns it, and keep the current file if it still exists."""
        before = self.current
        self.clear()
        for file in files:
            self.addItem(_FileItem(file))
        self._size_rows()
        if not files:
            nothing = QListWidgetItem(tr("No merged files yet"))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.addItem(nothing)
            return
        names = self.names()
        self.setCurrentRow(names.index(before.filename) if before and before.filename in names else 0)

    def _size_rows(self) -> None:
        self.setMinimumHeight(3 * self.row_height)
        self.scheduleDelayedItemsLayout()

    @property
    def row_height(self) -> int:
        """Height in pixels of two lines of text and the space around them."""
        return 2 * self.fontMetrics().lineSpacing() + 12

    def facts_that_fit(self, file: "MergedFile | LocalMerged") -> str:
        """As much as fits; the tooltip has the whole text."""
        return whole_parts(self.fontMetrics(), _facts(file), self.viewport().width() - 2 * EDGE_PX)

    def select(self, filename: str) -> None:
        """Make a file the current one."""
        if filename in (names := self.names()):
            self.setCurrentRow(names.index(filename))


class _FileItem(QListWidgetItem):
    """A merged file. Its text is made only when displayed, because a list may contain thousands."""

    def __init__(self, file: "MergedFile | LocalMerged") -> None:
        super().__init__()
        self._file = file

    def data(self, role: int) -> Any:
        files, file = self.listWidget(), self._file
        if role == Qt.ItemDataRole.UserRole:
            return file
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(f"{file.filename}\n{_facts(file)}")
        if not isinstance(files, MergedFiles):
            return super().data(role)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{file.filename}\n{files.facts_that_fit(file)}"
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, files.row_height)
        return super().data(role)


def _facts(file: "MergedFile | LocalMerged") -> str:
    rows = "" if file.rows is None else words.rows(file.rows)
    size = "" if file.size_bytes is None else megabytes(file.size_bytes)
    place = tr("this machine") if isinstance(file, LocalMerged) else ""
    return " · ".join(filter(None, (rows, size, _when(file.modified), place)))


def _when(text: str | None) -> str:
    """The time if it is today, otherwise the date; reference backends send no time zone: theirs stays unchanged."""
    try:
        return short_moment(datetime.fromisoformat(text or ""))
    except (ValueError, OverflowError):
        return ""

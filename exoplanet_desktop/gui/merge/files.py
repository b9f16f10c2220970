"""The merged files that the backend holds, as a list: name, rows, size, age."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import MergedFile

HEADERS = ("Merged file", "Rows", "MB", "Modified")


class MergedFiles(QTreeWidget):
    """Signals:
    chosen: a file was double-clicked, or Return was pressed on it.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setColumnCount(len(HEADERS))
        self.setHeaderLabels(HEADERS)
        self.setRootIsDecorated(False)
        self.setAlternatingRowColors(True)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName("Merged files")
        self.setMinimumHeight(112)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.itemActivated.connect(lambda *_: self.chosen.emit())

    @property
    def current(self) -> "MergedFile | None":
        item = self.currentItem()
        return item.data(0, Qt.ItemDataRole.UserRole) if item else None

    def names(self) -> list[str]:
        return [self._item(row).text(0) for row in range(self.topLevelItemCount())]

    def show_files(self, files: "list[MergedFile]") -> None:
        """Show the list, and keep the current file where it is still there."""
        before = self.current
        self.clear()
        for file in files:
            cells = (
                file.filename,
                "" if file.rows is None else f"{file.rows:,}",
                "" if file.size_bytes is None else f"{file.size_bytes / 1e6:.1f}",
                _when(file.modified),
            )
            item = QTreeWidgetItem(cells)
            for column in (1, 2, 3):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(0, file.filename)
            item.setData(0, Qt.ItemDataRole.UserRole, file)
            self.addTopLevelItem(item)
        names = self.names()
        if names:
            kept = names.index(before.filename) if before and before.filename in names else 0
            self.setCurrentItem(self._item(kept))

    def _item(self, row: int) -> QTreeWidgetItem:
        item = self.topLevelItem(row)
        assert item is not None
        return item


def _when(text: str | None) -> str:
    """A short date; reference backends give no time zone, and then theirs is shown as it is."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return ""
    return (moment.astimezone() if moment.tzinfo else moment).strftime("%d %b %H:%M")

"""Choosing the visible columns of a small table; for a catalog, see catalog_columns."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.labels import tip
from exoplanet_desktop.gui.widgets.row import size_in_text


class ColumnsDialog(QDialog):
    """A searchable list of the columns; a tick shows a column at once."""

    def __init__(
        self,
        columns: Sequence[str],
        labels: Mapping[str, str],
        hidden: Callable[[int], bool],
        hide: Callable[[int, bool], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Columns"))
        self._hide = hide
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search by name or meaning"))
        self.search.setAccessibleName(tr("Search columns"))
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Columns that are shown"))
        self.list.setProperty("wraps", True)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for number, name in enumerate(columns):
            label = labels.get(name, "")
            item = QListWidgetItem(f"{name}  ·  {label}" if label else name, self.list)
            item.setData(Qt.ItemDataRole.UserRole, number)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Unchecked if hidden(number) else Qt.CheckState.Checked)
            item.setToolTip(tip(label))
        self.show_all = QPushButton(tr("&Show all"), self)
        self.hide_all = QPushButton(tr("&Hide all"), self)
        for button in (self.show_all, self.hide_all):
            button.setAutoDefault(False)  # Enter in the search field shows nothing
        self.show_all.clicked.connect(lambda: self._tick(Qt.CheckState.Checked))
        self.hide_all.clicked.connect(lambda: self._tick(Qt.CheckState.Unchecked))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        line = QHBoxLayout()
        line.addWidget(self.show_all)
        line.addWidget(self.hide_all)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addLayout(line)
        layout.addWidget(buttons)
        size_in_text(self, 76, 32)
        self.search.textChanged.connect(self._search)
        self.list.itemChanged.connect(self._apply)

    @Slot(str)
    def _search(self, text: str) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(text.lower() not in item.text().lower())

    @Slot(QListWidgetItem)
    def _apply(self, item: QListWidgetItem) -> None:
        self._hide(item.data(Qt.ItemDataRole.UserRole), item.checkState() is Qt.CheckState.Unchecked)

    def _tick(self, state: Qt.CheckState) -> None:
        """Show or hide all columns that match the search."""
        for row in range(self.list.count()):
            if not (item := self.list.item(row)).isHidden():
                item.setCheckState(state)

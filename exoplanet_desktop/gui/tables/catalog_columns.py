"""Choosing the visible columns, their order, and the frozen ones."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.catalogs.facts.presets import Preset, preset
from exoplanet_desktop.catalogs.facts.satellites import recognise
from exoplanet_desktop.catalogs.tables.summary import without_variety
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import count, counted, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.column_facts import ColumnFacts
from exoplanet_desktop.gui.tables.grid import Grid
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.flow import FlowLayout
from exoplanet_desktop.gui.widgets.labels import PlainLabel, tip
from exoplanet_desktop.gui.widgets.row import size_in_text

_NAME = Qt.ItemDataRole.UserRole


class CatalogColumns(QDialog):
    """A searchable list of the columns in grid order; changes apply to the grid at once."""

    def __init__(
        self, workers: Workers, grid: Grid, facts: ColumnFacts, table: "Table | None", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Columns"))
        self._workers, self._grid, self._facts, self._table = workers, grid, facts, table
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search by name or meaning"))
        self.search.setAccessibleName(tr("Search columns"))
        self.search.setClearButtonEnabled(True)
        self.presets = combo(tr("Show a column set"), [], parent=self)
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Columns that are shown"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setProperty("roomy", True)
        self.list.ensurePolished()  # before rows of one size are measured
        self.list.setUniformItemSizes(True)
        self.said = PlainLabel("", "muted")
        self.show_all = self._button(tr("&Show all"), lambda: self._tick(Qt.CheckState.Checked))
        self.hide_all = self._button(tr("&Hide all"), lambda: self._tick(Qt.CheckState.Unchecked))
        self.hide_flat = self._button(tr("Hide &empty or constant"), self.hide_without_variety)
        self.up = self._button(tr("Move &up"), lambda: self._move(-1), "Alt+Up")
        self.down = self._button(tr("Move &down"), lambda: self._move(1), "Alt+Down")
        self.freeze = self._button(tr("&Freeze"), self._freeze)
        self.freeze.setToolTip(tr("Freeze this column on the left while the others scroll"))
        self.hide_flat.setEnabled(table is not None)
        self._fill()
        self._lay_out()
        self.search.textChanged.connect(self._search)
        self.list.itemChanged.connect(self._apply)
        self.list.model().rowsMoved.connect(self._reorder)
        self.list.currentRowChanged.connect(self._update_enabled)
        self.presets.activated.connect(self._take_preset)
        self._update_enabled()

    def report_error(self, error: AppError) -> None:
        self.said.setText(str(error))

    @aio.slot()
    async def hide_without_variety(self) -> None:
        """Hide the columns in which all rows are equal."""

        if self._table is None:
            return
        self.said.setText(tr("Reading through the columns …"))
        flat = await self._workers.call(without_variety, self._table)
        self._show_only(name for name in self._grid.shown_columns() if name not in flat)
        one, many = tr("column is the same in every row."), tr("columns are the same in every row.")
        self.said.setText(counted(len(flat), one, many))

    # --- what the list shows

    def _fill(self) -> None:
        names, shown = self._grid.table_model.columns, set(self._grid.shown_columns())
        self.list.blockSignals(True)
        for at in self._grid.order_of_columns():
            item = QListWidgetItem(self.list)
            item.setData(_NAME, names[at])
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsDragEnabled
            )
            item.setCheckState(Qt.CheckState.Checked if names[at] in shown else Qt.CheckState.Unchecked)
            item.setToolTip(
                tip("\n".join(filter(None, (self._facts.label(names[at]), self._facts.meaning(names[at])))))
            )
        self.list.blockSignals(False)
        self._word()
        satellite = recognise(names)
        self.presets.addItem(tr("Column sets…"))
        for which in Preset if satellite else (Preset.ALL,):
            self.presets.addItem(tr(str(which).capitalize()), which)

    def _word(self) -> None:
        """Write each column's name and label, and whether it is frozen."""
        frozen = set(self._grid.frozen_columns())
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            item = self.list.item(row)
            name = item.data(_NAME)
            words = (name, self._facts.label(name), tr("frozen") if name in frozen else "")
            item.setText("  ·  ".join(filter(None, words)))
        self.list.blockSignals(False)

    @Slot()
    def _update_enabled(self) -> None:
        row, searched = self.list.currentRow(), bool(self.search.text())
        self.up.setEnabled(row > 0 and not searched)
        self.down.setEnabled(0 <= row < self.list.count() - 1 and not searched)
        self.freeze.setEnabled(row >= 0)
        frozen = row >= 0 and self.list.item(row).data(_NAME) in self._grid.frozen_columns()
        self.freeze.setText(tr("Un&freeze") if frozen else tr("&Freeze"))
        # Hidden columns offer no place for dropping one.
        modes = QAbstractItemView.DragDropMode
        self.list.setDragDropMode(modes.NoDragDrop if searched else modes.InternalMove)
        shown, every = len(self._grid.shown_columns()), self.list.count()
        self.said.setText(tr("{shown} of {every} columns shown.", shown=count(shown), every=count(every)))

    # --- what the user does

    @Slot(str)
    def _search(self, text: str) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(text.lower() not in item.text().lower())
        self._update_enabled()

    @Slot(QListWidgetItem)
    def _apply(self, _item: QListWidgetItem) -> None:
        self._grid.show_only(self._ticked())
        self._update_enabled()

    @Slot(int)
    def _take_preset(self, place: int) -> None:
        which, names = self.presets.itemData(place), self._grid.table_model.columns
        self.presets.setCurrentIndex(0)
        if which is not None:
            satellite = recognise(names)
            self._show_only(preset(names, satellite, Preset(which)) if satellite else names)

    def _show_only(self, names: Iterable[str]) -> None:
        wanted = set(names)
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setCheckState(Qt.CheckState.Checked if item.data(_NAME) in wanted else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)
        self._grid.show_only(self._ticked())
        self._update_enabled()

    def _tick(self, state: Qt.CheckState) -> None:
        """Show or hide all columns that match the search."""
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            if not (item := self.list.item(row)).isHidden():
                item.setCheckState(state)
        self.list.blockSignals(False)
        self._grid.show_only(self._ticked())
        self._update_enabled()

    def _ticked(self) -> list[str]:
        items = [self.list.item(row) for row in range(self.list.count())]
        return [item.data(_NAME) for item in items if item.checkState() is Qt.CheckState.Checked]

    def _move(self, by: int) -> None:
        """Move the current column by one place; also works from the keyboard."""
        row = self.list.currentRow()
        if row >= 0 and 0 <= row + by < self.list.count() and not self.search.text():
            self.list.blockSignals(True)
            item = self.list.takeItem(row)
            self.list.insertItem(row + by, item)
            self.list.blockSignals(False)
            self.list.setCurrentRow(row + by)
            self._reorder()

    @Slot()
    def _reorder(self) -> None:
        self._grid.put_columns([self.list.item(row).data(_NAME) for row in range(self.list.count())])
        self._grid.frozen.follow()
        self._word()

    def _freeze(self) -> None:
        if (row := self.list.currentRow()) < 0:
            return
        name, frozen = self.list.item(row).data(_NAME), self._grid.frozen_columns()
        others = [each for each in frozen if each != name]
        self._grid.freeze(others if name in frozen else [*frozen, name])
        order = {name: place for place, name in enumerate(self._names_in_grid())}
        self.list.blockSignals(True)
        items = sorted(
            (self.list.takeItem(0) for _ in range(self.list.count())), key=lambda item: order[item.data(_NAME)]
        )
        for item in items:
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._word()
        self._search(self.search.text())
        self.list.setCurrentRow(order[name])

    def _names_in_grid(self) -> list[str]:
        names = self._grid.table_model.columns
        return [names[at] for at in self._grid.order_of_columns()]

    def _button(self, text: str, slot: object, keys: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        if keys:
            button.setToolTip(keys)
            QShortcut(QKeySequence(keys), self).activated.connect(slot)
        return button

    def _lay_out(self) -> None:
        sets = QLabel(tr("Se&t"), self)
        sets.setBuddy(self.presets)
        top = QHBoxLayout()
        top.addWidget(sets)
        top.addWidget(self.presets, 1)
        buttons = FlowLayout(spacing=8)
        for button in (self.up, self.down, self.freeze, self.show_all, self.hide_all, self.hide_flat):
            buttons.addWidget(button)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addLayout(top)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.said)
        layout.addLayout(buttons)
        layout.addWidget(close)
        size_in_text(self, 92, 44)

"""The archive's names for a file's columns, and the meaning of its dispositions: guessed, for the user to correct."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.catalogs.facts.dictionary import dictionary
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.catalogs.reading.choices import remember
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.labels import count_labels
from exoplanet_desktop.errors import AppError, InputError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.widgets.combo import ElidedCombo, combo
from exoplanet_desktop.gui.widgets.labels import PlainLabel, tip
from exoplanet_desktop.gui.widgets.row import in_order, size_in_text, with_text
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

MOST_VALUES = 30
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class _Found:
    """What was found in a file, and what the user specified.

    Attributes:
        file_columns: as the file writes them.
        guessed: the program's names for them, as detected.
        named: the same with the user's changes.
        known: names that the archive has, the satellite's first, with their meanings.
    """

    file_columns: tuple[str, ...]
    guessed: tuple[str, ...]
    named: tuple[str, ...]
    known: dict[str, str]
    label: str


@dataclass(frozen=True)
class _Value:
    """A text in the label column, its row count, and its meaning."""

    text: str
    rows: int
    label: str


class _NameDelegate(QStyledItemDelegate):
    """Offers the archive's names; the user may type another one."""

    names: Sequence[str] = ()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        box = ElidedCombo(parent)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems(list(self.names))
        box.setAccessibleName(tr("Name in the archive"))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setEditText(str(index.data(Qt.ItemDataRole.EditRole) or ""))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText().strip(), Qt.ItemDataRole.EditRole)


class NamesDialog(QDialog):
    """Signals:
    chosen: a ReadingOptions, or None if everything is left as detected.
    """

    chosen = Signal(object)

    def __init__(
        self,
        workers: Workers,
        path: Path,
        given: "ReadingOptions | None",
        store: Path,
        satellite: Satellite | None,
        parent: QWidget | None = None,
    ) -> None:
        """`store`: where the options for files with a given header are kept."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Names and labels of {file}", file=path.name))
        self._workers, self._path, self._given, self._store = workers, path, given, store
        self._satellite = satellite or Satellite.KOI
        self._found: _Found | None = None
        self._said = dict(given.labels) if given else {}
        self.names = QTableWidget(0, 3, self)
        self._delegate = _NameDelegate(self.names)
        _dress(self.names, tr("Names of the columns"), (tr("In the file"), tr("In the archive"), tr("Meaning")))
        self.names.setItemDelegateForColumn(1, self._delegate)
        self.names.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.names.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.label = combo(tr("Column with the dispositions"), [(tr("as found"), None)], parent=self)
        self.values = QTableWidget(0, 3, self)
        _dress(self.values, tr("Meaning of the dispositions"), (tr("Value"), tr("Rows"), tr("Counts as")))
        self.values.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.values.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.meanings: dict[str, QComboBox] = {}
        self.more = PlainLabel("", "muted")
        self.more.hide()
        self.problem = PlainLabel("", "reason")
        self.problem.hide()
        self.keep = QCheckBox(tr("&Keep this for files with the same column names"), self)
        self.keep.setChecked(True)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel | buttons.Reset, self)
        self.buttons.button(buttons.Ok).setText(tr("&Read again"))
        self.buttons.button(buttons.Reset).setText(tr("As &found"))
        self.buttons.button(buttons.Ok).setEnabled(False)
        self.buttons.accepted.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(buttons.Reset).clicked.connect(self._reset)
        self.names.itemChanged.connect(self._explain)
        self.label.currentIndexChanged.connect(self._show_values)
        self._lay_out()
        self._look()

    def report_error(self, error: AppError) -> None:
        """The user's choice does not fit the file, or the file cannot be read."""
        self.problem.setText(str(error))
        self.problem.show()

    def choice(self) -> "ReadingOptions":
        """The user's choices, in addition to the reading options."""

        found = self._found
        if found is None:
            return self._given or ReadingOptions()
        rename = {
            name: said
            for name, guessed, said in zip(found.file_columns, found.guessed, self._written(), strict=True)
            if said not in ("", guessed)
        }
        labels = {
            text: str(box.currentData())
            for text, box in self.meanings.items()
            if box.property("guess") != box.currentData()
        }
        return replace(self._given or ReadingOptions(), rename=rename, label=self.label.currentData(), labels=labels)

    @aio.slot()
    async def _look(self) -> None:
        found = await self._workers.call(_look_at, self._path, self._given, self._satellite)
        self._found = found
        self._delegate.names = list(found.known)
        self.names.blockSignals(True)
        self.names.setRowCount(len(found.file_columns))
        for row, (given, named) in enumerate(zip(found.file_columns, found.named, strict=True)):
            self.names.setItem(row, 0, _fixed(given))
            self.names.setItem(row, 1, QTableWidgetItem(named))
            self.names.setItem(row, 2, _fixed(found.known.get(named, "")))
        self.names.blockSignals(False)
        self.names.resizeColumnToContents(0)
        self.names.resizeColumnToContents(1)
        self.label.blockSignals(True)
        self.label.setItemText(0, tr("as found: {column}", column=found.label or tr("none")))
        for name in found.file_columns:
            self.label.addItem(name, name)
        self.label.setCurrentIndex(max(0, self.label.findData(self._given.label) if self._given else 0))
        self.label.blockSignals(False)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(True)
        self._show_values()

    @aio.slot()
    async def _show_values(self) -> None:
        """Count the values of the chosen column."""
        column = self.label.currentData() or (self._found.label if self._found else "")
        found: list[_Value] = []
        rest = 0
        if column:
            found, rest = await self._workers.call(_values_of, self._path, self._given, column, self._satellite)
        if column != (self.label.currentData() or (self._found.label if self._found else "")):
            return  # another one by now
        self.meanings = {}
        self.values.setRowCount(len(found))
        for row, value in enumerate(found):
            self.values.setItem(row, 0, _fixed(value.text or tr("(empty)")))
            rows = _fixed(count(value.rows))
            rows.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.values.setItem(row, 1, rows)
            if value.text:
                self.meanings[value.text] = box = self._meaning(value)
                self.values.setCellWidget(row, 2, box)
            else:
                self.values.setItem(row, 2, _fixed(tr("no disposition")))
        self.values.resizeColumnToContents(0)
        self.more.setText(tr("{number} more values are not listed; they keep their meaning.", number=count(rest)))
        self.more.setVisible(rest > 0)
        in_order(self.label, self.values, *self.meanings.values(), self.keep, self.buttons)

    def _meaning(self, value: _Value) -> QComboBox:
        entries = [*((str(each), str(each)) for each in Disposition), (tr("no disposition"), "")]
        box = combo(tr("Meaning of {value}", value=value.text), entries, parent=self.values)
        box.setProperty("guess", value.label)
        box.setCurrentIndex(box.findData(self._said.get(value.text, value.label)))
        return box

    def _written(self) -> list[str]:
        items = [self.names.item(row, 1) for row in range(self.names.rowCount())]
        return [item.text().strip() if item is not None else "" for item in items]

    @Slot(QTableWidgetItem)
    def _explain(self, item: QTableWidgetItem) -> None:
        """Show the meaning of the name that was just chosen."""
        if item.column() == 1 and self._found is not None:
            self.problem.hide()
            meaning = self._found.known.get(item.text().strip(), "")
            self.names.setItem(item.row(), 2, _fixed(meaning))

    @aio.slot()
    async def _take(self) -> None:

        choice = self.choice()
        columns = self._found.file_columns if self._found is not None and self.keep.isChecked() else None
        await self._workers.call(_checked, self._path, choice, columns, self._store)
        self.chosen.emit(None if choice == ReadingOptions() else choice)
        self.accept()

    @Slot()
    def _reset(self) -> None:
        if self._found is None:
            return
        self._said = {}
        for row, guessed in enumerate(self._found.guessed):
            self.names.setItem(row, 1, QTableWidgetItem(guessed))
        self.label.setCurrentIndex(0)
        for box in self.meanings.values():
            box.setCurrentIndex(box.findData(box.property("guess")))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("Column with the &dispositions"), self.label)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        told = tr(
            "Click a name in the second column to choose its name in the archive. Other columns keep their names."
        )
        layout.addWidget(PlainLabel(told, "muted"))
        layout.addWidget(self.names, 3)
        layout.addLayout(form)
        layout.addWidget(self.values, 1)
        for widget in (self.more, self.problem, self.keep, self.buttons):
            layout.addWidget(widget)
        in_order(self.names, self.label, self.values, self.keep, self.buttons)
        size_in_text(self, 110, 44)


def _fixed(text: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
    item.setToolTip(tip(text))
    return item


def _dress(table: QTableWidget, name: str, heads: Sequence[str]) -> None:
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    for place, words in enumerate(heads):
        header = QTableWidgetItem(words)
        header.setTextAlignment(left)
        table.setHorizontalHeaderItem(place, header)
    table.setAccessibleName(name)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.horizontalHeader().setHighlightSections(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    # The rows contain combo boxes.
    with_text(
        table, lambda: table.verticalHeader().setDefaultSectionSize(table.fontMetrics().lineSpacing() * 3 // 2 + 10)
    )


# --- in a worker


def _without_names(choice: "ReadingOptions | None") -> "ReadingOptions":

    return replace(choice or ReadingOptions(), rename={}, label=None, labels={})


def _look_at(path: Path, given: "ReadingOptions | None", satellite: Satellite) -> _Found:

    found = sniff(path, _without_names(given))
    try:
        named = sniff(path, given).columns
    except InputError:  # it applied to an earlier content of this file
        named = found.columns
    order = (satellite, *(each for each in Satellite if each is not satellite))
    known = {
        name: f"{info.label} ({info.unit})" if info.unit else info.label
        for each in reversed(order)
        for name, info in dictionary(each).items()
    }
    mine = dictionary(satellite)
    known = {**{name: known[name] for name in mine}, **{name: known[name] for name in sorted(known)}}
    label = SATELLITES[satellite].label
    column = found.file_columns[found.columns.index(label)] if label in found.columns else ""
    return _Found(found.file_columns, found.columns, named, known, column)


def _values_of(
    path: Path, given: "ReadingOptions | None", column: str, satellite: Satellite
) -> tuple[list[_Value], int]:
    """The values of a column (by the file's name) with their rows, the most frequent first; how many are not listed."""

    layout = sniff(path, _without_names(given))
    counts, _ = count_labels(layout, layout.columns[layout.file_columns.index(column)])
    rows: dict[str, int] = {}
    for text, number in counts.items():
        rows[text.strip()] = rows.get(text.strip(), 0) + number
    info = SATELLITES[satellite]
    values = [_Value(text, number, str(info.disposition(text) or "")) for text, number in rows.items()]
    values.sort(key=lambda value: (-value.rows, value.text))
    return values[:MOST_VALUES], max(0, len(values) - MOST_VALUES)


def _checked(path: Path, choice: "ReadingOptions", keep_for: Sequence[str] | None, store: Path) -> None:
    """Keep a choice that fits its file. Raises InputError if it does not, and UnavailableError."""

    sniff(path, choice)
    if keep_for is not None:
        remember(keep_for, choice, store)

"""How to read a file: the detected options, with the first rows to check them by, for the user to change."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.catalogs.reading.layout import Preview, preview
from exoplanet_desktop.catalogs.reading.sniffing import kind_in_sample
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.row import size_in_text
from exoplanet_desktop.wire.reading_options import ENCODINGS, ReadingOptions

ROWS = 30
MOST_COLUMNS = 200  # rows in the preview
LONGEST = 80  # characters in a cell
WAIT_MS = 150  # after the last change
MOST_SKIPPED = 100_000
AS_FOUND = -1
NUMBERS = ("whole numbers", "numbers")


class ReadingDialog(QDialog):
    """Signals:
    chosen: a ReadingOptions, or None if everything is left as detected.
    """

    chosen = Signal(object)

    def __init__(
        self, workers: Workers, path: Path, given: "ReadingOptions | None", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("How {file} is read", file=path.name))
        self._workers, self._path, self._request = workers, path, 0
        self._given = given
        self._texts = set(given.texts) if given else set()
        self._kinds: list[str] = []
        self._columns: Sequence[str] = ()
        self.delimiter = self._box(
            tr("Delimiter"),
            {",": tr("comma"), ";": tr("semicolon"), "\t": tr("tab"), "|": tr("vertical bar"), " ": tr("blanks")},
        )
        self.encoding = self._box(tr("Encoding"), {name: name.upper() for name in _encodings()})
        self.decimal = self._box(tr("Decimal sign"), {".": tr("point (1.5)"), ",": tr("comma (1,5)")})
        self.skip = QSpinBox(self)
        self.skip.setRange(AS_FOUND, MOST_SKIPPED)
        self.skip.setValue(AS_FOUND)  # its minimum is 0, which means that no line is skipped
        self.skip.setAccessibleName(tr("Lines before the column names"))
        self.as_text = QCheckBox(tr("Column &as text"), self)
        self.as_text.setToolTip(
            tr("Read the cells as text although they look like numbers, for example identifiers with leading zeros")
        )
        self.said = PlainLabel("", "muted")
        self.problem = PlainLabel("", "reason")
        self.problem.hide()
        self.preview = QTableWidget(self)
        self.preview.setAccessibleName(tr("First rows, as read"))
        self.preview.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.preview.setTabKeyNavigation(False)
        self.preview.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectColumns)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.Reset,
            self,
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(tr("&Read again"))
        self.buttons.button(QDialogButtonBox.StandardButton.Reset).setText(tr("As &found"))
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self.refresh)
        if given:
            self._show(given)
        self._lay_out()
        self._connect()
        self.refresh()

    def report_error(self, error: AppError) -> None:
        """The file cannot be read with these options."""
        self.problem.setText(str(error))
        self.problem.show()
        self.said.clear()
        self.preview.clear()
        self.preview.setRowCount(0)
        self.preview.setColumnCount(0)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(False)

    def choice(self) -> "ReadingOptions":
        """The user's choices; the rest is detected from the file."""

        skip = self.skip.value()
        return replace(
            self._given or ReadingOptions(),  # names and labels are set elsewhere
            delimiter=self.delimiter.currentData(),
            encoding=self.encoding.currentData(),
            decimal=self.decimal.currentData(),
            skip=None if skip == AS_FOUND else skip,
            texts=tuple(sorted(self._texts)),
        )

    @aio.slot()
    async def refresh(self) -> None:
        """Read the first rows again."""
        self._request += 1
        request = self._request
        try:
            preview, kinds = await self._workers.call(_look_at, self._path, self.choice())
        except AppError:
            if request != self._request:
                return
            raise
        if request == self._request:
            self._show_preview(preview, kinds)

    def _show_preview(self, preview: "Preview", kinds: list[str]) -> None:
        layout = preview.layout
        self.problem.hide()
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(True)
        self._columns, self._kinds = layout.columns[:MOST_COLUMNS], kinds
        found = {
            self.delimiter: self.delimiter.itemText(self.delimiter.findData(layout.delimiter)),
            self.encoding: layout.encoding.upper(),
            self.decimal: self.decimal.itemText(self.decimal.findData(layout.decimal)),
        }
        for box, words in found.items():
            chosen = box.currentData() is not None
            box.setItemText(0, tr("as found in the file") if chosen else tr("as found: {words}", words=words))
        lines = counted(layout.skip, tr("line"), tr("lines"))
        self.skip.setSpecialValueText(tr("as found: {lines}", lines=lines))
        self.said.setText(
            tr(
                "{columns}{packed}. The types are those of the first {rows}.",
                columns=counted(len(layout.columns), tr("column"), tr("columns")),
                packed=tr(", compressed with {kind}", kind=layout.packed) if layout.packed else "",
                rows=counted(len(preview.rows), tr("row"), tr("rows")),
            )
        )
        self.preview.setColumnCount(len(self._columns))
        self.preview.setRowCount(min(len(preview.rows), ROWS))
        self._show_types()
        for number, row in enumerate(preview.rows[:ROWS]):
            for place, text in enumerate(row[:MOST_COLUMNS]):
                self.preview.setItem(number, place, QTableWidgetItem(text[:LONGEST]))
        self._align()
        self.preview.resizeColumnsToContents()
        self._update_enabled()

    def _show_types(self) -> None:
        words = {
            "whole numbers": tr("whole numbers"),
            "numbers": tr("numbers"),
            "texts": tr("text"),
            "": tr("missing"),
        }
        heads = [
            f"{name[:LONGEST]}\n{tr('text (your choice)') if name in self._texts else words[kind]}"
            for name, kind in zip(self._columns, self._kinds, strict=False)
        ]
        self.preview.setHorizontalHeaderLabels(heads)

    def _align(self) -> None:
        """Right-align numbers, left-align texts, and their headers too."""
        for place in range(self.preview.columnCount()):
            items = [self.preview.item(row, place) for row in range(self.preview.rowCount())]
            for item in (self.preview.horizontalHeaderItem(place), *items):
                if item is not None:
                    item.setTextAlignment(self._side(place))

    def _side(self, place: int) -> Qt.AlignmentFlag:
        number = self._kinds[place] in NUMBERS and self._columns[place] not in self._texts
        side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    @Slot()
    def _update_enabled(self) -> None:
        """Offer the options for the selected column."""
        at = self.preview.currentColumn()
        there = 0 <= at < len(self._columns) and self._kinds[at] != "texts"
        self.as_text.setEnabled(there)
        self.as_text.blockSignals(True)
        self.as_text.setChecked(there and self._columns[at] in self._texts)
        self.as_text.blockSignals(False)
        name = self._columns[at] if 0 <= at < len(self._columns) else ""
        self.as_text.setText(
            tr("Read {column} as &text", column=name.replace("&", "&&"))
            if name
            else tr("Read the selected column as &text")
        )

    @Slot(bool)
    def _take_for_text(self, wanted: bool) -> None:
        name = self._columns[self.preview.currentColumn()]
        if wanted:
            self._texts.add(name)
        else:
            self._texts.discard(name)
        self._show_types()
        self._align()

    @Slot()
    def _reset(self) -> None:
        self._texts.clear()
        for box in (self.delimiter, self.encoding, self.decimal):
            box.setCurrentIndex(0)
        self.skip.setValue(AS_FOUND)
        self._timer.start()

    @Slot()
    def _accept(self) -> None:

        choice = self.choice()
        self.chosen.emit(None if choice == ReadingOptions() else choice)
        self.accept()

    def _show(self, given: "ReadingOptions") -> None:
        for box, value in (
            (self.delimiter, given.delimiter),
            (self.encoding, given.encoding),
            (self.decimal, given.decimal),
        ):
            box.setCurrentIndex(max(0, box.findData(value)) if value is not None else 0)
        self.skip.setValue(AS_FOUND if given.skip is None else given.skip)

    def _box(self, name: str, words: dict[str, str]) -> QComboBox:
        found = (tr("as found in the file"), None)
        return combo(name, [found, *((text, value) for value, text in words.items())], parent=self)

    def _connect(self) -> None:
        for box in (self.delimiter, self.encoding, self.decimal):
            box.currentIndexChanged.connect(self._timer.start)
        self.skip.valueChanged.connect(self._timer.start)
        self.preview.itemSelectionChanged.connect(self._update_enabled)
        self.as_text.toggled.connect(self._take_for_text)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(QDialogButtonBox.StandardButton.Reset).clicked.connect(self._reset)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("&Delimiter"), self.delimiter)
        form.addRow(tr("&Encoding"), self.encoding)
        form.addRow(tr("De&cimal sign"), self.decimal)
        form.addRow(tr("&Lines before the column names"), self.skip)
        note = PlainLabel(tr("Training, prediction and merging read the file the same way."), "muted")
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(form)
        layout.addWidget(self.said)
        layout.addWidget(self.problem)
        layout.addWidget(self.preview, 1)
        layout.addWidget(self.as_text)
        layout.addWidget(note)
        layout.addWidget(self.buttons)
        size_in_text(self, 120, 40)


def _encodings() -> Sequence[str]:

    return ENCODINGS


def _look_at(path: Path, choice: "ReadingOptions") -> "tuple[Preview, list[str]]":
    """The first rows of a file, and the kind of each column's cells in them."""

    found = preview(path, choice=choice)
    columns = range(min(len(found.layout.columns), MOST_COLUMNS))
    return found, [kind_in_sample((row[at] for row in found.rows), found.layout.decimal) for at in columns]

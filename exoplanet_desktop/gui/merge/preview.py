"""The preview of a merge."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.catalogs.merging.preview import Conflict, FilePreview, MergePreview
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.gui.merge import words
from exoplanet_desktop.gui.widgets.labels import PlainLabel, tip

MOST_FILES = 5  # rows in the table of files before it scrolls
MOST_NOTES = 5  # lines of notes before they scroll
LEAST_NAME = 16  # characters of a catalog's name that stay visible, however narrow its table
MARGIN_PX = 8
ROW_PADDING_PX = 10
NOTHING = "–"  # a cell without information

Cell = tuple[str, str]
"""Text and tooltip."""


class PreviewPane(QFrame):
    """Shows one MergePreview."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.headline = PlainLabel("", "heading", selectable=True)
        self.sum = PlainLabel("", "muted")
        self.files = _table(tr("The catalogs of the merge"))
        self.notes = PlainLabel("", "warning", selectable=True)
        self._notes_area = QScrollArea()  # the tab order is the order in which they get their parent
        self._notes_area.setWidget(self.notes)
        self._notes_area.setWidgetResizable(True)
        self._notes_area.setAccessibleName(tr("Notes on the merge"))
        self._notes_area.setFrameShape(QFrame.Shape.NoFrame)
        self._notes_area.viewport().setAutoFillBackground(False)
        self.notes.setAutoFillBackground(False)
        self._notes_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.objects = PlainLabel("", selectable=True)
        self.files.resized.connect(self._fit_files)
        self.conflicts = _table(tr("Where rows of the same object differ"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        layout.setSpacing(8)
        for widget in (self.headline, self.sum, self.files, self._notes_area, self.objects):
            layout.addWidget(widget)
        layout.addWidget(self.conflicts, 1)
        layout.addStretch(0)

    def show_preview(self, preview: "MergePreview") -> None:
        self.headline.setText(words.size(preview))
        self.sum.setText(words.sum_of(preview))
        self._show_files(preview.files)
        notes = (*map(words.clash, preview.type_clashes), *preview.notes)
        self.notes.setText("\n".join(f"⚠ {note}" for note in notes))
        self._notes_area.setVisible(bool(notes))
        self._fit_notes()
        self.objects.setText(words.objects(preview))
        self._show_conflicts(preview.conflicts)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_notes()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            QTimer.singleShot(0, self, self._fit_text)  # once the tables have the new font too

    @Slot()
    def _fit_text(self) -> None:
        for table in (self.files, self.conflicts):
            table.resizeColumnsToContents()
        self._fit_notes()
        self._fit_files()

    def _fit_notes(self) -> None:
        """As high as the notes, up to a few lines; then they scroll."""
        needed = self.notes.heightForWidth(max(self.width() - 2 * MARGIN_PX, 200))
        most = MOST_NOTES * self.fontMetrics().lineSpacing()
        self._notes_area.setFixedHeight(max(0, min(needed, most)))  # -1 for no text

    @Slot()
    def _fit_files(self) -> None:
        """As high as its rows, up to a few; the names take the available width, and scroll if there is too little."""
        files, header = self.files, self.files.horizontalHeader()
        if not files.columnCount():
            return
        others = sum(header.sectionSize(column) for column in range(1, files.columnCount()))
        least = min(files.sizeHintForColumn(0), LEAST_NAME * files.fontMetrics().averageCharWidth())
        room = files.viewport().width() - others
        header.resizeSection(0, max(room, least))
        bar = files.horizontalScrollBar().sizeHint().height() if least > room else 0
        rows = min(files.rowCount(), MOST_FILES) * _row_px(files)
        files.setFixedHeight(max(header.sizeHint().height(), header.height()) + rows + bar + 2 * files.frameWidth())

    def _show_files(self, files: "Sequence[FilePreview]") -> None:
        titles = [tr("Catalog"), tr("Rows"), tr("Dropped"), tr("Gained"), tr("Lost")]
        filled, bad = any(file.filled for file in files), any(file.bad_lines for file in files)
        titles += [tr("Model's labels")] if filled else []
        titles += [tr("Bad lines")] if bad else []
        lines: list[list[Cell]] = []
        for file in files:
            name = f"{file.path.name} ({file.satellite})" if file.satellite else file.path.name
            line = [(name, str(file.path)), (count(file.rows), ""), (count(file.dropped), "")]
            line += [(count(len(columns)), "\n".join(columns)) for columns in (file.gained, file.lost)]
            line += [(count(file.filled), "")] if filled else []
            line += [(count(file.bad_lines), "")] if bad else []
            lines.append(line)
        _fill(self.files, titles, lines, numbers=range(1, len(titles)))
        self._fit_files()

    def _show_conflicts(self, conflicts: "Sequence[Conflict]") -> None:
        pairs = {conflict.files for conflict in conflicts}
        alone = pairs.pop() if len(pairs) == 1 else None
        first, second = alone if alone and alone[0] != alone[1] else (tr("First row"), tr("Second row"))
        titles = [tr("Object"), tr("Column"), first, second, tr("Kept")]
        lines = [
            [
                (conflict.identifier, ""),
                (conflict.column, ""),
                *(
                    (value or NOTHING, tr("{file}, row {number}", file=file, number=count(number)))
                    for value, file, number in zip(conflict.values, conflict.files, conflict.numbers, strict=True)
                ),
                (words.stays(conflict), ""),
            ]
            for conflict in conflicts
        ]
        _fill(self.conflicts, titles, lines)
        self.conflicts.setVisible(bool(conflicts))


class _PreviewTable(QTableWidget):
    """Adjusts row heights to the font, whose size may change.

    Signals:
        resized: its size changed.
    """

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.verticalHeader().setDefaultSectionSize(_row_px(self))


def _table(name: str) -> _PreviewTable:
    table = _PreviewTable()
    table.setAccessibleName(name)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(_row_px(table))
    table.horizontalHeader().setHighlightSections(False)
    return table


def _row_px(table: QTableWidget) -> int:
    return table.fontMetrics().lineSpacing() + ROW_PADDING_PX


def _fill(
    table: QTableWidget, titles: Sequence[str], lines: Sequence[Sequence[Cell]], numbers: Sequence[int] = ()
) -> None:
    """Show lines of cells; `numbers` are the right-aligned columns."""
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    table.clear()
    table.setColumnCount(len(titles))
    table.setRowCount(len(lines))
    for column, title in enumerate(titles):
        item = QTableWidgetItem(title)
        item.setToolTip(tip(tr(words.COLUMN_TIPS.get(title, title))))
        item.setTextAlignment(right if column in numbers else left)
        table.setHorizontalHeaderItem(column, item)
        for row, line in enumerate(lines):
            text, more = line[column]
            cell = QTableWidgetItem(text)
            cell.setTextAlignment(right if column in numbers else left)
            cell.setToolTip(tip(more or text))
            table.setItem(row, column, cell)
    header = table.horizontalHeader()
    header.setStretchLastSection(False)
    table.resizeColumnsToContents()
    header.setStretchLastSection(not numbers)

"""Which rows of the displayed catalog to use: a visible choice, and the file with these rows."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QVBoxLayout, QWidget

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.base.rows_used import RowScope, RowsUsed
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.labels import tip

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.tables.table import Table
    from exoplanet_desktop.catalogs.tables.view import View
    from exoplanet_desktop.gui.tables.table_query import TableQuery
    from exoplanet_desktop.wire.reading_options import ReadingOptions

Spans = Sequence[tuple[int, int]]  # first and last row on screen, inclusive


class RowsChoice(QWidget):
    """All rows, the filtered rows, the selected rows; with `ranged`, also rows from a given number on.

    Signals:
        changed: the choice of rows, or the rows to choose from, changed.
    """

    changed = Signal()

    def __init__(
        self, view: CatalogView, workers: Workers, ranged: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view, self._workers, self._several = view, workers, False
        self.box = combo(tr("Rows to use"), [(tr("All rows"), RowScope.ALL)], parent=self)
        self.box.addItem("", RowScope.SHOWN)
        self.box.addItem("", RowScope.SELECTED)
        if ranged:
            self.box.addItem(tr("Row range"), RowScope.RANGE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.box)
        self.setFocusProxy(self.box)
        self.box.currentIndexChanged.connect(self.changed)
        view.opened.connect(self._follow_selection)
        for signal in (view.opened, view.closed):
            signal.connect(self._begin_anew)
        view.selected.connect(self.update_choices)
        self.update_choices()

    @property
    def kind(self) -> RowScope:
        return RowScope(self.box.currentData())

    def offer_several(self, several: bool) -> None:
        """Whether several catalogs are used together, which only allows all rows."""
        self._several = several
        self.update_choices()

    @Slot()
    def update_choices(self) -> None:
        """Show how many rows each choice means, and why one is unavailable."""
        shown = self._view.shown
        every = shown.row_count if shown else 0
        self.box.setItemText(0, tr("All rows ({rows})", rows=count(every)) if every else tr("All rows"))
        self._entry(1, tr("Rows shown"), self._shown_rows(), self._why_not_shown())
        self._entry(2, tr("Rows selected"), self._selected_rows(), self._why_not_selected())
        model = self.box.model()
        if isinstance(model, QStandardItemModel) and not model.item(self.box.currentIndex()).isEnabled():
            self.box.setCurrentIndex(0)
        self.box.setToolTip(tip(self.box.currentText()))
        self.changed.emit()

    @property
    def note(self) -> str:
        """A note for the button: that the displayed filter is not applied, if that is so."""
        shown, rows = self._view.shown, self._shown_rows()
        if shown is None or self.kind is not RowScope.ALL or not self._filtered:
            return ""
        if self._several:
            return tr("The filter is not applied: all rows of all catalogs will be used.")
        if rows == shown.row_count:
            return ""
        return tr("The filter is not applied: all {rows} rows will be used.", rows=count(shown.row_count))

    @property
    def why_not(self) -> str:
        """Why the chosen rows cannot be used."""
        if self.kind is RowScope.SHOWN and not self._shown_rows():
            return tr("The filter leaves no rows. Change it, or use all rows.")
        return ""

    def described(self) -> RowsUsed | None:
        """The chosen rows, without their file; None for all, and for a range."""
        shown, kind = self._view.shown, self.kind
        if shown is None or kind not in (RowScope.SHOWN, RowScope.SELECTED):
            return None
        if kind is RowScope.SELECTED:
            return RowsUsed(kind, "", self._selected_rows(), shown.row_count)
        return RowsUsed(kind, _condition(self._view.pane.queries.query), self._shown_rows(), shown.row_count)

    async def write(self, used: RowsUsed, scratch: Path) -> RowsUsed:
        """Write these rows as a CSV in `scratch`, in the order of the catalog. Raises AppError."""
        queries, shown = self._view.pane.queries, self._view.shown
        if queries.table is None or queries.view is None or shown is None:
            raise InputError(tr("The catalog is no longer open. Choose it again."))
        target = scratch / uuid.uuid4().hex[:8] / shown.path.name.removesuffix(".gz")
        spans = self._spans() if used.kind is RowScope.SELECTED else ()
        source = (queries.table, queries.view, queries.query)
        file, reading, rows = await self._workers.call(
            _write, *source, spans, target.with_suffix(".csv"), self._view.reading
        )
        if rows != used.rows:
            raise InputError(tr("The selection of rows has changed. Start again."))
        return used.written(file, reading)

    @property
    def _filtered(self) -> bool:
        return self._view.shown is not None and _is_filter(self._view.pane.queries.query)

    def _shown_rows(self) -> int:
        view = self._view.pane.queries.view if self._view.shown is not None else None
        return view.row_count if view is not None else 0

    def _why_not_shown(self) -> str:
        if self._several:
            return tr("not with several catalogs")
        return "" if self._filtered else tr("no filter is set")

    def _why_not_selected(self) -> str:
        if self._several:
            return tr("not with several catalogs")
        return "" if self._selected_rows() else tr("none are selected")

    def _selected_rows(self) -> int:
        return sum(last - first + 1 for first, last in self._spans())

    def _spans(self) -> list[tuple[int, int]]:
        """The rows with a selected cell, as spans that do not overlap."""
        if self._view.shown is None:
            return []
        grid = self._view.grid
        first_row, selection = grid.table_model.first_row, grid.selectionModel().selection()
        found: list[tuple[int, int]] = []
        ranges = [selection.at(place) for place in range(selection.size())]
        for low, high in sorted((each.top(), each.bottom()) for each in ranges):
            if found and first_row + low <= found[-1][1] + 1:
                found[-1] = (found[-1][0], max(found[-1][1], first_row + high))
            else:
                found.append((first_row + low, first_row + high))
        return found

    def _entry(self, place: int, words: str, rows: int, why_not: str) -> None:
        self.box.setItemText(place, f"{words} ({why_not or count(rows)})")
        model = self.box.model()
        if isinstance(model, QStandardItemModel):
            model.item(place).setEnabled(not why_not)
        self.box.setItemData(place, tip(self.box.itemText(place)), Qt.ItemDataRole.ToolTipRole)

    @Slot()
    def _follow_selection(self) -> None:
        """Available once the first table exists; before that there is no grid."""
        self._view.opened.disconnect(self._follow_selection)
        self._view.grid.selectionModel().selectionChanged.connect(self.update_choices)
        self._view.grid.table_model.modelReset.connect(self.update_choices)

    @Slot()
    def _begin_anew(self) -> None:
        """Another catalog: discard the choice, which was about the previous one."""
        self.box.setCurrentIndex(0)
        self.update_choices()


def _is_filter(query: "TableQuery") -> bool:
    return bool(query.where.strip() or query.filters)


def _condition(query: "TableQuery") -> str:
    """The filter of a table in one line."""
    from exoplanet_desktop.catalogs.tables.view import RowNumbers

    parts = [each.words if isinstance(each, RowNumbers) else each.expression() for each in query.filters]
    if query.where.strip():
        parts.insert(0, f"({query.where.strip()})" if parts else query.where.strip())
    return " and ".join(parts)


def _write(
    table: "Table", view: "View", query: "TableQuery", spans: Spans, target: Path, given: "ReadingOptions | None"
) -> "tuple[Path, ReadingOptions, int]":
    """Writes the rows of a table to a separate file: returns the file, how to read it, and row count. In a worker."""

    from exoplanet_desktop.catalogs.tables.export import export
    from exoplanet_desktop.catalogs.tables.view import RowNumbers
    from exoplanet_desktop.wire.reading_options import ReadingOptions

    if spans:
        numbers = [number for first, last in spans for number in view.numbers(first, last - first + 1)]
        chosen = table.select([RowNumbers(tuple(sorted(numbers)), "")])
    else:
        chosen = table.select([query.where, *query.filters])
    target.parent.mkdir(parents=True)
    export(chosen, target)
    # The copy has the program's names, commas and no lines before its header; its cells are unchanged.
    reading = replace(
        given or ReadingOptions(),
        delimiter=",",
        encoding="utf-8",
        decimal=table.layout.decimal,
        skip=0,
        rename={},
        label=None,
    )
    return target, reading, chosen.row_count

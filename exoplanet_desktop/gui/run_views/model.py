"""The runs as a table model: holds the whole record, sorted and filtered here.

A QSortFilterProxyModel would call Python for two values per comparison, a quarter of a million times for 10,000 runs;
sorting plain lists takes a few milliseconds.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from exoplanet_desktop.gui.run_views import rows as rows_of
from exoplanet_desktop.gui.run_views.columns import (
    LEFT,
    RIGHT,
    SPECS,
    Column,
    details,
    header,
    meaning,
    spoken,
    state_colour,
)
from exoplanet_desktop.gui.run_views.rows import Row
from exoplanet_desktop.gui.runs.run_state import RunSnapshot
from exoplanet_desktop.gui.widgets.labels import tip
from exoplanet_desktop.record.entry import RunEntry

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
Role = Qt.ItemDataRole
ROW = Role.UserRole
"""The role that returns an index's Row."""


@dataclass(frozen=True)
class Filter:
    """Which runs to list; an empty set allows all.

    Attributes:
        search: words that must all occur in a run.
        kinds, satellites: see RunEntry; states: see StateGroup.
    """

    search: str = ""
    kinds: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    satellites: frozenset[str] = frozenset()
    starred: bool = False

    @property
    def is_empty(self) -> bool:
        return self == Filter()

    def lets(self, row: Row) -> bool:
        entry = row.entry
        return (
            (not self.kinds or entry.kind in self.kinds)
            and (not self.states or row.state.group in self.states)
            and (not self.satellites or entry.satellite in self.satellites)
            and (not self.starred or entry.starred)
            and all(word in row.haystack for word in self.search.lower().split())
        )


class RunsModel(QAbstractTableModel):
    """Signals:
    renamed: a Row, and the name that the user entered.
    counted: the number of runs, listed or in total, has changed.
    """

    renamed = Signal(object, str)
    counted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Row] = []
        self._shown: list[Row] = []
        self._filter = Filter()
        self._column, self._descending = int(Column.WHEN), True
        self._unfolded: set[str] = set()

    # Content

    @property
    def total(self) -> int:
        return len(self._all)

    @property
    def rows(self) -> list[Row]:
        """The listed rows, in order."""
        return self._shown

    @property
    def filter(self) -> Filter:
        return self._filter

    def set_entries(self, entries: Iterable[RunEntry]) -> None:
        """Replace the rows from the record; live rows stay."""
        live = [row for row in self._all if row.live is not None]
        ids = {row.entry.run_id for row in live if row.entry.run_id}
        known = {entry.run_id: entry for entry in entries}
        for row in live:  # name and star may have changed
            if (kept := known.get(row.entry.run_id)) is not None:
                row.entry = kept
                row.refresh()
        self.beginResetModel()
        self._all = live + [Row(entry) for run_id, entry in known.items() if run_id not in ids]
        self._shown = self._arranged()
        self.endResetModel()
        self.counted.emit()

    def add(self, live: RunSnapshot) -> None:
        """List a run of this window; if it resumes a recorded one, that is not listed twice."""
        for row in self._all:
            if live.run_id and row.entry.run_id == live.run_id:
                row.live = live
                self.follow(live)
                return
        row = rows_of.row_of(live)
        self._all.insert(0, row)
        self.arrange()

    def take(self, entry: RunEntry) -> None:
        """List a new or changed entry of the record."""
        line = rows_of.line_of(entry)
        row = self.find(line.run_id)
        if row is None:
            self._all.insert(0, Row(line))
        else:
            row.entry = line
            row.refresh()
        self.arrange()
        if row is not None and (place := self.place(row)) is not None:
            self._tell_changed(place)

    def follow(self, live: RunSnapshot) -> None:
        """Update a live run's row."""
        row = next((row for row in self._all if row.live is not None and row.live.key == live.key), None)
        if row is None:
            return
        before = row.state.group, row.entry.group_id
        row.refresh(live)
        if (row.state.group, row.entry.group_id) != before:
            self.arrange()
        if (place := self.place(row)) is not None:
            self._tell_changed(place)

    def change(self, row: Row, **fields: Any) -> None:
        """Apply the user's change to a name or star."""
        row.entry = replace(row.entry, **fields)
        row.refresh()
        if (place := self.place(row)) is not None:
            self._tell_changed(place)

    def remove(self, rows: Sequence[Row]) -> None:
        gone = {id(row) for row in rows}
        self._all = [row for row in self._all if id(row) not in gone]
        self.arrange()

    def put_back(self, rows: Sequence[Row]) -> None:
        """List removed runs again; those already back by another way are not listed twice."""
        self._all.extend(row for row in rows if self.find(row.entry.run_id) is None)
        self.arrange()

    def find(self, run_id: str) -> Row | None:
        return next((row for row in self._all if row.entry.run_id == run_id), None)

    def _members(self, row: Row) -> list[Row]:
        if not row.is_group:
            return []
        return [part for part in self._all if part.entry.group_id == row.entry.run_id]

    def with_members(self, rows: Sequence[Row]) -> list[Row]:
        """The rows and the parts of those that are groups, each once."""
        return list({id(row): row for one in rows for row in (one, *self._members(one))}.values())

    def values(self, of: Callable[[RunEntry], str | None]) -> list[str]:
        """The values available for filtering."""
        return sorted({value for row in self._all if (value := of(row.entry))})

    # Order and filter

    def set_filter(self, chosen: Filter) -> None:
        if chosen != self._filter:
            self._filter = chosen
            self.arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column < 0:
            column, order = int(Column.WHEN), Qt.SortOrder.DescendingOrder
        self._column, self._descending = column, order is Qt.SortOrder.DescendingOrder
        self.arrange()

    def is_unfolded(self, row: Row) -> bool:
        return row.entry.run_id in self._unfolded

    def unfold(self, row: Row, unfolded: bool) -> None:
        """Show or hide a group's parts below it."""
        if unfolded:
            self._unfolded.add(row.entry.run_id)
        else:
            self._unfolded.discard(row.entry.run_id)
        self.arrange()

    def arrange(self) -> None:
        """Filter and sort again; the selection is kept."""
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        held = [self._shown[index.row()] for index in kept]
        self._shown = self._arranged()
        places = {id(row): place for place, row in enumerate(self._shown)}
        moved = [
            self.index(places[id(row)], index.column()) if id(row) in places else ROOT
            for index, row in zip(kept, held, strict=True)
        ]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()
        self.counted.emit()

    def place(self, row: Row) -> int | None:
        return next((place for place, shown in enumerate(self._shown) if shown is row), None)

    def is_part(self, row: Row) -> bool:
        """Whether a row is listed below its group."""
        return self._filter.is_empty and row.entry.group_id in self._unfolded

    def _arranged(self) -> list[Row]:
        unfiltered = self._filter.is_empty
        found = self._all if unfiltered else [row for row in self._all if self._filter.lets(row)]
        found = rows_of.in_order(found, SPECS[self._column].key, self._descending)
        if not unfiltered:
            return found  # a search also shows the parts of groups
        groups = {row.entry.run_id for row in found if row.is_group}
        if not groups:
            return found
        parts: dict[str, list[Row]] = {}
        for row in found:
            if row.entry.group_id in groups:
                parts.setdefault(str(row.entry.group_id), []).append(row)
        if not parts:
            return found
        arranged = []
        for row in found:
            if row.entry.group_id not in groups:
                arranged.append(row)
                if row.is_group and row.entry.run_id in self._unfolded:
                    arranged.extend(parts.get(row.entry.run_id, []))
        return arranged

    def _name(self, row: Row) -> str:
        """The name in the table: a group with its arrow, its parts indented."""
        if row.is_group:
            return f"{'▾' if self.is_unfolded(row) else '▸'} {row.entry.title}"
        return f"    {row.entry.title}" if self.is_part(row) else row.entry.title

    def _tell_changed(self, place: int) -> None:
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(Column) - 1))

    # The Qt model interface

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row, column = self._shown[index.row()], index.column()
        if role == ROW:
            return row
        if role == Role.DisplayRole:
            return self._name(row) if column == Column.NAME else SPECS[column].show(row)
        if role == Role.EditRole:
            return row.entry.title
        if role == Role.TextAlignmentRole:
            return RIGHT if SPECS[column].number else LEFT
        if role == Role.ToolTipRole:
            return tip(row.entry.error or row.entry.objection or details(row))
        if role == Role.AccessibleTextRole:
            return spoken(row) if column == Column.NAME else f"{header(column)}: {SPECS[column].show(row)}"
        if role == Role.ForegroundRole and column == Column.STATE:
            return QColor(state_colour(row))
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        if role != Role.EditRole or not index.isValid():
            return False
        row, title = self._shown[index.row()], str(value).strip()
        if not title or title == row.entry.title:
            return False
        self.renamed.emit(row, title)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == Column.NAME else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Role.DisplayRole:
            return header(section)
        if role == Role.ToolTipRole:
            return meaning(section) or None
        if role == Role.TextAlignmentRole:
            return RIGHT if SPECS[section].number else LEFT
        return None

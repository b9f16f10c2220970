"""Unites the columns of several files, and maps each file's columns to them."""

from collections.abc import Sequence
from typing import Self

from exoplanet_desktop.catalogs.base.database import identifier, literal
from exoplanet_desktop.catalogs.facts.identity import sql_key
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, recognise
from exoplanet_desktop.catalogs.merging.alike import (
    identity_key,
    in_users_words,
    missing,
    respelt,
    spelling_of,
    value_hash_of,
    value_of,
)
from exoplanet_desktop.catalogs.reading.records import lines_left_out
from exoplanet_desktop.catalogs.tables.appended import predicted_column, prediction_columns
from exoplanet_desktop.catalogs.tables.labels import CATALOG, MODEL
from exoplanet_desktop.catalogs.tables.loading import Loaded
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.prediction_columns import LABEL_SOURCE
from exoplanet_desktop.wire.vocabulary import Disposition

_LISTED = 6  # column names in a sentence


class Source:
    """One of the files of a merge.

    Attributes:
        relation: SQL that reads its rows, in order.
        loaded: the result of reading it.
        name: its name in a sentence.
        satellite: whose catalog it is, if recognised.
        kept: its columns except row counters and prediction columns, by lower-case name.
        appended: the columns of a prediction.
        counters: the columns that only number its rows, by the file's names.
        predicted: the column with the predicted class, if any.
        label: the column with the disposition: its own, or the one that the prediction becomes.
        odd: columns (lower case) with numbers that are not in a computer's notation.
    """

    def __init__(self, relation: str, loaded: Loaded, odd: frozenset[str] = frozenset()) -> None:
        layout = loaded.layout
        self.relation = relation
        self.loaded = loaded
        self.odd = odd
        self.name = layout.path.name
        self.satellite = recognise(layout.columns)
        self.appended = prediction_columns(layout.columns)
        counters = [column for column in layout.columns if column in layout.counters]
        self.counters = tuple(map(layout.name_in_file, counters))
        gone = {*self.appended, *counters}
        self.kept = {column.lower(): column for column in layout.columns if column not in gone}
        self.predicted = predicted_column(layout.columns)
        infos = [info for info in SATELLITES.values() if self.satellite in (None, info.satellite)]
        self.label = next((info.label for info in infos if info.label in self.kept), None)
        self._own_label = infos[0].label if self.satellite else None

    def label_like(self, others: Sequence[Self]) -> None:
        """Names the column that the prediction becomes if the file has no label."""
        if self.label is None and self.predicted:
            given = next((other.label for other in others if other.label), None)
            self.label = self._own_label or given or "disposition"

    def has(self, column: str) -> bool:
        """Whether the file has data for a column of the merged file."""
        return column.lower() in self.kept or column.lower() == (self.label or "").lower()

    def cell(self, column: str) -> str:
        """SQL for the cell of a column, with its numbers in a computer's notation; NULL if there is none."""
        column = self.kept.get(column.lower(), "")
        if not column:
            return "CAST(NULL AS VARCHAR)"
        name = _cell(column)
        if column == self.label and self.loaded.layout.dispositions:
            return in_users_words(name, self.loaded.layout.dispositions)
        if self.loaded.layout.decimal == "," or column.lower() in self.odd:
            return respelt(name, self.loaded.layout.decimal)
        return name

    def merged_cell(self, column: str) -> str:
        """SQL for the cell of a column in the merged file; the prediction fills gaps of the label."""
        cell = self.cell(column)
        if column.lower() == (self.label or "").lower() and self.predicted:
            return f"CASE WHEN {self.filled} THEN {_cell(self.predicted)} ELSE {cell} END"
        if column == LABEL_SOURCE:
            return self._label_source(cell)
        return cell

    def _label_source(self, cell: str) -> str:
        """The source of the label: the file's own statement, else `model` if it was filled, else `catalog`."""
        if self.label is None:
            return cell
        given = f"WHEN NOT {missing(self.cell(self.label))} AND {missing(cell)} THEN {literal(CATALOG)}"
        return f"CASE WHEN {self.filled} THEN {literal(MODEL)} {given} ELSE {cell} END"

    @property
    def filled(self) -> str:
        """SQL for whether the prediction fills the label of a row with one of the three classes."""
        if self.predicted is None or self.label is None:
            return "false"
        known = ", ".join(literal(label) for label in Disposition)
        return f"({missing(self.cell(self.label))} AND coalesce({_cell(self.predicted)} IN ({known}), false))"

    def text_hash(self, columns: Sequence[str]) -> str:
        """SQL for a 64-bit number that is equal for rows with the same texts."""
        return f"hash({', '.join(self.merged_cell(column) for column in compared(columns))})"

    def value_hash(self, columns: Sequence[str]) -> str:
        """SQL for a 64-bit number that is equal for rows whose cells in some columns have the same values."""
        return f"hash({', '.join(map(self._value_hash, columns))})"

    def _value_hash(self, column: str) -> str:
        cell = self.merged_cell(column)
        if (key := self._key(column, cell)) is not None:
            return f"hash({key})"
        return value_hash_of(cell)

    def digest(self, columns: Sequence[str]) -> str:
        """SQL for a number that is equal only for rows whose merged cells all have the same values."""
        named = [(column, self.merged_cell(column)) for column in compared(columns)]
        keys = [key for column, cell in named if (key := self._key(column, cell)) is not None]
        cells = ", ".join(cell for column, cell in named if self._key(column, cell) is None)
        # One lambda for all cells: with an expression for each, DuckDB needs a second and 600 MB to set up.
        values = f"list_transform([{cells}]::VARCHAR[], lambda cell: {value_of('cell')})"
        return f"md5_number(array_to_string(list_concat([{', '.join(keys)}]::VARCHAR[], {values}), chr(31)))"

    def value(self, column: str) -> str:
        """SQL for a text that is equal for cells of the merged column with the same value; '' if missing."""
        cell = self.merged_cell(column)
        key = self._key(column, cell)
        return value_of(cell) if key is None else key

    def identity(self, column: str) -> str:
        """SQL for the key of a row's object by a column; '' if that is missing."""
        cell = self.merged_cell(column)
        key = identity_key(column, cell)
        return sql_key(cell) if key is None else key

    def _key(self, column: str, cell: str) -> str | None:
        """SQL for the key of an identifier or a label; None for other columns."""
        if column.lower() == (self.label or "").lower():
            return spelling_of(cell)
        return identity_key(column, cell)

    def disposition(self) -> str:
        """SQL for the meaning of a row's label: the class, or the word if it is not a known one; '' if missing."""
        if self.label is None:
            return "''"
        info = next((info for info in SATELLITES.values() if info.label == self.label), None)
        said = spelling_of(self.merged_cell(self.label))
        if info is None or all(word == said for word, said in info.label_map.items()):
            return said
        cases = " ".join(f"WHEN {literal(word)} THEN {literal(label)}" for word, label in info.label_map.items())
        return f"list_transform([{said}], lambda word: CASE word {cases} ELSE word END)[1]"

    def completeness(self, columns: Sequence[str]) -> str:
        """SQL for how many of the merged cells have a value."""
        cells = ", ".join(map(self.merged_cell, compared(columns)))
        return f"list_sum(list_transform([{cells}]::VARCHAR[], lambda cell: (NOT {missing('cell')})::INTEGER))"

    def notes(self) -> list[str]:
        """What was changed or left out when the file was read, and which columns are dropped."""
        notes = list(self.loaded.layout.notes)
        notes += lines_left_out(self.loaded.bad_lines, self.loaded.bad_count, self.name)
        if self.counters:
            notes.append(f"{listed(self.counters)} of {self.name} only counts its rows and was left out.")
        if self.appended:
            notes.append(f"The prediction columns {listed(self.appended)} of {self.name} were dropped.")
        return notes


def united_columns(sources: Sequence[Source], label_source: bool) -> tuple[str, ...]:
    """The columns of the merged file: those of the first file in its order, then the new ones of the next, and so on.

    Names that differ only in case become one column, spelt as in the first file that has it.
    """
    names: dict[str, str] = {}
    for source in sources:
        label = {source.label.lower(): source.label} if source.label else {}
        for low, column in {**source.kept, **label}.items():
            # The source of the labels gets one fixed name, so that every reader recognises it.
            names.setdefault(low, LABEL_SOURCE if low == LABEL_SOURCE else column)
    if label_source:
        names.setdefault(LABEL_SOURCE, LABEL_SOURCE)
    return tuple(names.values())


def common_columns(sources: Sequence[Source], columns: Sequence[str]) -> list[str]:
    """The columns of the merged file that all files have."""
    return [column for column in compared(columns) if all(source.has(column) for source in sources)]


def check_common(sources: Sequence[Source]) -> None:
    """Raises InputError if a file shares no column with those before it."""
    known = set(sources[0].kept)
    for source in sources[1:]:
        if not known & source.kept.keys():
            before = sources[0].name if len(sources) == 2 else "the files before it"
            raise InputError(f"{before} and {source.name} have no column in common. Choose catalogs of one satellite.")
        known |= source.kept.keys()


def compared(columns: Sequence[str]) -> list[str]:
    """The columns that decide whether two rows are the same: all but the source of the label."""
    return [column for column in columns if column != LABEL_SOURCE]


def listed(columns: Sequence[str]) -> str:
    """Column names in a sentence.

    >>> listed(["a", "b"])
    '`a`, `b`'
    """
    text = ", ".join(f"`{column}`" for column in columns[:_LISTED])
    return text if len(columns) <= _LISTED else f"{text} and {len(columns) - _LISTED:,} more"


def _cell(column: str) -> str:
    return f"data.{identifier(column)}"

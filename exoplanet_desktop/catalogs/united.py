"""How the columns of two files become one list, and what each file gives to each of them."""

from collections.abc import Sequence
from typing import Self

from exoplanet_desktop.catalogs.database import identifier, literal
from exoplanet_desktop.catalogs.labels import CATALOG, LABEL_SOURCE, MODEL
from exoplanet_desktop.catalogs.loading import Loaded
from exoplanet_desktop.catalogs.satellites import SATELLITES, recognise
from exoplanet_desktop.catalogs.sniffing import MISSING_TEXTS
from exoplanet_desktop.errors import InputError

PREDICTED = ("predicted_class", "pred_label")  # the class that a model gave, in files of KOI and TOI, and of K2
PREDICTION_COLUMNS = frozenset(
    (*PREDICTED, "pred_index", "confidence", "match", "actual_class", "row_number", "row_number_1based")
)
MISSING = ", ".join(literal(text) for text in MISSING_TEXTS)
_LISTED = 6  # column names in a sentence


def is_prediction(column: str) -> bool:
    """Whether a column is one that a prediction appended, `Predicted_Class` among them."""
    name = column.lower()
    return name in PREDICTION_COLUMNS or name.startswith("prob_")


class Source:
    """One of the files of a merge.

    Attributes:
        relation: SQL that reads its rows, in order.
        loaded: what came out of reading it.
        name: its name in a sentence.
        satellite: whose catalog it is, where recognised.
        kept: its columns without those of a prediction, by lower-case name.
        predicted: the column with the predicted class, if any.
        label: the column with the disposition: one that it has, or one that the prediction becomes.
    """

    def __init__(self, relation: str, loaded: Loaded) -> None:
        columns = {column.lower(): column for column in loaded.layout.columns}
        self.relation = relation
        self.loaded = loaded
        self.name = loaded.layout.path.name
        self.satellite = recognise(loaded.layout.columns)
        self.kept = {low: column for low, column in columns.items() if not is_prediction(column)}
        self.predicted = next((columns[name] for name in PREDICTED if name in columns), None)
        infos = [info for info in SATELLITES.values() if self.satellite in (None, info.satellite)]
        self.label = next((info.label for info in infos if info.label in self.kept), None)
        self._own_label = infos[0].label if self.satellite else None

    def label_like(self, others: Sequence[Self]) -> None:
        """Names the column that the prediction becomes, where the file has no label."""
        if self.label is None and self.predicted:
            given = next((other.label for other in others if other.label), None)
            self.label = self._own_label or given or "disposition"

    def cell(self, column: str) -> str:
        """SQL for the cell of a column as it is in the file, with a decimal point; NULL where there is none."""
        column = self.kept.get(column.lower(), "")
        if not column:
            return "CAST(NULL AS VARCHAR)"
        name = _cell(column)
        if self.loaded.layout.decimal == ".":
            return name
        number = literal(r"\s*[+-]?\d+,\d+([eE][+-]?\d+)?\s*")
        return f"CASE WHEN regexp_full_match({name}, {number}) THEN replace({name}, ',', '.') ELSE {name} END"

    def merged_cell(self, column: str) -> str:
        """SQL for the cell of a column in the merged file: gaps of the label are filled by the prediction."""
        cell = self.cell(column)
        if column.lower() == (self.label or "").lower() and self.predicted:
            return f"CASE WHEN {self.filled} THEN {_cell(self.predicted)} ELSE {cell} END"
        if column == LABEL_SOURCE:
            return self._label_source(cell)
        return cell

    def _label_source(self, cell: str) -> str:
        """Who gave the label: what the file says of it, else a model where it was filled, else the catalog."""
        if self.label is None:
            return cell
        given = f"WHEN NOT {_is_missing(self.cell(self.label))} AND {_is_missing(cell)} THEN {literal(CATALOG)}"
        return f"CASE WHEN {self.filled} THEN {literal(MODEL)} {given} ELSE {cell} END"

    @property
    def filled(self) -> str:
        """SQL for whether the prediction fills the label of a row."""
        if self.predicted is None or self.label is None:
            return "false"
        return f"({_is_missing(self.cell(self.label))} AND NOT {_is_missing(_cell(self.predicted))})"

    def text_hash(self, columns: Sequence[str]) -> str:
        """SQL for a 64-bit number that rows with the same texts share."""
        return f"hash({', '.join(self.merged_cell(column) for column in compared(columns))})"

    def value_hash(self, columns: Sequence[str]) -> str:
        """SQL for a 64-bit number that rows share where their cells in some columns are the same as values."""
        return f"hash({', '.join(_value_hash(self.merged_cell(column)) for column in columns)})"

    def digest(self, columns: Sequence[str]) -> str:
        """SQL for a number that rows share only where all their merged cells are the same, as values."""
        cells = ", ".join(self.merged_cell(column) for column in compared(columns))
        # One lambda for all cells: an expression for each takes DuckDB a second and 600 MB to set up.
        return f"md5_number(array_to_string(list_transform([{cells}], lambda cell: {_value('cell')}), chr(31)))"

    def value(self, column: str) -> str:
        """SQL for a text that cells of the merged column share where they are the same as values; '' where missing."""
        return _value(self.merged_cell(column))

    def completeness(self, columns: Sequence[str]) -> str:
        """SQL for how many of the merged cells are there."""
        return " + ".join(f"(NOT {_is_missing(self.merged_cell(column))})::INTEGER" for column in compared(columns))

    def notes(self) -> list[str]:
        """What was changed or left out when the file was read, and which columns are dropped."""
        notes = list(self.loaded.layout.notes)
        if self.loaded.bad_count:
            first = self.loaded.bad_lines[0]
            notes.append(
                f"{self.loaded.bad_count:,} lines of {self.name} are no rows of its table and were left out;"
                f" the first is line {first.line:,}: {first.reason}."
            )
        if dropped := [column for column in self.loaded.layout.columns if is_prediction(column)]:
            notes.append(f"The prediction columns {listed(dropped)} of {self.name} were dropped.")
        return notes


def united_columns(sources: Sequence[Source], label_source: bool) -> tuple[str, ...]:
    """The columns of the merged file: identifiers, labels, then the rest by name.

    Names that differ only in case are one column, spelt as in the first file that has it.
    """
    names = {low: column for source in reversed(sources) for low, column in source.kept.items()}
    satellites = dict.fromkeys(source.satellite for source in sources if source.satellite)
    infos = [SATELLITES[satellite] for satellite in satellites] or list(SATELLITES.values())
    identifiers = [column for info in infos for column in info.identifiers if column in names]
    labels = [source.label for source in sources if source.label]
    labels += [LABEL_SOURCE] if label_source else []
    first = dict.fromkeys((*identifiers, *labels))
    rest = sorted(column for low, column in names.items() if low not in {name.lower() for name in first})
    # Who gave the labels is told under one name, by which every reader knows that it is told.
    return (*(name if name == LABEL_SOURCE else names.get(name, name) for name in first), *rest)


def check_common(sources: Sequence[Source]) -> None:
    """Raises InputError where a file shares no column with those before it."""
    known = set(sources[0].kept)
    for source in sources[1:]:
        if not known & source.kept.keys():
            before = sources[0].name if len(sources) == 2 else "the files before it"
            raise InputError(f"{before} and {source.name} have no column in common. Choose catalogs of one satellite.")
        known |= source.kept.keys()


def compared(columns: Sequence[str]) -> list[str]:
    """The columns that decide whether two rows are the same: who gave the label is none of them."""
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


def _is_missing(cell: str) -> str:
    return f"(coalesce({cell}, '') IN ({MISSING}))"


def _value(cell: str) -> str:
    """SQL for a text that is the same for cells that say the same.

    Whole numbers of 16 digits or more stay texts: two of them, such as Gaia's identifiers, can be one double.
    """
    number = f"CAST(try_cast({cell} AS DOUBLE) + 0.0 AS VARCHAR)"  # + 0.0: minus zero is zero
    return f"""CASE WHEN {_is_missing(cell)} THEN ''
        WHEN length({cell}) < 16 OR contains({cell}, '.') THEN coalesce({number}, {cell}) ELSE {cell} END"""


def _value_hash(cell: str) -> str:
    """The same as a 64-bit number, without a text for each number; NULL where the cell is missing."""
    return f"""CASE WHEN {_is_missing(cell)} THEN NULL WHEN length({cell}) < 16 OR contains({cell}, '.')
        THEN coalesce(hash(try_cast({cell} AS DOUBLE) + 0.0), hash({cell})) ELSE hash({cell}) END"""

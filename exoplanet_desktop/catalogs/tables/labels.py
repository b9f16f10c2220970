"""The meaning of the cells of a label column, and their source.

A merge that fills a gap with a prediction says so, so that nobody has to take it for truth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.base.progress import ShouldStop
from exoplanet_desktop.catalogs.facts.satellites import SatelliteInfo, spelling
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.prediction_columns import LABEL_SOURCE
from exoplanet_desktop.wire.vocabulary import Disposition

if TYPE_CHECKING:
    # A circle: labels are counted in tables, whose summaries are split by label.
    from exoplanet_desktop.catalogs.reading.layout import Layout
    from exoplanet_desktop.catalogs.tables.table import Table
    from exoplanet_desktop.catalogs.tables.view import View

MODEL = "model"
HOW_TO_MAP = (
    "Specify which class each value means (Names and labels… in the window, --labels on the command line); otherwise "
    "these rows have none."
)
CATALOG = "catalog"


VALUES_LISTED = 10
MOST_LOOKED_AT = 100_000  # rows, before a training: takes a second


@dataclass(frozen=True)
class LabelReader:
    """Reads the cells of a label column; the user's meanings take precedence.

    Attributes:
        info: the satellite's labels.
        dispositions: the user's meaning by value, as in `Layout.dispositions`.
    """

    info: SatelliteInfo
    dispositions: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str | None) -> Disposition | None:
        """The class for a cell; None if it stands for none."""
        if self.dispositions and (said := self.dispositions.get(spelling(text or ""))) is not None:
            return Disposition(said) if said else None
        return self.info.disposition(text)

    def is_unknown(self, text: str | None) -> bool:
        """Whether a cell has a value that neither the user's meanings nor the satellite's labels explain."""
        value = spelling(text or "")
        return bool(value) and value not in self.dispositions and self.info.disposition(text) is None


def label_reader(layout: "Layout", info: SatelliteInfo) -> LabelReader:
    """The reader for a file's dispositions."""
    return LabelReader(info, layout.dispositions)


def layout_disposition(layout: "Layout", info: SatelliteInfo, text: str | None) -> Disposition | None:
    """The class for a cell of a file's label column; None if it stands for none."""
    return label_reader(layout, info)(text)


@dataclass(frozen=True)
class LabelAccount:
    """The contents of a label column.

    Attributes:
        classes: rows of each class, all three.
        unknown: rows by value that is not a known disposition, the most frequent first.
        blank: rows without a disposition.
    """

    classes: Mapping[Disposition, int]
    unknown: Mapping[str, int]
    blank: int

    def sentences(self, column: str) -> tuple[str, ...]:
        """Warnings before a training: unknown values, and classes without a row."""
        return (*self.unknown_sentences(column), *self.vanished_sentences(column))

    @property
    def values(self) -> str:
        """The unknown values with their counts, in a sentence; empty if there are none."""
        values = list(self.unknown.items())
        listed = ", ".join(f"“{text}” ({count:,})" for text, count in values[:VALUES_LISTED])
        more = len(values) - VALUES_LISTED
        return f"{listed} and {more:,} more" if more > 0 else listed

    def unknown_sentences(self, column: str) -> tuple[str, ...]:
        """One sentence on the values that are not known dispositions; none if there are none."""
        if not self.unknown:
            return ()
        rows = sum(self.unknown.values())
        counted = "1 row has an unknown disposition" if rows == 1 else f"{rows:,} rows have an unknown disposition"
        return (f"{counted} in `{column}`: {self.values}. {HOW_TO_MAP}",)

    def vanished_sentences(self, column: str) -> tuple[str, ...]:
        """One sentence on the classes without a row, if others have some; none if all have."""
        gone = [str(name) for name, rows in self.classes.items() if not rows]
        if not gone or len(gone) == len(self.classes):
            return ()
        them = "it" if len(gone) == 1 else "them"
        classes = " or ".join(gone)
        return (f"No row of `{column}` is {classes}, so a model trained on this file never predicts {them}.",)


def count_labels(layout: "Layout", column: str, *, limit: int = MOST_LOOKED_AT) -> tuple[dict[str, int], bool]:
    """Rows by text of a column, from the first `limit` rows of a file, and whether these are all of them.

    Raises UnreadableFile.
    """
    from exoplanet_desktop.catalogs.reading.layout import as_latin1, read_records, readable
    from exoplanet_desktop.catalogs.reading.records import CsvRecord

    place = layout.columns.index(column)

    def counted(layout: "Layout") -> tuple[dict[str, int], bool]:
        counts: dict[str, int] = {}
        for number, record in enumerate(read_records(layout)):
            if number == limit:
                return counts, False
            if isinstance(record, CsvRecord):
                counts[record.cells[place]] = counts.get(record.cells[place], 0) + 1
        return counts, True

    with readable(layout.path):
        try:
            return counted(layout)
        except UnicodeError:
            return counted(as_latin1(layout))


def warnings_before_training(layouts: "Sequence[Layout]", info: SatelliteInfo) -> tuple[str, ...]:
    """Warnings about the labels of files to train on together: unknown values, classes without a row.

    In a very long file, only the first rows are checked for unknown values; the training itself counts all. Raises
    UnreadableFile.
    """
    told: list[str] = []
    classes = dict.fromkeys(Disposition, 0)
    complete = True
    for layout in layouts:
        if info.label not in layout.columns:
            continue
        counts, all_rows = count_labels(layout, info.label)
        account = account_of_labels(counts, label_reader(layout, info))
        column = layout.name_in_file(info.label)
        told += [f"{layout.path.name}: {sentence}" for sentence in account.unknown_sentences(column)]
        classes = {name: rows + account.classes[name] for name, rows in classes.items()}
        complete = complete and all_rows
    named = layouts[0].name_in_file(info.label) if len(layouts) == 1 else info.label
    gone = LabelAccount(classes, {}, 0).vanished_sentences(named) if complete else ()
    return (*told, *gone)


def account_of_labels(counts: Mapping[str | None, int] | Mapping[str, int], reader: LabelReader) -> LabelAccount:
    """The contents of a label column, for which `counts` has the rows by text ("" for empty cells)."""
    from exoplanet_desktop.catalogs.facts.numbers import is_missing

    classes = dict.fromkeys(Disposition, 0)
    unknown: dict[str, int] = {}
    blank = 0
    for text, rows in counts.items():
        value = (text or "").strip()
        if (known := reader(value)) is not None:
            classes[known] += rows
        elif is_missing(value) or not reader.is_unknown(value):
            blank += rows
        else:
            unknown[value] = unknown.get(value, 0) + rows
    ordered = dict(sorted(unknown.items(), key=lambda item: (-item[1], item[0])))
    return LabelAccount(classes, ordered, blank)


def made_by_model(source: str | None) -> bool:
    """Whether a cell of `label_source` says that the label comes from a model.

    >>> made_by_model("model"), made_by_model("catalog"), made_by_model(None)
    (True, False, False)
    """
    return (source or "").strip().lower() == MODEL


def source_column(columns: Sequence[str]) -> str | None:
    """The column with the source of the labels, in whatever case another program has left its name.

    >>> source_column(["kepid", "Label_Source"])
    'Label_Source'
    """
    return next((column for column in columns if column.strip().lower() == LABEL_SOURCE), None)


def count_model_labels(table: "Table") -> int:
    """Rows of a table whose label comes from a model."""
    return sum(_said_by_models(table).values())


def not_by_models(table: "Table", should_stop: ShouldStop | None = None) -> "View":
    """The rows of a table whose label does not come from a model. Raises InputError if there are none."""
    from exoplanet_desktop.catalogs.tables.expression import written

    said = _said_by_models(table)
    if sum(said.values()) == table.row_count:
        raise InputError(
            f"All labels in {table.layout.path.name} were made by a model. Choose another catalog to train on."
        )
    column = source_column(table.columns)
    if column is None or not said:
        return table.select()
    spelt, name = ", ".join(f"'{text}'" for text in said), written(column)
    return table.select(f"{name} is missing or not {name} in ({spelt})", should_stop=should_stop)


def _said_by_models(table: "Table") -> dict[str, int]:
    if (column := source_column(table.columns)) is None:
        return {}
    return {text: rows for text, rows in table.counts(column).items() if made_by_model(text)}

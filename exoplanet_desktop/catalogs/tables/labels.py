"""What the cells of a label column mean, and who gave them.

A merge that fills a gap by a prediction says so, and nobody has to take it for truth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop
from exoplanet_desktop.catalogs.facts.satellites import SatelliteInfo, spelling
from exoplanet_desktop.wire.vocabulary import Disposition

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading.layout import Layout
    from exoplanet_desktop.catalogs.tables.table import Table
    from exoplanet_desktop.catalogs.tables.view import View

LABEL_SOURCE = "label_source"
MODEL = "model"
HOW_TO_MAP = (
    "Specify which class each value means (Names and labels… in the window, --labels on the command line); otherwise "
    "these rows have none."
)
CATALOG = "catalog"


VALUES_LISTED = 10
MOST_LOOKED_AT = 100_000  # rows, before a training: a second


@dataclass(frozen=True)
class LabelReader:
    """Reads the cells of a label column: what the user says of them comes first.

    Attributes:
        info: the satellite's words.
        dispositions: the user's meaning by value, as `Layout.dispositions` has them.
    """

    info: SatelliteInfo
    dispositions: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str | None) -> Disposition | None:
        """The class that a cell stands for; None where it stands for none."""
        if self.dispositions and (said := self.dispositions.get(spelling(text or ""))) is not None:
            return Disposition(said) if said else None
        return self.info.disposition(text)

    def is_unknown(self, text: str | None) -> bool:
        """Whether a cell says something that neither the user nor the satellite's words explain."""
        value = spelling(text or "")
        return bool(value) and value not in self.dispositions and self.info.disposition(text) is None


def label_reader(layout: "Layout", info: SatelliteInfo) -> LabelReader:
    """The one reader of a file's dispositions."""
    return LabelReader(info, layout.dispositions)


def layout_disposition(layout: "Layout", info: SatelliteInfo, text: str | None) -> Disposition | None:
    """The class that a cell of a file's label column stands for; None where it stands for none."""
    return label_reader(layout, info)(text)


@dataclass(frozen=True)
class LabelAccount:
    """What stands in a label column.

    Attributes:
        classes: rows of each class, all three.
        unknown: rows by value that is no known disposition, the most frequent first.
        blank: rows without a disposition.
    """

    classes: Mapping[Disposition, int]
    unknown: Mapping[str, int]
    blank: int

    def sentences(self, column: str) -> tuple[str, ...]:
        """What is to be told before a training: values that are not known, and classes without a row."""
        return (*self.unknown_sentences(column), *self.vanished_sentences(column))

    @property
    def values(self) -> str:
        """The unknown values with their counts, in a sentence; empty where there are none."""
        values = list(self.unknown.items())
        listed = ", ".join(f"“{text}” ({count:,})" for text, count in values[:VALUES_LISTED])
        more = len(values) - VALUES_LISTED
        return f"{listed} and {more:,} more" if more > 0 else listed

    def unknown_sentences(self, column: str) -> tuple[str, ...]:
        """One sentence on the values that are no known dispositions; none where there are none."""
        if not self.unknown:
            return ()
        rows = sum(self.unknown.values())
        counted = "1 row has an unknown disposition" if rows == 1 else f"{rows:,} rows have an unknown disposition"
        return (f"{counted} in `{column}`: {self.values}. {HOW_TO_MAP}",)

    def vanished_sentences(self, column: str) -> tuple[str, ...]:
        """One sentence on the classes without a row, where others have some; none where all have."""
        gone = [str(name) for name, rows in self.classes.items() if not rows]
        if not gone or len(gone) == len(self.classes):
            return ()
        them = "it" if len(gone) == 1 else "them"
        classes = " or ".join(gone)
        return (f"No row of `{column}` is {classes}, so a model trained on this file never predicts {them}.",)


def count_labels(layout: "Layout", column: str, *, limit: int = MOST_LOOKED_AT) -> tuple[dict[str, int], bool]:
    """Rows by text of a column, from the first `limit` rows of a file, and whether these are all.

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
    """What the labels of files let fear that are trained on together: values that nobody knows, classes without a row.

    Of a very long file, the first rows tell of unknown values; the training itself counts all. Raises UnreadableFile.
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
    """What stands in a label column, of which `counts` has the rows by text ("" for empty cells)."""
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
    """Whether a cell of `label_source` says that a model made the label.

    >>> made_by_model("model"), made_by_model("catalog"), made_by_model(None)
    (True, False, False)
    """
    return (source or "").strip().lower() == MODEL


def source_column(columns: Sequence[str]) -> str | None:
    """The column that says who gave the labels, in whatever case another program has left its name.

    >>> source_column(["kepid", "Label_Source"])
    'Label_Source'
    """
    return next((column for column in columns if column.strip().lower() == LABEL_SOURCE), None)


def count_model_labels(table: "Table") -> int:
    """Rows of a table whose label a model made."""
    return sum(_said_by_models(table).values())


def without_model_labels(
    path: Path, out: Path, *, report: Report | None = None, should_stop: ShouldStop | None = None
) -> int:
    """Writes a catalog without the rows whose label a model made; returns how many those are.

    Where there are none, nothing is written. `out` appears whole or not at all. Raises InputError where no row would be
    left, UnreadableFile, UnavailableError and Cancelled.
    """
    from exoplanet_desktop.catalogs.reading.layout import sniff
    from exoplanet_desktop.catalogs.tables.export import export
    from exoplanet_desktop.catalogs.tables.table import Table

    if source_column(sniff(path).columns) is None:
        return 0
    with Table.open(path, report=report, should_stop=should_stop) as table:
        others = not_by_models(table, should_stop)
        count = table.row_count - others.row_count
        if count:
            export(others, out, should_stop=should_stop)
    return count


def not_by_models(table: "Table", should_stop: ShouldStop | None = None) -> "View":
    """The rows of a table whose label no model made. Raises InputError where there are none."""
    from exoplanet_desktop.catalogs.tables.expression import written
    from exoplanet_desktop.errors import InputError

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

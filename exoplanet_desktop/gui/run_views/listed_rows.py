"""A list of held-out rows: sorted, as text to copy, and as a table with or without the catalog's columns."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.base.progress import ShouldStop, check, never
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.appended import appended_columns, free_names
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.files.whole import whole
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.gui.run_views.heldout import HeldOutRows
from exoplanet_desktop.wire.prediction_columns import K2_ROW_NUMBER
from exoplanet_desktop.wire.reading_options import ReadingOptions

if TYPE_CHECKING:
    import numpy as np

    from exoplanet_desktop.gui.run_views.heldout import Floats, Integers

OBJECT, ACTUAL, PREDICTED, P_ACTUAL, P_PREDICTED = range(5)
"""What a list can be sorted by."""

_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True)
class ListedRows:
    """Some held-out rows, in the order of a list.

    Attributes:
        rows: the rows that it is taken from.
        places: its rows, as indices.
        predicted: the predicted class of every row of `rows`, at the list's threshold.
        title: what it lists, in words.
    """

    rows: HeldOutRows
    places: "Integers"
    predicted: "Integers"
    title: str = ""

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def p_actual(self) -> "Floats":
        """The probability of each row's class in the catalog."""
        found: Floats = self.rows.probabilities[self.places, self.rows.actual[self.places]]
        return found

    @cached_property
    def p_predicted(self) -> "Floats":
        """The probability of each row's predicted class."""
        found: Floats = self.rows.probabilities[self.places, self.predicted[self.places]]
        return found

    @property
    def numbers(self) -> list[int]:
        """The row numbers in the catalog, from 0."""
        return [int(number) for number in self.rows.rows[self.places]]

    def name(self, at: int) -> str:
        """The object's name; without one, its row."""
        place = int(self.places[at])
        return self.rows.objects[place] or tr("row {number}", number=count(int(self.rows.rows[place]) + 1))

    def sorted_by(self, key: int, descending: bool = False) -> "ListedRows":
        """The same rows in another order. Names are sorted by their numbers, and equal rows stay in their order."""
        import numpy as np

        values = self._values(key)
        return replace(self, places=self.places[np.argsort(-values if descending else values, kind="stable")])

    def _values(self, key: int) -> "np.ndarray":
        if key == OBJECT:
            return self.rows.name_ranks[self.places]
        if key == ACTUAL:
            return self.rows.actual[self.places]
        if key == PREDICTED:
            return self.predicted[self.places]
        return self.p_actual if key == P_ACTUAL else self.p_predicted

    def part(self, lines: Sequence[int]) -> "ListedRows":
        """Only some lines of the list."""
        return replace(self, places=self.places[list(lines)])


def as_text(listed: ListedRows) -> str:
    """The list as tab-separated lines below their names, for a spreadsheet."""
    lines = (_HEADER + _probabilities(listed), *_lines(listed))
    return "\n".join("\t".join(line) for line in lines)


def write_list(listed: ListedRows, out: Path) -> None:
    """Write the list as a CSV, whole or not at all. Raises UnavailableError."""
    with whole(out) as part, part.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((_HEADER + _probabilities(listed), *_lines(listed)))


def write_table(
    listed: ListedRows,
    catalog: Path,
    reading: ReadingOptions | None,
    out: Path,
    should_stop: ShouldStop = never,
) -> None:
    """Write the catalog's own rows of the list as a CSV, each with its predicted class and the probabilities.

    The predictions are those of models that had not seen the row. Raises InputError if the catalog does not have the
    rows, UnavailableError and Cancelled.
    """
    labels = listed.rows.labels
    with Table.open(catalog, layout=sniff(catalog, reading), should_stop=should_stop) as table:
        numbers = listed.numbers
        if max(numbers, default=0) >= table.row_count:
            raise InputError(
                tr(
                    "{file} has fewer rows than the run was trained on, so it is not the catalog of this run.",
                    file=catalog.name,
                )
            )
        header = (*table.columns, *free_names(appended_columns(labels), table.columns).values())
        with whole(out) as part, part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            lines = _lines(listed)
            for start in range(0, len(numbers), _ROWS_AT_ONCE):
                check(should_stop)
                for row in table.rows(numbers[start : start + _ROWS_AT_ONCE]):
                    _, _, _, *said = next(lines)
                    writer.writerow([*row, *said])


_HEADER = ["object", K2_ROW_NUMBER, "in_the_catalog", *appended_columns(())]


def _probabilities(listed: ListedRows) -> list[str]:
    return list(appended_columns(listed.rows.labels))[len(appended_columns(())) :]


def _lines(listed: ListedRows) -> Iterator[list[str]]:
    """The cells of each row, in the order of `_HEADER`, and then the probabilities."""
    rows = listed.rows
    for place, confidence in zip(listed.places, listed.p_predicted, strict=True):
        actual, said = rows.actual[place], listed.predicted[place]
        yield [
            rows.objects[place],
            str(int(rows.rows[place]) + 1),
            rows.labels[actual],
            rows.labels[said],
            f"{confidence:.9g}",
            "Yes" if actual == said else "No",
            *(f"{value:.9g}" for value in rows.probabilities[place]),
        ]

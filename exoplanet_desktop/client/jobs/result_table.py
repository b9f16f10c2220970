"""Makes the table of a plain backend's prediction what was asked for: the rows asked for, each with its class.

Such a backend may send all rows of the file for a range of them; sends K2's classes in its reply alone; and writes "No"
as the match of rows without a disposition, which are neither a match nor a mismatch.
"""

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exoplanet_desktop.catalogs.base.progress import ShouldStop, check, never
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, SatelliteInfo
from exoplanet_desktop.catalogs.reading.layout import Layout, sniff
from exoplanet_desktop.client.calls.check_values import label_of
from exoplanet_desktop.client.jobs.reply_rows import places
from exoplanet_desktop.errors import UnavailableError, UnreadableFile
from exoplanet_desktop.files.whole import whole_file
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.prediction_columns import (
    ACTUAL_COLUMNS,
    CONFIDENCE,
    MATCH_COLUMNS,
    PREDICTED_COLUMNS,
    is_probability,
)
from exoplanet_desktop.wire.vocabulary import Satellite

_ROWS_AT_ONCE = 10_000
_SAME = {  # what names the object of a row, in a reply and in a table
    "KEP_ID": "kepid",
    "KOI_Name": "kepoi_name",
    "pl_name": "pl_name",
    "hostname": "hostname",
}


def settle_table(
    path: Path, reply: PredictReply, satellite: Satellite, should_stop: ShouldStop | None = None
) -> tuple[str, ...]:
    """Rewrites a downloaded prediction table, completely or not at all, where it is not what was asked for.

    `reply` has the rows asked for, and no others (see `reply_rows.only_asked`). Returns what the user should know of
    it, one sentence each. Leaves a file alone that is no table. Raises UnavailableError and Cancelled.
    """
    should_stop = should_stop or never
    check(should_stop)
    try:
        layout = sniff(path)
        if layout.encoding != "utf-8" or layout.packed or not layout.direct:
            return ()
        plan = _Plan.of(layout, reply, SATELLITES[satellite], should_stop)
        if plan.changes:
            _rewrite(layout, plan, should_stop)
        return plan.notes
    except (UnreadableFile, UnicodeError, csv.Error):
        return ()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnavailableError(f"{path} cannot be read: {reason}. Fetch the result again.") from error


@dataclass
class _Plan:
    """What is to be changed in a table.

    Attributes:
        match: indices of the columns with the match; label: that of the disposition, None if there is none.
        answers: the reply's row by table row, for the rows that stay; None if all stay and nothing is added.
        added: the columns to add, and the spelling of a match in them.
        undecided: number of matches to blank.
        is_cut: whether rows are left out.
    """

    info: SatelliteInfo
    match: tuple[int, ...]
    label: int | None
    answers: Mapping[int, Mapping[str, Any]] | None = None
    added: tuple[str, ...] = ()
    undecided: int = 0
    is_cut: bool = False
    notes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, layout: Layout, reply: PredictReply, info: SatelliteInfo, should_stop: ShouldStop) -> "_Plan":
        columns = layout.file_columns
        match = tuple(place for place, name in enumerate(columns) if name in MATCH_COLUMNS)
        labels = (info.label, *ACTUAL_COLUMNS)
        label = next((place for place, name in enumerate(columns) if name in labels), None)
        plan = cls(info, match, label, columns=columns)
        count = 0
        for row in _rows(layout, should_stop):
            count += 1
            plan.undecided += plan.is_undecided(row)
        plan._join(layout, reply, count, should_stop)
        return plan

    @property
    def changes(self) -> bool:
        return bool(self.undecided or self.added or self.is_cut)

    def is_undecided(self, row: Sequence[str]) -> bool:
        """Whether a row is marked as match or mismatch although it has no disposition."""
        if self.label is None or not self.match or len(row) <= max(*self.match, self.label):
            return False
        said = any(row[place].strip().lower() in ("yes", "no") for place in self.match)
        return said and self.info.disposition(row[self.label]) is None

    def _join(self, layout: Layout, reply: PredictReply, count: int, should_stop: ShouldStop) -> None:
        """Find the table's row of each row of the reply, and what it lacks of that."""
        if not reply.results:
            return
        numbered = sorted(zip(places(reply), reply.results, strict=True), key=lambda one: one[0])
        if count == len(numbered):
            answers = {number: row for number, (_, row) in enumerate(numbered)}
        elif numbered[0][0] >= 0 and count > numbered[-1][0]:
            answers = dict(numbered)
        else:
            return
        if sentence := self._strangers(layout, answers, should_stop):
            self.notes = (sentence,)
            return
        first = reply.results[0]
        there = set(self.columns)
        added = []
        if not there.intersection(PREDICTED_COLUMNS):
            added += [name for name in PREDICTED_COLUMNS if name in first]
            added += [name for name in MATCH_COLUMNS if name in first and not there.intersection(MATCH_COLUMNS)]
            added += [name for name in first if (name == CONFIDENCE or is_probability(name)) and name not in there]
        self.answers, self.added, self.is_cut = answers, tuple(added), count != len(numbered)

    def _strangers(self, layout: Layout, answers: Mapping[int, Mapping[str, Any]], should_stop: ShouldStop) -> str:
        """A sentence if the table's rows are of other objects than the reply's, or have other classes."""
        names = [
            (said, self.columns.index(own))
            for said, own in _SAME.items()
            if own in self.columns and said in next(iter(answers.values()))
        ]
        predicted = next((self.columns.index(name) for name in PREDICTED_COLUMNS if name in self.columns), None)
        others = 0
        for number, row in enumerate(_rows(layout, should_stop)):
            if (answer := answers.get(number)) is None:
                continue
            for said, place in names:
                own = _at(row, place)
                if _differ(answer.get(said), own):
                    return (
                        f"Row {number} of the backend's table is {own}, though its reply says {answer[said]}: the "
                        "table may belong to another upload. Predict again."
                    )
            others += predicted is not None and _differ(label_of(answer), _at(row, predicted))
        if not others:
            return ""
        rows = "1 row" if others == 1 else f"{others:,} rows"
        return f"The backend's table has another class than its reply in {rows}. Do not use these labels."

    def row(self, number: int, row: Sequence[str]) -> list[str] | None:
        """A row of the new table; None if it was not asked for."""
        answer = self.answers.get(number) if self.answers is not None else None
        if self.is_cut and answer is None:
            return None
        undecided = self.is_undecided(row)
        cells = ["" if undecided and place in self.match else cell for place, cell in enumerate(row)]
        if not self.added or answer is None:
            return cells
        cells += [""] * (len(self.columns) - len(cells))
        return cells + [self._cell(name, answer, row) for name in self.added]

    def _cell(self, name: str, answer: Mapping[str, Any], row: Sequence[str]) -> str:
        if name not in MATCH_COLUMNS:
            return "" if answer.get(name) is None else str(answer[name])
        known = self.info.disposition(_at(row, self.label)) if self.label is not None else None
        if known is None:
            return ""
        return "Yes" if self.info.disposition(label_of(answer)) is known else "No"


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _differ(said: Any, cell: str) -> bool:
    """Whether two spellings of a name are of different things; nothing differs from what is missing."""
    one, other = str("" if said is None else said).strip(), cell.strip()
    if not one or not other or one == other or one.lower() in ("nan", "unknown"):
        return False
    try:
        return float(one) != float(other)
    except ValueError:
        return True


def _rewrite(layout: Layout, plan: _Plan, should_stop: ShouldStop) -> None:
    with whole_file(layout.path) as file:
        writer = csv.writer(codecs.getwriter("utf-8")(file), delimiter=layout.delimiter, lineterminator="\n")
        writer.writerow([*plan.columns, *plan.added])
        for number, row in enumerate(_rows(layout, should_stop)):
            if (cells := plan.row(number, row)) is not None:
                writer.writerow(cells)


def _rows(layout: Layout, should_stop: ShouldStop) -> Iterator[list[str]]:
    """The table's rows, without its header and blank lines."""
    with layout.path.open(encoding="utf-8-sig", newline="") as source:
        for _ in range(layout.first_row - 1):
            source.readline()
        for number, row in enumerate(csv.reader(source, delimiter=layout.delimiter)):
            if number % _ROWS_AT_ONCE == 0:
                check(should_stop)
            if row:
                yield row

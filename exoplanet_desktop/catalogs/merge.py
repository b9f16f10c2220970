"""Two catalogs into one, as the wire contract says it.

Columns that a prediction appended are dropped, except that the predicted class fills the gaps of the label column. The
columns are united: identifiers, labels, then the rest by name. The rows of the first file come before those of the
second; rows that say the same are kept once.
"""

# ruff: noqa: S608 - names in SQL come through identifier() or literal(), values are bound

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.catalogs.database import discard, identifier, literal, lock, open_database, run
from exoplanet_desktop.catalogs.files import whole
from exoplanet_desktop.catalogs.loading import load
from exoplanet_desktop.catalogs.progress import Report, ShouldStop, never, silent, within
from exoplanet_desktop.catalogs.reading import sniff
from exoplanet_desktop.catalogs.temporary import own_folder
from exoplanet_desktop.catalogs.united import LABEL_SOURCE, Source, listed, united_columns
from exoplanet_desktop.errors import InputError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_READING = ((0.0, 0.35), (0.35, 0.7))  # of the whole, for the two files


@dataclass(frozen=True)
class MergeSummary:
    """What a merge made.

    Attributes:
        rows: rows of the merged file.
        rows_a, rows_b: rows of the two files.
        duplicates: rows that were there before, and were dropped.
        columns: of the merged file, in order.
        notes: what else happened, a sentence each.
    """

    rows: int
    rows_a: int
    rows_b: int
    duplicates: int
    columns: tuple[str, ...]
    notes: tuple[str, ...]


def merge(
    a: Path,
    b: Path,
    out: Path,
    *,
    dedupe: bool = True,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> MergeSummary:
    """Merges two CSV files into a third, in constant memory; `out` appears whole or not at all.

    Texts stay as they are in the files; only decimal commas become points. Where a prediction filled a label, the row
    says `model` in a column `label_source`. Rows are the same where all their cells are, as numbers where both are
    numbers (`0.9690` and `0.969`), and missing cells are alike.

    Raises UnreadableFile, InputError (no common column), UnavailableError and Cancelled.
    """
    report, should_stop = report or silent, should_stop or never
    layouts = (sniff(a), sniff(b))
    folder = own_folder("merge")
    connection = None
    try:
        connection = open_database(folder, sum(len(layout.columns) for layout in layouts))
        sources = []
        for table, layout, span in zip("ab", layouts, _READING, strict=True):
            loaded = load(connection, layout, folder, table, report=within(report, *span), should_stop=should_stop)
            sources.append(Source(table, loaded))
        merger = _Merger(connection, sources[0], sources[1], within(report, _READING[1][1], 1.0), should_stop)
        with whole(out) as part:
            lock(connection, [part.parent])
            summary = merger.write(part, dedupe)
    finally:
        discard(connection, folder)
    report(1.0, "merged")
    return summary


class _Merger:
    """The statements that unite two tables and write them."""

    def __init__(
        self, connection: "DuckDBPyConnection", a: Source, b: Source, report: Report, should_stop: ShouldStop
    ) -> None:
        if not a.kept.keys() & b.kept.keys():
            raise InputError(f"{a.name} and {b.name} have no column in common. Choose two catalogs of one satellite.")
        self._connection = connection
        self._sources = (a, b)
        self._report = report
        self._should_stop = should_stop
        a.label_like(b)
        b.label_like(a)
        self._filled = [self._count(f"SELECT count(*) FROM {file.table} WHERE {file.filled}") for file in (a, b)]
        self._columns = united_columns(a, b, any(self._filled))

    def write(self, part: Path, dedupe: bool) -> MergeSummary:
        a, b = self._sources
        duplicates = self._drop_repeated() if dedupe else 0
        united = " UNION ALL ".join(f"SELECT {self._cells(file)} FROM {file.table}" for file in (a, b))
        self._run(f"COPY ({united}) TO {literal(str(part.resolve()))} (FORMAT csv, HEADER)", "writing", 0.5, 1.0)
        rows = a.loaded.rows + b.loaded.rows - duplicates
        return MergeSummary(rows, a.loaded.rows, b.loaded.rows, duplicates, self._columns, self._notes())

    def _cells(self, file: Source) -> str:
        # Of one column, a missing cell would be written as a blank line, which is no row: write "" there.
        form = "coalesce({}, '') AS {}" if len(self._columns) == 1 else "{} AS {}"
        return ", ".join(form.format(file.merged_cell(column), identifier(column)) for column in self._columns)

    def _drop_repeated(self) -> int:
        """Takes those rows out of the tables that were there before, and returns how many.

        Rows are compared by a 128-bit digest of their cells: among a billion different rows, two with the same one
        are not to be expected (odds of 10^-21).
        """
        a, b = self._sources
        digests = f"""
            SELECT rowid AS place, {a.digest(self._columns)} AS digest FROM a UNION ALL
            SELECT rowid + {a.loaded.rows}, {b.digest(self._columns)} FROM b"""
        self._run(
            f"""CREATE TABLE repeated AS SELECT place FROM ({digests})
                QUALIFY row_number() OVER (PARTITION BY digest ORDER BY place) > 1""",
            "looking for repeated rows",
            0.0,
            0.4,
        )
        places = "(SELECT place FROM repeated)"
        self._run(f"DELETE FROM a WHERE rowid IN {places}", "dropping repeated rows", 0.4, 0.45)
        self._run(f"DELETE FROM b WHERE rowid + {a.loaded.rows} IN {places}", "dropping repeated rows", 0.45, 0.5)
        return self._count("SELECT count(*) FROM repeated")

    def _run(self, sql: str, stage: str, start: float, end: float) -> None:
        report = within(self._report, start, end)
        run(self._connection, sql, stage=stage, report=report, should_stop=self._should_stop)

    def _count(self, sql: str) -> int:
        row: Any = self._connection.execute(sql).fetchone()
        return int(row[0])

    def _notes(self) -> tuple[str, ...]:
        a, b = self._sources
        notes = list(dict.fromkeys([*a.notes(), *b.notes()]))
        if a.satellite and b.satellite and a.satellite != b.satellite:
            notes.append(f"{a.name} is a {a.satellite} catalog and {b.name} a {b.satellite} one: their columns differ.")
        for one, other in ((a, b), (b, a)):
            if only := sorted(column for low, column in one.kept.items() if low not in other.kept):
                notes.append(f"Only {one.name} has {listed(only)}; rows of {other.name} are empty there.")
        for file, filled in zip((a, b), self._filled, strict=True):
            if filled:
                notes.append(
                    f"{filled:,} rows of {file.name} had no `{file.label}`: the predicted class was put there, and"
                    f" `{LABEL_SOURCE}` says `model`."
                )
        return tuple(notes)

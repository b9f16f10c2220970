"""The steps of a merge: detect how to read the files, compare their rows, write the rows that stay.

No cell is ever stored: the files are read once for the few numbers per row that the comparison needs, and once more
for writing. That takes a third of the time of storing them in a database.
"""

# ruff: noqa: S608 - names in SQL come through identifier() or literal(), or are the program's own

import csv
import os
from collections.abc import Sequence
from functools import cached_property
from io import StringIO
from itertools import compress, zip_longest
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from exoplanet_desktop.catalogs.base.database import discard, identifier, literal, open_database, run, run_all
from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check, silent, within
from exoplanet_desktop.catalogs.merging.alike import is_oddly_spelt
from exoplanet_desktop.catalogs.merging.duplicates import (
    drop_same_digests,
    exact_keys,
    find_same_identifiers,
    find_same_texts,
    identifier_column,
    identifier_keys,
    known_identifier,
    object_keys,
    probe_columns,
)
from exoplanet_desktop.catalogs.merging.preparing import Prepared, prepare
from exoplanet_desktop.catalogs.merging.united import Source, check_common, common_columns, united_columns
from exoplanet_desktop.catalogs.reading.layout import readable, sniff
from exoplanet_desktop.catalogs.reading.scan import UNIT_SEPARATOR
from exoplanet_desktop.catalogs.tables.loading import Loaded, no_rows_of
from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.files.temporary import need_space, own_folder
from exoplanet_desktop.wire.prediction_columns import LABEL_SOURCE
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Duplicates

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BLOCK = 4_194_304  # bytes
_SAMPLE = 500  # rows to check for numbers in unusual notation
_AT_ONCE = 2  # files that are written concurrently


class Merging:
    """A merge in progress; a context manager that leaves no temporary file.

    Attributes:
        sources: the files known so far.
        columns: of the merged file.
        filled: rows of each file whose label comes from the prediction.
        identifier: the column (lower case) of the rules by identifier.
        objects_by: the column (lower case) that names the object, under any rule; "" if none does.
        dropped_each: rows of each file that the rule drops; after `compare`.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        rule: Duplicates,
        chosen: str | None,
        report: Report,
        should_stop: ShouldStop,
        choices: Sequence[ReadingOptions | None] = (),
    ) -> None:
        """`chosen`: the column of the rules by identifier; `choices`: how to read the files, in their order.

        Raises UnreadableFile and InputError.
        """
        if len(paths) < 2:
            raise InputError("A merge needs at least two files. Choose another file.")
        self.rule = Duplicates(rule)
        self._layouts = [sniff(path, choice) for path, choice in zip_longest(paths, choices[: len(paths)])]
        self._report, self._should_stop = report, should_stop
        self.sources = [Source("", Loaded(layout)) for layout in self._layouts]
        check_common(self.sources)
        self.identifier = identifier_column(self.sources, chosen) if self.rule.by_identifier else ""
        self.objects_by = self.identifier or known_identifier(self.sources)
        self.columns: tuple[str, ...] = ()
        self.filled: list[int] = []
        self.dropped_each: tuple[int, ...] = ()
        self._prepared: list[Prepared] = []

    def __enter__(self) -> Self:
        self.folder = own_folder("merge")
        self.connection: DuckDBPyConnection | None = None
        try:
            self.connection = open_database(self.folder, max(len(layout.columns) for layout in self._layouts))
        except BaseException:
            discard(self.connection, self.folder)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        discard(self.connection, self.folder)

    # --- reading

    def need_room(self, out: Path) -> None:
        """Raises UnavailableError if the disk has no room for the merged file and its parts."""
        sizes = []
        for layout in self._layouts:
            with readable(layout.path):
                sizes.append(layout.path.stat().st_size)
        parts = sum(sizes[1:])
        if out.parent.stat().st_dev == self.folder.stat().st_dev:
            # A part stays on disk until all of it is in the merged file.
            need_space(out.parent, sum(sizes) + max(sizes[1:]), "The merge")
        else:
            need_space(out.parent, sum(sizes), "The merged file")
            need_space(self.folder, parts, "The merge")

    def read(self, start: float, end: float) -> None:
        """Finds out what is needed to compare and write the rows of each file.

        Raises UnreadableFile, UnavailableError and Cancelled.
        """
        quarter = start + (end - start) / 4
        step = 1 / len(self._layouts)
        first, second = self._within(start, quarter), self._within(quarter, end)
        for number, layout in enumerate(self._layouts):
            report = within(first, step * number, step * (number + 1))
            with readable(layout.path):
                self._prepared.append(
                    prepare(layout, self.folder, f"file_{number}", report=report, should_stop=self._should_stop)
                )
        self._unite()
        for number in range(len(self.sources)):
            self._read_keys(number, within(second, step * number, step * (number + 1)))

    def _unite(self) -> None:
        self.sources = [self._source(prepared) for prepared in self._prepared]
        for source in self.sources:
            source.label_like([other for other in self.sources if other is not source])
        self.filled = [self._count_filled(source) for source in self.sources]
        self.columns = united_columns(self.sources, any(self.filled) or self._has_label_source())

    def _source(self, prepared: Prepared) -> Source:
        import duckdb

        source = Source(prepared.relation, prepared.loaded)
        try:
            rows = self.fetch(f"SELECT * FROM {source.relation} LIMIT {_SAMPLE}")
        except duckdb.Error:  # reading the keys will report it, too
            return source
        columns = zip(prepared.loaded.layout.columns, zip(*rows, strict=True), strict=True)
        odd = frozenset(column.lower() for column, cells in columns if any(map(is_oddly_spelt, cells)))
        return Source(prepared.relation, prepared.loaded, odd) if odd else source

    def _has_label_source(self) -> bool:
        return any(LABEL_SOURCE in source.kept for source in self.sources)

    def _count_filled(self, source: Source) -> int:
        if source.filled == "false":
            return 0
        return self.count(f"SELECT count(*) FROM {source.relation} AS data WHERE {source.filled}")

    def _read_keys(self, number: int, report: Report) -> None:
        """The table keys_N, with one row per row of the file; this also proves that DuckDB finds all of them."""
        import duckdb

        prepared = self._prepared[number]
        sql = f"CREATE OR REPLACE TABLE keys_{number} AS SELECT {{}} FROM {{}} AS data"
        listeners: Any = {"report": report, "should_stop": self._should_stop}
        try:
            source = self.sources[number]
            rows = run(self._database, sql.format(self._keys(source), source.relation), stage="reading", **listeners)
        except duckdb.Error:
            rows = -1
        if rows != prepared.loaded.rows and prepared.direct:
            with readable(prepared.loaded.layout.path):
                self._prepared[number] = prepared.carefully(report, self._should_stop)
            self._unite()
            source = self.sources[number]
            rows = run(self._database, sql.format(self._keys(source), source.relation), stage="reading", **listeners)
        if rows != self._prepared[number].loaded.rows:
            raise self._changed(self.sources[number])
        if not rows:
            raise no_rows_of(self._prepared[number].loaded)

    def _keys(self, source: Source) -> str:
        if self.rule is Duplicates.EXACT:
            keys = exact_keys(source, self.columns, probe_columns(self.sources, self.columns))
        elif self.rule.by_identifier:
            common = common_columns(self.sources, self.columns)
            keys = identifier_keys(source, common, self.identifier, self.rule)
        else:
            keys = "1 AS one"
        return f"{keys}, {object_keys(source, self.objects_by)}" if self.objects_by else keys

    # --- comparing

    def compare(self, start: float, end: float) -> None:
        """Finds the rows that the rule drops: the tables dropped_N (number), and `dropped_each`."""
        offsets = self.offsets
        parts = (f"SELECT rowid + {offset} AS place, {n} AS file, * FROM keys_{n}" for n, offset in enumerate(offsets))
        self._database.execute(f"CREATE VIEW keys AS {' UNION ALL '.join(parts)}")
        if self.rule is Duplicates.EXACT:
            find_same_texts(self._executed(start, (start + end) / 2))
            if self.count("SELECT count(*) FROM unsure"):
                self._digest((start + end) / 2, end)
        elif self.rule.by_identifier:
            find_same_identifiers(self._executed(start, end), self.rule)
        else:
            self._database.execute("CREATE TABLE dropped (place BIGINT)")
        self.dropped_each = tuple(
            self.count(f"SELECT count(*) FROM dropped WHERE {self._of(number)}") for number in range(len(offsets))
        )

    @cached_property
    def same_objects(self) -> tuple[int, int]:
        """How many objects are in several of the files, and how many of these have different dispositions there."""
        if not self.objects_by:
            return 0, 0
        ((several, different),) = self.fetch(
            """SELECT count(*), count(*) FILTER (first <> last) FROM
                (SELECT min(said) AS first, max(said) AS last FROM keys WHERE object IS NOT NULL
                    GROUP BY object HAVING min(file) <> max(file))"""
        )
        return several, different

    @property
    def offsets(self) -> list[int]:
        """For each file, the position of its first row among all rows."""
        rows = [source.loaded.rows for source in self.sources]
        return [sum(rows[:number]) for number in range(len(rows))]

    def _digest(self, start: float, end: float) -> None:
        self._database.execute("CREATE TABLE digests (place BIGINT, digest UHUGEINT)")
        execute = self._executed(start, end)
        for number, (source, offset) in enumerate(zip(self.sources, self.offsets, strict=True)):
            if self.count(f"SELECT count(*) FROM unsure WHERE {self._of(number)}"):
                self.flag(number, "unsure", "unsure")
                execute(
                    f"""INSERT INTO digests SELECT flag.number + {offset}, {source.digest(self.columns)}
                        FROM {source.relation} AS data POSITIONAL JOIN unsure_{number} AS flag WHERE flag.chosen"""
                )
        drop_same_digests(execute)

    def flag(self, number: int, name: str, places: str) -> None:
        """The table NAME_N with one row (number, chosen) per row of the file: whether it is among the places."""
        offset, rows = self.offsets[number], self.sources[number].loaded.rows
        self._database.execute(
            f"""CREATE OR REPLACE TABLE {name}_{number} AS
                SELECT range AS number, chosen.place IS NOT NULL AS chosen FROM range({rows})
                LEFT JOIN {places} AS chosen ON chosen.place = range + {offset} ORDER BY range"""
        )

    def _of(self, number: int) -> str:
        offset = self.offsets[number]
        return f"place >= {offset} AND place < {offset + self.sources[number].loaded.rows}"

    # --- writing

    def write(self, out: Path, start: float, end: float) -> None:
        """Writes the rows that stay. Raises UnavailableError and Cancelled."""
        numbers = range(len(self.sources))
        stays = [self._stays_as_written(number) for number in numbers]
        parts = [out, *(self.folder / f"part_{number}.csv" for number in numbers[1:])]
        step = (end - start) / len(self.sources) * 0.95
        to_write = [number for number in numbers if not stays[number]]
        at_once = min(_AT_ONCE, os.cpu_count() or 1)
        for first in range(0, len(to_write), at_once):
            some = to_write[first : first + at_once]
            self._write_some(some, parts, self._within(start + step * first, start + step * (first + len(some))))
        if stays[0]:
            out.write_text(f"{self._header}\n", encoding="utf-8")
        done = len(to_write)
        for number in numbers:
            if stays[number]:
                self._copy_lines(number, out, self._within(start + step * done, start + step * (done + 1)))
                done += 1
            elif number:
                self._append(parts[number], out)

    def _stays_as_written(self, number: int) -> bool:
        """Whether the file's lines can be copied: they have the merged file's cells, in its order."""
        prepared, source = self._prepared[number], self.sources[number]
        own = [f"data.{identifier(column)}" for column in prepared.loaded.layout.columns]
        return prepared.lines and own == [source.merged_cell(column) for column in self.columns]

    def _copy_lines(self, number: int, out: Path, report: Report) -> None:
        """Appends the lines that stay, in under half the time of writing them cell by cell."""
        prepared, rows = self._prepared[number], self.sources[number].loaded.rows
        keep, done = bytearray(b"\1") * rows, 0
        for (place,) in self.fetch(f"SELECT place - {self.offsets[number]} FROM dropped WHERE {self._of(number)}"):
            keep[place] = 0
        with out.open("ab") as target:
            for lines in prepared.read_lines():
                check(self._should_stop)
                target.writelines(compress(lines, keep[done : done + len(lines)]))
                done += len(lines)
                report(min(done / rows, 1.0), "writing")
        if done != rows:
            raise self._changed(self.sources[number])

    @property
    def _header(self) -> str:
        line = StringIO()
        csv.writer(line, lineterminator="").writerow(self.columns)
        return line.getvalue()

    def _write_some(self, numbers: Sequence[int], parts: Sequence[Path], report: Report) -> None:
        cursors = [self._database.cursor() for _ in numbers]
        try:
            statements = [
                (cursor, self._copy(number, parts[number]), ()) for cursor, number in zip(cursors, numbers, strict=True)
            ]
            written = run_all(statements, stage="writing", report=report, should_stop=self._should_stop)
        finally:
            for cursor in cursors:
                cursor.close()
        for number, rows in zip(numbers, written, strict=True):
            if rows != self.sources[number].loaded.rows - self.dropped_each[number]:
                raise self._changed(self.sources[number])

    def _copy(self, number: int, part: Path) -> str:
        source = self.sources[number]
        cells = [source.merged_cell(column) for column in self.columns]
        options = ""
        if len(cells) == 1:  # a missing cell would be written as a blank line, which is not a row: write "" instead
            listed_cells = f"coalesce({cells[0]}, '') AS {identifier(self.columns[0])}"
        elif self._prepared[number].plain:
            # Line by line: checking each cell for whether it needs quotation marks takes a third of the writing time.
            comma = ", ',', "
            listed_cells = f"concat({comma.join(cells)}) AS {identifier(self._header)}"
            options = f", DELIMITER {literal(UNIT_SEPARATOR)}, QUOTE '', ESCAPE ''"
        else:
            named = zip(cells, map(identifier, self.columns), strict=True)
            listed_cells = ", ".join(f"{cell} AS {name}" for cell, name in named)
        sql = f"SELECT {listed_cells} FROM {source.relation} AS data"
        if self.dropped_each[number]:
            self.flag(number, "flag", "dropped")
            sql += f" POSITIONAL JOIN flag_{number} AS flag WHERE NOT flag.chosen"
        header = str(number == 0).lower()
        # A file that DuckDB creates next to the part would take its mode and its name.
        options += ", USE_TMP_FILE false"
        return f"COPY ({sql}) TO {literal(str(part.resolve()))} (FORMAT csv, HEADER {header}{options})"

    def _append(self, part: Path, out: Path) -> None:
        try:
            with part.open("rb") as source, out.open("ab") as target:
                while source.peek(1):
                    check(self._should_stop)
                    target.write(source.read(_BLOCK))
        finally:
            part.unlink()

    # --- helpers

    @property
    def _database(self) -> "DuckDBPyConnection":
        assert self.connection is not None
        return self.connection

    def _within(self, start: float, end: float) -> Report:
        return within(self._report, start, end)

    def _executed(self, start: float, end: float) -> Any:
        """Executes one statement after another; each advances the share half-way to the end."""
        done = start

        def execute(sql: str) -> None:
            nonlocal done
            next_done = (done + end) / 2
            self.execute(sql, self._within(done, next_done))
            done = next_done

        return execute

    def execute(self, sql: str, report: Report = silent) -> None:
        run(self._database, sql, stage="looking for repeated rows", report=report, should_stop=self._should_stop)

    def fetch(self, sql: str) -> list[Any]:
        check(self._should_stop)
        rows: list[Any] = self._database.execute(sql).fetchall()
        return rows

    def count(self, sql: str) -> int:
        return int(self.fetch(sql)[0][0])

    def _changed(self, source: Source) -> UnavailableError:
        return UnavailableError(f"{source.name} changed while it was merged. Try again once nothing is writing to it.")

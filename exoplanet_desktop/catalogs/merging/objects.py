"""The objects of a merge: identifiers with several rows, and those rows."""

# ruff: noqa: S608 - names in SQL come through identifier(), or are the program's own

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exoplanet_desktop.catalogs.base.progress import Report
from exoplanet_desktop.catalogs.facts.numbers import sql_number
from exoplanet_desktop.catalogs.merging.alike import missing
from exoplanet_desktop.catalogs.merging.duplicates import identifier_column
from exoplanet_desktop.catalogs.merging.merging import Merging
from exoplanet_desktop.catalogs.merging.united import Source


class Objects:
    """The rows of a merge that describe the same objects.

    Attributes:
        column: the merged file's column that identifies the object of a row; "" if none does.
        repeated: objects with several rows.
        unlike: those of them whose rows differ in writing.
        relabelled: those whose rows have different dispositions.
        label: the column with the disposition; "" if there is none.
    """

    def __init__(self, merging: Merging, chosen: str | None, report: Report) -> None:
        """`merging`: after its comparison. `chosen`: the column, if the files' satellite does not determine it."""
        self._merging = merging
        low = merging.objects_by if chosen is None else identifier_column(merging.sources, chosen)
        self.column = next((column for column in merging.columns if column.lower() == low), "")
        self.unlike = self.relabelled = 0
        labels = [source.label for source in merging.sources if source.label]
        self.label = next((column for column in merging.columns if column in labels), "")
        self.repeated = self._find(report) if self.column else 0

    def _find(self, report: Report) -> int:
        merging, parts = self._merging, []
        for number, (source, offset) in enumerate(zip(merging.sources, merging.offsets, strict=True)):
            keys = f"{source.identity(self.column)} AS identifier, {source.text_hash(merging.columns)} AS text"
            keys += f", nullif({source.disposition()}, '') AS said"
            merging.execute(f"CREATE TABLE objects_{number} AS SELECT {keys} FROM {source.relation} AS data", report)
            parts.append(f"SELECT rowid + {offset} AS place, * FROM objects_{number}")
        merging.execute(f"CREATE VIEW objects AS {' UNION ALL '.join(parts)}", report)
        merging.execute(
            """CREATE TABLE repeated AS SELECT identifier, min(place) AS first, arg_min(text, place) AS text
                FROM objects WHERE identifier <> '' GROUP BY identifier HAVING count(*) > 1""",
            report,
        )
        merging.execute(
            """CREATE TABLE unlike AS SELECT repeated.first, min(objects.place) AS second
                FROM objects JOIN repeated USING (identifier) WHERE objects.text <> repeated.text GROUP BY 1""",
            report,
        )
        merging.execute(
            """CREATE TABLE relabelled AS SELECT one.place AS first, min(objects.place) AS second
                FROM objects JOIN (SELECT identifier, min(place) AS place, arg_min(said, place) AS said
                    FROM objects WHERE identifier <> '' AND said IS NOT NULL
                    GROUP BY identifier HAVING min(said) <> max(said)) AS one
                USING (identifier) WHERE objects.said <> one.said GROUP BY 1""",
            report,
        )
        self.unlike = merging.count("SELECT count(*) FROM unlike")
        self.relabelled = merging.count("SELECT count(*) FROM relabelled")
        return merging.count("SELECT count(*) FROM repeated")

    def relabelled_pairs(self, most: int) -> list[tuple[int, int]]:
        """For some objects, the places of the first row with a disposition and of the first with a different one."""
        if not self.relabelled:
            return []
        found: list[tuple[int, int]] = self._merging.fetch(
            f"SELECT first, second FROM relabelled ORDER BY first LIMIT {most}"
        )
        return found

    def unlike_pairs(self, skip: int, most: int) -> list[tuple[int, int]]:
        """For some objects, the places of the first row and of the first later row that is written differently."""
        found: list[tuple[int, int]] = self._merging.fetch(
            f"SELECT first, second FROM unlike ORDER BY first LIMIT {most} OFFSET {skip}"
        )
        return found

    def located(self, place: int) -> tuple[int, int]:
        """The number of a row's file, and the row's number in that file, both from 0."""
        number = bisect_right(self._merging.offsets, place) - 1
        return number, place - self._merging.offsets[number]

    def kept(self, places: Sequence[int]) -> set[int]:
        """The given places whose rows stay."""
        dropped = self._merging.fetch(f"SELECT place FROM dropped WHERE place IN ({_listed(places)})")
        return set(places) - {place for (place,) in dropped}

    def rows(self, places: Sequence[int]) -> dict[int, dict[str, str | None]]:
        """The merged cells of some rows, by place."""
        found: dict[int, dict[str, str | None]] = {}
        columns = self._merging.columns
        for number, source in enumerate(self._merging.sources):
            inside = [place for place in places if self.located(place)[0] == number]
            if not inside:
                continue
            self._merging.execute(f"CREATE OR REPLACE TABLE wanted AS SELECT unnest([{_listed(inside)}]) AS place")
            self._merging.flag(number, "wanted", "(SELECT DISTINCT place FROM wanted)")
            cells = ", ".join(source.merged_cell(column) for column in columns)
            offset = self._merging.offsets[number]
            for place, *texts in self._merging.fetch(
                f"""SELECT flag.number + {offset}, {cells} FROM {source.relation} AS data
                    POSITIONAL JOIN wanted_{number} AS flag WHERE flag.chosen"""
            ):
                found[place] = dict(zip(columns, texts, strict=True))
        return found

    def numeric(self, number: int) -> Mapping[str, bool]:
        """For the non-empty columns of a file: whether all cells that are not missing are numbers."""
        source = self._merging.sources[number]
        columns = [column for column in self._merging.columns if column.lower() in source.kept]
        found = self._kinds(
            source, columns, lambda cell: (f"nullif({cell}, '') IS NULL", f"try_cast({cell} AS DOUBLE)")
        )
        # Few columns contain anything else, and only these need a closer look.
        texts = [column for column, numbers in found.items() if not numbers]
        closer = self._kinds(source, texts, lambda cell: (missing(cell), sql_number(cell, ".")))
        return {column: closer.get(column, True) for column in found if column in closer or found[column]}

    def _kinds(
        self, source: Source, columns: Sequence[str], tests: Callable[[str], tuple[str, str]]
    ) -> dict[str, bool]:
        """`tests`: SQL of a cell for whether it is missing, and for its number."""
        if not columns:
            return {}
        parts = []
        for is_missing, number in (tests(source.cell(column)) for column in columns):
            parts += [f"count(*) FILTER (NOT ({is_missing}))", f"bool_and({is_missing} OR {number} IS NOT NULL)"]
        (row,) = self._merging.fetch(f"SELECT {', '.join(parts)} FROM {source.relation} AS data")
        pairs: Any = zip(columns, row[::2], row[1::2], strict=True)
        return {column: bool(numbers) for column, there, numbers in pairs if there}


def _listed(places: Sequence[int]) -> str:
    return ", ".join(str(int(place)) for place in places)

"""The cells of a table in SQL: as text, as number, as missing."""

from collections.abc import Callable
from dataclasses import dataclass

from exoplanet_desktop.catalogs.database import identifier, literal
from exoplanet_desktop.catalogs.sniffing import MISSING_TEXTS

MISSING = ", ".join(literal(text) for text in MISSING_TEXTS)
_WHOLE = literal(r"\s*[+-]?[0-9]+\s*")
_LONG = literal(r"\s*[+-]?[0-9]{16,}\s*")


@dataclass(frozen=True)
class Kind:
    """What the cells of a column are.

    Attributes:
        numeric: all are numbers, as far as they are not missing.
        long: some are whole numbers of 16 digits or more, of which a double does not hold all.
    """

    numeric: bool
    long: bool = False


@dataclass(frozen=True)
class Cells:
    """SQL for the cells of one table's rows.

    Attributes:
        columns: the names.
        decimal: the file's decimal sign.
        kind: tells of a column what its cells are.
    """

    columns: tuple[str, ...]
    decimal: str
    kind: Callable[[str], Kind]

    def cell(self, column: str) -> str:
        """The text as it is in the file; with its table, because names of the query's own could be those of columns."""
        return f"data.{identifier(column)}"

    def missing(self, column: str) -> str:
        return f"(coalesce({self.cell(column)}, '') IN ({MISSING}))"

    def text(self, column: str) -> str:
        """The text; NULL where it is missing."""
        return f"CASE WHEN {self.missing(column)} THEN NULL ELSE {self.cell(column)} END"

    def double(self, column: str) -> str:
        """A DOUBLE, not-a-number and infinities among them; NULL where the cell is missing or no number."""
        return f"try_cast({self._pointed(column)} AS DOUBLE)"

    def number(self, column: str) -> str:
        """A DOUBLE; NULL where the cell is missing or no number. `NaN` in any spelling is none."""
        return f"nullif({self.double(column)}, 'nan'::DOUBLE)"

    def whole(self, column: str) -> str:
        """A HUGEINT that orders what is one DOUBLE."""
        return f"try_cast({self._pointed(column)} AS HUGEINT)"

    def kind_of(self, column: str) -> str:
        """Two aggregates: what Kind has."""
        cell = self.cell(column)
        return (
            f"bool_and({self.double(column)} IS NOT NULL OR {self.missing(column)}),"
            f" bool_or(length({cell}) >= 16 AND regexp_full_match({cell}, {_LONG}))"
        )

    def all_whole(self, column: str) -> str:
        """An aggregate: all cells are whole numbers that a BIGINT holds, as far as they are not missing."""
        cell = self.cell(column)
        fits = f"regexp_full_match({cell}, {_WHOLE}) AND try_cast({cell} AS BIGINT) IS NOT NULL"
        return f"bool_and({self.missing(column)} OR ({fits}))"

    def sort_keys(self, column: str, descending: bool) -> list[str]:
        """Terms of ORDER BY: numbers as numbers, missing cells last."""
        way = f"{'DESC' if descending else 'ASC'} NULLS LAST"
        kind = self.kind(column)
        if not kind.numeric:
            return [f"{self.text(column)} {way}"]
        keys = [f"{self.number(column)} {way}"]
        return [*keys, f"{self.whole(column)} {way}"] if kind.long else keys

    def _pointed(self, column: str) -> str:
        cell = self.cell(column)
        return f"replace({cell}, ',', '.')" if self.decimal == "," else cell

"""The parts of a filter's SQL: numbers, texts, truth values, and the operations on each."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from exoplanet_desktop.catalogs.tables.cells import Cells

# {0} is the argument; outside a function's domain the result is NULL: no number.
FUNCTIONS = {
    "abs": "abs({0})",
    "sqrt": "CASE WHEN {0} >= 0 THEN sqrt({0}) END",
    "log10": "CASE WHEN {0} > 0 THEN log10({0}) END",
    "exp": "exp({0})",
}
_NUMBER = re.compile(r"\s*([+-]?)((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*", re.ASCII)
_HUGE = 10**38
LONGEST_SQL = 2_000_000  # characters: each nested root writes its argument twice


@dataclass(frozen=True)
class Term:
    """A part of SQL with the values for its question marks.

    Attributes:
        kind: "number", "text" or "truth".
        sql, values: the SQL and its values.
        column: the column's name, if it is just a column.
        exact: if it is a whole number that a double may not represent: SQL for it as HUGEINT, with its own values.
        given: it is a text or number written in the expression itself.
    """

    kind: str
    sql: str
    values: tuple[object, ...] = ()
    column: str | None = None
    exact: tuple[str, tuple[object, ...]] | None = None
    given: bool = False


class Terms:
    """Combines terms into terms, or fails with a sentence and a position."""

    def __init__(self, cells: Cells, fail: Callable[[str, int], NoReturn]) -> None:
        self._cells = cells
        self._fail = fail

    def number(self, text: str) -> Term:
        whole = int(text) if re.fullmatch(r"\d{1,38}", text, re.ASCII) else _HUGE
        exact = ("?::HUGEINT", (whole,)) if whole < _HUGE else None
        return Term("number", "?::DOUBLE", (float(text),), exact=exact, given=True)

    def text(self, text: str) -> Term:
        return Term("text", "?::VARCHAR", (text,), given=True)

    def column(self, column: str) -> Term:
        kind = self._cells.kind(column)
        exact = (self._cells.whole(column), ()) if kind.long else None
        if kind.numeric:
            return Term("number", self._cells.number(column), column=column, exact=exact)
        return Term("text", self._cells.text(column), column=column, exact=exact)

    # --- truths

    def truth(self, term: Term, position: int) -> Term:
        if term.kind != "truth":
            self._fail("This is not a condition: compare it with something, as in `koi_period < 10`", position)
        return term

    def joined(self, word: str, parts: Sequence[Term], position: int) -> Term:
        if len(parts) == 1:
            return parts[0]
        self._check_length(sum(len(part.sql) for part in parts), position)
        sql = f" {word} ".join(self.truth(part, position).sql for part in parts)
        return Term("truth", f"({sql})", _values(parts))

    def negated(self, term: Term, position: int) -> Term:
        return Term("truth", f"(NOT {self.truth(term, position).sql})", term.values)

    def missing(self, term: Term, turned: bool, position: int) -> Term:
        if term.column is None:
            self._fail("Only a column can be missing: put its name before `is`", position)
        sql = self._cells.missing(term.column)
        return Term("truth", f"(NOT {sql})" if turned else sql)

    def compared(self, sign: str, left: Term, right: Term, position: int) -> Term:
        left, right = self._alike(left, right, position)
        if left.exact and right.exact:
            return self._exactly(sign, left, right)
        return Term("truth", f"({left.sql} {sign} {right.sql})", _values((left, right)))

    def between(self, term: Term, low: Term, high: Term, position: int) -> Term:
        parts = [self.compared(">=", term, low, position), self.compared("<=", term, high, position)]
        return self.joined("AND", parts, position)

    def among(self, term: Term, values: Sequence[Term], position: int) -> Term:
        self._check_length(len(term.sql) * len(values), position)
        return self.joined("OR", [self.compared("=", term, value, position) for value in values], position)

    def found(self, how: str, term: Term, text: str, position: int) -> Term:
        """Whether a text is `like` a pattern, `contains` another or starts or ends with it, ignoring case."""
        if term.kind == "truth" or (term.kind == "number" and term.column is None):
            self._fail("Only a column can be searched for text: put its name before this word", position)
        sql = self._cells.text(term.column) if term.column is not None else term.sql
        values = () if term.column is not None else term.values
        form = "({0} ILIKE ?::VARCHAR)" if how == "like" else how + "(lower({0}), lower(?::VARCHAR))"
        return Term("truth", form.format(sql), (*values, text))

    # --- numbers

    def arithmetic(self, sign: str, left: Term, right: Term, position: int) -> Term:
        left, right = self._as_number(left, position), self._as_number(right, position)
        form = {
            "/": "({0} / nullif({1}, 0))",
            "%": "({0} % nullif({1}, 0))",
            "^": "CASE WHEN isfinite(pow({0}, {1})) THEN pow({0}, {1}) END",
        }.get(sign, f"({{0}} {sign} {{1}})")
        times = 2 if sign == "^" else 1
        self._check_length(times * (len(left.sql) + len(right.sql)), position)
        return Term("number", form.format(left.sql, right.sql), _values((left, right)) * times)

    def minus(self, term: Term, position: int) -> Term:
        term = self._as_number(term, position)
        exact = (f"(-{term.exact[0]})", term.exact[1]) if term.exact else None
        return Term("number", f"(-{term.sql})", term.values, exact=exact, given=term.given)

    def call(self, name: str, term: Term, position: int) -> Term:
        term = self._as_number(term, position)
        form = FUNCTIONS[name]
        self._check_length(len(term.sql) * form.count("{0}"), position)
        return Term("number", form.format(term.sql), term.values * form.count("{0}"))

    # --- helpers

    def _check_length(self, characters: int, position: int) -> None:
        if characters > LONGEST_SQL:
            self._fail("The filter is too complex. Shorten it, with fewer roots and powers", position)

    def _exactly(self, sign: str, left: Term, right: Term) -> Term:
        """Compares as doubles first and, if these are equal, as whole numbers: correct far beyond 2^53."""
        assert left.exact and right.exact
        doubles = _values((left, right))
        equal = str("=" in sign and sign != "!=").lower()  # if one is too large for a HUGEINT
        whole = f"coalesce({left.exact[0]} {sign} {right.exact[0]}, {equal})"
        same = f"({left.sql} = {right.sql} AND {whole})"
        values = (*doubles, *left.exact[1], *right.exact[1])
        if sign == "=":
            return Term("truth", same, values)
        plain = {"<=": "<", ">=": ">"}.get(sign, sign)
        return Term("truth", f"(({left.sql} {plain} {right.sql}) OR {same})", (*doubles, *values))

    def _alike(self, left: Term, right: Term, position: int) -> tuple[Term, Term]:
        """Both as numbers, if one of them is and the other can be; otherwise both as texts."""
        if "truth" in (left.kind, right.kind):
            self._fail("A condition cannot be compared. Join conditions with `and` or `or`", position)
        if left.kind == right.kind:
            return left, right
        number, text = (left, right) if left.kind == "number" else (right, left)
        if text.given:
            text = self._read(str(text.values[0]), position)
        elif text.column is not None:
            text = self._as_number(text, position)
        else:
            self._fail("A number cannot be compared with text", position)
        return (number, text) if left.kind == "number" else (text, number)

    def _read(self, text: str, position: int) -> Term:
        """A number written as a text."""
        found = _NUMBER.fullmatch(text)
        if not found:
            self._fail(f"Numbers are compared here, and '{text}' is not a number", position)
        term = self.number(found[2])
        return self.minus(term, position) if found[1] == "-" else term

    def _as_number(self, term: Term, position: int) -> Term:
        if term.kind == "number":
            return term
        if term.kind == "text" and term.column is not None:
            return Term("number", self._cells.number(term.column), column=term.column, exact=term.exact)
        return self._fail("A number is expected on both sides of this sign", position)


def _values(terms: Sequence[Term]) -> tuple[object, ...]:
    return tuple(value for term in terms for value in term.values)

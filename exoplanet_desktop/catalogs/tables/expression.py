"""The language of the filter box: conditions on columns, checked and turned into SQL with bound values.

    koi_period < 10 and not koi_disposition = 'FALSE POSITIVE'
    koi_prad between 0.8 and 1.25 or kepler_name contains 'Kepler-22'
    koi_depth / koi_depth_err1 > 7 and koi_teq is not missing

No user input becomes part of the SQL: names are looked up among the table's columns, values are bound,
and anything outside the grammar is an error.

    condition   = all { "or" all } ;            all = one { "and" one } ;        one = [ "not" ] one | test
    test        = sum [ compare sum { compare sum } | "is" [ "not" ] "missing" | [ "not" ] ( "in" list
                  | "between" sum "and" sum | ( "like" | "contains" | "starts with" | "ends with" ) text ) ]
    sum         = product { ( "+" | "-" ) product } ;         product = signed { ( "*" | "/" | "%" ) signed }
    signed      = [ "-" ] signed | atom [ "^" signed ]
    atom        = number | text | column | function "(" sum ")" | "(" condition ")"

`=` on text is exact; `like` (`%` any text, `_` any character), `contains` and the like ignore case.
meets no condition, nor its opposite: ask for it with `is missing`.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from exoplanet_desktop.catalogs.tables.cells import Cells
from exoplanet_desktop.catalogs.tables.terms import FUNCTIONS, Term, Terms
from exoplanet_desktop.catalogs.tables.tokens import ExpressionError, Token, text_of, tokens

KEYWORDS = ("and", "or", "not", "in", "is", "missing", "between", "like", "contains", "starts with", "ends with")

_MOST_CHARACTERS = 10_000
_DEEPEST = 60  # nested brackets
_RESERVED = frozenset(word for keyword in KEYWORDS for word in keyword.split()) - {"with"}
_COMPARE = {"=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True)
class Condition:
    """SQL for a condition, and the values for its question marks."""

    sql: str
    values: tuple[object, ...] = ()


def compile_filter(expression: str, cells: Cells) -> Condition:
    """The condition for an expression. Raises ExpressionError."""
    term = _Parser(expression, cells).whole()
    return Condition(term.sql, term.values)


def names_for_completion(columns: Sequence[str]) -> list[str]:
    """Completions for a filter box: the columns as the language writes them, then its keywords."""
    return [*(written(column) for column in columns), *KEYWORDS, *(f"{name}(" for name in FUNCTIONS)]


def written(column: str) -> str:
    """A column's name as written in an expression.

    >>> written("koi_period"), written("Orbit [days]")
    ('koi_period', '`Orbit [days]`')
    """
    plain = re.fullmatch(r"[^\W\d]\w*", column) and column.lower() not in _RESERVED and column.lower() not in FUNCTIONS
    return column if plain else "`" + column.replace("`", "``") + "`"


class _Parser:
    """Recursive descent over the grammar above."""

    def __init__(self, expression: str, cells: Cells) -> None:
        if len(expression) > _MOST_CHARACTERS:
            raise ExpressionError(f"The filter is longer than {_MOST_CHARACTERS:,} characters. Shorten it.", 0)
        self._tokens = tokens(expression)
        self._at = 0
        self._depth = 0
        self._names = {column.lower(): column for column in cells.columns}
        self._terms = Terms(cells, self._fail)

    def whole(self) -> Term:
        if self._now.kind == "end":
            self._fail("The filter is empty. Write a condition such as `koi_period < 10`", 0)
        start = self._now.position
        term = self._either()
        if self._now.kind != "end":
            self._fail(f"{self._now.said} is not expected here. Join conditions with `and` or `or`", self._now.position)
        return self._terms.truth(term, start)

    # --- conditions

    def _either(self) -> Term:
        start, parts = self._now.position, [self._both()]
        while self._word("or"):
            parts.append(self._both())
        return self._terms.joined("OR", parts, start)

    def _both(self) -> Term:
        start, parts = self._now.position, [self._one()]
        while self._word("and"):
            parts.append(self._one())
        return self._terms.joined("AND", parts, start)

    def _one(self) -> Term:
        start = self._now.position
        if not self._word("not"):
            return self._test()
        self._deeper(start)
        term = self._terms.negated(self._one(), start)
        self._depth -= 1
        return term

    def _test(self) -> Term:
        left, start = self._sum(), self._now.position
        if self._now.text in _COMPARE and self._now.kind == "sign":
            return self._compared(left)
        if self._word("is"):
            turned = self._word("not")
            self._need_word("missing")
            return self._terms.missing(left, turned, start)
        turned = self._word("not")
        if self._word("in"):
            term = self._terms.among(left, self._list(), start)
        elif self._word("between"):
            low = self._sum()
            self._need_word("and")
            term = self._terms.between(left, low, self._sum(), start)
        elif (how := self._pattern()) is not None:
            token = self._take("text", "a text in quotation marks")
            term = self._terms.found(how, left, text_of(token), start)
        elif turned:
            self._fail("After `not`, `in`, `between`, `like` or `contains` is expected here", self._now.position)
        else:
            return left
        return self._terms.negated(term, start) if turned else term

    def _compared(self, left: Term) -> Term:
        start, parts = self._now.position, []
        while self._now.kind == "sign" and self._now.text in _COMPARE:
            sign, position = _COMPARE[self._now.text], self._now.position
            self._at += 1
            right = self._sum()
            parts.append(self._terms.compared(sign, left, right, position))
            left = right
        return self._terms.joined("AND", parts, start)

    def _list(self) -> list[Term]:
        self._need("(", "a list in brackets, such as `in (1, 2)`")
        values = [self._sum()]
        while self._sign(","):
            values.append(self._sum())
        self._need(")", "a comma or the closing bracket")
        return values

    def _pattern(self) -> str | None:
        """The text search that the next word names, if any."""
        for how in ("like", "contains"):
            if self._word(how):
                return how
        for word, how in (("starts", "starts_with"), ("ends", "ends_with")):
            if self._word(word):
                self._need_word("with")
                return how
        return None

    # --- numbers and texts

    def _sum(self) -> Term:
        left = self._product()
        while (sign := self._now.text) in ("+", "-") and self._now.kind == "sign":
            position = self._now.position
            self._at += 1
            left = self._terms.arithmetic(sign, left, self._product(), position)
        return left

    def _product(self) -> Term:
        left = self._signed()
        while (sign := self._now.text) in ("*", "/", "%") and self._now.kind == "sign":
            position = self._now.position
            self._at += 1
            left = self._terms.arithmetic(sign, left, self._signed(), position)
        return left

    def _signed(self) -> Term:
        position = self._now.position
        while self._sign("+"):
            pass
        self._deeper(position)
        if self._sign("-"):
            term = self._terms.minus(self._signed(), position)
        else:
            term = self._atom()
            if self._sign("^") or self._sign("**"):
                term = self._terms.arithmetic("^", term, self._signed(), position)
        self._depth -= 1
        return term

    def _atom(self) -> Term:
        token = self._now
        self._at += 1
        if token.kind == "number":
            return self._terms.number(token.text)
        if token.kind == "text":
            return self._terms.text(text_of(token))
        if token.kind == "quoted":
            return self._column(token.text[1:-1].replace("``", "`"), token.position)
        if token.kind == "word" and token.text.lower() not in _RESERVED:
            if token.text.lower() in FUNCTIONS and self._now.text == "(" and token.text.lower() not in self._names:
                return self._call(token)
            return self._column(token.text, token.position)
        if token.text == "(" and token.kind == "sign":
            self._deeper(token.position)
            term = self._either()
            self._need(")", "the closing bracket")
            self._depth -= 1
            return term
        self._at -= 1
        return self._fail(f"A column, a number or a text is expected here, not {token.said}", token.position)

    def _call(self, name: Token) -> Term:
        self._need("(", "a bracket")
        term = self._sum()
        self._need(")", "the closing bracket")
        return self._terms.call(name.text.lower(), term, name.position)

    def _column(self, name: str, position: int) -> Term:
        column = self._names.get(name.lower())
        if column is None:
            near = difflib.get_close_matches(name.lower(), self._names, n=1)
            hint = f"Did you mean `{self._names[near[0]]}`?" if near else "Put text in quotation marks."
            raise ExpressionError(f"There is no column `{name}` (character {position + 1}). {hint}", position)
        return self._terms.column(column)

    # --- tokens

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _word(self, word: str) -> bool:
        return self._advance(self._now.kind == "word" and self._now.text.lower() == word)

    def _sign(self, sign: str) -> bool:
        return self._advance(self._now.kind == "sign" and self._now.text == sign)

    def _advance(self, there: bool) -> bool:
        self._at += there
        return there

    def _need_word(self, word: str) -> None:
        if not self._word(word):
            self._fail(f"`{word}` is expected here, not {self._now.said}", self._now.position)

    def _need(self, sign: str, wanted: str) -> None:
        if not self._sign(sign):
            self._fail(f"Here should be {wanted}, not {self._now.said}", self._now.position)

    def _take(self, kind: str, wanted: str) -> Token:
        token = self._now
        if token.kind != kind:
            self._fail(f"Here should be {wanted}, not {token.said}", token.position)
        self._at += 1
        return token

    def _deeper(self, position: int) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._fail("The filter has too many nested parentheses. Use fewer", position)

    def _fail(self, sentence: str, position: int) -> NoReturn:
        raise ExpressionError(f"{sentence} (character {position + 1}).", position)

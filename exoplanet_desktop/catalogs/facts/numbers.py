"""The only reader of numbers and the only list of words for "missing", in Python and in equivalent SQL.

Most cells are numbers in a computer's notation: these are cast at once. The rest is read as a person would:
`1,234.5`, `1 234,5`, `−0.3`, `1.23D+02`, `1.2 ± 0.3`, `<0.96`, `12.3 d`. An ambiguous number follows the file's
decimal sign; a cell that matches no pattern is not a number.
"""

import re
from contextlib import suppress
from functools import cache

from exoplanet_desktop.catalogs.base.database import literal
from exoplanet_desktop.catalogs.facts.units import UNIT_PATTERN

# astropy masks with `--`, R writes NA, Excel #N/A, MySQL \N, IRAF INDEF, pandas <NA> and NaT, Windows' C -1.#IND.
MISSING_WORDS = (
    *("", "na", "n/a", "n.a.", "n.a", "#n/a", "#na", "#n/a n/a", "<na>", "nat", "null", "(null)", "#null!", "none"),
    *("nil", "nan", "-nan", "+nan", "nan(ind)", "-nan(ind)", "1.#qnan", "-1.#qnan", "1.#ind", "-1.#ind"),
    *("-", "--", "---", "----", "-----", "\u2013", "\u2014", "\u2212", "\u2026", ".", "..", "...", "....", "?", "??"),
    *("???", r"\n", "masked", "missing", "indef", "undef", "undefined", "not available", "no data", "nodata"),
)
BLANKS = (
    " \t\n\r\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
MOST_UNREAD = 0.1  # in a column of numbers: with a larger share of other cells, it is a column of texts
HUGE = 3.4028234e38  # beyond it, a single-precision float is infinite: no model can use such a number

_DASHES = "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"  # typographic minus signs, and characters mistaken for one
_SPACES = BLANKS.translate(dict.fromkeys(map(ord, "\t\n\r\v\f\u0085\u2028\u2029")))
_APOSTROPHES = "'\u2019"
_FROM = _DASHES + "dDE" + _SPACES + _APOSTROPHES + "_"
_TO = "-" * len(_DASHES) + "eee"  # unpaired ones are removed
_TRANSLATE = str.maketrans(dict(zip(_FROM, [*_TO, *[None] * (len(_FROM) - len(_TO))], strict=True)))

_SIGN = rf"[+\-{_DASHES}]"
_BLANK = f"[{_SPACES}]*"
_EXPONENT = rf"(?:[eEdD]{_SIGN}?[0-9]{{1,4}})?"
_GROUPS = "|".join(f"(?:[{signs}][0-9]{{3}})+" for signs in (_SPACES, _APOSTROPHES, "_"))
_FEW = "[1-9][0-9]{0,2}"
_BODY = (
    rf"(?:{_FEW}(?:{_GROUPS})(?:[.,][0-9]*)?|{_FEW}(?:,[0-9]{{3}})+(?:\.[0-9]*)?|{_FEW}(?:\.[0-9]{{3}})+(?:,[0-9]*)?"
    r"|[0-9]+[.,]?[0-9]*|[.,][0-9]+)"
)
_PLAIN = rf"[0-9]*[.,]?[0-9]+{_EXPONENT}"
_MINUS = rf"[\-{_DASHES}]"
_PLUS_MINUS = rf"(?:±|\+/?{_MINUS})"
_ERROR = rf"{_PLUS_MINUS}{_BLANK}{_PLAIN}|\+{_PLAIN}{_BLANK}/?{_BLANK}{_MINUS}{_PLAIN}|\([0-9]{{1,4}}\)"
_LIMIT = "<=|>=|<<|>>|[<>\u2264\u2265\u2272\u2273~\u2248\u223c]"
# Groups: 1 limit, 2 number, 3 error, 4 unit.
_FULL = rf"(?:({_LIMIT}){_BLANK})?({_SIGN}?{_BODY}{_EXPONENT})(?:{_BLANK}({_ERROR}))?(?:{_BLANK}({UNIT_PATTERN}))?"
_EDGE = f"[{BLANKS}]*"
_CELL = rf"{_EDGE}{_FULL}{_EDGE}"
_NUMBER = re.compile(_CELL)


def _any_case(word: str) -> str:
    """A pattern for a word in any case; `(?i)` would take the sign of the Kelvin for a `k`."""
    return "".join(f"[{each}{each.upper()}]" if each.isalpha() else re.escape(each) for each in word)


_WORDS = f"{_EDGE}(?:{'|'.join(map(_any_case, MISSING_WORDS))}){_EDGE}"
_MISSING = re.compile(_WORDS)
_PLAIN_WORDS = frozenset(word for word in MISSING_WORDS if word.isascii())
_PLAIN_BLANKS = "".join(blank for blank in BLANKS if blank.isascii())


@cache
def _shapes(decimal: str) -> tuple[str, str, str, str, str]:
    """Patterns of a bare number: in the file's notation, grouped, grouped the other way, and with the other decimal
    sign; and of one that is grouped by the file's sign but could be a decimal.
    """
    own, other = (re.escape(sign) for sign in (decimal, _other(decimal)))
    power = r"(?:e[+-]?[0-9]{1,4})?"
    few, three = f"[+-]?{_FEW}", "[0-9]{3}"
    return (
        rf"[+-]?(?:[0-9]+{own}?[0-9]*|{own}[0-9]+){power}",
        rf"{few}(?:(?:{other}{three})+{own}[0-9]*{power}|(?:{other}{three}){{2,}}{power}|{other}{three})",
        rf"{few}(?:(?:{own}{three})+{other}[0-9]+{power}|(?:{own}{three}){{2,}}{power})",
        rf"[+-]?[0-9]*{other}[0-9]+{power}",
        rf"{few}{other}{three}",
    )


@cache
def votes() -> tuple[str, str, str]:
    """Patterns of cells whose number only a decimal comma explains, only a decimal point, and either."""
    power = rf"[eEdD]{_SIGN}?[0-9]{{1,4}}"
    three = "[0-9]{3}"
    before = rf"{_EDGE}(?:(?:{_LIMIT}){_BLANK})?{_SIGN}?"
    behind = rf"(?:{_BLANK}(?:{_ERROR}))?(?:{_BLANK}(?:{UNIT_PATTERN}))?{_EDGE}"

    def only(sign: str) -> str:
        own, other = re.escape(sign), re.escape(_other(sign))
        simple = (
            rf"(?:0[0-9]*|[0-9]{{4,}}|){own}[0-9]+(?:{power})?|{_FEW}{own}(?:[0-9]{{1,2}}|[0-9]{{4,}})(?:{power})?"
            rf"|{_FEW}{own}{three}{power}"
        )
        grouped = rf"{_FEW}(?:(?:{other}{three})+|{_GROUPS}){own}[0-9]+(?:{power})?|{_FEW}(?:{other}{three}){{2,}}"
        return f"{before}(?:{simple}|{grouped}){behind}"

    return only(","), only("."), f"{before}{_FEW}[.,]{three}{behind}"


def is_missing(text: str | None) -> bool:
    """Whether a cell means "no value".

    >>> is_missing(" N/A "), is_missing("\\\\N"), is_missing("0")
    (True, True, False)
    """
    if text is None:
        return True
    if text.isascii():  # equivalent, but faster
        return text.strip(_PLAIN_BLANKS).lower() in _PLAIN_WORDS
    return _MISSING.fullmatch(text) is not None


def read_number(text: str | None, decimal: str = ".") -> float | None:
    """The number in a cell, possibly infinite; None if it is missing or not a number.

    >>> read_number("1,234.5"), read_number("1 234,5", ","), read_number("\u22120.3"), read_number("12.3 d")
    (1234.5, 1234.5, -0.3, 12.3)
    >>> read_number("0,123"), read_number("55 Cnc"), read_number("19h20m"), read_number("NaN")
    (0.123, None, None, None)
    """
    if is_missing(text):
        return None
    assert text is not None
    if (fast := _cast(text, decimal)) is not None:
        return fast
    found = _NUMBER.fullmatch(text)
    return _bare(found[2].translate(_TRANSLATE), decimal) if found else None


def cell_kind(text: str | None, decimal: str = ".") -> str:
    """What to report about a cell where a number is expected: "" if it is just a number.

    Else `missing`, `unread`, `infinite`, `limit`, `error`, `unit:` with the unit, or `grouped`: see CellIssue.
    """
    if is_missing(text):
        return "missing"
    number = read_number(text, decimal)
    if number is None:
        return "unread"
    if abs(number) > HUGE:
        return "infinite"
    assert text is not None
    if _cast(text, decimal) is not None:
        return ""
    found = _NUMBER.fullmatch(text)
    assert found
    if found[1]:
        return "limit"
    if found[3]:
        return "error"
    if found[4]:
        return f"unit:{found[4]}"
    return "grouped" if re.fullmatch(_shapes(decimal)[4], found[2].translate(_TRANSLATE)) else ""


def _cast(text: str, decimal: str) -> float | None:
    """Reads a number in a computer's notation: the first, fast attempt, equivalent to `sql_cast`."""
    if not text.isascii() or "_" in text:
        return None
    if decimal == ",":
        if "." in text:
            return None
        text = text.replace(",", ".")
    with suppress(ValueError):
        return float(text)
    return None


def _bare(number: str, decimal: str) -> float | None:
    own, grouped, grouped_otherwise, otherwise, _ = _shapes(decimal)
    other = _other(decimal)
    if re.fullmatch(own, number):
        return float(number.replace(decimal, "."))
    if re.fullmatch(grouped, number):
        return float(number.replace(other, "").replace(decimal, "."))
    if re.fullmatch(grouped_otherwise, number):
        return float(number.replace(decimal, "").replace(other, "."))
    if re.fullmatch(otherwise, number):
        return float(number.replace(other, "."))
    return None


# --- the same in SQL


def sql_missing(cell: str) -> str:
    """SQL that is true if a cell (a VARCHAR expression) means "no value"."""
    return f"({cell} IS NULL OR regexp_full_match({cell}, {literal(_WORDS)}))"


def sql_cast(cell: str, decimal: str) -> str:
    """SQL for the DOUBLE in a cell in a computer's notation, including not-a-number and infinities; otherwise NULL.

    DuckDB also accepts `2014_12` and `+-3` as numbers: see `sql_cast_strictly`.
    """
    if decimal == ".":
        return f"try_cast({cell} AS DOUBLE)"
    return f"CASE WHEN contains({cell}, '.') THEN NULL ELSE try_cast(replace({cell}, ',', '.') AS DOUBLE) END"


def sql_number(cell: str, decimal: str) -> str:
    """SQL for the DOUBLE in a cell, in any notation, possibly infinite; NULL if it is missing or not a number."""
    return f"nullif(coalesce({sql_cast_strictly(cell, decimal)}, {_odd(cell, decimal)}), 'nan'::DOUBLE)"


def sql_cast_strictly(cell: str, decimal: str) -> str:
    """Like `sql_cast`, but rejects underscores and double signs, which are an error bar without its number."""
    return f"CASE WHEN contains({cell}, '_') OR contains({cell}, '+-') THEN NULL ELSE {sql_cast(cell, decimal)} END"


def sql_maybe_strict(cell: str) -> str:
    """Fast SQL that is true for every cell that `sql_cast_strictly` rejects, and for few others."""
    return f"(contains({cell}, '_') OR {cell} < '-')"  # blanks and `+` sort before `-`, digits after it


def sql_seems_number(cell: str) -> str:
    """SQL that is true almost only for cells with a number in unusual notation; much faster than reading it."""
    return f"regexp_full_match({cell}, {literal(_CELL)})"


def sql_kinds(source: str, decimal: str, more: str = "") -> str:
    """A query for `cell_kind` of each cell `c` of `source`: its columns, and `kind`.

    `more`: further branches of the CASE, in which `n` is the number.
    """
    full = literal(f"^{_CELL}$")
    bare = f"translate(regexp_extract(t, {full}, 2), {literal(_FROM)}, {literal(_TO)})"
    odd = (
        f"list_transform([c], lambda t: CASE WHEN regexp_extract(t, {full}, 1) <> '' THEN 'limit'"
        f" WHEN regexp_extract(t, {full}, 3) <> '' THEN 'error'"
        f" WHEN regexp_extract(t, {full}, 4) <> '' THEN 'unit:' || regexp_extract(t, {full}, 4)"
        f" WHEN regexp_full_match({bare}, {literal(_shapes(decimal)[4])}) THEN 'grouped' ELSE '' END)[1]"
    )
    kind = (
        f"CASE WHEN m THEN 'missing' WHEN n IS NULL THEN 'unread' WHEN abs(n) > {HUGE!r} THEN 'infinite'{more}"
        f" WHEN {sql_cast_strictly('c', decimal)} IS NOT NULL THEN '' ELSE {odd} END"
    )
    # S608: only `source` comes from outside.
    told = f"SELECT *, {sql_missing('c')} AS m FROM {source}"  # noqa: S608
    read = f"SELECT *, CASE WHEN NOT m THEN {sql_number('c', decimal)} END AS n FROM ({told})"  # noqa: S608
    return f"SELECT *, {kind} AS kind FROM ({read})"  # noqa: S608


def _odd(cell: str, decimal: str) -> str:
    own, grouped, grouped_otherwise, otherwise, _ = map(literal, _shapes(decimal))
    mine, other = literal(decimal), literal(_other(decimal))
    bare = f"translate(regexp_extract({cell}, {literal(f'^{_CELL}$')}, 2), {literal(_FROM)}, {literal(_TO)})"
    return f"""list_transform([{bare}], lambda b: try_cast(CASE
        WHEN regexp_full_match(b, {own}) THEN replace(b, {mine}, '.')
        WHEN regexp_full_match(b, {grouped}) THEN replace(replace(b, {other}, ''), {mine}, '.')
        WHEN regexp_full_match(b, {grouped_otherwise}) THEN replace(replace(b, {mine}, ''), {other}, '.')
        WHEN regexp_full_match(b, {otherwise}) THEN replace(b, {other}, '.') END AS DOUBLE))[1]"""


def _other(decimal: str) -> str:
    return "," if decimal == "." else "."

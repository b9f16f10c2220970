"""The one reader of numbers and the one list of words for "missing", in Python and as SQL that agrees with it.

Most cells are numbers as a computer writes them: those are cast at once. What is left is looked at as a person would:
`1,234.5`, `1 234,5`, `−0.3`, `1.23D+02`, `1.2 ± 0.3`, `<0.96`, `12.3 d`. What can be read in two ways follows the
file's decimal sign; what fits nothing here is no number.
"""

import re
from contextlib import suppress
from functools import cache

from exoplanet_desktop.catalogs.database import literal
from exoplanet_desktop.catalogs.units import UNIT_PATTERN

# astropy masks with `--`, R writes NA, Excel #N/A, MySQL \N, IRAF INDEF, pandas <NA> and NaT, Windows' C -1.#IND.
MISSING_WORDS = (
    *("", "na", "n/a", "n.a.", "n.a", "#n/a", "#na", "#n/a n/a", "<na>", "nat", "null", "(null)", "#null!", "none"),
    *("nil", "nan", "-nan", "+nan", "nan(ind)", "-nan(ind)", "1.#qnan", "-1.#qnan", "1.#ind", "-1.#ind"),
    *("-", "--", "---", "----", "-----", "\u2013", "\u2014", "\u2212", "\u2026", ".", "..", "...", "....", "?", "??"),
    *("???", r"\n", "masked", "missing", "indef", "undef", "undefined", "not available", "no data", "nodata"),
)
BLANKS = " \t\n\r\v\f\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u3000\ufeff"
HUGE = 3.4028234e38  # beyond it, a single-precision float is infinite: no model can see such a number

_MISSING = frozenset(MISSING_WORDS)
_DASHES = "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"  # typographic minus signs, and what is taken for one
_SPACES = BLANKS.translate(dict.fromkeys(map(ord, "\t\n\r\v\f")))
_APOSTROPHES = "'\u2019"
_FROM = _DASHES + "dDE" + _SPACES + _APOSTROPHES + "_"
_TO = "-" * len(_DASHES) + "eee"  # what has no partner goes
_TRANSLATE = str.maketrans(dict(zip(_FROM, [*_TO, *[None] * (len(_FROM) - len(_TO))], strict=True)))

_SIGN = rf"[+\-{_DASHES}]"
_BLANK = f"[{_SPACES}]*"
_EXPONENT = rf"(?:[eEdD]{_SIGN}?[0-9]{{1,4}})?"
_GROUPS = "|".join(f"(?:[{signs}][0-9]{{3}})+" for signs in (_SPACES, _APOSTROPHES, "_"))
_BODY = rf"(?:[1-9][0-9]{{0,2}}(?:{_GROUPS})(?:[.,][0-9]*)?|[0-9.,]*[0-9][0-9.,]*)"
_PLAIN = rf"[0-9]*[.,]?[0-9]+{_EXPONENT}"
_MINUS = rf"[\-{_DASHES}]"
_ERROR = (
    rf"\u00b1{_BLANK}{_PLAIN}|\+/?{_MINUS}{_BLANK}{_PLAIN}"
    rf"|\+{_PLAIN}{_BLANK}/?{_BLANK}{_MINUS}{_PLAIN}|\([0-9]{{1,4}}\)"
).replace(r"\u00b1", "\u00b1")
_LIMIT = "<=|>=|<<|>>|[<>\u2264\u2265\u2272\u2273~\u2248\u223c]"
# Groups: 1 limit, 2 number, 3 error, 4 unit.
_FULL = rf"(?:({_LIMIT}){_BLANK})?({_SIGN}?{_BODY}{_EXPONENT})(?:{_BLANK}({_ERROR}))?(?:{_BLANK}({UNIT_PATTERN}))?"
_FULL_PYTHON = re.compile(_FULL)


@cache
def _shapes(decimal: str) -> tuple[str, str, str, str, str]:
    """Patterns of a bare number: as the file writes it, grouped, grouped in the other way, with the other decimal
    sign; and the one that is grouped by the file's sign but could be a decimal."""
    own, other = (re.escape(sign) for sign in (decimal, _other(decimal)))
    power = r"(?:e[+-]?[0-9]{1,4})?"
    few, three = "[+-]?[1-9][0-9]{0,2}", "[0-9]{3}"
    return (
        rf"[+-]?(?:[0-9]+{own}?[0-9]*|{own}[0-9]+){power}",
        rf"{few}(?:(?:{other}{three})+{own}[0-9]*{power}|(?:{other}{three}){{2,}}{power}|{other}{three})",
        rf"{few}(?:(?:{own}{three})+{other}[0-9]+{power}|(?:{own}{three}){{2,}}{power})",
        rf"[+-]?[0-9]*{other}[0-9]+{power}",
        rf"{few}{other}{three}",
    )


def is_missing(text: str | None) -> bool:
    """Whether a cell says that there is no value.

    >>> is_missing(" N/A "), is_missing("\\\\N"), is_missing("0")
    (True, True, False)
    """
    return text is None or text.strip(BLANKS).lower() in _MISSING


def read_number(text: str | None, decimal: str = ".") -> float | None:
    """The number in a cell, infinities among them; None where it is missing or no number.

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
    found = _FULL_PYTHON.fullmatch(text.strip(BLANKS))
    return _bare(found[2].translate(_TRANSLATE), decimal) if found else None


def cell_kind(text: str | None, decimal: str = ".") -> str:
    """What there is to tell of a cell where numbers are expected: "" where it is a number and nothing else.

    Else `missing`, `unread`, `infinite`, `limit`, `error`, `unit:` with the unit, or `grouped`: see account.Told.
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
    found = _FULL_PYTHON.fullmatch(text.strip(BLANKS))
    assert found
    if found[1]:
        return "limit"
    if found[3]:
        return "error"
    if found[4]:
        return f"unit:{found[4]}"
    return "grouped" if re.fullmatch(_shapes(decimal)[4], found[2].translate(_TRANSLATE)) else ""


def _cast(text: str, decimal: str) -> float | None:
    """What a computer wrote: the first, fast way, in step with `sql_cast`."""
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
    """SQL that is true where a cell (a VARCHAR expression) says that there is no value."""
    return f"({cell} IS NULL OR lower({_trimmed(cell)}) IN ({_WORDS_SQL}))"


def sql_cast(cell: str, decimal: str) -> str:
    """SQL for the DOUBLE in a cell that a computer wrote, not-a-number and infinities among them; else NULL.

    `1_000` is a number to DuckDB, though to a reader it may be a name: see `sql_cast_strictly`.
    """
    if decimal == ".":
        return f"try_cast({cell} AS DOUBLE)"
    return f"CASE WHEN contains({cell}, '.') THEN NULL ELSE try_cast(replace({cell}, ',', '.') AS DOUBLE) END"


def sql_number(cell: str, decimal: str) -> str:
    """SQL for the DOUBLE in a cell, in any spelling, infinities among them; NULL where it is missing or no number."""
    return f"nullif(coalesce({sql_cast_strictly(cell, decimal)}, {_odd(cell, decimal)}), 'nan'::DOUBLE)"


def sql_cast_strictly(cell: str, decimal: str) -> str:
    """As `sql_cast`, without the underscores that it lets pass."""
    return f"CASE WHEN contains({cell}, '_') THEN NULL ELSE {sql_cast(cell, decimal)} END"


def sql_kind(cell: str, decimal: str, more: str = "") -> str:
    """SQL for `cell_kind`; `more`: further branches of its CASE, with `n` for the number."""
    text, full = _trimmed("c"), literal(f"^(?:{_FULL})$")
    bare = f"translate(regexp_extract(t, {full}, 2), {literal(_FROM)}, {literal(_TO)})"
    odd = (
        f"list_transform([{text}], lambda t: CASE WHEN regexp_extract(t, {full}, 1) <> '' THEN 'limit'"
        f" WHEN regexp_extract(t, {full}, 3) <> '' THEN 'error'"
        f" WHEN regexp_extract(t, {full}, 4) <> '' THEN 'unit:' || regexp_extract(t, {full}, 4)"
        f" WHEN regexp_full_match({bare}, {literal(_shapes(decimal)[4])}) THEN 'grouped' ELSE '' END)[1]"
    )
    return (
        f"list_transform([{{'c': {cell}, 'n': {sql_number(cell, decimal)}}}], lambda s: CASE"
        f" WHEN {sql_missing('s.c')} THEN 'missing' WHEN s.n IS NULL THEN 'unread'"
        f" WHEN abs(s.n) > {HUGE!r} THEN 'infinite'{more.replace('{n}', 's.n')}"
        f" WHEN {sql_cast_strictly('s.c', decimal)} IS NOT NULL THEN ''"
        f" ELSE {odd.replace(text, _trimmed('s.c'))} END)[1]"
    )


def _odd(cell: str, decimal: str) -> str:
    own, grouped, grouped_otherwise, otherwise, _ = map(literal, _shapes(decimal))
    mine, other = literal(decimal), literal(_other(decimal))
    bare = (
        f"translate(regexp_extract({_trimmed(cell)}, {literal(f'^(?:{_FULL})$')}, 2), {literal(_FROM)}, {literal(_TO)})"
    )
    return f"""list_transform([{bare}], lambda b: try_cast(CASE
        WHEN regexp_full_match(b, {own}) THEN replace(b, {mine}, '.')
        WHEN regexp_full_match(b, {grouped}) THEN replace(replace(b, {other}, ''), {mine}, '.')
        WHEN regexp_full_match(b, {grouped_otherwise}) THEN replace(replace(b, {mine}, ''), {other}, '.')
        WHEN regexp_full_match(b, {otherwise}) THEN replace(b, {other}, '.') END AS DOUBLE))[1]"""


def _trimmed(cell: str) -> str:
    return f"trim({cell}, {_BLANKS_SQL})"


def _other(decimal: str) -> str:
    return "," if decimal == "." else "."


_WORDS_SQL = ", ".join(literal(word) for word in MISSING_WORDS)
_BLANKS_SQL = literal(BLANKS)

"""SQL that decides which cells of different files are equivalent, whatever their spelling."""

import re
from collections.abc import Mapping

from exoplanet_desktop.catalogs.base.database import literal
from exoplanet_desktop.catalogs.facts.identity import (
    generic_key,
    object_key,
    sql_key,
    sql_object_key,
    sql_star_key,
    star_key,
)
from exoplanet_desktop.catalogs.facts.numbers import BLANKS, is_missing, read_number, sql_missing, sql_number
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES

_BLANKS = literal(BLANKS)
_LONGEST_WORD = 24  # characters of a word for "missing", with surrounding blanks
_SEPARATORS = "[ \t\r\n_\"'\\-\u00a0\u2010-\u2015]+"
_COMMA_NUMBER = r"\s*[+-]?\d+,\d+([eE][+-]?\d+)?\s*"
_PARTS = "0-9.,'’_eEdD+\u2212\u2010-\u2015 \u00a0\u2000-\u200a\u202f-"
_SIGNS = f"[{_PARTS}]*[0-9][{_PARTS}]*"


def same(column: str, one: str | None, other: str | None, label: str = "") -> bool:
    """Whether two cells of a column are equivalent in the comparison of whole rows; `label`: the label's name."""
    if one == other:
        return True
    if column.lower() == label.lower():
        return _word(one) == _word(other)
    for info in SATELLITES.values():
        if column.lower() == info.host:
            return star_key(one, info.satellite) == star_key(other, info.satellite)
        if column.lower() == info.name:
            return object_key(one, info.satellite) == object_key(other, info.satellite)
        if column.lower() in info.identifiers:
            return generic_key(one) == generic_key(other)
    return _value(one) == _value(other)


def _value(cell: str | None) -> float | str:
    if cell is None or is_missing(cell):
        return ""
    if (len(cell) < 16 or "." in cell) and "_" not in cell:
        number = read_number(cell)
        return cell.strip(BLANKS) if number is None else number
    return cell.strip(BLANKS)


def _word(cell: str | None) -> str:
    return "" if is_missing(cell) else re.sub(_SEPARATORS, " ", cell or "").strip().upper()


def identity_key(column: str, cell: str) -> str | None:
    """SQL for the key of a star, an object or another identifier of a catalog; None for other columns."""
    for info in SATELLITES.values():
        if column.lower() == info.host:
            return sql_star_key(cell, info.satellite)
        if column.lower() == info.name:
            return sql_object_key(cell, info.satellite)
        if column.lower() in info.identifiers:
            return sql_key(cell)
    return None


def in_users_words(cell: str, dispositions: Mapping[str, str]) -> str:
    """SQL for the class that the user assigned to a label: NULL for "none", other values unchanged."""
    cases = " ".join(
        f"WHEN {literal(_word(value))} THEN {literal(said) if said else 'NULL'}" for value, said in dispositions.items()
    )
    plain = f"regexp_replace({spelling_of(cell)}, '^([0-9]+)[.]0*$', '\\1')"
    return f"CASE {plain} {cases} ELSE {cell} END"


def spelling_of(cell: str) -> str:
    """SQL for a label in capitals with single blanks; '' if it is missing."""
    word = f"upper(trim(regexp_replace({cell}, {literal(_SEPARATORS)}, ' ', 'g')))"
    return f"""CASE WHEN regexp_full_match({cell}, '[A-Z]{{2,}}( [A-Z]+)?') AND {cell} NOT IN ('NA', 'NULL', 'NAN',
        'NONE') THEN {cell} WHEN {missing(cell)} THEN '' ELSE {word} END"""


def oddly_spelt(cell: str, decimal: str) -> str:
    """SQL for whether a cell is a number of digits and signs only, but not in a computer's notation."""
    signs = literal(_SIGNS)
    number = sql_number(cell, decimal)
    return f"""(regexp_full_match({cell}, {signs}) AND {number} IS NOT NULL
        AND {number} IS DISTINCT FROM try_cast({cell} AS DOUBLE))"""


def is_oddly_spelt(cell: str | None) -> bool:
    """The same for a cell in a file with decimal points."""
    if not cell or not re.fullmatch(_SIGNS, cell):
        return False
    try:
        float(cell)
    except ValueError:
        return read_number(cell) is not None
    return False


def respelt(cell: str, decimal: str) -> str:
    """SQL for a cell with its number in a computer's notation; keeps the file's digits if only a comma is odd."""
    commas = f"WHEN regexp_full_match({cell}, {literal(_COMMA_NUMBER)}) THEN replace({cell}, ',', '.')"
    return f"""CASE {commas if decimal == "," else ""} WHEN {oddly_spelt(cell, decimal)}
        THEN CAST({sql_number(cell, decimal)} AS VARCHAR) ELSE {cell} END"""


def missing(cell: str) -> str:
    # Nearly all cells start with a digit or with a capital letter of a longer text, so need no check against the words.
    maybe = f"length({cell}) <= {_LONGEST_WORD} AND ({cell} < '0' OR {cell} > ':' OR contains({cell}, '#'))"
    return f"({cell} IS NULL OR {cell} = '' OR ({maybe} AND {sql_missing(cell)}))"


def number_of(cell: str) -> str:
    """SQL for the DOUBLE in a cell; NULL if there is none, or if a DOUBLE cannot represent all digits.

    Whole numbers of 16 digits or more stay texts: two of them, such as Gaia's identifiers, can be the same double.
    """
    return f"""CASE WHEN (length({cell}) < 16 OR contains({cell}, '.')) AND NOT contains({cell}, '_')
        THEN {_double(cell)} END"""


def _double(cell: str) -> str:
    fast = f"nullif(try_cast({cell} AS DOUBLE) + 0.0, 'nan'::DOUBLE)"  # + 0.0: minus zero becomes zero
    odd = f"CASE WHEN {cell} < 'A' OR {cell} > '{{' THEN {sql_number(cell, '.')} + 0.0 END"
    return f"coalesce({fast}, {odd})"


def value_of(cell: str) -> str:
    """SQL for a text that is equal for equivalent cells."""
    text = f"CASE WHEN {missing(cell)} THEN '' ELSE trim({cell}, {_BLANKS}) END"
    return f"coalesce(CAST({number_of(cell)} AS VARCHAR), {text})"


def value_hash_of(cell: str) -> str:
    """SQL for a 64-bit number that is equal for equivalent cells; and for texts that are the same DOUBLE."""
    return f"hash({_double(cell)})"

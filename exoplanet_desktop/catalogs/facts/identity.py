"""A canonical form for stars, objects and other identifiers, however a file spells them; in Python and in SQL.

Use keys to compare, not to display: two cells name the same star or object if their keys are equal. One list of steps
defines both forms, so that folds, merges and lookups agree.
"""

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from exoplanet_desktop.catalogs.base.database import literal
from exoplanet_desktop.catalogs.facts.numbers import BLANKS, MISSING_WORDS
from exoplanet_desktop.wire.vocabulary import Satellite

# Text that is compared as text keeps its blanks out. All patterns mean the same to Python's `re` and to DuckDB's RE2.
_BLANKS = f"[{BLANKS}]"
_UPPER, _LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
_EXPONENT = re.compile(r"([0-9]+)(?:[.]([0-9]*))?e[+]?([0-9]{1,2})")
_SEPARATORS = ",'’ "
_GROUPED = "[0-9]{1,3}(?:[,'’ ][0-9]{3})+(?:[.][0-9]*)?"
_POINTED = "[0-9]{1,3}(?:[.][0-9]{3}){2,}"  # in one group, a point is a decimal point
_LONG_ID = 7  # digits
_ENOUGH_IDS = 12  # distinct ones, before their pattern is evidence
_MOST_DIGITS = 38  # for whole numbers written with an exponent

Step = tuple[str, str]  # a pattern and its replacement

_CLEAN: tuple[Step, ...] = (
    (f"{_BLANKS}+", " "),
    ("^ | $", ""),
    ('^="(.*)"$', r"\1"),  # how a spreadsheet protects text from becoming a number
    ('^"(.*)"$', r"\1"),
    ("^'([^']*)'?$", r"\1"),
    ("^ | $", ""),
    ("[‐‑‒–—−]", "-"),
)
_PLAIN: tuple[Step, ...] = (
    ("^[+]([0-9])", r"\1"),
    ("^(-?)0+([0-9]+(?:[.][0-9]*)?)$", r"\1\2"),
    ("^(-?[0-9]+)[.]0*$", r"\1"),
    ("^(-?[0-9]+[.][0-9]*[1-9])0+$", r"\1"),
)
_NAME: tuple[Step, ...] = (("[ _]+", ""),)
_KOI_STAR: tuple[Step, ...] = (
    ("^(?:koi|k)[ _-]*0*([0-9]{1,5})$", r"K0000\1"),
    ("^K0{0,4}([0-9]{5})$", r"K\1"),
)
_TWO_DIGITS: Step = ("^([0-9]+[.][0-9])$", r"\g<1>0")  # a spreadsheet turns 101.10 into 101.1


@dataclass(frozen=True)
class _Form:
    """How an identifier of one kind becomes its key.

    Attributes:
        before: steps before the number steps, such as "without `TIC`".
        after: steps after them.
        canonical: pattern of keys that most cells of good files already match.
        first: initial letters of names that only the name steps apply to.
    """

    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()
    canonical: str = "[1-9][0-9]*"
    first: str = "A-Za-z"

    @property
    def name(self) -> str:
        """Pattern of names that need no change except in case and blanks."""
        return f"[{self.first}][A-Za-z0-9.+-]*(?: [A-Za-z0-9.+-]+)*"


_NOT_E, _NOT_K, _NOT_T = "A-DF-Za-df-z", "A-JL-Za-jl-z", "A-SU-Za-su-z"
_GENERIC = _Form()
_STARS = {
    Satellite.KOI: _Form((("^(?:kic|kplr|kepid)[ _:#-]*([0-9].*)$", r"\1"),), (*_KOI_STAR, *_NAME), first=_NOT_K),
    Satellite.K2: _Form((("^(?:epic)[ _:#-]*([0-9].*)$", r"\1"),), _NAME, first=_NOT_E),
    Satellite.TOI: _Form(
        (("^(?:tic|tid)[ _:#-]*([0-9].*)$", r"\1"),),
        (("^toi[ _-]*0*([0-9]+)$", r"TOI-\1"), *_NAME),
        first=_NOT_T,
    ),
}
_OBJECTS = {
    Satellite.KOI: _Form(
        (("^(?:koi|k)[ _-]*([0-9]+[.][0-9]+)$", r"\1"),),
        (
            _TWO_DIGITS,
            ("^([0-9]{1,5}[.][0-9]{2})$", r"K0000\1"),
            ("^K0{0,4}([0-9]{5}[.][0-9]{2})$", r"K\1"),
            *_KOI_STAR,
            *_NAME,
        ),
        "K[0-9]{5}[.][0-9]{2}",
        _NOT_K,
    ),
    Satellite.K2: _Form((("^(?:epic)[ _:#-]*([0-9].*)$", r"\1"),), _NAME, first=_NOT_E),
    Satellite.TOI: _Form(
        (("^toi[ _:#-]*([0-9][0-9.,]*)$", r"\1"),), (_TWO_DIGITS, *_NAME), "[1-9][0-9]*[.][0-9]{2}", _NOT_T
    ),
}


def star_key(text: str | None, satellite: Satellite | None) -> str:
    """The key shared by cells that name the same star; "" for a missing cell.

    >>> star_key("KIC 010797460", Satellite.KOI), star_key("TIC 12.0", Satellite.TOI)
    ('10797460', '12')
    """
    return _key(text, _star_form(satellite))


def object_key(text: str | None, satellite: Satellite | None) -> str:
    """The key shared by cells that name the same object; "" for a missing cell.

    >>> object_key("KOI-752.01", Satellite.KOI), object_key("TOI 101.010", Satellite.TOI)
    ('K00752.01', '101.01')
    """
    return _key(text, _object_form(satellite))


def generic_key(text: str | None) -> str:
    """The key shared by cells that differ only in blanks, case or number format; "" for a missing cell.

    >>> generic_key(" 007.0 "), generic_key("Kepler-227  B"), generic_key("N/A")
    ('7', 'kepler-227 b', '')
    """
    return _key(text, _GENERIC)


def star_of_object(name: str | None, satellite: Satellite | None) -> str:
    """The key of an object's star, from the object's name; "" if it is missing.

    These keys only compare with each other; if a file has a star column, that column is more reliable.

    >>> star_of_object("K00752.01", Satellite.KOI), star_of_object("101.02", Satellite.TOI)
    ('K00752', 'TOI-101')
    >>> star_of_object("K2-18 b", Satellite.K2), star_of_object("EPIC 201912552.01", Satellite.K2)
    ('k2-18', '201912552')
    """
    key = object_key(name, satellite)
    if satellite is Satellite.KOI and re.fullmatch("K[0-9]{5}[.][0-9]{2}", key):
        return key[:6]
    if satellite is Satellite.TOI and (found := re.fullmatch("([0-9]+)(?:[.][0-9]+)?", key)):
        return f"TOI-{found[1]}"
    if satellite is not None and (found := re.fullmatch("([0-9]{6,})[.][0-9]{1,2}", key)):
        return found[1]
    # The last letter names the planet, even without a blank before it; a letter before that (`B b`) names the star.
    shown = " ".join(_steps(name or "", _CLEAN).split())
    if found := re.fullmatch("(.*[^ ]) +[b-zB-Z]|(.*[0-9A-D])[b-z]", shown):
        return star_key(found[1] or found[2], satellite)
    return star_key(shown, satellite)


def sql_key(cell: str) -> str:
    """SQL for `generic_key` of a VARCHAR expression."""
    return _sql(cell, _GENERIC)


def sql_star_key(cell: str, satellite: Satellite | None) -> str:
    """SQL for `star_key` of a VARCHAR expression."""
    return _sql(cell, _star_form(satellite))


def sql_object_key(cell: str, satellite: Satellite | None) -> str:
    """SQL for `object_key` of a VARCHAR expression."""
    return _sql(cell, _object_form(satellite))


def _star_form(satellite: Satellite | None) -> _Form:
    return _STARS[satellite] if satellite else _GENERIC


def _object_form(satellite: Satellite | None) -> _Form:
    return _OBJECTS[satellite] if satellite else _GENERIC


@dataclass(frozen=True)
class Damage:
    """Identifiers that lost digits, so that different stars share one.

    Attributes:
        count: cells that lost digits, of `rows` that are not missing.
        rows: cells that are not missing.
        left: distinct identifiers that remain.
        named: number of stars by the objects' names; 0 if the names do not show it.
        line: position of the first such cell, from 0.
        example: its text.
    """

    count: int
    rows: int
    left: int
    named: int
    line: int
    example: str

    def sentence(self, column: str) -> str:
        """A sentence for the user."""
        stars = f": {self.named:,} stars became {self.left:,}" if self.named > self.left else ""
        return (
            f"{self.count:,} of {self.rows:,} identifiers in `{column}` have lost digits, such as"
            f" `{self.example}`{stars}. Export the catalog again with this column as text."
        )


def damaged(
    texts: Iterable[str | None], names: Iterable[str | None] = (), satellite: Satellite | None = None
) -> Damage | None:
    """Whether a column of identifiers looks rounded; None if it does not.

    A cell is rounded if its exponent implies more digits than are written (`1.08E+07`). All cells are rounded
    if most of the column's long numbers end in zeros, or if all of them are exact as 32-bit floats.

    Args:
        texts: the cells.
        names: the names of the rows' objects, in the same order; they show the number of stars.
        satellite: of the catalog.
    """
    tally = _Tally(satellite)
    for place, (text, name) in enumerate(zip_longest(texts, names)):
        tally.take(place, text or "", name or "")
    return tally.damage()


class _Tally:
    """Counts the forms of identifiers in a column."""

    def __init__(self, satellite: Satellite | None) -> None:
        self._satellite = satellite
        self._keys: set[str] = set()
        self._stars: set[str] = set()
        self._long: dict[str, tuple[int, str]] = {}  # for each long number: its first position and text
        self._first: tuple[int, str] | None = None
        self._rows = self._cut = 0

    def take(self, place: int, text: str, name: str) -> None:
        key = star_key(text, self._satellite)
        if not key:
            return
        self._rows += 1
        self._keys.add(key)
        if star := star_of_object(name, self._satellite):
            self._stars.add(star)
        if _lost_digits(text):
            self._cut += 1
            self._first = self._first or (place, text.strip())
        elif len(key) >= _LONG_ID and key.isdecimal():
            self._long.setdefault(key, (place, text.strip()))

    def damage(self) -> Damage | None:
        count, first = self._cut, self._first
        if first is None and self._rounded():
            count, first = self._rows, next(iter(self._long.values()))
        if first is None:
            return None
        return Damage(count, self._rows, len(self._keys), len(self._stars), *first)

    def _rounded(self) -> bool:
        """Whether the long numbers share a pattern that chance would not produce."""
        if len(self._long) < _ENOUGH_IDS:
            return False
        if 2 * sum(key.endswith("0000") for key in self._long) > len(self._long):
            return True
        beyond = [int(key) for key in self._long if 2**26 < int(key) < 2**53]
        return len(beyond) >= _ENOUGH_IDS and all(map(_is_single, beyond))


def _lost_digits(text: str) -> bool:
    found = _EXPONENT.fullmatch(_steps(text, _CLEAN).lower()) if "e" in text.lower() else None
    return found is not None and len(found[2] or "") < int(found[3])


def _is_single(number: int) -> bool:
    (single,) = struct.unpack("<f", struct.pack("<f", number))
    return int(single) == number


# --- in Python


def _key(text: str | None, form: _Form) -> str:
    if not text:
        return ""
    if _compiled(form.canonical).fullmatch(text):
        return text
    clean = _steps(text, _CLEAN).translate(str.maketrans(_UPPER, _LOWER))
    if clean in MISSING_WORDS:
        return ""
    clean = _steps(clean, form.before)
    if _compiled(_GROUPED).fullmatch(clean):
        clean = clean.translate(str.maketrans("", "", _SEPARATORS))
    elif _compiled(_POINTED).fullmatch(clean):
        clean = clean.replace(".", "")
    elif found := _EXPONENT.fullmatch(clean):
        clean = _shifted(found[1], found[2] or "", int(found[3])) or clean
    return _steps(clean, (*_PLAIN, *form.after))


def _steps(text: str, steps: Sequence[Step]) -> str:
    for pattern, new in steps:
        text = _compiled(pattern).sub(new, text)
    return text


def _shifted(whole: str, decimals: str, exponent: int) -> str:
    """The digits of a number with an exponent; "" if there are too many."""
    if len(whole) + exponent > _MOST_DIGITS:
        return ""
    padded = decimals.ljust(exponent, "0")
    return f"{whole}{padded[:exponent]}.{padded[exponent:]}"


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


# --- in SQL


def _sql(cell: str, form: _Form) -> str:
    clean = f"translate({_sql_steps('cell', _CLEAN)}, {literal(_UPPER)}, {literal(_LOWER)})"
    bare = _sql_steps("clean", form.before)
    exponent = literal(_EXPONENT.pattern)
    whole, decimals, digits = (f"regexp_extract(bare, {exponent}, {group})" for group in (1, 2, 3))
    shift = f"CAST({digits} AS INTEGER)"
    padded = f"rpad({decimals}, CAST(greatest(length({decimals}), {shift}) AS INTEGER), '0')"
    number = f"""CASE WHEN regexp_full_match(bare, {literal(_GROUPED)}) THEN translate(bare, {literal(_SEPARATORS)}, '')
        WHEN regexp_full_match(bare, {literal(_POINTED)}) THEN replace(bare, '.', '')
        WHEN NOT regexp_full_match(bare, {exponent}) OR length({whole}) + {shift} > {_MOST_DIGITS} THEN bare
        ELSE {whole} || left({padded}, {shift}) || '.' || substr({padded}, {shift} + 1) END"""
    missing = ", ".join(map(literal, MISSING_WORDS))
    key = f"CASE WHEN clean IN ({missing}) THEN '' ELSE {_sql_steps('number', (*_PLAIN, *form.after))} END"
    # Each name stands for one expression: if it were repeated in each place, DuckDB would evaluate it each time.
    slow = _let("cell", cell, _let("clean", clean, _let("bare", bare, _let("number", number, key))))
    name = f"lower({cell})" if form is _GENERIC else f"replace(lower({cell}), ' ', '')"
    return f"""CASE WHEN {cell} IS NULL THEN '' WHEN regexp_full_match({cell}, {literal(form.canonical)}) THEN {cell}
        WHEN regexp_full_match({cell}, {literal(form.name)}) AND lower({cell}) NOT IN ({missing}) THEN {name}
        ELSE {slow} END"""


def _let(name: str, value: str, result: str) -> str:
    return f"list_transform([{value}], lambda {name}: {result})[1]"


def _sql_steps(text: str, steps: Sequence[Step]) -> str:
    for pattern, new in steps:
        new = re.sub(r"\\g<([0-9])>", r"\\\1", new)
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(new)}, 'g')"
    return text

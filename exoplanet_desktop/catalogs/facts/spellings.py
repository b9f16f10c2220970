"""Archive names as other programs write them: with points, without underscores, with a unit or a table name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from exoplanet_desktop.catalogs.facts.units import unit_name

_SEPARATORS = re.compile(r"[\s_.\-]+")
_BRACKETS = re.compile(r"(.+?)[\s_]*[\[(]([^\[\]()]{1,30}|log10\([^()]*\))[\])]")
# Conversion factors for units that people use instead of the archive's.
FACTORS: Mapping[tuple[str, str], float] = {
    ("d", "h"): 24.0,
    ("ppt", "ppm"): 1e3,
    ("%", "ppm"): 1e4,
}


def archive_name(name: str, known: Iterable[str]) -> str:
    """The known name that matches this one regardless of case and word separators; "" if none does.

    `name`: in lower case, without surrounding blanks and quotes.

    >>> archive_name("koi.period", ("koi_period",)), archive_name("koi-period err1", ("koi_period_err1",))
    ('koi_period', 'koi_period_err1')
    """
    names = known if isinstance(known, frozenset) else frozenset(known)
    usual = name.replace(" ", "_")
    return usual if usual in names else _squeezed(names).get(_SEPARATORS.sub("", name), "")


@cache
def _squeezed(names: frozenset[str]) -> Mapping[str, str]:
    """Names of several words by their letters alone, except letters that two of them share."""
    found: dict[str, str] = {}
    for name in names:
        if "_" in name:
            letters = _SEPARATORS.sub("", name)
            found[letters] = "" if letters in found else name
    return {letters: name for letters, name in found.items() if name and letters not in names}


def with_unit(name: str, known: frozenset[str]) -> tuple[str, str, bool]:
    """The archive's name and the unit in a name such as `koi_period [days]`, and whether the unit is in brackets.

    ("", "", False) for any other name.

    >>> with_unit("koi_period (h)", frozenset({"koi_period"})), with_unit("koi_teq_k", frozenset({"koi_teq"}))
    (('koi_period', 'h', True), ('koi_teq', 'K', False))
    """
    if found := _BRACKETS.fullmatch(name):
        program = archive_name(found[1], known)
        return (program, unit_name(found[2]), True) if program else ("", "", False)
    words = re.split(r"[_ .]", name)
    for place in range(max(1, len(words) - 2), len(words)):
        unit = " ".join(words[place:])
        program = archive_name("_".join(words[:place]), known)
        if program and (read := unit_name(unit)) != unit:
            return program, read, False
        if program and unit in ("d", "h", "ppm", "ppt"):
            return program, unit, False
    return "", "", False


def without_table(names: Sequence[str], known: frozenset[str]) -> dict[str, str]:
    """Names without their table's name, if all begin with one and a point: `cumulative.kepid`; otherwise nothing.

    >>> without_table(["t.kepid", "t.own"], frozenset({"kepid"})), without_table(["koi.period", "koi.x"], frozenset())
    ({'t.kepid': 'kepid', 't.own': 'own'}, {})
    """
    tables = {name.partition(".")[0] for name in names}
    if len(tables) > 1 or not all("." in name for name in names):
        return {}
    bare = {name: name.partition(".")[2] for name in names}
    return bare if known.intersection(bare.values()) else {}

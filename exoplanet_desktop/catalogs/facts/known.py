"""Known column names, and how files mark a name or a comment."""

import csv
import re
from functools import cache

from exoplanet_desktop.resources import resource

EDGES = " \t\r\n\xa0\ufeff\u200b"  # characters around a name that are not part of it

_COMMENT = re.compile(r'[\ufeff\s]*("?)\s*(?:#+|!+|//+)(?![,;|\t]+[^,;|\t\s])[ \t]*')
_MARKS = {'"': '"', "'": "'", "“": "”", "`": "`"}


@cache
def known_names() -> frozenset[str]:
    """The known column names, in lower case: the archive's, and those of the rename maps."""
    found: set[str] = set()
    for folder, fields in (("columns", ("column",)), ("renames", ("file", "program"))):
        place = resource(folder)
        for path in sorted(place.glob("*.csv")) if place.is_dir() else ():
            with path.open(encoding="utf-8", newline="") as file:
                found.update(
                    clean_name(row.get(field) or "").lower() for row in csv.DictReader(file) for field in fields
                )
    return frozenset(found - {""})


def clean_name(text: str) -> str:
    """A column name without surrounding blanks, byte order marks and quotation marks.

    >>> clean_name("\\ufeff 'koi\\xa0period' ")
    'koi period'
    """
    name = text.strip(EDGES).removeprefix("ï»¿").strip(EDGES).replace("\xa0", " ")  # a byte order mark, misread
    while len(name) > 1 and _MARKS.get(name[0]) == name[-1]:
        name = name[1:-1].strip(EDGES)
    return name


def uncommented(line: str) -> tuple[str, bool]:
    """A line without its leading comment marks, and whether it had any.

    >>> uncommented("# kepid,ra"), uncommented('"! kepid","ra"'), uncommented("#,kepid")
    (('kepid,ra', True), ('"kepid","ra"', True), ('#,kepid', False))
    """
    found = _COMMENT.match(line)
    if line.startswith("%") and clean_name(re.split(r"[,;\t| ]", line.lstrip("% "))[0]).lower() in known_names():
        return line.lstrip("% "), True  # elsewhere, a name may begin with it: `% of light`
    return (found[1] + line[found.end() :], True) if found else (line.lstrip("\ufeff"), False)

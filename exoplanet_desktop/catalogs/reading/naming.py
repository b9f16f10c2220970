"""The program's names for the columns of a file, and the conversions to the archive's units.

Three sources, in order of precedence: the user's map; the archive's names in another spelling; other publishers' lists
of names in `resources/renames`.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import islice
from math import isfinite
from pathlib import Path
from types import MappingProxyType

from exoplanet_desktop.catalogs.facts.dictionary import ColumnInfo, describe, dictionary
from exoplanet_desktop.catalogs.facts.numbers import read_number
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, identify, spelling
from exoplanet_desktop.catalogs.facts.spellings import FACTORS, archive_name, with_unit, without_table
from exoplanet_desktop.catalogs.facts.units import unit_name
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.resources import resource
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

MAX_RENAMES = 5_000
_LISTS = {"exofop_toi": "ExoFOP", "mit_toi": "MIT"}  # file in resources/renames, publisher in a sentence
_ENOUGH = 5  # of a list's own names
_IDENTIFYING = frozenset(("toi", "tid", "tfopwg_disp"))
_SHOWN = 3  # pairs of names in a note
_BTJD = 2_457_000.0  # TESS counts its days from this Julian date


@dataclass(frozen=True)
class Conversion:
    """Converts the number in a cell to the archive's unit.

    Attributes:
        factor, offset: number * factor + offset.
        magnitudes: the cell is a depth in millimagnitudes, converted to ppm: 10**6 * (1 - 10**(-mmag / 2500)).
        told: from what to what, to follow "was converted".
    """

    factor: float = 1.0
    offset: float = 0.0
    magnitudes: bool = False
    told: str = ""

    def cell(self, text: str, decimal: str = ".") -> str:
        """The converted cell; unchanged if it has no number. Digits are kept: 1981.4849967 + 2457000 is exact.

        >>> Conversion(offset=2457000.0).cell("1981.4849967"), Conversion(magnitudes=True).cell("1.5")
        ('2458981.4849967', '1380.59715')
        >>> Conversion(factor=24.0).cell("0,5", ","), Conversion(factor=24.0).cell("n/a")
        ('12', 'n/a')
        """

        found = read_number(text, decimal)
        if found is None or not isfinite(found):
            return text
        try:
            number = Decimal(text.strip().replace(decimal, "."))
        except InvalidOperation:  # a number in another notation, such as `1 981.48`
            number = Decimal(repr(found))
        if self.magnitudes:
            converted = f"{1e6 * (1 - 10.0 ** (-float(number) / 2500)):.9g}"
        else:
            converted = f"{(number * Decimal(repr(self.factor)) + Decimal(repr(self.offset))).normalize():f}"
        return converted.replace(".", decimal)


_CONVERSIONS = MappingProxyType(
    {
        "BTJD": Conversion(offset=_BTJD, told="from BTJD to BJD"),
        "mmag": Conversion(magnitudes=True, told="from mmag to ppm"),
    }
)


@dataclass(frozen=True)
class Rename:
    """A name in a publisher's list: the program's name for it, the conversion of its cells, and a note on it."""

    program: str
    conversion: Conversion | None = None
    note: str = ""


@dataclass(frozen=True)
class NamedColumns:
    """The columns of a file under the program's names; see `Layout` for all but these.

    Attributes:
        names: the program's name by that in the file.
        notes: what was read under another name, a sentence each.
    """

    names: Mapping[str, str]
    labels: Mapping[str, str]
    units: Mapping[str, str]
    conversions: Mapping[str, Conversion]
    dispositions: Mapping[str, str]
    notes: tuple[str, ...]


def name_columns(
    given: Sequence[str], labels: Mapping[str, str], units: Mapping[str, str], choice: ReadingOptions
) -> NamedColumns:
    """The program's names for the columns of a file, and what the user says of its labels.

    Args:
        given: the names in the file.
        labels, units: by these names, where known.

    Raises InputError where the user's names or labels do not fit the file.
    """
    said = _said(given, choice)
    spelt, converted, refused = _in_any_spelling(given, said)
    publisher, published = _published(given, {**spelt, **said})
    names = dict(zip(given, given, strict=True))
    names |= {name: rename.program for name, rename in published.items()} | spelt | said
    aside = _put_label(names, choice)
    dispositions = _meanings(choice)
    if all(name == program for name, program in names.items()):
        return NamedColumns(names, labels, units, {}, dispositions, tuple(refused))
    conversions = {rename.program: rename.conversion for rename in published.values() if rename.conversion}
    conversions |= {spelt[name]: conversion for name, conversion in converted.items()}
    known = describe(tuple(names.values()))
    changed = {names[name]: name for name in given if names[name] != name and name not in spelt}
    notes = (
        *_notes(names, spelt, said, published, publisher, aside),
        *(f"`{name}` was converted {each.told}." for name, each in converted.items()),
        *refused,
    )
    return NamedColumns(
        names,
        _labels(labels, names, known, changed),
        _units(units, names, known, conversions),
        conversions,
        dispositions,
        notes,
    )


def plain(name: str) -> str:
    """A column name in canonical spelling.

    >>> plain(" KOI_Period "), plain('"Stellar\\xa0 Teff (K)"')
    ('koi_period', 'stellar teff (k)')
    """
    return " ".join(name.replace("\xa0", " ").replace("\ufeff", "").strip(" \t'\"`").split()).casefold()


@cache
def known_names() -> frozenset[str]:
    """All columns of the three catalogs that the program knows."""

    infos = SATELLITES.values()
    described = (name for satellite in Satellite for name in dictionary(satellite))
    used = (name for info in infos for name in (*info.identifiers, info.label, *info.measured, *info.verdict))
    return frozenset((*described, *used))


@cache
def publishers_names(publisher: str) -> Mapping[str, Rename]:
    """A publisher's names in canonical spelling; `publisher`: a file in resources/renames."""
    with resource(f"renames/{publisher}.csv").open(encoding="utf-8", newline="") as file:
        return MappingProxyType(
            {
                plain(row["file"]): Rename(row["program"], _CONVERSIONS.get(row["conversion"]), row["note"])
                for row in csv.DictReader(file)
            }
        )


def read_renames(path: Path) -> dict[str, str]:
    """The user's map of names, by the file's name: JSON, or CSV with the columns `file` and `program`.

    Raises InputError for any other format, for a name that is mapped twice and for a target that the program does not
    know.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(f"The column names in {path} cannot be read: {reason}. Choose another file.") from None
    pairs = _from_json(path, text) if text.lstrip().startswith("{") else _from_csv(path, text)
    found: dict[str, str] = {}
    for name, program in pairs:
        if found.setdefault(name, program) != program:
            raise InputError(f"{path.name} gives `{name}` two names, `{found[name]}` and `{program}`. Leave out one.")
    check_renames(found)
    return found


def check_renames(renames: Mapping[str, str]) -> None:
    """Raises InputError for a target that the program does not know, and for one that two columns would get."""
    if len(renames) > MAX_RENAMES:
        raise InputError(f"At most {MAX_RENAMES:,} columns can be renamed. Leave out some of them.")
    taken: dict[str, str] = {}
    for name, program in renames.items():
        if program not in known_names():
            like = next((known for known in sorted(known_names()) if known == program.strip().lower()), "")
            remedy = f"Did you mean `{like}`?" if like else "Choose a column of the archive's KOI, K2 or TOI table."
            raise InputError(f"`{name}` cannot become `{program}`: the program knows no such column. {remedy}")
        if (other := taken.setdefault(program, name)) != name:
            raise InputError(f"`{other}` and `{name}` cannot both become `{program}`. Leave out one of them.")


def parse_meanings(text: str) -> dict[str, str]:
    """What the values of a label column mean, from `0=FALSE POSITIVE,1=CONFIRMED`; nothing after `=`: no disposition.

    Raises InputError if it cannot be parsed.

    >>> parse_meanings("0 = false_positive, 1=CONFIRMED, ?=")
    {'0': 'FALSE POSITIVE', '1': 'CONFIRMED', '?': ''}
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        value, sign, meaning = part.rpartition("=")
        if not sign or not value.strip():
            raise InputError(
                f"“{part.strip()}” does not say what a label means. Write value=CLASS, with commas between them, "
                "such as 0=FALSE POSITIVE,1=CONFIRMED."
            )
        if found.setdefault(value.strip(), meaning.strip()) != meaning.strip():
            raise InputError(f"`{value.strip()}` is given two meanings. Leave out one of them.")
    return meanings_of(found)


def meanings_of(labels: Mapping[str, str]) -> dict[str, str]:
    """The user's classes for labels, in the program's spelling. Raises InputError for an unknown class."""

    found = {}
    for value, meaning in labels.items():
        plain_meaning = spelling(meaning)
        if plain_meaning and plain_meaning not in tuple(Disposition):
            allowed = ", ".join(Disposition)
            raise InputError(
                f"“{meaning}” is not a class that `{value}` could mean. Choose one of {allowed}, or nothing."
            )
        found[value] = plain_meaning
    return found


def _from_json(path: Path, text: str) -> list[tuple[str, str]]:
    try:
        pairs = json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError):
        raise InputError(f"{path.name} is not readable JSON. Write a name for each column.") from None
    if not all(isinstance(program, str) for _, program in pairs):
        raise InputError(f'{path.name} should contain one name for each column, such as "Period": "koi_period".')
    return [(name, program.strip()) for name, program in pairs]


def _from_csv(path: Path, text: str) -> list[tuple[str, str]]:
    try:
        rows = [row for row in csv.reader(text.splitlines()) if any(cell.strip() for cell in row)]
    except csv.Error:
        rows = []
    if not rows or [cell.strip().lower() for cell in rows[0]][:2] != ["file", "program"]:
        raise InputError(
            f"{path.name} should begin with the line file,program and have a line for each column, such as "
            "Period,koi_period."
        )
    if odd := next((row for row in rows[1:] if len(row) < 2 or not row[0].strip() or not row[1].strip()), None):
        raise InputError(f"The line “{','.join(odd)}” of {path.name} does not have two names. Correct or remove it.")
    return [(row[0].strip(), row[1].strip()) for row in rows[1:]]


def _said(given: Sequence[str], choice: "ReadingOptions") -> dict[str, str]:
    """The user's names by the file's. Raises InputError if they do not fit the file."""
    check_renames(choice.rename)
    places = {plain(name): name for name in reversed(given)}
    found: dict[str, str] = {}
    for name, program in choice.rename.items():
        column = name if name in given else places.get(plain(name))
        if column is None:
            raise InputError(
                f"The file has no column `{name}`, which was to become `{program}`. Choose the names again."
            )
        if program in given and program not in choice.rename and program != column:
            raise InputError(f"`{name}` cannot become `{program}`: the file has a column of that name. Leave out one.")
        found[column] = program
    return found


def _in_any_spelling(
    given: Sequence[str], said: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Conversion], list[str]]:
    """Columns with an archive name in another spelling, with a unit or a table name.

    Returns their names; the conversions, by the file's name; and a sentence for each unit that cannot be converted.
    """
    known, taken = known_names(), {*given, *said.values()}
    bare = without_table([plain(name) for name in given], known)
    found: dict[str, str] = {}
    converted: dict[str, Conversion] = {}
    refused: list[str] = []
    for name in given:
        if name in said or name in known:
            continue
        spelling = bare.get(plain(name), plain(name))
        program = archive_name(spelling, known)
        if not program:
            program, unit, bracketed = with_unit(spelling, known)
            own = _unit_of(program) if program else ""
            if program and unit != unit_name(own):
                factor = FACTORS.get((unit, unit_name(own)))
                if factor is None or program in taken:
                    if bracketed and program not in taken:
                        whose = f"is in {own}" if own else "has no unit"
                        refused.append(f"`{name}` is not read as `{program}`, which {whose} in the archive's table.")
                    continue
                converted[name] = Conversion(factor, told=f"from {unit} to {own}")
        if program and program not in taken:
            found[name] = program
            taken.add(program)
    return found, converted, refused


def _unit_of(column: str) -> str:

    return next((infos[column].unit for one in Satellite if column in (infos := dictionary(one))), "")


def _published(given: Sequence[str], taken: Mapping[str, str]) -> tuple[str, dict[str, Rename]]:
    """The publisher whose list this is, and its names; ("", {}) if it is nobody's.

    A list is recognised by enough of its own names, one of which identifies an object.
    """
    for publisher, title in _LISTS.items():
        names = publishers_names(publisher)
        fitting = {name: names[plain(name)] for name in given if plain(name) in names}
        own = [name for name in fitting if plain(name).replace(" ", "_") not in known_names()]
        if len(own) < _ENOUGH or not any(rename.program in _IDENTIFYING for rename in fitting.values()):
            continue
        used = {*taken.values(), *(name for name in given if name in known_names() and name not in taken)}
        found: dict[str, Rename] = {}
        # A column that needs no conversion takes precedence: a depth in ppm is better than one converted from
        # magnitudes.
        for name, rename in sorted(fitting.items(), key=lambda item: item[1].conversion is not None):
            if name not in taken and rename.program not in used:
                used.add(rename.program)
                found[name] = rename
        return title, {name: found[name] for name in given if name in found}
    return "", {}


def _put_label(names: dict[str, str], choice: "ReadingOptions") -> str:
    """Gives the user's label column the satellite's name; returns the column that had it, "" if none did."""

    if choice.label is None:
        return ""
    column = next((name for name in names if name == choice.label), None)
    column = column or next((name for name in names if plain(name) == plain(choice.label or "")), None)
    if column is None:
        raise InputError(f"The file has no column `{choice.label}` with labels. Choose another one.")
    satellite = identify(names.values()).satellite or _only_fit(names.values())
    if satellite is None:
        raise InputError(
            f"`{choice.label}` cannot be used as the label: the other columns do not say which satellite it is. Say "
            f"that `{choice.label}` is `koi_disposition`, `disposition` (K2) or `tfopwg_disp` (TOI)."
        )
    label = SATELLITES[satellite].label
    before = next((name for name, program in names.items() if program == label and name != column), "")
    if before:
        names[before] = _free(f"{label}_2", names.values())
    names[column] = label
    return before


def _only_fit(columns: Iterable[str]) -> Satellite | None:
    """The only satellite whose required columns are all present."""

    there = set(columns)
    fitting = [info.satellite for info in SATELLITES.values() if there.issuperset(info.required)]
    return fitting[0] if len(fitting) == 1 else None


def _free(name: str, taken: Iterable[str]) -> str:
    used, number, free = {each.lower() for each in taken}, 2, name
    while free.lower() in used:
        number += 1
        free = f"{name.rpartition('_')[0]}_{number}"
    return free


def _meanings(choice: "ReadingOptions") -> dict[str, str]:

    return {spelling(value): meaning for value, meaning in meanings_of(choice.labels).items()}


def _labels(
    given: Mapping[str, str], names: Mapping[str, str], known: Mapping[str, "ColumnInfo"], changed: Mapping[str, str]
) -> dict[str, str]:
    """Titles by the program's names; a column with another name in the file mentions it."""
    labels = {}
    for name, program in names.items():
        label = given.get(name) or (known[program].label if program in known else "")
        if program in changed:
            label = f"{label} (`{name}` in the file)" if label else f"`{name}` in the file"
        if label:
            labels[program] = label
    return labels


def _units(
    given: Mapping[str, str],
    names: Mapping[str, str],
    known: Mapping[str, "ColumnInfo"],
    conversions: Mapping[str, Conversion],
) -> dict[str, str]:
    units = {}
    for name, program in names.items():
        own = "" if program in conversions else given.get(name, "")
        if unit := own or (known[program].unit if program in known else ""):
            units[program] = unit
    return units


def _notes(
    names: Mapping[str, str],
    spelt: Mapping[str, str],
    said: Mapping[str, str],
    published: Mapping[str, Rename],
    publisher: str,
    aside: str,
) -> list[str]:
    notes = []
    if spelt:
        first, program = next(iter(spelt.items()))
        if len(spelt) == 1:
            notes.append(f"Column `{first}` is read as `{program}`, as the archive spells it.")
        else:
            notes.append(
                f"{len(spelt)} column names are read as the archive spells them, such as `{first}` as `{program}`."
            )
    if said:
        many = f"{len(said)} columns are" if len(said) > 1 else "1 column is"
        notes.append(f"{many} read as you said: {_pairs(said)}.")
    if publisher:
        notes += _notes_of_list(names, spelt, said, published, publisher)
    if aside:
        notes.append(f"The dispositions in `{aside}` are not used: you chose another label column.")
    return notes


def _notes_of_list(
    names: Mapping[str, str],
    spelt: Mapping[str, str],
    said: Mapping[str, str],
    published: Mapping[str, Rename],
    publisher: str,
) -> list[str]:
    pairs = {name: rename.program for name, rename in published.items()}
    some = dict(islice(pairs.items(), _SHOWN))
    like = f"{len(pairs)} of its columns are read as the archive's, such as {_pairs(some)}"
    notes = [f"This is {publisher}'s list of TOIs. {like}."]
    for name, rename in published.items():
        if rename.conversion:
            notes.append(f"`{name}` was converted {rename.conversion.told}.")
        elif rename.note:
            notes.append(f"`{name}` stands for `{rename.program}`: {rename.note}.")
    rest = [name for name in names if name not in {**spelt, **said, **pairs} and name not in known_names()]
    twice = [name for name in rest if any(plain(name) in publishers_names(each) for each in _LISTS)]
    if twice:
        listed, verb = ", ".join(f"`{name}`" for name in twice), "is" if len(twice) == 1 else "are"
        notes.append(f"{listed} {verb} not used: other columns have the same values in the archive's unit.")
    if rest := [name for name in rest if name not in twice]:
        listed = ", ".join(f"`{name}`" for name in rest)
        noun = "column has" if len(rest) == 1 else "columns have"
        notes.append(f"{len(rest)} {noun} no counterpart in the archive's table and no part in a model: {listed}.")
    return notes


def _pairs(names: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` as `{program}`" for name, program in names.items())

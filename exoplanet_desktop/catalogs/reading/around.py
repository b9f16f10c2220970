"""The surroundings of a table in its file: comments, titles, a row of units or types, row numbers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from exoplanet_desktop.catalogs.facts.dictionary import ColumnInfo
from exoplanet_desktop.catalogs.facts.known import clean_name, uncommented
from exoplanet_desktop.catalogs.facts.numbers import is_missing
from exoplanet_desktop.catalogs.facts.units import is_unit
from exoplanet_desktop.catalogs.reading.fixed import places_of
from exoplanet_desktop.catalogs.reading.formats import cleaned
from exoplanet_desktop.catalogs.reading.header import SAMPLE, Header, counts_up
from exoplanet_desktop.catalogs.reading.records import CsvRecord, Style, is_rule, split_records
from exoplanet_desktop.catalogs.reading.sniffing import meanings, unique_names

ROW_NAME = "row_name"

_MOST_EXTRAS = 400  # lines between the column names and the first row
_MOST_ROWS = 20_000  # rows to check for a column without a name
_SAID = 60  # characters of a line to quote
_SEPARATOR_LINE = re.compile(r'[\ufeff\s]*"?sep=(.|\\t)"?[,;\t\s]*', re.IGNORECASE)
_COUNTERS = frozenset({"rowid", "loc_rowid", "row_id", "rownum", "row_num", ROW_NAME})
_MAYBE_COUNTERS = re.compile(r"|unnamed: ?\d+(\.\d+)?|index|level_0|row|no\.?|nr\.?|#|s\.? ?no\.?", re.IGNORECASE)
_PANDAS_INDEX = re.compile(r"unnamed: ?0(\.\d+)?", re.IGNORECASE)
# Words of unit rows besides the units that units.py knows.
_UNIT_WORDS = """2454833 2457000 adu cm decimal dimensionless e-/s earth electron/s flux fraction gyr jupiter
    log(cm/s^2) log10(cm/s2) ma mass masses mjd none rad radii radius s-2 sexagesimal solar sollum solmass solrad
    unit unitless units w/m2"""
_UNITS = frozenset(_UNIT_WORDS.split())
_TYPE_WORDS = """double float real int integer long short char string str text bool boolean number numeric varchar
    date datetime float32 float64 int16 int32 int64 uint8 object category bigint"""
_TYPES = frozenset(_TYPE_WORDS.split())
_NUMBER = re.compile(r"[-+<>−]?\s*[\d.,]*\d[\d.,]*(?:[eEdD][-+]?\d+)?")
_ECSV_COLUMN = re.compile(r"-\s*\{\s*name:\s*([^,}]+?)\s*(?:,(.*))?\}\s*$")
_ECSV_PART = re.compile(r"\b(unit|description):\s*('[^']*'|\"[^\"]*\"|[^,}]+)")


@dataclass(frozen=True)
class Surroundings:
    """Everything about a table besides its cells.

    Attributes:
        columns: the names, each one once.
        first_row: index of the line of the first row.
        style: of the rows.
        known: label and unit by column, if a header block has them.
        units: units by column, if a row below the names has them.
        counters: columns that only number the rows.
        notes: what was left out or renamed, a sentence each.
    """

    columns: tuple[str, ...]
    first_row: int
    style: Style | None
    known: Mapping[str, ColumnInfo] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    counters: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Below:
    """The lines between the names and the first row, which is at line `first`.

    Attributes:
        rules: a line of dashes; dashes: a row of cells of dashes, as VizieR writes.
        units: the cell of a row of units for each column.
    """

    first: int
    rules: bool = False
    dashes: bool = False
    units: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def delimiter_said(lines: Sequence[str]) -> str | None:
    """The delimiter that a file declares before its table: in a line `sep=;`, or in the header of an ECSV table."""
    if not lines:
        return None
    if found := _SEPARATOR_LINE.fullmatch(lines[0]):
        return {"\\t": "\t"}.get(found[1], found[1])
    if not lines[0].lstrip("\ufeff").startswith("# %ECSV"):
        return None
    for line in lines[:_MOST_EXTRAS]:
        if found := re.match(r"#\s*delimiter:\s*['\"]?(,|;|\||\t|\\t)['\"]?\s*$", line):
            return {"\\t": "\t"}.get(found[1], found[1])
    return " "


def surroundings(lines: Sequence[str], header: Header) -> Surroundings:
    """Collects everything about a table from the lines before its header, and from some below it."""
    notes = _before(lines, header)
    header, said = _without_spare(lines, header)
    header, fixed = _at_places(lines, header)
    names = tuple(map(clean_name, header.cells))
    if header.row_names:
        names = (ROW_NAME, *names)
        said += (f"Each row begins with a name that has no column name above it: that column is called `{ROW_NAME}`.",)
    below = _below(lines, header, len(names))
    same = below.first == header.end  # then the sample exists already
    sample = header.rows if same else tuple(_records(lines, below.first, header, len(names), SAMPLE))
    rows = [row for row in sample if len(row) == len(names)]
    columns, renamed = unique_names(names)
    counters = _counters(columns, names, rows)
    return Surroundings(
        columns=columns,
        first_row=below.first,
        style=_style(lines, header, rows, below),
        known=_meanings(lines[: header.line]),
        units={name: unit for name, unit in zip(columns, below.units, strict=False) if unit},
        counters=counters,
        notes=(*notes, *said, *fixed, *below.notes, *renamed, *_count_note(columns, counters)),
    )


def _before(lines: Sequence[str], header: Header) -> tuple[str, ...]:
    """What to report about the lines before the header."""
    notes: tuple[str, ...] = ()
    if header.cut.nested:
        notes = ("Each line is quoted as a whole: it was cut within its quotation marks.",)
    if header.commented:
        notes = (f"The column names are in a comment, on line {header.line + 1:,}.",)
    left = [line for line in lines[: header.line] if _says_something(line)]
    if not left:
        return notes
    which = (
        "1 line that is not part of the table is"
        if len(left) == 1
        else f"{len(left):,} lines that are not part of it are"
    )
    first = cleaned(left[0].strip("\ufeff")).rstrip(",;")
    first = first if len(first) <= _SAID else f"{first[:_SAID]}…"
    return (*notes, f"Before the column names, {which} left out: “{first}”{', …' if len(left) > 1 else ''}.")


def _says_something(line: str) -> bool:
    blank = not line.strip(' \t\r\n\ufeff,;|"')
    return not (blank or uncommented(line)[1] or is_rule(line) or _SEPARATOR_LINE.fullmatch(line))


def _without_spare(lines: Sequence[str], header: Header) -> tuple[Header, tuple[str, ...]]:
    """The header without empty trailing cells that no row fills."""
    spare = header.spare
    if not spare and not header.row_names:
        named = len(header.cells)
        while named > 1 and not clean_name(header.cells[named - 1]):
            named -= 1
        rows = _records(lines, header.end, header, 0, _MOST_ROWS) if named < len(header.cells) else iter(())
        spare = 0 if any(any(row[named:]) for row in rows) else len(header.cells) - named
    if not spare or not header.rows:
        return header, ()
    return replace(header, cells=header.cells[:-spare]), ()


def _at_places(lines: Sequence[str], header: Header) -> tuple[Header, tuple[str, ...]]:
    """The header cut at positions in the line, for when blanks alone do not separate the cells of all rows.

    `1 FALSE POSITIVE` over `kepid label period` has the right number of words, and the wrong cells.
    """
    if not header.cut.blank or header.row_names or (header.cut.style is None and header.share >= 0.9):
        return header, ()
    part = lines[header.line : header.line + 20 * SAMPLE]
    places = places_of([line.rstrip("\r\n") for line in part])
    if len(places) < 2 or not (len(places) == header.width or any(map(is_rule, part[1:3]))):
        return header, ()
    at_places = list(split_records(part, " ", len(places), 1, Style(trim=True, places=places, rules=True)))
    by_blanks = list(split_records(part, " ", header.width, 1, replace(header.cut.style or Style(), rules=True)))
    names = at_places[0]
    if at_places == by_blanks or not isinstance(names, CsvRecord) or not all(names.cells):
        return header, ()
    cut = replace(header.cut, style=Style(trim=True, places=places))
    rows = tuple(record.cells for record in at_places[1:] if isinstance(record, CsvRecord))
    note = f"The cells are separated by their positions in the line: {len(places):,} columns of a fixed width."
    return replace(header, cut=cut, cells=names.cells, rows=rows), (note,)


def _below(lines: Sequence[str], header: Header, width: int) -> _Below:
    """Inspects the lines between the names and the first row."""
    found, comments, notes = _Below(header.end), 0, []
    for place in range(header.end, min(len(lines), header.end + _MOST_EXTRAS)):
        if not lines[place].strip() or place < found.first:
            continue
        cells = next(_records(lines, place, header, 0, 1), ())
        if is_rule(lines[place]):
            found = replace(found, first=place + 1, rules=True)
        elif len(cells) != width and uncommented(lines[place])[1]:
            found, comments = replace(found, first=place + 1), comments + 1
        elif len(cells) > 1 and all(re.fullmatch(r"[-=]{2,}", cell.strip()) for cell in cells):
            found = replace(found, first=place + 1, dashes=True)
        elif 2 * sum(map(_is_number, cells)) > len(cells):
            break  # most rows are recognisable without a look at those below
        elif kind := _words(cells, list(_records(lines, place + 1, header, width, SAMPLE)), width):
            units = tuple(_bare(clean_name(cell)) for cell in cells) if kind == "units" else found.units
            found = replace(found, first=place + 1, units=units)
            again = _repeats(cells, header.cells)
            kind = "the column names again" if again else f"{kind} and no object"
            notes.append(f"Line {place + 1:,} holds {kind}: it is left out.")
        else:
            break
    if comments:
        lines_are = "1 line with a comment is" if comments == 1 else f"{comments:,} lines with comments are"
        notes.append(f"After the column names, {lines_are} left out.")
    return replace(found, notes=tuple(notes))


def _words(cells: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """What a row of words above numbers contains: "units", "types", "descriptions"; "" for an ordinary row."""
    rows = [row for row in rows if len(row) == width]
    if len(cells) != width:
        return ""
    # There may be both a row of units and a row of types.
    return next((kind for more in range(min(3, len(rows))) if (kind := _words_above(cells, rows, more, width))), "")


def _words_above(cells: Sequence[str], rows: Sequence[Sequence[str]], more: int, width: int) -> str:
    """The same, when the first rows, `more` of them, are words too."""
    others, rows = rows[:more], rows[more:]
    below = [[row[place] for row in rows if not _says_nothing(row[place])] for place in range(width)]
    numbers = [place for place, texts in enumerate(below) if texts and all(map(_is_number, texts))]
    said = [text for place in numbers if (text := cells[place].strip().lower()) == "none" or not _says_nothing(text)]
    if not said or any(map(_is_number, said)) or any(_is_number(row[place]) for row in others for place in numbers):
        return ""
    if all(map(_is_unit, said)):
        return "units"
    if all(text in _TYPES for text in said):
        return "types"
    return "descriptions" if len(said) > 1 and len(said) >= 0.8 * len(numbers) else ""


def _repeats(cells: Sequence[str], names: Sequence[str]) -> bool:
    return [clean_name(cell).lower() for cell in cells] == [clean_name(name).lower() for name in names]


def _says_nothing(text: str) -> bool:
    return is_missing(text) or text.strip().lower() == "inf"


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip()) is not None


def _bare(unit: str) -> str:
    return unit[1:-1] if unit[:1] + unit[-1:] in ("[]", "()") else unit


def _is_unit(text: str) -> bool:
    bracketed = _bare(text) != text and len(text) < 40
    return bracketed or _is_unit_word(text) or all(map(_is_unit_word, re.split(r"[\s-]+", text)))


def _is_unit_word(text: str) -> bool:
    return text in _UNITS or is_unit(text)


def _style(lines: Sequence[str], header: Header, rows: Sequence[Sequence[str]], below: _Below) -> Style | None:
    """The style of the rows, including what the lines around the header show."""
    style = header.cut.style
    if below.rules or any(map(is_rule, lines[max(header.line - 3, 0) : header.line])):
        style = replace(style or Style(), rules=True, trim=True)
    if (below.dashes or _padded(header.cells)) and any(map(_padded, rows[:3])):
        style = replace(style or Style(), trim=True)
    return style


def _padded(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) > 1 and 2 * sum(1 for cell in filled if cell != cell.strip()) >= len(filled)


def _counters(columns: Sequence[str], names: Sequence[str], rows: Sequence[Sequence[str]]) -> frozenset[str]:
    """Columns that only number the rows: by their name, or because they have none and their cells count up."""
    found = set()
    for place, (column, name) in enumerate(zip(columns, names, strict=True)):
        if name.lower() in _COUNTERS:
            found.add(column)
        elif _MAYBE_COUNTERS.fullmatch(name):
            cells = [row[place].strip() for row in rows if place < len(row)]
            shuffled = _PANDAS_INDEX.fullmatch(name) and len(set(cells)) == len(cells) and all(map(str.isdigit, cells))
            if cells and (shuffled or counts_up(cells)):
                found.add(column)
    return frozenset(found)


def _count_note(columns: Sequence[str], counters: frozenset[str]) -> tuple[str, ...]:
    if not counters:
        return ()
    listed = ", ".join(f"`{name}`" for name in columns if name in counters)
    verb = "counts" if len(counters) == 1 else "count"
    return (f"{listed} only {verb} the rows: no data about the objects.",)


def _records(lines: Sequence[str], start: int, header: Header, width: int, most: int) -> Iterator[tuple[str, ...]]:
    """Up to `most` records from a line on, of the given width unless it is 0."""
    part = lines[start : start + 20 * most]
    found = split_records(part, header.cut.delimiter, width, start + 1, header.cut.style)
    for number, record in enumerate(found):
        if number >= most:
            return
        if isinstance(record, CsvRecord):
            yield record.cells


def _meanings(lines: Sequence[str]) -> Mapping[str, ColumnInfo]:
    """Label and unit by column from comments, those of the archive and those of ECSV."""
    texts = [text.strip().strip('"').rstrip(",;\t ") for text, commented in map(uncommented, lines) if commented]
    found = dict(meanings(texts))
    for text in texts:
        if match := _ECSV_COLUMN.match(text):
            parts = {key: value.strip("'\" ") for key, value in _ECSV_PART.findall(match[2] or "")}
            name = match[1].strip("'\"")
            found[name] = ColumnInfo(parts.get("description", name), parts.get("unit", ""))
    return found

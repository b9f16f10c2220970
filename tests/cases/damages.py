"""The damage found in real files: in cells, lines, headers and encodings, each applied at random to a good table.

Damage is drawn from a seed, so that a failure can be reproduced. The truth is known cell by cell: `Damaged.truth` has
the number that each cell originally meant.
"""

import bz2
import csv
import gzip
import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Damaged:
    """A damaged file.

    Attributes:
        path: the file.
        what: description of the damage.
        harmless: the meaning is unchanged: every number must be read correctly, reported or not.
    """

    path: Path
    what: str
    harmless: bool


@dataclass
class Sheet:
    """A good table as text, and how to write it."""

    block: list[str]
    header: list[str]
    rows: list[list[str]]
    numbers: list[int]
    label: int
    delimiter: str = ","
    line_end: str = "\n"
    before: list[str] | None = None
    after: list[str] | None = None
    raw: list[tuple[int, str]] | None = None  # lines inserted verbatim before that row
    truth: list[list[str]] | None = None  # the expected rows, if the damage changes them

    def copy(self) -> "Sheet":
        return Sheet([*self.block], [*self.header], [[*row] for row in self.rows], self.numbers, self.label)

    def text(self) -> str:
        out = io.StringIO(newline="")
        for line in [*(self.before or ()), *self.block]:
            out.write(line + self.line_end)
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator=self.line_end)
        writer.writerow(self.header)
        put_in = dict(self.raw or ())
        for number, row in enumerate(self.rows):
            if number in put_in:
                out.write(put_in[number] + self.line_end)
            writer.writerow(row)
        for line in self.after or ():
            out.write(line + self.line_end)
        return out.getvalue()


def sheet_of(path: Path, rows: int, seed: int, label: str) -> Sheet:
    """Some rows of a real catalog, with its header block."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        lines = file.read().splitlines()
    block = [line for line in lines if line.startswith("#")]
    table = list(csv.reader(line for line in lines if not line.startswith("#")))
    header, body = table[0], [row for row in table[1:] if len(row) == len(table[0])]
    chosen = random.Random(seed).sample(body, min(rows, len(body)))
    numbers = [at for at in range(len(header)) if _is_number_column([row[at] for row in chosen])]
    return Sheet(block, header, chosen, numbers, header.index(label))


def _is_number_column(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) > 3 and all(_number(cell) is not None for cell in filled)


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


# --- cells

Dice = random.Random
CELLS: dict[str, tuple[Callable[[str, Dice], str | None], bool]] = {}  # name -> (spelling, same meaning)


def cell(name: str, harmless: bool = True) -> Callable[[Callable[[str, Dice], str | None]], object]:
    def keep(spell: Callable[[str, Dice], str | None]) -> object:
        CELLS[name] = (spell, harmless)
        return spell

    return keep


def _plain(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def _grouped(text: str, sign: str) -> str | None:
    if not _plain(text):
        return None
    whole, dot, rest = text.lstrip("-").partition(".")
    if len(whole) < 4:
        return None
    return ("-" if text.startswith("-") else "") + f"{int(whole):,}".replace(",", sign) + dot + rest


cell("thousands with commas")(lambda text, _: _grouped(text, ","))
cell("thousands with blanks")(lambda text, _: _grouped(text, " "))
cell("thousands with no-break spaces")(lambda text, _: _grouped(text, "\u00a0"))
cell("thousands with thin spaces")(lambda text, _: _grouped(text, "\u2009"))
cell("thousands with apostrophes")(lambda text, _: _grouped(text, "'"))
cell("typographic minus")(lambda text, _: text.replace("-", "\u2212", 1) if text.startswith("-") else None)
cell("en dash for minus")(lambda text, _: text.replace("-", "\u2013", 1) if text.startswith("-") else None)
cell("leading plus")(lambda text, _: f"+{text}" if _plain(text) and not text.startswith("-") else None)
cell("Fortran D")(lambda text, _: f"{float(text):.17e}".replace("e", "D"))
cell("Fortran d, small")(lambda text, _: f"{float(text):.17e}".replace("e", "d"))
cell("capital E")(lambda text, _: f"{float(text):.17E}")
cell("no leading zero")(lambda text, _: text.replace("0.", ".", 1) if re.match(r"-?0\.\d", text) else None)
cell("trailing point")(lambda text, _: text + "." if re.fullmatch(r"-?\d+", text) else None)
cell("blanks around")(lambda text, _: f"  {text} ")
cell("tab behind")(lambda text, _: f"{text}\t")
cell("no-break space behind")(lambda text, _: f"{text}\u00a0")
cell("an error behind")(lambda text, dice: text + dice.choice([" ± 0.3", "±0.3", " +/- 0.3", "+/-0.3", " +- 0.1"]))
cell("limit", harmless=False)(lambda text, dice: dice.choice(["<", "> ", "≤", "~"]) + text)
cell("a unit behind", harmless=False)(lambda text, dice: text + dice.choice([" d", " days", " h", " K", " ppm", "%"]))
cell("a stray word", harmless=False)(
    lambda _, dice: dice.choice(
        ["n.d.", "see note", "TBD", "#VALUE!", "#REF!", "pending", "abc", "x", "1.2.3", "12:30"]
    )
)
cell("an Excel date", harmless=False)(lambda _, dice: dice.choice(["Jan-05", "03.May", "2018-09-05", "5-Sep"]))
cell("two numbers", harmless=False)(lambda text, _: f"{text}; {text}")
cell("a sentinel", harmless=False)(lambda _, dice: dice.choice(["-999", "-9999", "-999.0", "-99.9", "-9999.99"]))
cell("infinity", harmless=False)(lambda _, dice: dice.choice(["inf", "-inf", "Infinity", "1e999", "∞"]))
cell("other digits", harmless=False)(lambda text, _: text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))
cell("full width digits", harmless=False)(
    lambda text, _: text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
)
cell("hex", harmless=False)(lambda _, __: "0x1F")
cell("underscores", harmless=False)(lambda text, _: text[0] + "_" + text[1:] if re.match(r"\d\d", text) else None)

MISSING = [
    "",
    " ",
    "NA",
    "na",
    "N/A",
    "n/a",
    "#N/A",
    "NaN",
    "nan",
    "NAN",
    "null",
    "NULL",
    "None",
    "none",
    "-",
    "--",
    "---",
]
MISSING += ["\u2013", "\u2014", "…", "...", "..", "?", "\\N", "masked", "\u00a0", "nil", "#NA", "<NA>", "NaT", "n.a."]


def damage_cells(sheet: Sheet, dice: Dice) -> tuple[str, bool, set[tuple[int, int]]]:
    """Changes the spelling of some cells in one or more columns; returns the affected cells."""
    name = dice.choice([*CELLS, "missing", "missing"])
    columns = dice.sample(sheet.numbers, dice.choice([1, 1, 2, min(6, len(sheet.numbers))]))
    share = dice.choice([0.02, 0.2, 0.6, 1.0])
    touched: set[tuple[int, int]] = set()
    word = dice.choice(MISSING)
    # If measurements lie beyond the sentinels, the two cannot be told apart.
    beyond = {at for at in columns if any((_number(cells[at]) or 0.0) <= -99 for cells in sheet.rows)}
    for row, cells in enumerate(sheet.rows):
        for at in columns:
            if dice.random() > share:
                continue
            if name == "missing":
                if not cells[at]:
                    cells[at] = word
                    touched.add((row, at))
                continue
            if not cells[at] or (name == "a sentinel" and at in beyond):
                continue
            spell, _ = CELLS[name]
            if (new := spell(cells[at], dice)) is not None:
                cells[at] = new
                touched.add((row, at))
    shown = f"{name} {word!r}" if name == "missing" else name
    harmless = name == "missing" or CELLS[name][1]
    where = ", ".join(sheet.header[at] for at in columns[:3])
    return f"{shown} in {share:.0%} of {where}", harmless, touched


# --- lines, headers, encodings: each function changes the sheet and returns a description and whether the meaning is
# the same

Damage = Callable[[Sheet, Dice], tuple[str, bool]]
LINES: list[Damage] = []
HEADERS: list[Damage] = []


def _lines(damage: Damage) -> Damage:
    LINES.append(damage)
    return damage


def _headers(damage: Damage) -> Damage:
    HEADERS.append(damage)
    return damage


@_lines
def _short_row(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    row = dice.choice(sheet.rows)
    del row[dice.randrange(1, len(row)) :]
    return "a row that ends too early", False


@_lines
def _cell_lost(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    for row in dice.sample(sheet.rows, dice.choice([1, 5])):
        del row[dice.randrange(len(row))]
    return "rows with a cell lost", False


@_lines
def _cell_too_many(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    row = dice.choice(sheet.rows)
    row.insert(dice.randrange(len(row)), "7")
    return "a row with a cell too many", False


@_lines
def _trailing_delimiters(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    for row in sheet.rows:
        row.append("")
    if dice.random() < 0.5:
        sheet.header.append("")
    return "a delimiter at the end of each row", True


@_lines
def _blank_lines(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.raw = [(at, "") for at in dice.sample(range(len(sheet.rows)), 5)]
    return "blank lines", True


@_lines
def _blank_cells(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.raw = [(dice.randrange(len(sheet.rows)), sheet.delimiter * (len(sheet.header) - 1))]
    return "a line of delimiters alone", False


@_lines
def _repeated_header(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.raw = [(dice.randrange(1, len(sheet.rows)), sheet.delimiter.join(sheet.header))]
    return "the header once more, in the middle", False


@_lines
def _footer(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.after = [
        dice.choice(["# end of table", "Total: 300 rows", "END", "(300 rows)", "Source: NASA Exoplanet Archive"])
    ]
    return f"a last line {sheet.after[0]!r}", False


@_lines
def _open_quote(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    at = dice.randrange(len(sheet.rows))
    sheet.raw = [(at, '"' + sheet.delimiter.join(sheet.rows[at]).replace('"', ""))]
    del sheet.rows[at]
    return "a quotation mark that is never closed", False


@_lines
def _comments_within(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.raw = [(dice.randrange(1, len(sheet.rows)), "# page 2")]
    return "a comment in the middle", False


@_lines
def _repeated_rows(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.rows += [[*row] for row in dice.sample(sheet.rows, 3)]
    return "rows that stand twice", True


@_headers
def _upper(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.header = [name.upper() if dice.random() < 0.9 else name.title() for name in sheet.header]
    return "column names in capitals", True


@_headers
def _blanks_in_names(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.header = [dice.choice([" ", "  ", "\u00a0"]) + name + dice.choice(["", " "]) for name in sheet.header]
    return "blanks around the column names", True


@_headers
def _titles(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.before = dice.sample(
        [
            "NASA Exoplanet Archive",
            "Downloaded 2025-10-04",
            "",
            "Table: cumulative, KOI",
            "Query: select * from toi",
            '"x"',
        ],
        dice.choice([1, 2, 3]),
    )
    if dice.random() < 0.5:
        sheet.block = []
    return f"lines before the table {sheet.before}", True


@_headers
def _no_block(sheet: Sheet, _: Dice) -> tuple[str, bool]:
    sheet.block = []
    return "no header block", True


@_headers
def _quoted_block(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.block = [f'"{line}"' for line in sheet.block[: dice.choice([1, 3, 200])]]
    return "a header block in quotation marks", True


@_headers
def _padded_block(sheet: Sheet, _: Dice) -> tuple[str, bool]:
    sheet.block = [line + "," * (len(sheet.header) - 1) for line in sheet.block]
    return "a header block padded with commas, as spreadsheets do", True


@_headers
def _commented(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.header[0] = dice.choice(["# ", "#"]) + sheet.header[0]
    if dice.random() < 0.5:
        sheet.block = []
    return "a commented header", True


@_headers
def _units_row(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    units = ["days" if "per" in name else "" for name in sheet.header]
    if not any(units):
        units[sheet.numbers[0]] = "days"
    sheet.rows.insert(0, units)
    return "a row of units", True


@_headers
def _index(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    name, first = dice.choice([("", 0), ("", 1), ("Unnamed: 0", 0), ("rowid", 1), ("loc_rowid", 1), ("index", 0)])
    sheet.header.insert(0, name)
    for number, row in enumerate(sheet.rows):
        row.insert(0, str(number + first))
    return f"a row counter {name!r}", True


@_headers
def _row_names(sheet: Sheet, _: Dice) -> tuple[str, bool]:
    for number, row in enumerate(sheet.rows):
        row.insert(0, str(number + 1))
    return "row names without a column name", True


@_headers
def _double_name(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    at = dice.choice(sheet.numbers)
    sheet.header.append(sheet.header[at])
    for row in sheet.rows:
        row.append("1")
    return f"a second {sheet.header[at]}", True


@_headers
def _sep(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.delimiter = dice.choice([";", "\t", "|"])
    sheet.before = [f"sep={sheet.delimiter}"]
    return "a line sep=", True


@_headers
def _delimiter(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.delimiter = dice.choice([";", "\t", "|"])
    return f"the delimiter {sheet.delimiter!r}", True


@_headers
def _decimal_commas(sheet: Sheet, dice: Dice) -> tuple[str, bool]:
    sheet.delimiter = dice.choice([";", "\t", ","])
    late = dice.random() < 0.3
    for number, row in enumerate(sheet.rows):
        for at in sheet.numbers:
            if sheet.header[at] in ("toi", "kepid", "tid"):
                continue
            if late and number < 60:
                row[at] = row[at].split(".")[0] if not re.search("[eE]", row[at]) else ""
    sheet.truth = [[*row] for row in sheet.rows]
    for row in sheet.rows:
        for at in sheet.numbers:
            if sheet.header[at] not in ("toi", "kepid", "tid"):
                row[at] = row[at].replace(".", ",")
    return f"decimal commas{', late' if late else ''}, delimiter {sheet.delimiter!r}", not late


def encode(text: str, dice: Dice, path: Path) -> tuple[Path, str]:
    """Writes a text in one of the usual encodings and compressions."""
    kind = dice.choice(
        ["utf-8-sig", "utf-16", "utf-16-le", "gzip", "bz2", "zip", "crlf", "cr", "latin-1", "two gzip members"]
    )
    content = text.encode()
    if kind in ("utf-8-sig", "utf-16", "utf-16-le"):
        content = text.encode(kind)
    elif kind == "latin-1":
        content = text.encode("latin-1", errors="replace")
    elif kind == "crlf":
        content = text.replace("\n", "\r\n").encode()
    elif kind == "cr":
        content = text.replace("\n", "\r").encode()
    elif kind == "gzip":
        path, content = path.with_suffix(".csv.gz"), gzip.compress(content)
    elif kind == "two gzip members":
        half = len(content) // 2
        path, content = path.with_suffix(".csv.gz"), gzip.compress(content[:half]) + gzip.compress(content[half:])
    elif kind == "bz2":
        path, content = path.with_suffix(".csv.bz2"), bz2.compress(content)
    if kind == "zip":
        path = path.with_suffix(".csv.zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("table.csv", content)
    else:
        path.write_bytes(content)
    return path, kind

"""Rejects what is not a table: missing names, and texts that only look like a table."""

from collections.abc import Sequence

from exoplanet_desktop.catalogs.reading.formats import cleaned
from exoplanet_desktop.catalogs.reading.header import Header, one_column_of_many
from exoplanet_desktop.catalogs.reading.sniffing import looks_like_values
from exoplanet_desktop.errors import UnreadableFile

MAX_COLUMNS = 5_000  # measured: 1.9 GB while 5,000 rows of them are read, more than 2 GB beyond them
_OTHER_DELIMITERS = "^~&:"
_FEWEST_ROWS, _FEWEST_SIGNS = 2, 3  # occurrences that indicate a delimiter; a time of day has two colons
_PROSE_WORDS = 8  # no column name has so many; half of them if no cell has a digit


def refuse_prose(name: str, lines: Sequence[str], header: Header) -> None:
    """Raises UnreadableFile for a one-cell header over several cells, or for a sentence over sentences."""
    if header.known or header.row_names:
        return
    said = cleaned(header.cells[0])
    if header.width == 1 and (width := one_column_of_many(lines, header)):
        raise UnreadableFile(
            f"{name} has no column names: the rows have {width:,} cells, and line {header.line + 1:,} is “{said}”. "
            "Add a line with a name for each column."
        )
    if header.width == 1 and (sign := _other_delimiter(header)):
        raise UnreadableFile(
            f"The cells of {name} are separated by “{sign}”, which is not read here. Export the table with commas, "
            "semicolons or tabs."
        )
    words = [len(cell.split()) for cells in (header.cells, *header.rows) for cell in cells]
    numbers = any(any(letter.isdigit() for letter in cell) for row in header.rows for cell in row)
    if sum(words[: header.width]) >= _PROSE_WORDS * header.width or (
        not numbers and words[0] > 2 and sum(words) >= _PROSE_WORDS // 2 * len(words)
    ):
        raise UnreadableFile(f"{name} is text, not a table; it begins: “{said}”. Choose a file with a table.")


def _other_delimiter(header: Header) -> str:
    """A sign that occurs several times in a one-cell header, and as often in each row; "" if there is none."""
    rows = [row[0] for row in header.rows if len(row) == 1]
    if len(rows) < _FEWEST_ROWS or len(rows) < len(header.rows):
        return ""
    counts = {sign: header.cells[0].count(sign) for sign in _OTHER_DELIMITERS}
    signs = [
        sign
        for sign, count in counts.items()
        if count >= _FEWEST_SIGNS and all(row.count(sign) == count for row in rows)
    ]
    return max(signs, key=counts.__getitem__, default="")


def check_names(name: str, line: int, cells: tuple[str, ...]) -> None:
    if looks_like_values(cells):
        raise UnreadableFile(
            f"Line {line:,} of {name} should contain the column names, but contains values. Add a header line."
        )
    if len(cells) > MAX_COLUMNS:
        raise UnreadableFile(
            f"{name} has {len(cells):,} columns; at most {MAX_COLUMNS:,} can be read. Leave out some of them."
        )

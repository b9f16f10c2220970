"""The texts of cells: as displayed, and as copied."""

from collections.abc import Callable, Iterator, Sequence

from exoplanet_desktop.wire.prediction_columns import CONFIDENCE, MATCH, is_probability

MATCH_MARKS = {"Yes": "✓ Yes", "No": "✗ No"}


def shown_as(column: str) -> Callable[[str], str] | None:
    """How to display the cells of a prediction column; all others appear as in the file."""
    if column == CONFIDENCE or is_probability(column):
        return _probability
    return _match if column.lower() == MATCH.lower() else None


def _match(text: str) -> str:
    return MATCH_MARKS.get(text, text)


def _probability(text: str) -> str:
    try:
        return f"{float(text):.2f}"
    except ValueError:
        return text


def one_line(text: str) -> str:
    """A cell that stays one cell in a format that separates cells by tabs and line ends."""
    return text.translate({9: " ", 10: " ", 13: None}) if "\t" in text or "\n" in text or "\r" in text else text


def runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Rows in order, as (first, last) of each gapless span."""
    first = last = rows[0]
    for row in rows[1:]:
        if row != last + 1:
            yield first, last
            first = row
        last = row
    yield first, last

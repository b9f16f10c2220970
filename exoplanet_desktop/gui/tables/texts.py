"""The texts of cells: as they are shown, and as they are copied."""

from collections.abc import Callable, Iterator, Sequence

MATCH_MARKS = {"Yes": "✓ Yes", "No": "✗ No"}


def shown_as(column: str) -> Callable[[str], str] | None:
    """How the cells of a prediction column are shown; all others stand as the file has them."""
    if column == "Confidence" or column.startswith("Prob_"):
        return _probability
    return _match if column.lower() == "match" else None


def _match(text: str) -> str:
    return MATCH_MARKS.get(text, text)


def _probability(text: str) -> str:
    try:
        return f"{float(text):.2f}"
    except ValueError:
        return text


def one_line(text: str) -> str:
    """A cell that stays one cell where tabs and line ends part cells."""
    return text.translate({9: " ", 10: " ", 13: None}) if "\t" in text or "\n" in text or "\r" in text else text


def runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Rows in order, as (first, last) of those without a gap."""
    first = last = rows[0]
    for row in rows[1:]:
        if row != last + 1:
            yield first, last
            first = row
        last = row
    yield first, last

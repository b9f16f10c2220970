"""An account of each cell: which ones were not read as they stand, column by column, for a reader to judge."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """Cells of a column that were not read as they stand.

    Attributes:
        column: its name.
        kind: `unread` (neither a number nor missing), `sentinel` (a number that stands for "missing"), `grouped` (a
            sign taken for a thousands separator, where it could be a decimal one), `limit`, `rounded`, `unit`.
        count: how many.
        line: line of the first one in the file, from 1.
        example: its text.
    """

    column: str
    kind: str
    count: int
    line: int
    example: str

"""The pages of a table that were loaded for display; keeps the most recent ones."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

Row = Sequence[str | None]

PAGE_ROWS = 200
_PAGE_CELLS = 20_000  # of one page: a row of a wide table takes longer to read
_LEAST_ROWS = 16
_MOST_CELLS = 400_000  # pages to keep
_LEAST_PAGES = 6


class RowSource(Protocol):
    """The displayed rows: a view of a catalogs.Table, or the first rows of a file."""

    @property
    def row_count(self) -> int: ...
    def page(self, offset: int, limit: int) -> Sequence[Row]: ...


class FirstRows:
    """The rows of a preview."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self.row_count = len(rows)

    def page(self, offset: int, limit: int) -> Sequence[Row]:
        return self._rows[offset : offset + limit]


class PageCache:
    """Pages by number; for a table with many columns they are shorter, and fewer are kept.

    Attributes:
        rows: in each page except the last.
    """

    def __init__(self, columns: int) -> None:
        self.rows = max(_LEAST_ROWS, min(PAGE_ROWS, _PAGE_CELLS // max(1, columns)))
        self._most = max(_LEAST_PAGES, _MOST_CELLS // (self.rows * max(1, columns)))
        self._pages: OrderedDict[int, Sequence[Row]] = OrderedDict()

    def find(self, row: int) -> Row | None:
        """A row; None if its page is not loaded. Beyond the end of a page, a row without cells."""
        number, place = divmod(row, self.rows)
        page = self._pages.get(number)
        if page is None:
            return None
        return page[place] if place < len(page) else ()

    def keep(self, number: int, page: Sequence[Row]) -> None:
        self._pages[number] = page
        self._pages.move_to_end(number)
        while len(self._pages) > self._most:
            self._pages.popitem(last=False)

    def clear(self) -> None:
        self._pages.clear()

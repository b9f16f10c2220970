"""The contents of a column's tooltip: label, unit and meaning at once; missing share and range once they are known."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from exoplanet_desktop.catalogs.facts.dictionary import ColumnInfo, dictionary
from exoplanet_desktop.catalogs.reading.layout import Layout
from exoplanet_desktop.catalogs.tables.summary import Brief, brief
from exoplanet_desktop.catalogs.tables.view import View
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import percent, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.wire.prediction_columns import SEEN_COLUMN
from exoplanet_desktop.wire.vocabulary import Satellite

LONGEST = 60  # characters in a cell


class ColumnFacts(QObject):
    """Queries the table for a column's facts when the user first points at its header.

    Signals:
        learnt: name of a column about which more is known now.
    """

    learnt = Signal(str)

    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._layout: Layout | None = None
        self._known: Mapping[str, ColumnInfo] = {}
        self._view: View | None = None
        self._briefs: dict[str, Brief | None] = {}  # None: not available
        self._asked: set[str] = set()

    def report_error(self, _error: AppError) -> None:
        """A tooltip without its range is complete."""

    def show_layout(self, layout: "Layout", satellite: Satellite | None) -> None:
        """A new file; `show_view` follows once its rows are available."""

        self._layout, self._view = layout, None
        self._known = dictionary(satellite) if satellite else {}
        self._briefs.clear()
        self._asked.clear()

    def show_view(self, view: "View | None") -> None:
        """The whole table, to query from now on."""
        self._view = view
        self._briefs.clear()
        self._asked.clear()

    def label(self, column: str) -> str:
        return self._layout.labels.get(column, "") if self._layout else ""

    def unit(self, column: str) -> str:
        return self._layout.units.get(column, "") if self._layout else ""

    def meaning(self, column: str) -> str:
        if column == SEEN_COLUMN:
            return tr("Yes: the model was trained on this row")
        info = self._known.get(column)
        return info.meaning if info else ""

    def describe(self, column: str) -> str:
        """All known facts, one per line; queries the missing ones."""
        unit = self.unit(column)
        lines = [column, self.label(column), tr("Unit: {unit}", unit=unit) if unit else "", self.meaning(column)]
        return "\n".join(line for line in (*lines, self._measured(column)) if line)

    def _measured(self, column: str) -> str:
        if self._view is None:
            return ""
        if column in self._briefs:
            found = self._briefs[column]
            return in_words(found) if found else ""
        if column not in self._asked:
            self._asked.add(column)
            self._learn(column)
        return tr("Range and missing cells: calculating …")

    @aio.slot(str)
    async def _learn(self, column: str) -> None:

        view = self._view
        if view is None:
            return
        found: Brief | None = None
        try:
            found = await self._workers.call(brief, view, column)
        finally:
            if view is self._view:
                self._briefs[column] = found
                self.learnt.emit(column)


def in_words(brief: "Brief") -> str:
    """Missing share and range of a column, on two lines."""
    share = brief.missing_share
    # A few in a million must not round to none.
    places = 0 if share in (0.0, 1.0) or 0.01 <= share <= 0.99 else 2
    missing = tr("Missing: {share}", share=percent(share, places))
    if brief.least is None or brief.most is None:
        return missing
    return f"{missing}\n" + tr("Range: {least} to {most}", least=brief.least[:LONGEST], most=brief.most[:LONGEST])

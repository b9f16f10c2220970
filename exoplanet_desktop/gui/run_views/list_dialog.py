"""A list of held-out rows as a table of its own: to filter, sort and export."""

import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.run_views.listed_rows import ListedRows, write_list, write_table
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.notices import NoticeBar, Notices
from exoplanet_desktop.gui.widgets.row import size_in_text
from exoplanet_desktop.wire.prediction_columns import CONFIDENCE, PREDICTED, PROBABILITY

LETTERS, LINES = 120, 36


class ListDialog(QDialog):
    """Not modal. Shows the table once it is written."""

    def __init__(
        self,
        services: Services,
        run: TrainingRun,
        listed: ListedRows,
        catalog: Path | None,
        parent: QDialog | None = None,
    ) -> None:
        """`catalog`: the file that the run was trained on; None if it is not there or has changed."""
        super().__init__(parent)
        self._services, self._run, self._listed, self._catalog = services, run, listed, catalog
        self.setWindowTitle(tr("{list} · {run}", list=listed.title, run=run.request.title))
        self._notices = Notices()
        bar = NoticeBar(self._notices, self)
        self._notices.open()
        meaning = tr("Each row was predicted by a model that had not seen it.")
        if catalog is None:
            absent = tr(
                "The catalog's own columns are left out: its file is missing, has changed, or was one of several."
            )
            meaning = f"{meaning} {absent}"
        self.view = CatalogView(
            services.workers, self._notices, services.tables, EmptyPage(tr("No rows"), ""), result=True
        )
        layout = QVBoxLayout(self)
        layout.addWidget(bar)
        layout.addWidget(PlainLabel(meaning, "muted", selectable=True))
        layout.addWidget(self.view, 1)
        size_in_text(self, LETTERS, LINES)
        self._open()

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.view.close_table()
        super().closeEvent(event)

    @aio.slot()
    async def _open(self) -> None:
        target = self._services.scratch / f"held_out_{uuid.uuid4().hex[:8]}.csv"
        listed, catalog, request = self._listed, self._catalog, self._run.request
        first: tuple[str, ...] = ()
        if catalog is None:
            write: Callable[[], None] = partial(write_list, listed, target)
        else:
            info = SATELLITES[request.satellite]
            write = partial(write_table, listed, catalog, request.reading, target)
            first = (*info.identifiers[:2], info.label, PREDICTED, CONFIDENCE)
            first += tuple(PROBABILITY + label for label in listed.rows.labels)
        self.view.show_busy(tr("Writing the table …"))
        await self._services.workers.call(write)
        await self.view.open(target, listed.title, first)

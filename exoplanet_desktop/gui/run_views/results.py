"""The result of a training: its numbers in cards, and pages of figures and tables."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QTabWidget, QVBoxLayout, QWidget

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts.figure import Figure
from exoplanet_desktop.gui.charts.matrix import MatrixFigure
from exoplanet_desktop.gui.charts.pages import FiguresPage, Scrolled
from exoplanet_desktop.gui.run_views.matrix_page import MatrixPage, load
from exoplanet_desktop.gui.run_views.pictures import PicturesPage
from exoplanet_desktop.gui.run_views.score_table import ScoreTable
from exoplanet_desktop.gui.run_views.scores_page import ScoresPage
from exoplanet_desktop.gui.run_views.training_figures import figures_of, matrix_of
from exoplanet_desktop.gui.runs import result_words as words
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.widgets.labels import LargeLabel, PlainLabel
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.gui.widgets.picture_view import decoded
from exoplanet_desktop.wire.payloads import TrainResult

log = logging.getLogger("exoplanet_desktop.gui")

PAGES = {"curves": "Curves", "reliability": "Reliability", "importance": "Importance"}
LONGEST_REASON = 300  # characters
CARD_EM = 20  # width of a card, in letters
LEAST_LINES = 15  # height in text lines that figures need before the cards get room


class Cards(QWidget):
    """The main numbers, in as many columns as fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setSizeConstraint(QGridLayout.SizeConstraint.SetNoConstraint)
        self._columns = 0

    def add(self, figure: str, meaning: str) -> None:
        card = QWidget(self)
        big = LargeLabel(figure, "figure", 1.8, selectable=True)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(big)
        layout.addWidget(PlainLabel(meaning, "muted", wrap=False))
        layout.addStretch(1)
        self._cards.append(card)
        self._place(len(self._cards))

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest card: in a narrow window they are stacked."""
        wide = max([card.sizeHint().width() for card in self._cards], default=0)
        return QSize(wide, self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(max(1, self.width() // (CARD_EM * self.fontMetrics().averageCharWidth())))

    def _place(self, columns: int) -> None:
        columns = min(columns, len(self._cards))
        if columns == 3:
            columns = 2  # four cards in two rows of two, not three and one
        if columns == self._columns == self._grid.columnCount() and self._grid.count() == len(self._cards):
            return
        self._columns = columns
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // columns, number % columns, Qt.AlignmentFlag.AlignTop)


class Results(QWidget):
    """Signals:
    completed: all pages have been added.
    row_wanted: catalog number of the row to go to, and whether to bring it to the front.
    rows_wanted: catalog numbers of the rows to show.
    table_wanted: the ListedRows to open as a table.
    save_picture_wanted: the user wants to save the backend's top picture.

    Attributes:
        complete: whether all pages have been added.
    """

    completed = Signal()
    row_wanted = Signal(int, bool)
    rows_wanted = Signal(object)
    table_wanted = Signal(object)
    save_picture_wanted = Signal()

    def __init__(self, workers: Workers, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workers, self._notices = workers, notices
        self.cards = Cards(self)
        self.brief = PlainLabel("", selectable=True)
        self.brief.hide()
        self.protocol = PlainLabel("", "muted", selectable=True)
        self.gap = PlainLabel("", "warning", selectable=True)
        self.tabs = QTabWidget(self)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setAccessibleName(tr("Result pages"))
        self.matrix: MatrixPage | None = None
        self.pictures: PicturesPage | None = None
        self.complete = False
        self._run: TrainingRun | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.brief)
        layout.addWidget(self.cards)
        layout.addWidget(self.gap)
        layout.addWidget(self.protocol)
        layout.addWidget(self.tabs, 1)

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    def minimumSizeHint(self) -> QSize:
        """In little room, one line replaces the cards."""
        line = self.fontMetrics().lineSpacing()
        return QSize(self.tabs.minimumSizeHint().width(), self.tabs.minimumSizeHint().height() + 3 * line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Figures come first: cards and protocol appear only if enough room is left; the Protocol page has both."""
        labels = (self.gap, self.protocol)
        head = self.cards.minimumSizeHint().height() + sum(label.heightForWidth(self.width()) for label in labels)
        fits = self.height() - head > LEAST_LINES * self.fontMetrics().lineSpacing()
        self.brief.setVisible(not fits)
        self.cards.setVisible(fits)
        self.protocol.setVisible(fits)
        self.gap.setVisible(fits and bool(self.gap.text()))

    def show_run(self, run: TrainingRun) -> None:
        """Show a run with a result."""
        result = run.result
        if result is None:
            return
        for figure, meaning in words.cards(result):
            self.cards.add(figure, meaning)
        self.brief.setText(words.brief(result))
        self.protocol.setText(words.protocol_short(result))
        self.gap.setText(words.gap(result))
        self._make_room()
        self._run = run
        stem = f"{run.request.satellite}_{run.request.model}"
        self._add(tr("Matrix"), lambda: self._add_matrix(matrix_of(result), run, stem))
        self._add_pages(run, result)

    @aio.slot(object, object)
    async def _add_pages(self, run: TrainingRun, result: "TrainResult") -> None:
        """Add one page at a time: adding all at once would block the window for a tenth of a second."""
        stem = f"{run.request.satellite}_{run.request.model}"
        for name, figures in (await self._figures(result)).items():
            self._add(tr(PAGES[name]), partial(self._add_figures, figures, tr(PAGES[name]), stem))
            await asyncio.sleep(0)
        self._add(tr("Scores"), lambda: self.tabs.addTab(Scrolled(ScoresPage(result)), tr("Scores")))
        self._add(tr("Leaks"), partial(self._add_leaks, result))
        await asyncio.sleep(0)
        contents = dict(run.pictures)
        images = await self._workers.call(lambda: {name: decoded(data) for name, data in contents.items()})
        self._add(tr("Pictures from the backend"), lambda: self._add_pictures(PicturesPage(contents, images)))
        await asyncio.sleep(0)
        self._add(tr("Protocol"), lambda: self._add_protocol(result))
        self.complete = True
        self.completed.emit()

    async def _figures(self, result: "TrainResult") -> dict[str, list[Figure]]:
        try:
            return await self._workers.call(figures_of, result)
        except Exception as error:
            log.exception("the figures of a result cannot be made")
            self._add_reason(tr("Figures"), error)
            return {}

    def _add_figures(self, figures: list[Figure], title: str, stem: str) -> None:
        self.tabs.addTab(Scrolled(FiguresPage(figures, self._workers, self._notices, stem)), title)

    def _add(self, title: str, add: Callable[[], object]) -> None:
        """Add a page; one that cannot be built shows why in its place, and the others are there."""
        try:
            add()
        except Exception as error:
            if not (aio.is_there(self) and aio.is_there(self.tabs)):
                raise
            log.exception("the page %s cannot be built", title)
            self._add_reason(title, error)

    def _add_reason(self, title: str, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
        words = tr("This page cannot be shown ({reason}). The log has the details.", reason=reason)
        self.tabs.addTab(Scrolled(PlainLabel(words, "warning", selectable=True)), title)

    def _add_matrix(self, figure: MatrixFigure | None, run: TrainingRun, stem: str) -> None:
        if figure is None:
            return
        page = self.matrix = MatrixPage(figure, self._workers, self._notices, stem)
        page.row_wanted.connect(self.row_wanted)
        page.rows_wanted.connect(self.rows_wanted)
        page.table_wanted.connect(self.table_wanted)
        page.threshold_settled.connect(lambda threshold: run.held_out.keep_threshold(run.run_id, threshold))
        self.tabs.addTab(Scrolled(page), tr("Matrix"))
        self._load_held_out(page, run)

    @aio.slot(object, object)
    async def _load_held_out(self, page: MatrixPage, run: TrainingRun) -> None:
        """Read the held-out rows, if the record has them."""
        try:
            path = await run.held_out.path(run.run_id)
            if path is None:
                page.show_none()
            else:
                threshold = await run.held_out.threshold(run.run_id)
                page.show_held_out(await self._workers.call(load, path), threshold)
        except AppError:
            page.show_none()  # the wait for them is over
            raise

    def _add_pictures(self, page: PicturesPage) -> None:
        if not page.pictures:
            page.deleteLater()
            return
        self.pictures = page
        page.save_wanted.connect(self.save_picture_wanted)
        self.tabs.addTab(Scrolled(page), tr("Pictures from the backend"))

    def _add_leaks(self, result: "TrainResult") -> None:
        """The leak sentinel's findings on columns: those that carry the verdict, or identify or date an object."""
        if not result.leaks:
            return
        rows = words.leaking(result.leaks)
        page = QWidget(self)
        notes = PlainLabel("\n".join(words.leak_notes(result.leaks)) or tr("No single column leaks the answer."))
        layout = QVBoxLayout(page)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.addWidget(notes)
        layout.addWidget(ScoreTable((tr("Single column"), tr("Best AUC")), rows), 1)
        self.tabs.addTab(Scrolled(page), tr("Leaks"))

    def _add_protocol(self, result: "TrainResult") -> None:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(8, 8, 8, 8)
        notes = result.evaluation.notes if result.evaluation else []
        cells = [cell.sentence for cell in result.cells or ()]
        texts = [text for text in (words.brief(result), words.protocol(result), words.gap(result)) if text]
        for text in (*texts, *words.first(notes), *words.first(cells)):
            layout.addWidget(PlainLabel(text, selectable=True))
        layout.addStretch(1)
        self.tabs.addTab(Scrolled(page), tr("Protocol"))

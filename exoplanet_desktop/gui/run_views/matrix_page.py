"""A training's confusion matrix, the rows behind its cells, and the threshold between planets and the rest."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import count, counted, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts.matrix import SHADES, Counts, MatrixFigure, Place, Shade
from exoplanet_desktop.gui.charts.pages import BESIDE_EM, SideBySide
from exoplanet_desktop.gui.charts.view import FigurePanel, MatrixView
from exoplanet_desktop.gui.run_views.errors import ErrorsList
from exoplanet_desktop.gui.run_views.heldout import HeldOutRows, read_held_out
from exoplanet_desktop.gui.run_views.listed_rows import ListedRows, as_text, write_list
from exoplanet_desktop.gui.run_views.slider import ThresholdPanel
from exoplanet_desktop.gui.run_views.threshold import Thresholds
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.files import ask_target
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.notices import Notices

if TYPE_CHECKING:
    from exoplanet_desktop.gui.run_views.heldout import Integers

LETTERS = 12  # minimum room for a choice
ROWS_FOLLOW_MS = 60  # minimum interval between updates of the list while the slider moves
NO_ROWS = (
    "This run's held-out rows are not available, so you cannot list its errors or try thresholds. The embedded "
    "engine provides them with each training."
)


@dataclass(frozen=True)
class Scope:
    """Some held-out rows and their thresholds; `thresholds` is None without both planets and false positives."""

    rows: HeldOutRows
    thresholds: Thresholds | None
    counts: Counts


@dataclass(frozen=True)
class HeldOutScopes:
    """A run's held-out rows: those of the hold-out, the others, and all."""

    hold_out: Scope
    others: Scope | None
    every: Scope


def load(path: Path) -> HeldOutScopes:
    """For a worker. Raises AppError if the file is invalid."""
    rows = read_held_out(path)
    if rows.held.all():
        return HeldOutScopes(_scope(rows), None, _scope(rows))
    return HeldOutScopes(_scope(rows.hold_out), _scope(rows.others), _scope(rows))


def _scope(rows: HeldOutRows) -> Scope:
    import numpy as np

    many = len(rows.labels)
    counts = np.bincount(rows.actual * many + rows.predicted, minlength=many * many).reshape(many, many)
    thresholds = Thresholds(rows) if Thresholds.possible(rows) else None
    assert len(rows.name_ranks) == len(rows)  # calculated here, not in the window's thread
    return Scope(rows, thresholds, counts.tolist())


class MatrixPage(QWidget):
    """Signals:
    row_wanted: catalog row number of a clicked row, and whether to bring it to the front.
    rows_wanted: catalog row numbers of a cell's rows, or of all errors.
    table_wanted: the ListedRows to open as a table.
    threshold_settled: the threshold on which the user has settled; None for the most likely class.
    """

    row_wanted = Signal(int, bool)
    rows_wanted = Signal(object)
    table_wanted = Signal(object)
    threshold_settled = Signal(object)

    def __init__(
        self,
        figure: MatrixFigure,
        workers: Workers,
        notices: Notices,
        stem: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workers, self._notices, self._stem = workers, notices, stem
        self._loaded: HeldOutScopes | None = None
        self._scopes: list[Scope] = []
        self._selected: Place | None = None
        self._figure = figure
        self.view = MatrixView(figure)
        self.panel = FigurePanel(self.view, workers, notices, stem, tr("Confusion matrix"))
        self.shade = shade_combo(self)
        self.scope = combo(tr("Which held-out rows"), [], LETTERS, self)
        self.errors = ErrorsList(self)
        self.errors.hide()
        self.note = PlainLabel(tr("Loading the held-out rows …"), "muted", selectable=True)
        self._rows_soon = QTimer(self, singleShot=True, interval=ROWS_FOLLOW_MS)
        self._rows_soon.timeout.connect(self._show_rows)
        self.threshold = ThresholdPanel(workers, notices)  # gets its parent last, so that Tab reaches it last
        self.threshold.hide()
        self._lay_out()
        self.view.chosen.connect(self._choose)
        self.shade.currentIndexChanged.connect(self._show)
        self.scope.currentIndexChanged.connect(self._offer)
        self.threshold.moved.connect(self._follow)
        self.threshold.settled.connect(self.threshold_settled)
        self.errors.row_wanted.connect(self.row_wanted)
        self.errors.rows_wanted.connect(self.rows_wanted)
        self.errors.table_wanted.connect(self.table_wanted)
        self.errors.copy_wanted.connect(self._copy)
        self.errors.save_wanted.connect(self._ask_target)

    def show_held_out(self, loaded: HeldOutScopes, threshold: float | None) -> None:
        """Offer the rows behind the matrix. `threshold`: the last one set for this run."""
        self._loaded = loaded
        self.note.hide()
        self.errors.show()
        self.scope.blockSignals(True)
        self.scope.clear()
        self._scopes = [loaded.hold_out] if loaded.others is None else [loaded.hold_out, loaded.every]
        for scope, words in zip(self._scopes, ("Hold-out, {rows} rows", "All folds, {rows} rows"), strict=False):
            self.scope.addItem(tr(words, rows=count(len(scope.rows))))
        self.scope.blockSignals(False)
        self._scope_box.show()
        self._offer()
        if threshold is not None and not self.threshold.isHidden():
            self.threshold.put(threshold)

    def show_none(self) -> None:
        """Report that there are no rows behind the matrix."""
        self.note.setText(tr(NO_ROWS))

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    @aio.slot(object)
    async def _copy(self, listed: ListedRows) -> None:
        QGuiApplication.clipboard().setText(await self._workers.call(as_text, listed))
        self._notices.information(tr("{rows} copied.", rows=counted(len(listed), tr("row"), tr("rows"))))

    @Slot(object)
    def _ask_target(self, listed: ListedRows) -> None:
        name = f"{self._stem or 'training'}_held_out_rows.csv"
        ask_target(self, tr("Save the list"), name, lambda target: self._save(listed, target))

    @aio.slot(object, str)
    async def _save(self, listed: ListedRows, target: str) -> None:
        await self._workers.call(write_list, listed, Path(target))
        rows = counted(len(listed), tr("row"), tr("rows"))
        self._notices.information(tr("{rows} saved in {file}.", rows=rows, file=target))

    @property
    def selected(self) -> Place | None:
        """The selected cell: (class in the catalog, predicted class)."""
        return self._selected

    @Slot()
    def _offer(self) -> None:
        scope = self._scope
        if scope is None:
            return
        self.threshold.setVisible(scope.thresholds is not None)
        if scope.thresholds is not None:
            whole = self._loaded is None or scope is self._loaded.every
            others = None if whole or self._loaded is None else self._loaded.others
            self.threshold.offer(scope.thresholds, others.thresholds if others else None, self._rows_in_words(scope))
        self._show()

    def _rows_in_words(self, scope: Scope) -> str:
        rows = count(len(scope.rows))
        if self._loaded is not None and self._loaded.others is not None and scope is self._loaded.every:
            return tr("All {rows} rows, each predicted by the fold model that had not seen it", rows=rows)
        return tr("The {rows} hold-out rows, whose stars the model had not seen", rows=rows)

    @property
    def _scope(self) -> Scope | None:
        return self._scopes[max(self.scope.currentIndex(), 0)] if self._scopes else None

    @Slot(object)
    def _choose(self, cell: Place | None) -> None:
        self._selected = cell
        self._show()

    @Slot()
    def _show(self) -> None:
        """Show matrix and rows under the current threshold."""
        scope = self._scope
        shade = Shade(self.shade.currentData())
        if scope is None:
            figure = MatrixFigure(self._figure.labels, self._figure.counts, shade, self._selected)
            self.panel.show_figure(figure)
            return
        self._show_matrix(scope, shade)
        self._show_rows()

    @Slot()
    def _follow(self) -> None:
        """Follow the moving slider: the matrix at once, the list a little later."""
        if (scope := self._scope) is not None:
            self._show_matrix(scope, Shade(self.shade.currentData()))
            if not self._rows_soon.isActive():
                self._rows_soon.start()

    def _show_matrix(self, scope: Scope, shade: Shade) -> None:
        counts = scope.counts
        if (threshold := self.threshold.threshold) is not None and scope.thresholds is not None:
            counts = scope.thresholds.at(threshold).matrix
        self.panel.show_figure(MatrixFigure(scope.rows.labels, counts, shade, self._selected))

    @Slot()
    def _show_rows(self) -> None:
        if (scope := self._scope) is None:
            return
        self._rows_soon.stop()
        predicted = scope.rows.predicted
        if (threshold := self.threshold.threshold) is not None and scope.thresholds is not None:
            predicted = scope.thresholds.predicted(threshold)
        places = self._places(scope.rows, predicted)
        self.errors.show_rows(ListedRows(scope.rows, places, predicted, self._title(scope.rows, len(places))))

    def _places(self, rows: HeldOutRows, predicted: "Integers") -> "Integers":
        if self._selected is None:
            chosen = rows.actual != predicted
        else:
            true, said = self._selected
            chosen = (rows.actual == true) & (predicted == said)
        places: Integers = rows.worst_first[chosen[rows.worst_first]]
        return places

    def _title(self, rows: HeldOutRows, many: int) -> str:
        if self._selected is None:
            return tr("Wrongly predicted: {rows}", rows=counted(many, tr("row"), tr("rows")))
        true, said = (rows.labels[at] for at in self._selected)
        found = counted(many, tr("row"), tr("rows"))
        return tr("{true}, predicted {said}: {found}", true=true, said=said, found=found)

    def _lay_out(self) -> None:
        cells, rows = _named(tr("C&ells"), self.shade), _named(tr("Ro&ws"), self.scope)
        self._scope_box = rows
        rows.hide()
        right = QWidget(self)
        beside = QVBoxLayout(right)
        beside.setContentsMargins(8, 0, 0, 0)
        beside.addWidget(self.errors, 1)
        beside.addWidget(self.note)
        beside.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(SideBySide((cells, rows)))
        layout.addWidget(SideBySide((self.panel, right), BESIDE_EM, stretches=(4, 5)), 1)
        layout.addWidget(self.threshold)


def shade_combo(parent: QWidget) -> QComboBox:
    """The choice of values for the cells of a matrix."""
    return combo(tr("What the cells show"), [(tr(text), shade) for shade, text in SHADES.items()], LETTERS, parent)


def _named(text: str, box: QComboBox) -> QWidget:
    """A combo box preceded by its label."""
    holder = QWidget()
    label = QLabel(text, holder)
    label.setBuddy(box)
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    line.addWidget(label)
    line.addWidget(box, 1)
    return holder

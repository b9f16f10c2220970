"""The distribution of a column, split by class: a dialog that queries the table when it opens."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from exoplanet_desktop.catalogs.tables.summary import ColumnSummary
from exoplanet_desktop.catalogs.tables.view import View
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import count, counted, few_digits, percent, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts.distribution import StripsFigure, ValuesFigure
from exoplanet_desktop.gui.charts.figure import Figure
from exoplanet_desktop.gui.charts.view import FigurePanel, FigureView
from exoplanet_desktop.gui.tables.column_facts import ColumnFacts
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.gui.widgets.row import size_in_text

QUARTILES = (0.25, 0.5, 0.75)
LONGEST = 60  # characters in a cell


class DistributionDialog(QDialog):
    """Covers the rows shown when it was opened; not modal, so that the user can compare several."""

    def __init__(
        self,
        workers: Workers,
        notices: Notices,
        facts: ColumnFacts,
        view: "View",
        column: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Distribution of {column}", column=column))
        self._workers, self._notices, self._view, self._column = workers, notices, view, column
        self._unit = facts.unit(column)
        title = facts.label(column) or column
        self.heading = PlainLabel(f"{title} ({self._unit})" if self._unit else title, "heading")
        self.meaning = PlainLabel(facts.meaning(column), "muted")
        self.meaning.setVisible(bool(self.meaning.text()))
        self.figures = PlainLabel(tr("Counting …"), selectable=True)
        self.note = PlainLabel("", "muted")
        self.note.hide()
        self._room = QVBoxLayout()
        self._room.setContentsMargins(0, 0, 0, 0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        inside = QWidget()
        inside.setObjectName("page")
        page = QVBoxLayout(inside)
        page.setContentsMargins(16, 16, 16, 8)
        page.setSpacing(8)
        for widget in (self.heading, self.meaning, self.figures):
            page.addWidget(widget)
        page.addLayout(self._room, 1)
        page.addWidget(self.note)
        area = QScrollArea(self)
        area.setAccessibleName(tr("Distribution of the column"))
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        buttons.setContentsMargins(16, 0, 16, 0)
        size_in_text(self, 104, 34)
        self._ask()

    def report_error(self, error: AppError) -> None:
        self.figures.setText(str(error))

    @aio.slot()
    async def _ask(self) -> None:
        view, column = self._view, self._column
        summary: ColumnSummary = await self._workers.call(view.table.summary, column, view)
        self.show_summary(summary)

    def show_summary(self, summary: "ColumnSummary") -> None:
        self.figures.setText("\n".join(_figures(summary, self._unit)))
        if summary.top:
            rows = [(value, summary.top_classes.get(value, {"": rows})) for value, rows in summary.top]
            self._show_figure(ValuesFigure(summary.column, rows))
            self._room.addStretch(1)
            rest = summary.distinct - len(summary.top)
            if rest > 0:
                self._note(tr("The most frequent of {number} different values.", number=count(summary.distinct)))
        elif (found := summary.histogram) is not None:
            self._show_figure(
                StripsFigure(summary.column, self._unit, found.edges, found.counts, logarithmic=found.logarithmic)
            )
            self._note(_scale_note(summary))
        else:
            self._room.addStretch(1)

    def _show_figure(self, figure: Figure) -> None:
        self._room.addWidget(FigurePanel(FigureView(figure), self._workers, self._notices, self._column))

    def _note(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))


def _figures(summary: "ColumnSummary", unit: str) -> list[str]:
    """What is counted, in sentences."""
    lines = [
        tr(
            "{rows} shown, {missing} missing ({share}), {distinct}.",
            rows=counted(summary.rows, tr("row"), tr("rows")),
            missing=count(summary.missing),
            share=percent(summary.missing_share, 1),
            distinct=counted(summary.distinct, tr("different value"), tr("different values")),
        )
    ]
    unit = f" {unit}" if unit else ""
    if summary.numeric and summary.least is not None and summary.most is not None:
        lines.append(
            tr("From {least} to {most}{unit}.", least=_brief(summary.least), most=_brief(summary.most), unit=unit)
        )
    if found := [summary.quantiles[share] for share in QUARTILES if share in summary.quantiles]:
        quarter, middle, last = (few_digits(value) for value in found)
        words = tr("Median {middle}{unit}; half of the values are between {quarter} and {last}.")
        lines.append(words.format(middle=middle, unit=unit, quarter=quarter, last=last))
    return lines


def _brief(cell: str) -> str:
    """The number in a cell, at a readable length."""
    try:
        return few_digits(float(cell))
    except ValueError:
        return cell[:LONGEST]


def _scale_note(summary: "ColumnSummary") -> str:
    histogram = summary.histogram
    assert histogram is not None
    parts = [tr("Bars are scaled separately for each class.")]
    if histogram.logarithmic:
        parts.append(tr("Values are on a logarithmic scale."))
    if histogram.outside:
        number = count(histogram.outside)
        parts.append(tr("{number} values that are zero, negative or infinite are not drawn.", number=number))
    return " ".join(parts)

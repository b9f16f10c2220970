"""The strip above a prediction: classes, agreement, uncertain rows, deviations, and the save button.

Each number is a button that filters the table below to the rows it counts.
"""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QPushButton, QToolButton, QVBoxLayout, QWidget

from exoplanet_desktop.catalogs.tables.view import ColumnFilter
from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.text import count, counted, fixed, percent, tr
from exoplanet_desktop.gui.charts.classbar import MARKED, Shares
from exoplanet_desktop.gui.predict import words
from exoplanet_desktop.gui.predict.request import UNCERTAIN_BELOW, PredictionResult
from exoplanet_desktop.gui.predict.worth import WorthLine
from exoplanet_desktop.gui.runs.result_words import without_columns
from exoplanet_desktop.gui.widgets.flow import FlowLayout
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.notes import FoldedNotes
from exoplanet_desktop.gui.widgets.row import in_order
from exoplanet_desktop.wire.prediction_columns import CONFIDENCE, MATCH_COLUMNS, PREDICTED_COLUMNS
from exoplanet_desktop.wire.vocabulary import Disposition, Model

# Files of reference backends spell K2's columns their own way.
MARGIN_PX = 8


class Summary(QFrame):
    """Shows one PredictionResult.

    Signals:
        filter_wanted: a ColumnFilter; or None and the column whose filter to clear.
    """

    filter_wanted = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self._columns: frozenset[str] = frozenset()
        self.headline = PlainLabel("", "heading")
        self.worth = WorthLine(self)
        self.agreement = PlainLabel()
        self.seen = PlainLabel()
        self.rows = PlainLabel("", "muted")
        self.notes = FoldedNotes(self)
        self.chips: dict[str, QToolButton] = {}
        self._filters: dict[str, ColumnFilter] = {}
        self._shares = Shares(self)
        self.save_button = QPushButton(tr("Save CSV…"), self)
        said = QVBoxLayout()
        said.setSpacing(4)
        for label in (self.headline, self.agreement, self.seen, self.rows):
            said.addWidget(label)
        self._line = line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        line.setSpacing(16)
        line.addLayout(said, 1)
        line.addWidget(self.save_button, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        holder = QWidget()
        self._parts = (self.headline, self.worth, self.agreement, self.notes, self.save_button, holder)
        self._flow = FlowLayout(holder, spacing=8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        layout.setSpacing(4)
        layout.addWidget(self.worth)
        layout.addLayout(line)
        layout.addWidget(self.notes)
        layout.addWidget(holder)
        layout.addWidget(self._shares)
        theme.theme().changed.connect(self._recolour)

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest part: in a narrow window the button moves below the text."""
        widest = max(part.minimumSizeHint().width() for part in self._parts)
        return QSize(widest + self._margins, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widest = max(label.minimumSizeHint().width() for label in (self.headline, self.agreement))
        needed = widest + self._line.spacing() + self.save_button.sizeHint().width() + self._margins
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._line.setDirection(across if needed <= self.width() else down)

    @property
    def _margins(self) -> int:
        return 2 * (MARGIN_PX + self.frameWidth())

    def show_prediction(self, prediction: PredictionResult, name: str, columns: "Sequence[str]") -> None:
        """`columns` are those of the table below, and determine the possible filters."""
        reply = prediction.reply
        self._columns = frozenset(columns)
        self.headline.setText(
            tr(
                "{rows} rows of {file} predicted with {model}",
                rows=count(reply.total_predicted),
                file=name,
                model=" · ".join(filter(None, (_title(reply.model_type), without_columns(len(reply.without or ()))))),
            )
        )
        self.agreement.setText(_agreement(prediction))
        self._say(self.seen, words.seen(reply))
        self._say(self.rows, prediction.rows)
        self.worth.show_worth(reply.worth, self._columns)
        self.notes.show_notes(words.without_repeats(prediction.notes, reply))
        self._show_chips(prediction)
        self._shares.show_counts(prediction.counts)

    @staticmethod
    def _say(label: PlainLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    @Slot(object)
    def show_filters(self, filters: object) -> None:
        """Press the buttons whose filters are active in the table below."""
        there = set(filters) if isinstance(filters, tuple) else set()
        for name, chip in self.chips.items():
            chip.blockSignals(True)
            chip.setChecked(self._filters.get(name) in there)
            chip.blockSignals(False)

    def _show_chips(self, prediction: PredictionResult) -> None:

        while item := self._flow.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.chips, self._filters = {}, {}
        predicted, match, confidence = (
            self._column(names) for names in (PREDICTED_COLUMNS, MATCH_COLUMNS, (CONFIDENCE,))
        )
        for label in map(str, Disposition):
            text = f"{label}  {count(prediction.counts.get(label, 0))}"
            self._add(label, text, ColumnFilter(predicted, "one of", (label,)))
        if prediction.known:
            differ = prediction.known - prediction.matches
            agreeing = tr("✓ {rows} agree", rows=count(prediction.matches))
            self._add("agree", agreeing, ColumnFilter(match, "one of", ("Yes",)))
            self._add("differ", tr("✗ {rows} differ", rows=count(differ)), ColumnFilter(match, "one of", ("No",)))
        if prediction.uncertain is not None:
            uncertain = tr("? {rows} uncertain", rows=count(prediction.uncertain))
            self._add("uncertain", uncertain, ColumnFilter(confidence, "<", UNCERTAIN_BELOW))
            self.chips["uncertain"].setToolTip(tr("Highest probability below {bound}", bound=fixed(UNCERTAIN_BELOW, 2)))
        in_order(self.worth.columns, self.worth.button, self.save_button, self.notes.more, *self.chips.values())
        self._recolour()

    def _column(self, names: "Sequence[str]") -> str:
        return next((name for name in names if name in self._columns), "")

    def _add(self, name: str, text: str, one: "ColumnFilter") -> None:
        chip = QToolButton(self)
        chip.setText(text)
        chip.setAccessibleName(tr("Show only these rows: {words}", words=text))
        chip.setToolTip(tr("Show only these rows"))
        chip.setCheckable(True)
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        chip.setEnabled(bool(one.column))
        chip.toggled.connect(lambda on: self.filter_wanted.emit(one if on else None, one.column))
        self.chips[name], self._filters[name] = chip, one
        self._flow.addWidget(chip)

    @Slot()
    def _recolour(self) -> None:
        """Redraw the marks: they are pixmaps, which do not follow the colour scheme by themselves."""
        size = theme.mark_px(self.fontMetrics().lineSpacing())
        for name, chip in self.chips.items():
            chip.setIconSize(QSize(size, size))
            chip.setIcon(theme.class_icon(name, size) if name in MARKED else QIcon())


def _agreement(prediction: PredictionResult) -> str:
    if not prediction.known:
        return tr("No known dispositions to compare with")
    share = percent(prediction.matches / prediction.known, 1)
    matches, known = count(prediction.matches), count(prediction.known)
    undecided = prediction.reply.total_predicted - prediction.known
    if prediction.reported is not None:
        return tr(
            "⚠ {matches} of {known} known dispositions agree ({share}); the backend reported {reported}",
            matches=matches,
            known=known,
            share=share,
            reported=fixed(prediction.reported),
        )
    if undecided <= 0:
        return tr("{matches} of {known} known dispositions agree ({share})", matches=matches, known=known, share=share)
    return tr(
        "{matches} of {known} known dispositions agree ({share}); not counted: {undecided}",
        matches=matches,
        known=known,
        share=share,
        undecided=counted(undecided, tr("row without a disposition"), tr("rows without a disposition")),
    )


def _title(model: str | None) -> str:
    """A model's name for a reader; as written by the backend if the contract does not know it."""
    if not model:
        return tr("a model the backend does not name")
    try:
        return Model(model).display_name
    except ValueError:
        return model

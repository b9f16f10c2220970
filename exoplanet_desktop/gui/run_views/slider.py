"""The slider between planets and false positives, with its cost in words."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import count, fixed, percent, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts.pages import SideBySide
from exoplanet_desktop.gui.run_views.threshold import Cut, Interval, Thresholds
from exoplanet_desktop.gui.widgets.labels import PlainLabel, tip
from exoplanet_desktop.gui.widgets.live_label import LiveLabel
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.gui.widgets.row import with_text

STEPS = 1000
SETTLED_MS = 300
MOST_MISSED, LEAST_PRECISION = 2.0, 95.0  # percent; initial values
PROTOCOL = (
    "A planet is CONFIRMED or CANDIDATE. A row is classified as a planet if these two probabilities add up to the "
    "threshold or more. {rows}; 95 % intervals by bootstrap of whole stars. A threshold chosen on these rows is "
    "slightly optimistic on them."
)


class ThresholdPanel(QWidget):
    """Signals:
    moved: the current threshold; None for the most likely class.
    settled: the same, once the user has stopped moving the slider.
    """

    moved = Signal(object)
    settled = Signal(object)

    def __init__(self, workers: Workers, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workers, self._notices = workers, notices
        self._thresholds: Thresholds | None = None
        self._others: Thresholds | None = None
        self._exact: float | None = None
        self._asked: object = None
        self._asking = False
        self.use = QCheckBox(tr("Classify as planet above a t&hreshold"), self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 20)
        self.slider.setAccessibleName(tr("Minimum planet probability"))
        self.value = _number(tr("Minimum planet probability, as a number"), 0.0, 1.0, 0.001, 4)
        self.missed = _number(tr("Maximum share of planets missed, in percent"), 0.0, 100.0, 0.5, 1, " %")
        self.missed.setValue(MOST_MISSED)
        self.miss_button = QPushButton(tr("&Miss at most"), self)
        self.miss_button.setToolTip(tip(tr("The highest threshold that misses no more than this share of the planets")))
        self.precision = _number(tr("Minimum precision, in percent"), 0.0, 100.0, 1.0, 1, " %")
        self.precision.setValue(LEAST_PRECISION)
        self.precise_button = QPushButton(tr("&Precision at least"), self)
        self.precise_button.setToolTip(tip(tr("The threshold that finds the most planets at this precision")))
        self.words = LiveLabel()
        self.protocol = PlainLabel("", "muted", selectable=True)
        self._settle = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settle.timeout.connect(lambda: self.settled.emit(self.threshold))
        self._lay_out()
        self.use.toggled.connect(self._switch)
        self.slider.valueChanged.connect(self._slide)
        self.value.valueChanged.connect(self._type)
        self.miss_button.clicked.connect(self.miss_at_most)
        self.precise_button.clicked.connect(self.be_precise)
        self._switch()
        self._settle.stop()

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    @property
    def threshold(self) -> float | None:
        """The current threshold; None if the most likely class is used."""
        return self._exact if self.use.isChecked() else None

    def offer(self, thresholds: Thresholds, others: Thresholds | None, rows: str) -> None:
        """Use these rows.

        Args:
            others: other rows, on which to check the threshold.
            rows: description of the rows.
        """
        self._thresholds, self._others = thresholds, others
        self.protocol.setText(tr(PROTOCOL, rows=rows))
        if self._exact is None:
            self._set(0.5)
        self._tell_cost()

    def put(self, threshold: float) -> None:
        """Set a threshold that is already stored, without emitting `settled`."""
        self._set(threshold)
        self.use.setChecked(True)
        self._settle.stop()

    @Slot()
    def miss_at_most(self) -> None:
        """Move to the highest threshold that misses at most the given share of planets."""
        if self._thresholds is not None:
            self._aim(self._thresholds.missing_at_most(self.missed.value() / 100))

    @Slot()
    def be_precise(self) -> None:
        """Move to the threshold that finds the most planets at the given precision."""
        if self._thresholds is None:
            return
        found = self._thresholds.precise(self.precision.value() / 100)
        if found is None:
            text = tr("No threshold reaches a precision of {share}.", share=percent(self.precision.value() / 100, 1))
            self._notices.information(text)
        else:
            self._aim(found)

    def _aim(self, threshold: float) -> None:
        self._set(threshold)
        if self.use.isChecked():
            self._move()
        else:
            self.use.setChecked(True)

    @Slot(int)
    def _slide(self, step: int) -> None:
        self._set(step / STEPS, self.slider)
        self._move()

    @Slot(float)
    def _type(self, value: float) -> None:
        self._set(value, self.value)
        self._move()

    def _set(self, threshold: float, by: QWidget | None = None) -> None:
        """Keep the exact number; slider and field show it as closely as they can."""
        self._exact = threshold
        for widget, shown in ((self.slider, round(threshold * STEPS)), (self.value, threshold)):
            if widget is not by:
                widget.blockSignals(True)
                widget.setValue(shown)  # type: ignore[arg-type]
                widget.blockSignals(False)

    @Slot()
    def _switch(self) -> None:
        for widget in (self.slider, self.value):
            widget.setVisible(self.use.isChecked())
        self._move()

    def _move(self) -> None:
        self.moved.emit(self.threshold)
        self._tell_cost()
        self._settle.start()

    def _tell_cost(self) -> None:
        threshold = self.threshold
        for widget in (self.words, self.protocol):
            widget.setVisible(threshold is not None)
        if self._thresholds is None or threshold is None:
            return
        self.words.setText(cost(self._thresholds.at(threshold), None, None))
        if not self._asking:
            self._ask()

    @aio.slot()
    async def _ask(self) -> None:
        """Calculate intervals for the current threshold, until the slider stops."""
        self._asking = True
        try:
            while (thresholds := self._thresholds) is not None and (threshold := self.threshold) is not None:
                others = self._others
                ranges = await self._workers.call(thresholds.intervals, threshold)
                if thresholds is self._thresholds and threshold == self.threshold:
                    check = others.at(threshold) if others is not None else None
                    self.words.setText(cost(thresholds.at(threshold), ranges, check))
                    return
        finally:
            self._asking = False

    def _lay_out(self) -> None:
        goals = [_beside(self.miss_button, self.missed), _beside(self.precise_button, self.precision)]
        with_text(self, lambda: self.slider.setMinimumWidth(20 * self.fontMetrics().averageCharWidth()))
        moving = _beside(self.slider, self.value)
        moving.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(SideBySide((self.use, moving)))
        layout.addWidget(SideBySide(goals, grow=False))
        layout.addWidget(self.words)
        layout.addWidget(self.protocol)


def cost(cut: Cut, ranges: tuple[Interval | None, Interval | None] | None, check: Cut | None) -> str:
    """The cost of a threshold, in words.

    Args:
        ranges: intervals of precision and recall, once they are known.
        check: the same threshold on other rows.
    """
    precision, recall = ranges or (None, None)
    planets, called = cut.found + cut.missed, cut.found + cut.wrong
    text = tr(
        "Precision {precision}{p_range}: {wrong} of {called} objects classified as planets are false positives. "
        "Recall {recall}{r_range}: {missed} of {planets} planets are missed.",
        precision=fixed(cut.precision),
        p_range=_range(precision),
        wrong=count(cut.wrong),
        called=count(called),
        recall=fixed(cut.recall),
        r_range=_range(recall),
        missed=count(cut.missed),
        planets=count(planets),
    )
    if check is None:
        return text
    return (
        text
        + " "
        + tr(
            "On the {rows} rows of the other folds, which were not used to choose it: precision {precision}, recall "
            "{recall}.",
            rows=count(sum(map(sum, check.matrix))),
            precision=fixed(check.precision),
            recall=fixed(check.recall),
        )
    )


def _range(interval: Interval | None) -> str:
    return tr(" ({low} to {high})", low=fixed(interval[0]), high=fixed(interval[1])) if interval else ""


def _beside(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    for widget in widgets:
        line.addWidget(widget)
    return holder


def _number(name: str, low: float, high: float, step: float, places: int, suffix: str = "") -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setAccessibleName(name)
    box.setDecimals(places)
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setSuffix(suffix)
    box.setKeyboardTracking(False)
    return box

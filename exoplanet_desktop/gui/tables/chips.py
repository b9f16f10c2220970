"""The conditions on single columns, each as a chip that the user can change or remove."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from exoplanet_desktop.catalogs.tables.view import ColumnFilter, RowNumbers
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.flow import FlowLayout
from exoplanet_desktop.gui.widgets.labels import tip
from exoplanet_desktop.gui.widgets.row import in_order

LONGEST = 60  # characters in a chip


def in_words(one: "ColumnFilter | RowNumbers") -> str:
    """A condition in words for the user.

    >>> from exoplanet_desktop.catalogs.tables.view import ColumnFilter
    >>> in_words(ColumnFilter("koi_period", "between", ("1", "")))
    'koi_period ≥ 1'
    """
    if isinstance(one, RowNumbers):
        return one.words
    name, value = one.column, one.value
    if one.test == "between" and isinstance(value, tuple):
        low, high = value
        if low and high:
            return tr("{name} from {low} to {high}", name=name, low=low, high=high)
        return f"{name} ≥ {low}" if low else f"{name} ≤ {high}"
    if isinstance(value, tuple):
        return tr("{name} is {values}", name=name, values=tr(" or ").join(value))
    tests = {
        "contains": tr("{name} contains “{value}”", name=name, value=value),
        "starts with": tr("{name} starts with “{value}”", name=name, value=value),
        "is missing": tr("{name} is missing", name=name),
        "is there": tr("{name} is not missing", name=name),
    }
    return tests.get(one.test, f"{name} {one.test} {value}")


class FilterChips(QWidget):
    """Takes no space without a condition.

    Signals:
        change_wanted: name of the column whose condition the user wants to change.
        drop_wanted: name of the column whose condition the user wants to remove.
    """

    change_wanted = Signal(str)
    drop_wanted = Signal(str)

    def __init__(self, after: QWidget, parent: QWidget | None = None) -> None:
        """`after`: the widget before this one in tab order."""
        super().__init__(parent)
        self._after = after
        self._flow = FlowLayout(self)
        self.setAccessibleName(tr("Filters on columns"))
        self.hide()

    def show_filters(self, filters: "Sequence[ColumnFilter | RowNumbers]") -> None:
        while item := self._flow.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        chips = [self._chip(one) for one in filters]
        for chip in chips:
            self._flow.addWidget(chip)
        in_order(self._after, *(button for chip in chips for button in chip.findChildren(QToolButton)))
        self.setVisible(bool(filters))
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(80, super().minimumSizeHint().height())

    def _chip(self, one: "ColumnFilter | RowNumbers") -> QWidget:
        words = in_words(one)
        chip = QFrame(self)
        chip.setProperty("chip", True)
        text = QToolButton(chip)
        text.setAutoRaise(True)
        text.setText((words if len(words) <= LONGEST else words[:LONGEST] + "…").replace("&", "&&"))
        text.setToolTip(tip(tr("{words}. Click to change it.", words=words)))
        text.setAccessibleName(tr("Change the condition: {words}", words=words))
        if one.column:
            text.clicked.connect(lambda: self.change_wanted.emit(one.column))
        else:
            text.setEnabled(False)
        drop = QToolButton(chip)
        drop.setAutoRaise(True)
        drop.setText("✕")
        drop.setToolTip(tr("Remove this condition"))
        drop.setAccessibleName(tr("Remove the condition: {words}", words=words))
        drop.clicked.connect(lambda: self.drop_wanted.emit(one.column))
        line = QHBoxLayout(chip)
        line.setContentsMargins(4, 0, 2, 0)
        line.setSpacing(0)
        line.addWidget(text)
        line.addWidget(drop)
        return chip

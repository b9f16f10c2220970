"""A condition on one column, without the expression language."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.catalogs.tables.summary import ColumnSummary
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.catalogs.tables.view import ColumnFilter, Test
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio, theme
from exoplanet_desktop.gui.base.text import count, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.model import LABELS, Classes
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.row import size_in_text, with_text

NUMBER_TESTS: "tuple[Test, ...]" = ("between", "is missing", "is there")
TEXT_TESTS: "tuple[Test, ...]" = ("one of", "contains", "starts with", "is missing", "is there")


class FilterDialog(QDialog):
    """Signals:
    wanted: a ColumnFilter.
    """

    wanted = Signal(object)

    def __init__(
        self,
        workers: Workers,
        table: "Table",
        column: str,
        numeric: bool,
        classes: Classes,
        given: "ColumnFilter | None" = None,
        parent: QWidget | None = None,
    ) -> None:
        """`given`: the condition that the column already has."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Filter on {column}", column=column))
        self._workers, self._table, self._column = workers, table, column
        self._classes = classes.get(column, LABELS)
        self._given = given
        words = {
            "between": tr("is between"),
            "one of": tr("is one of"),
            "contains": tr("contains"),
            "starts with": tr("starts with"),
            "is missing": tr("is missing"),
            "is there": tr("is not missing"),
        }
        tests = NUMBER_TESTS if numeric else TEXT_TESTS
        self.test = combo(tr("Condition"), [(words[test], test) for test in tests], parent=self)
        self.low, self.high, self.text = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        for line, name in ((self.low, tr("Minimum")), (self.high, tr("Maximum")), (self.text, tr("Text"))):
            line.setAccessibleName(name)
            line.textChanged.connect(self._update_enabled)
        self.values = QListWidget(self)
        self.values.setAccessibleName(tr("Values"))
        self.values.setProperty("roomy", True)
        self.values.itemChanged.connect(self._update_enabled)
        self.reason = PlainLabel("", "muted")
        self._pages = {
            "between": self._form((tr("Fro&m"), self.low), (tr("&Up to"), self.high)),
            "one of": self.values,
            "contains": self._form((tr("&Text"), self.text)),
            "is missing": QWidget(),
        }
        self._stack = QStackedWidget(self)
        for page in self._pages.values():
            self._stack.addWidget(page)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(tr("&Filter"))
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel(column, "heading"))
        layout.addWidget(self.test)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.reason)
        layout.addWidget(self.buttons)
        size_in_text(self, 60, 23)
        self.test.currentIndexChanged.connect(self._turn)
        self._show_given()
        self._turn()
        with_text(self, self._mark)
        theme.theme().changed.connect(self._mark)
        if not numeric:
            self._list_values()

    def report_error(self, error: AppError) -> None:
        self.reason.setText(str(error))

    def condition(self) -> "ColumnFilter | None":
        """The condition entered; None if it is incomplete."""

        test: Test = self.test.currentData()
        if test == "between":
            low, high = self.low.text().strip(), self.high.text().strip()
            fits = all(not text or _is_number(text) for text in (low, high)) and (low or high)
            return ColumnFilter(self._column, test, (low, high)) if fits else None
        if test == "one of":
            chosen = self._ticked()
            return ColumnFilter(self._column, test, chosen) if chosen else None
        if test in ("contains", "starts with"):
            return ColumnFilter(self._column, test, self.text.text()) if self.text.text() else None
        return ColumnFilter(self._column, test)

    @aio.slot()
    async def _list_values(self) -> None:
        summary: ColumnSummary = await self._workers.call(self._table.summary, self._column, split=False)
        given = set(self._given.value) if self._given and isinstance(self._given.value, tuple) else set()
        self.values.blockSignals(True)
        for value, rows in summary.top:
            item = QListWidgetItem(f"{value[:200]}  ·  {count(rows)}", self.values)
            item.setData(Qt.ItemDataRole.UserRole, value)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if value in given else Qt.CheckState.Unchecked)
        self.values.blockSignals(False)
        self._mark()
        if summary.distinct > len(summary.top):
            self.reason.setText(tr("The most frequent of {number} different values.", number=count(summary.distinct)))
        self._update_enabled()

    @Slot()
    def _mark(self) -> None:
        """Give each class its mark, in the current colours and size."""
        size = theme.mark_px(self.fontMetrics().lineSpacing())
        self.values.setIconSize(QSize(size, size))
        self.values.blockSignals(True)
        for row in range(self.values.count()):
            item = self.values.item(row)
            if label := self._classes.get(item.data(Qt.ItemDataRole.UserRole).strip().upper()):
                item.setIcon(theme.class_icon(label, size))
        self.values.blockSignals(False)

    def _show_given(self) -> None:
        if (given := self._given) is None:
            return
        self.test.setCurrentIndex(max(0, self.test.findData(given.test)))
        if given.test == "between" and isinstance(given.value, tuple):
            self.low.setText(given.value[0])
            self.high.setText(given.value[1])
        elif isinstance(given.value, str):
            self.text.setText(given.value)

    def _ticked(self) -> tuple[str, ...]:
        items = [self.values.item(row) for row in range(self.values.count())]
        return tuple(
            item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked
        )

    @Slot()
    def _turn(self) -> None:
        test = self.test.currentData()
        page = {"starts with": "contains", "is there": "is missing"}.get(test, test)
        self._stack.setCurrentWidget(self._pages[page])
        self._update_enabled()

    @Slot()
    def _update_enabled(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(self.condition() is not None)

    @Slot()
    def _accept(self) -> None:
        if (found := self.condition()) is not None:
            self.wanted.emit(found)
            self.accept()

    @staticmethod
    def _form(*fields: tuple[str, QLineEdit]) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 0, 0)
        for label, line in fields:
            form.addRow(label, line)
        return page


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

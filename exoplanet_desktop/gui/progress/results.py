"""What a training brought: figures in cards, the protocol, both matrices, scores by class, importance."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.gui.progress import words
from exoplanet_desktop.gui.progress.run import TrainingRun
from exoplanet_desktop.gui.widgets.picture import Picture
from exoplanet_desktop.gui.widgets.words import Words

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import TrainResult

PICTURES = {"counts": "Confusion matrix", "shares": "By true class"}
MOST_IMPORTANT = 25


class Results(QWidget):
    """The lower part of the progress dialog."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards = QGridLayout()
        self._cards.setHorizontalSpacing(24)
        self._cards.setVerticalSpacing(0)
        self.protocol = Words("", "muted", selectable=True)
        self.gap = Words("", "warning", selectable=True)
        self.tabs = QTabWidget(self)
        self.pictures: dict[str, Picture] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(self._cards)
        layout.addWidget(self.gap)
        layout.addWidget(self.protocol)
        layout.addWidget(self.tabs, 1)

    def show_run(self, run: TrainingRun) -> None:
        """Show a run that has a result."""
        result = run.result
        if result is None:
            return
        for column, (figure, meaning) in enumerate(words.cards(result)):
            self._add_card(column, figure, meaning)
        self.protocol.setText(words.protocol(result))
        self.gap.setText(words.gap(result))
        self.gap.setVisible(bool(self.gap.text()))
        for name, title in PICTURES.items():
            self._add_picture(name, title, run.pictures.get(name))
        self._add_scores(result)
        self._add_importance(result)
        self._add_leaks(result)

    def picture_shown(self) -> Picture | None:
        """The picture of the tab that is on top, if it has one."""
        page = self.tabs.currentWidget()
        return page.findChild(Picture) if page else None

    def picture_name(self) -> str | None:
        """What the picture on top is called in a file name."""
        shown = self.picture_shown()
        names = {"counts": "matrix", "shares": "matrix_by_class"}
        return next((names[name] for name, picture in self.pictures.items() if picture is shown), None)

    def _add_card(self, column: int, figure: str, meaning: str) -> None:
        big = Words(figure, "figure", wrap=False, selectable=True)
        font = big.font()
        font.setPointSizeF(font.pointSizeF() * 1.8)
        big.setFont(font)
        small = Words(meaning, "muted", wrap=False)
        self._cards.addWidget(big, 0, column)
        self._cards.addWidget(small, 1, column, Qt.AlignmentFlag.AlignTop)

    def _add_picture(self, name: str, title: str, data: bytes | None) -> None:
        picture = Picture(title, self)
        if data is None or not picture.show_bytes(data):
            picture.deleteLater()
            return
        self.pictures[name] = picture
        page = QWidget(self)
        buttons = QHBoxLayout()
        for text, action in (("Zoom in", picture.zoom_in), ("Zoom out", picture.zoom_out), ("Fit", picture.fit)):
            button = QPushButton(text, page)
            button.clicked.connect(action)
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(page)
        layout.addWidget(picture, 1)
        layout.addLayout(buttons)
        self.tabs.addTab(page, title)

    def _add_scores(self, result: "TrainResult") -> None:
        if not result.per_class:
            return
        rows = [
            (
                label,
                words.three(score.precision),
                words.three(score.recall),
                words.three(score.f1),
                f"{score.support:,}",
            )
            for label, score in result.per_class.items()
        ]
        self.tabs.addTab(_table(("Class", "Precision", "Recall", "F1", "Rows"), rows), "Scores by class")

    def _add_importance(self, result: "TrainResult") -> None:
        if not result.importance:
            return
        rows = [
            (entry.feature, words.spread(entry.mean, entry.std))
            for entry in sorted(result.importance, key=lambda entry: -entry.mean)[:MOST_IMPORTANT]
        ]
        self.tabs.addTab(_table(("Column", "Accuracy lost when shuffled"), rows), "Importance")

    def _add_leaks(self, result: "TrainResult") -> None:
        """What the sentinel says of the columns: those that carry the verdict, that identify or that date an object."""
        if not result.leaks:
            return
        rows = [
            (str(entry.get("feature")), words.three(entry.get("auc")))
            for entry in result.leaks.get("single_columns") or []
        ]
        page = QWidget(self)
        notes = Words("\n".join(result.leaks.get("notes") or ["No column gives the answer away by itself."]))
        layout = QVBoxLayout(page)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.addWidget(notes)
        layout.addWidget(_table(("Column alone", "Best AUC of a class against the rest"), rows), 1)
        self.tabs.addTab(page, "Leaks")


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> QTableWidget:
    table = QTableWidget(len(rows), len(headers))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setAccessibleName(headers[0])
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            if column:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(row, column, item)
    for column, text in enumerate(headers):
        header = QTableWidgetItem(text)
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
        header.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        table.setHorizontalHeaderItem(column, header)
    return table

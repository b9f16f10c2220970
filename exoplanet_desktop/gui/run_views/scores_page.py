"""The page with all scores of a training: of the hold-out and of all rows, then of each class."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from exoplanet_desktop.gui.run_views.score_table import ScoreTable
from exoplanet_desktop.gui.runs import result_words as words
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.wire.payloads import TrainResult


class ScoresPage(QWidget):
    """Tables that are as high as their rows, below one another."""

    def __init__(self, result: TrainResult, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 8, 8, 8)
        self._layout.setSpacing(8)
        self.scores = self._add(words.scores_title(result), words.score_headers(result), words.score_rows(result))
        self.classes = [self._add(title, words.class_headers(), rows) for title, rows in words.class_rows(result)]
        self._layout.addStretch(1)

    def _add(self, title: str, headers: list[str], rows: list[list[str]]) -> ScoreTable:
        table = ScoreTable(headers, rows, whole=True)
        table.setAccessibleName(title)
        self._layout.addWidget(PlainLabel(title, "muted", selectable=True))
        self._layout.addWidget(table)
        return table

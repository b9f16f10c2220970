"""Baselines for the window: the same work in DuckDB, numpy and Qt with nothing around it."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTableView, QTableWidget, QTableWidgetItem, QWidget

from exoplanet_desktop.catalogs.reading.layout import sniff

PAGE = 200
WITHIN_S = 600.0
Index = QModelIndex | QPersistentModelIndex


class Watched:
    """A QTableView that records when it has painted all of its cells."""

    painted_at = 0.0
    _waiting: "asyncio.Future[None] | None" = None

    def paintEvent(self: Any, event: QPaintEvent) -> None:
        there = self.is_there()
        QTableView.paintEvent(self, event)
        if there:
            self.painted_at = time.perf_counter()
            waiting, self._waiting = self._waiting, None
            if waiting is not None and not waiting.done():
                waiting.set_result(None)

    async def painted_after(self, begun: float) -> float:
        """Seconds from a moment to the next complete paint; waits without taking time from any thread."""
        while self.painted_at <= begun:
            self._waiting = asyncio.get_running_loop().create_future()
            await asyncio.wait_for(self._waiting, WITHIN_S)
        return self.painted_at - begun

    async def jump(self: Any, share: float) -> float:
        """Seconds from a jump to a fraction of the table until it is painted."""
        bar = self.verticalScrollBar()
        begun = time.perf_counter()
        bar.setValue(int(share * bar.maximum()))
        seconds: float = await self.painted_after(begun)
        return seconds

    def is_there(self) -> bool:
        return True


class BareModel(QAbstractTableModel):
    """Cells in memory: a few rows, repeated if the table is longer."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[str | None]], many: int) -> None:
        super().__init__()
        self._columns, self._rows, self._many = columns, rows, many

    def show(self, rows: Sequence[Sequence[str | None]], columns: Sequence[str] | None = None) -> None:
        self.beginResetModel()
        self._rows, self._many = rows, len(rows)
        self._columns = columns or self._columns
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return self._many

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._rows[index.row() % len(self._rows)][index.column()]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._columns[section] if orientation == Qt.Orientation.Horizontal else str(section + 1)


class BareView(Watched, QTableView):
    """A plain view in its own window, with the size and column widths of another one."""

    def __init__(self, model: BareModel, like: QTableView) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setVerticalScrollMode(like.verticalScrollMode())
        self.setHorizontalScrollMode(like.horizontalScrollMode())
        self.verticalHeader().setDefaultSectionSize(like.verticalHeader().defaultSectionSize())
        for column in range(model.columnCount()):
            self.setColumnWidth(column, like.columnWidth(column))
        self.resize(like.size())
        self.show()

    def open(self, columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
        self._model.show(rows, columns)
        self.scrollToTop()


def bare_first_rows(file: Path) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """Columns and first rows of a CSV, as DuckDB finds them out by itself."""
    import duckdb

    with duckdb.connect() as connection:
        found = connection.execute(f"FROM read_csv('{file}', all_varchar = true) LIMIT {PAGE}")
        return [column[0] for column in found.description], found.fetchall()


class BareTable:
    """A catalog in a DuckDB table, with types detected by DuckDB: times a sort or filter with the first page."""

    def __init__(self, file: Path, folder: Path) -> None:
        import duckdb

        self._connection: Any = duckdb.connect(str(folder / "bare.duckdb"))
        self._connection.execute(
            f"CREATE TABLE data AS FROM read_csv('{file}', skip = {sniff(file).skip}, header = true)"
        )
        self.rows = 0

    def __enter__(self) -> "BareTable":
        return self

    def __exit__(self, *_: TracebackType | object) -> None:
        self._connection.close()

    def sort(self, column: str) -> float:
        """Seconds for a descending sort by a column."""
        return self._select(f"ORDER BY {column} DESC NULLS LAST, rowid")

    def filter(self, condition: str) -> float:
        """Seconds for a filter."""
        return self._select(f"WHERE {condition}")

    def _select(self, rest: str) -> float:
        started = time.perf_counter()
        query = self._connection.execute
        (self.rows,) = query(f"CREATE OR REPLACE TABLE chosen AS SELECT rowid AS number FROM data {rest}").fetchone()
        numbers = query(f"SELECT number FROM chosen WHERE rowid < {PAGE} ORDER BY rowid").fetchall()
        query(f"SELECT * FROM data WHERE rowid IN ({', '.join(str(number) for (number,) in numbers)})").fetchall()
        return time.perf_counter() - started


class BareMatrix(QWidget):
    """A confusion matrix, its text and a list of the errors under a threshold."""

    def __init__(self, path: Path, labels: Sequence[str], negative: int) -> None:
        import numpy as np
        import pandas

        super().__init__()
        self.matrix, self.words, self.errors = QTableWidget(len(labels), len(labels)), QLabel(), QTableView()
        layout = QHBoxLayout(self)
        for widget in (self.matrix, self.words, self.errors):
            layout.addWidget(widget)
        for row in range(len(labels)):
            for column in range(len(labels)):
                self.matrix.setItem(row, column, QTableWidgetItem())
        frame = pandas.read_csv(path)
        chances = frame[[f"Prob_{label}" for label in labels]].to_numpy()
        self._actual = frame["actual"].map({label: at for at, label in enumerate(labels)}).to_numpy()
        self._score = 1 - chances[:, negative]
        self._as_planet = np.where(np.arange(len(labels)) == negative, -1, chances).argmax(axis=1)
        self._worst_first = chances[np.arange(len(frame)), self._actual].argsort()
        columns = ["object", "actual", "predicted", *(f"Prob_{label}" for label in labels[:2])]
        self._texts = frame[columns].astype(str).to_numpy().tolist()
        self._negative, self._many = negative, len(labels)
        self._predicted: Any = self._actual
        self._model = BareModel(columns, (), 0)
        self.errors.setModel(self._model)
        self.errors.verticalHeader().hide()

    def follow(self, threshold: float) -> None:
        import numpy as np

        many = self._many
        self._predicted = np.where(self._score >= threshold, self._as_planet, self._negative)
        counts = np.bincount(self._actual * many + self._predicted, minlength=many * many).tolist()
        for place, number in enumerate(counts):
            item = self.matrix.item(*divmod(place, many))
            assert item is not None
            item.setText(str(number))
        self.words.setText(f"{threshold}: {sum(counts[:: many + 1])} right")

    def show_errors(self) -> None:
        wrong = (self._actual != self._predicted)[self._worst_first]
        self._model.show([self._texts[place] for place in self._worst_first[wrong]])

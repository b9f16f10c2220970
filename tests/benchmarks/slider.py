"""`slider`: how long the window takes to follow a dragged threshold.

The baseline is the minimum for that: numpy finds the class of each row and counts the matrix, a plain table of labels
and a plain list show them.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say
from tests.benchmarks.turns import Turns

ROWS = 20_000  # held-out rows of all folds: twice the largest catalog
MOVES = 400
LIST_EVERY = 4  # while the slider moves, the list is updated less often than the matrix
LABELS = ("CANDIDATE", "CONFIRMED", "FALSE POSITIVE")


def measure(say: Say) -> Sequence[Figure]:
    """Matrix and text at every move, the error list at some, each timed to its last repaint; offscreen."""
    say(f"{MOVES} moves over {ROWS:,} rows")
    command = [sys.executable, "-m", "tests.benchmarks.slider"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    found = json.loads(done.stdout)
    return [
        *Turns(found["moves"]).figures("matrix and words follow the slider", "plain widgets", 4.5, milli=True),
        *Turns(found["lists"]).figures("the list of errors follows", "plain widgets", 0.5, milli=True),
    ]


def _held_out(path: Path) -> None:
    """Held-out rows as written by the engine."""
    import csv

    import numpy as np

    random = np.random.default_rng(1)
    actual = random.integers(0, 3, ROWS)
    weights = random.exponential(1.0, (ROWS, 3))
    weights[np.arange(ROWS), actual] += random.exponential(2.0, ROWS)
    chances = weights / weights.sum(axis=1, keepdims=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        head = ["row", "object", "star", "fold", "hold_out", "actual", "predicted"]
        writer.writerow([*head, *(f"Prob_{label}" for label in LABELS)])
        for row in range(ROWS):
            said = LABELS[int(chances[row].argmax())]
            place = [row, f"K{row:05}.01", row // 2, row % 5 + 1, "yes" if row % 5 == 0 else "no"]
            writer.writerow([*place, LABELS[actual[row]], said, *(f"{value:.9f}" for value in chances[row])])


def _drag() -> dict[str, list[tuple[float, float]]]:
    """Seconds for each redraw, and for that of plain widgets."""
    import asyncio

    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    from exoplanet_desktop.gui.base import aio, theme
    from exoplanet_desktop.gui.base.workers.calls import Workers
    from exoplanet_desktop.gui.charts.matrix import MatrixFigure
    from exoplanet_desktop.gui.run_views.matrix_page import MatrixPage, load
    from exoplanet_desktop.gui.widgets.notices import Notices
    from tests.benchmarks.bare import BareMatrix

    application = QApplication([])
    theme.apply(application)
    moves: list[tuple[float, float]] = []
    lists: list[tuple[float, float]] = []

    class _Painted(QObject):
        """Records which widgets were painted."""

        def __init__(self) -> None:
            super().__init__()
            self.seen: set[int] = set()

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                self.seen.add(id(watched))
            return False

    async def drag() -> None:
        workers = Workers()
        figure: Any = MatrixFigure(LABELS, [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
        page = MatrixPage(figure, workers, Notices())
        page.resize(1024, 640)
        page.show()
        with lab.folder() as folder:
            _held_out(folder / "held_out.csv")
            page.show_held_out(await workers.call(load, folder / "held_out.csv"), 0.5)
            bare = BareMatrix(folder / "held_out.csv", LABELS, LABELS.index("FALSE POSITIVE"))
        bare.resize(page.size())
        bare.show()
        page.scope.setCurrentIndex(1)
        await asyncio.sleep(0.5)
        painted = _Painted()
        for widget in (page.view, page.errors.table.viewport(), page.threshold.words):
            widget.installEventFilter(painted)
        for widget in (bare.matrix.viewport(), bare.errors.viewport(), bare.words):
            widget.installEventFilter(painted)

        def redraw(work: Callable[[], object], widgets: int) -> float:
            painted.seen.clear()
            started = time.perf_counter()
            work()
            application.sendPostedEvents()
            seconds = time.perf_counter() - started
            if len(painted.seen) < widgets:
                raise AssertionError("what should have been painted was not")
            return seconds

        for move in range(MOVES):
            value = 300 + (move * 7) % 400
            ours = redraw(lambda value=value: page.threshold.slider.setValue(value), 2)
            moves.append((ours, redraw(lambda value=value: bare.follow(value / 1000), 2)))
            if move % LIST_EVERY == 0:
                lists.append((redraw(page._show_rows, 1), redraw(bare.show_errors, 1)))
            await asyncio.sleep(0)  # show the workers' results between moves, as in the window
        bare.close()
        page.close()
        workers.close()

    aio.run(application, drag)
    return {"moves": moves, "lists": lists}


if __name__ == "__main__":
    print(json.dumps(_drag()))

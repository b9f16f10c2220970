"""`runs`: opening, showing and sorting a record of ten thousand runs.

The baseline is bare SQLite with the same runs in the same orders, shown in a plain view.
"""

import os
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say
from tests.benchmarks.turns import Turns

RUNS = 10_000
TIMES = 9
MODELS = ("xgb", "rf", "gb", "dt", "lr", "svm")
SHOWN = (
    *("status", "title", "cv_mean", "cv_std", "accuracy", "auc", "dataset", "satellite", "model", "features"),
    *("created_at", "took_s", "backend_title"),
)
RESULT = '{"filler": "' + "x" * 20_000 + '"}'  # as large as a training's, and not read for the list


def measure(say: Say) -> Sequence[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from exoplanet_desktop.gui.base import theme

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application)
    with lab.folder() as folder:
        say(f"writing {RUNS:,} runs")
        _fill(folder / "record")
        opened, sorted_, searched, pairs = [], [], [], []
        for turn in range(TIMES):
            first, sorts, search = _once(folder / "record")
            bare = _bare_once(folder / "record")
            say(f"{turn + 1} of {TIMES}: open {first:.3f} s, slowest sort {max(sorts):.3f} s, search {search:.3f} s")
            opened.append(first)
            sorted_.append(max(sorts))
            searched.append(search)
            pairs.append((first + max(sorts), bare))
    return [
        *Turns(pairs).figures("open the record, show and sort it", "SQLite and a plain view", 1.6),
        Figure("open the record to the list on screen", median(opened), "s", detail=lab.middle(opened)),
        Figure("sort by a column, the slowest of all", median(sorted_), "s", detail=lab.middle(sorted_)),
        Figure("search words in all runs", median(searched), "s", detail=lab.middle(searched)),
    ]


def _once(folder: Path) -> tuple[float, list[float], float]:
    """Seconds until the list is on screen, and for each sort and search, each to its last paint."""
    from PySide6.QtCore import Qt

    from exoplanet_desktop.gui.run_views.columns import Column
    from exoplanet_desktop.gui.run_views.model import Filter, RunsModel
    from exoplanet_desktop.gui.run_views.view import RunsView
    from exoplanet_desktop.record.record import Record

    model = RunsModel()
    view = RunsView(model)
    view.resize(1200, 800)
    view.show()
    _paint()
    started = time.perf_counter()
    with Record(folder) as record:
        model.set_entries(record.runs())
        _paint()
        first = time.perf_counter() - started
        assert len(model.rows) == RUNS

        def timed(act: Callable[[], object]) -> float:
            began = time.perf_counter()
            act()
            _paint()
            return time.perf_counter() - began

        across = view.table.horizontalHeader()
        order = Qt.SortOrder.AscendingOrder
        sorts = [timed(lambda column=column: across.setSortIndicator(column, order)) for column in Column]
        search = timed(lambda: model.set_filter(Filter(search="forest koi")))
        assert 0 < len(model.rows) < RUNS
    view.close()
    view.deleteLater()
    return first, sorts, search


def _bare_once(folder: Path) -> float:
    """The same for the baseline, without the search."""
    from PySide6.QtWidgets import QTableView

    from tests.benchmarks.bare import BareModel

    view = QTableView()
    view.resize(1200, 800)
    view.show()
    _paint()
    models = []
    with closing(sqlite3.connect(folder / "runs.sqlite")) as connection:

        def timed(order: str) -> float:
            began = time.perf_counter()
            rows = connection.execute(f"SELECT {', '.join(SHOWN)} FROM runs ORDER BY {order}").fetchall()
            texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
            models.append(BareModel(SHOWN, texts, len(texts)))
            view.setModel(models[-1])
            _paint()
            return time.perf_counter() - began

        seconds = timed("created_at DESC") + max(timed(column) for column in SHOWN)
    view.close()
    view.deleteLater()
    return seconds


def _paint() -> None:
    """Process pending events: layout, then the paint that the user sees."""
    from PySide6.QtWidgets import QApplication

    QApplication.sendPostedEvents()
    QApplication.processEvents()


def _fill(folder: Path) -> None:
    """Writes runs like those of trainings.

    In one transaction, bypassing the record, whose commits wait for the disk.
    """
    from exoplanet_desktop.record.record import Record

    Record(folder).close()
    chance = random.Random(42)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    rows, details = [], []
    for number in range(RUNS):
        run_id = f"{number:032x}"
        model, satellite = chance.choice(MODELS), chance.choice(("KOI", "K2", "TOI"))
        when = (begin + timedelta(minutes=number)).isoformat(timespec="microseconds")
        status = chance.choice(("SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "FAILED"))
        score = chance.random() if status == "SUCCEEDED" else None
        rows.append(
            (run_id, "train", f"{satellite} · {model} {number}", status, "Embedded engine", "http://127.0.0.1:1",
             when, when, score, f"catalog_{number % 50}.csv", satellite, model, "vetted", score, 0.004, score, 3.2)
        )  # fmt: skip
        details.append((run_id, "{}", RESULT))
    names = "run_id, kind, title, status, backend_title, backend_address, created_at, changed_at, accuracy, dataset, "
    names += "satellite, model, features, cv_mean, cv_std, auc, took_s"
    with sqlite3.connect(folder / "runs.sqlite") as connection:
        connection.executemany(f"INSERT INTO runs ({names}) VALUES ({', '.join('?' * 17)})", rows)
        connection.executemany("INSERT INTO details (run_id, request, result) VALUES (?, ?, ?)", details)
    connection.close()

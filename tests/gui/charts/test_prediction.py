"""The figures of a prediction above its table."""

import asyncio
import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.charts.matrix import Shade
from exoplanet_desktop.gui.shell.main_window import MainWindow

WAIT_MS = 10_000


@pytest.fixture
def predicted_csv(sample: Callable[..., Path], tmp_path: Path) -> Path:
    """A catalog in which every third row is predicted as a candidate, the others as in the catalog."""
    path = tmp_path / "predicted.csv"
    with sample().open(newline="", encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    for number, row in enumerate(rows):
        label = "CANDIDATE" if number % 3 == 0 else row["koi_disposition"]
        row.update({"Predicted_Class": label, "Confidence": f"{0.4 + number % 60 / 100:.2f}", "Match": "N/A"})
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_figures_follow_the_table_and_a_cell_filters_it(window: MainWindow, predicted_csv: Path, qtbot: QtBot) -> None:
    tab = window.predict
    window.tabs.setCurrentWidget(tab)
    tab.tabs.setCurrentIndex(2)
    assert tab.figures.note.isVisible() and not tab.figures.classes.isVisible()

    with qtbot.waitSignal(tab.result.opened, timeout=20_000):
        opening = asyncio.ensure_future(tab.result.open(predicted_csv, "predicted", ()))
    qtbot.waitUntil(tab.figures.classes.isVisible, timeout=WAIT_MS)
    assert opening.done()
    counts = tab.figures.classes.figure.counts
    assert sum(counts.values()) == 600
    assert sum(map(sum, tab.figures.confidence.figure.counts.values())) == 600
    matrix = tab.figures.matrix.figure
    at = matrix.labels.index
    true, said = at("CONFIRMED"), at("CANDIDATE")
    assert matrix.counts[true][said] > 0
    assert sum(matrix.counts[row][said] for row in range(3)) == counts["CANDIDATE"]

    tab.figures.matrix_view.chosen.emit((true, said))
    queries = tab.result.pane.queries
    qtbot.waitUntil(lambda: queries.view.row_count == matrix.counts[true][said], timeout=WAIT_MS)
    assert tab.tabs.currentIndex() == 1
    assert len(queries.query.filters) == 2
    tab.figures.matrix_view.chosen.emit(None)
    qtbot.waitUntil(lambda: queries.view.row_count == 600, timeout=WAIT_MS)

    tab.figures.shade.setCurrentIndex(2)
    assert tab.figures.matrix.figure.shade is Shade.BY_PREDICTED

    tab.result.clear()
    assert not tab.figures.classes.isVisible()

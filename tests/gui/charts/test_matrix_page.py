"""Matrix, list of errors and threshold, as a user sees them."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.preferences import show_settings
from exoplanet_desktop.gui.base.settings import Settings
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts.matrix import Shade
from exoplanet_desktop.gui.run_views.matrix_page import MatrixPage, load
from exoplanet_desktop.gui.run_views.training_figures import matrix_of
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.wire.payloads import TrainResult
from tests.gui.charts.conftest import LABELS

WAIT_MS = 5_000


@pytest.fixture
def bare(result: TrainResult, workers: Workers, notices: Notices, qtbot: QtBot) -> MatrixPage:
    """The page for a backend that provides no rows."""
    figure = matrix_of(result)
    assert figure is not None
    page = MatrixPage(figure, workers, notices)
    qtbot.addWidget(page)
    page.resize(760, 520)
    page.show()
    return page


@pytest.fixture
def page(bare: MatrixPage, held_out: Callable[..., Path]) -> MatrixPage:
    bare.show_held_out(load(held_out(600)), None)
    return bare


def cell_of(page: MatrixPage, true: int, said: int) -> QPoint:
    """A point within a cell."""
    view = page.view
    return next(
        QPoint(x, y)
        for x in range(0, view.width(), 3)
        for y in range(0, view.height(), 3)
        if view.figure.cell_at(QPoint(x, y).toPointF(), view.room, view._style) == (true, said)
    )


def total(page: MatrixPage) -> int:
    return sum(map(sum, page.view.figure.counts))


def test_without_rows_the_matrix_stands_alone_and_says_why(bare: MatrixPage) -> None:
    assert bare.note.isVisible() and not bare.errors.isVisible() and not bare.threshold.isVisible()
    bare.shade.setCurrentIndex(1)
    assert bare.view.figure.shade is Shade.BY_TRUE
    assert total(bare) == 182


def test_a_click_on_a_cell_lists_its_rows_and_another_all_errors(page: MatrixPage, qtbot: QtBot) -> None:
    errors = page.errors.model.rowCount()
    assert errors == total(page) - sum(page.view.figure.counts[at][at] for at in range(3))
    qtbot.mouseClick(page.view, Qt.MouseButton.LeftButton, pos=cell_of(page, 1, 2))
    model = page.errors.model
    assert model.rowCount() == page.view.figure.counts[1][2] > 0
    lines = range(model.rowCount())
    assert {model.index(line, 1).data() for line in lines} == {"CONFIRMED"}
    assert {model.index(line, 2).data() for line in lines} == {"FALSE POSITIVE"}
    own = [float(model.index(line, 3).data()) for line in lines]
    assert own == sorted(own)
    assert "CONFIRMED, predicted FALSE POSITIVE" in page.errors.title.text()
    qtbot.mouseClick(page.view, Qt.MouseButton.LeftButton, pos=cell_of(page, 1, 2))
    assert model.rowCount() == errors


def test_a_click_on_a_name_sorts_the_list_and_it_stays_sorted(page: MatrixPage, qtbot: QtBot) -> None:
    model, header = page.errors.model, page.errors.table.horizontalHeader()
    lines = range(model.rowCount())
    worst = [model.index(line, 0).data() for line in lines]

    def click(column: int) -> None:
        at = QPoint(header.sectionViewportPosition(column) + 5, header.height() // 2)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)

    click(0)
    names = [model.index(line, 0).data() for line in lines]
    assert names == sorted(worst) != worst
    click(4)
    said = [float(model.index(line, 4).data()) for line in lines]
    assert said == sorted(said)
    click(4)
    assert [float(model.index(line, 4).data()) for line in lines] == said[::-1]
    page.shade.setCurrentIndex(1)
    assert [float(model.index(line, 4).data()) for line in lines] == said[::-1]


def test_names_are_sorted_by_their_numbers(held_out: Callable[..., Path]) -> None:
    rows = load(held_out(30)).every.rows
    names = (*(f"TOI-{30 - at}" for at in range(29)), "")
    ranks = replace(rows, objects=names).name_ranks
    assert [names[at] for at in np.argsort(ranks)] == ["", *reversed(names[:-1])]


def test_lines_and_whole_list_are_copied(page: MatrixPage, qtbot: QtBot) -> None:
    model, table = page.errors.model, page.errors.table
    clipboard = QApplication.clipboard()
    clipboard.clear()
    table.selectRow(2)
    (copy,) = [action for action in table.actions() if action.shortcut() == QKeySequence.StandardKey.Copy]
    copy.trigger()
    qtbot.waitUntil(lambda: bool(clipboard.text()), timeout=WAIT_MS)
    header, line = (row.split("\t") for row in clipboard.text().splitlines())
    told = dict(zip(header, line, strict=True))
    assert told["object"] == model.index(2, 0).data()
    assert told["Predicted_Class"] == model.index(2, 2).data() != told["in_the_catalog"]
    assert round(float(told["Confidence"]), 2) == float(model.index(2, 4).data())
    assert told["Match"] == "No"
    table.clearSelection()
    copy.trigger()
    qtbot.waitUntil(lambda: len(clipboard.text().splitlines()) == model.rowCount() + 1, timeout=WAIT_MS)


def test_the_list_is_saved_as_shown(page: MatrixPage, qtbot: QtBot, tmp_path: Path) -> None:
    target = tmp_path / "errors.csv"
    qtbot.mouseClick(page.errors.save_button, Qt.MouseButton.LeftButton)
    (dialog,) = page.findChildren(QFileDialog)
    dialog.selectFile(str(target))
    dialog.accept()
    qtbot.waitUntil(target.exists, timeout=WAIT_MS)
    with target.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    model = page.errors.model
    assert [row["object"] for row in rows] == [model.index(line, 0).data() for line in range(model.rowCount())]
    assert all(sum(float(row[f"Prob_{label}"]) for label in LABELS) == pytest.approx(1, abs=1e-6) for row in rows)


def test_cells_are_chosen_by_keyboard(page: MatrixPage, qtbot: QtBot) -> None:
    for key, cell in (
        (Qt.Key.Key_Right, (0, 0)),
        (Qt.Key.Key_Right, (0, 1)),
        (Qt.Key.Key_Down, (1, 1)),
        (Qt.Key.Key_Up, (0, 1)),
        (Qt.Key.Key_Up, (0, 1)),
        (Qt.Key.Key_Space, None),
    ):
        qtbot.keyClick(page.view, key)
        assert page.selected == cell


def test_the_marks_in_the_list_grow_with_the_text(page: MatrixPage, styled: QApplication) -> None:
    before = _mark_width(page)
    try:
        show_settings(Settings(text_percent=200))
        assert _mark_width(page) >= 1.6 * before
    finally:
        show_settings(Settings())


def _mark_width(page: MatrixPage) -> int:
    """The width of the first mark painted in the first cell with a class."""
    table = page.errors.table
    picture = table.viewport().grab(table.visualRect(page.errors.model.index(0, 1))).toImage()
    ground = picture.pixel(0, 0)
    inked = [any(picture.pixel(x, y) != ground for y in range(1, picture.height() - 1)) for x in range(picture.width())]
    begin = inked.index(True)
    return inked.index(False, begin) - begin


def test_rows_can_be_asked_for_in_the_catalog(page: MatrixPage, qtbot: QtBot) -> None:
    first = page.errors.model.index(0, 0)
    point = page.errors.table.visualRect(first).center()
    with qtbot.waitSignal(page.row_wanted, timeout=WAIT_MS) as one:
        qtbot.mouseClick(page.errors.table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    # The file numbers its rows 0, 2, 4 …, and names the objects K00000.01, K00001.01 …
    assert one.args[0] == 2 * int(first.data()[1:6])
    with qtbot.waitSignal(page.rows_wanted, timeout=WAIT_MS) as several:
        qtbot.mouseClick(page.errors.button, Qt.MouseButton.LeftButton)
    assert len(several.args[0]) == page.errors.model.rowCount()
    assert several.args[0][0] == one.args[0]


def test_the_slider_moves_matrix_list_and_words(page: MatrixPage, qtbot: QtBot) -> None:
    panel = page.threshold
    assert not panel.slider.isVisible() and panel.threshold is None
    plain, rows = page.view.figure.counts, total(page)
    qtbot.mouseClick(panel.use, Qt.MouseButton.LeftButton, pos=QPoint(8, panel.use.height() // 2))
    assert panel.slider.isVisible()
    panel.slider.setValue(0)
    assert sum(row[2] for row in page.view.figure.counts) == 0  # at this threshold every row counts as a planet
    assert total(page) == rows
    for _ in range(6):
        qtbot.keyClick(panel.slider, Qt.Key.Key_PageUp)
    assert panel.threshold == pytest.approx(0.3)
    assert sum(row[2] for row in page.view.figure.counts) > 0
    wrong = rows - sum(page.view.figure.counts[at][at] for at in range(3))
    qtbot.waitUntil(lambda: page.errors.model.rowCount() == wrong, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: " to " in panel.words.text() and "other folds" in panel.words.text(), timeout=WAIT_MS)
    assert "hold-out" in panel.protocol.text() and "optimistic" in panel.protocol.text()
    qtbot.mouseClick(panel.use, Qt.MouseButton.LeftButton, pos=QPoint(8, panel.use.height() // 2))
    assert page.view.figure.counts == plain and not panel.words.isVisible()


def test_a_wish_for_recall_or_precision_moves_the_slider(page: MatrixPage, qtbot: QtBot) -> None:
    panel = page.threshold
    panel.missed.setValue(5.0)
    with qtbot.waitSignal(page.threshold_settled, timeout=WAIT_MS) as settled:
        qtbot.mouseClick(panel.miss_button, Qt.MouseButton.LeftButton)
    counts = page.view.figure.counts
    planets = sum(counts[0]) + sum(counts[1])
    assert counts[0][2] + counts[1][2] <= 0.05 * planets
    assert settled.args == [panel.threshold] and panel.use.isChecked()
    assert panel.slider.value() == round(panel.threshold * 1000)
    panel.precision.setValue(90.0)
    qtbot.mouseClick(panel.precise_button, Qt.MouseButton.LeftButton)
    counts = page.view.figure.counts
    called = sum(row[0] + row[1] for row in counts)
    assert 1 - (counts[2][0] + counts[2][1]) / called >= 0.9


def test_a_precision_that_no_threshold_has_is_told(page: MatrixPage, notices: Notices, qtbot: QtBot) -> None:
    thresholds = page.threshold._thresholds
    assert thresholds is not None
    thresholds._is_planet[:] = False
    with qtbot.waitSignal(notices.told, timeout=WAIT_MS) as told:
        page.threshold.be_precise()
    assert "No threshold reaches a precision of 95.0 %" in told.args[0].text


def test_all_folds_can_be_looked_at(page: MatrixPage) -> None:
    held = total(page)
    page.scope.setCurrentIndex(1)
    assert total(page) == 600 > held
    page.threshold.miss_at_most()
    assert "All 600 rows" in page.threshold.protocol.text()


def test_a_kept_threshold_is_there_again(bare: MatrixPage, held_out: Callable[..., Path]) -> None:
    bare.show_held_out(load(held_out()), 0.123)
    assert bare.threshold.threshold == 0.123
    assert bare.threshold.value.value() == 0.123
    assert not bare.threshold._settle.isActive()  # viewing a run does not write to its record

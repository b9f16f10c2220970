"""Tables that break other programs: in the real view, by keyboard and scroll bar, and under the model checker."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.tables.grid import Grid
from exoplanet_desktop.gui.tables.model import MOST_ROWS
from exoplanet_desktop.gui.tables.pages import FirstRows
from exoplanet_desktop.gui.tables.pane import TablePane

FAR_ROWS = 100_000_000
COLUMNS = 5_000


def show(window: MainWindow, path: Path, qtbot: QtBot) -> TablePane:
    view = window.predict.view
    window.tabs.setCurrentWidget(window.predict)
    with qtbot.waitSignal(view.opened, timeout=60_000):
        window.predict.open_files([path])
    model = view.pane.model
    qtbot.waitUntil(lambda: model.cell(model.index(0, 0))[0] != "…", timeout=5_000)
    return view.pane


def texts(pane: TablePane, column: str) -> list[str]:
    at = pane.model.columns.index(column)
    return [pane.model.index(row, at).data() for row in range(pane.model.rowCount())]


@pytest.mark.parametrize(
    ("content", "column", "shown"),
    [
        ("a,b\nNA,\n,-\n", "a", ["NA", ""]),
        ("koi_disposition,n\nCONFIRMED,1\nCONFIRMED,2\n", "koi_disposition", ["CONFIRMED", "CONFIRMED"]),
        ("Größe,行星\nα,β\nγ,δ\n", "行星", ["β", "δ"]),
        ("id,x\n9007199254740993,1\n9223372036854775807,2\n", "id", ["9007199254740993", "9223372036854775807"]),
        ("x,y\n0.10,1e-3\n1.500000000,2E5\n", "x", ["0.10", "1.500000000"]),
        ("a,b\n<b>1</b>,&amp;\n'x',\n", "a", ["<b>1</b>", "'x'"]),
    ],
    ids=["all missing", "one class", "not ASCII", "beyond 2^53", "floats as in the file", "markup"],
)
def test_cells_stand_as_the_file_has_them(
    window: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
    qtmodeltester: ModelTester,
    content: str,
    column: str,
    shown: list[str],
) -> None:
    path = tmp_path / "nasty.csv"
    path.write_text(content, encoding="utf-8")
    pane = show(window, path, qtbot)

    assert texts(pane, column) == shown
    pane.queries.sort(((column, True),))
    qtbot.waitUntil(lambda: bool(pane.model.order), timeout=5_000)
    assert pane.model.rowCount() == len(shown)
    pane.model.index(0, 0).data()
    qtbot.waitUntil(lambda: pane.model.index(0, 0).data() != "…", timeout=5_000)
    qtmodeltester.check(pane.model)
    pane.grab()


@pytest.mark.parametrize("content", ["", "a,b\n"], ids=["empty", "header only"])
def test_a_file_without_rows_says_so_and_leaves_the_view_empty(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, content: str
) -> None:
    path = tmp_path / "nothing.csv"
    path.write_text(content, encoding="utf-8")
    view = window.predict.view

    with qtbot.waitSignal(view.closed, timeout=10_000):
        window.predict.open_files([path])

    assert "nothing.csv" in view.failure
    assert view.shown is None


def test_a_cell_of_ten_megabytes_is_a_line_that_is_told(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "huge.csv"
    path.write_text("a,b\n1,2\n" + "x" * 10_000_000 + ",3\n4,5\n", encoding="utf-8")

    pane = show(window, path, qtbot)

    assert texts(pane, "a") == ["1", "4"]
    assert "line 3: longer than 2,000,000 characters" in pane.notes.toolTip()


def test_five_thousand_columns_open_scroll_and_are_found(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "wide.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(f"c{number}" for number in range(COLUMNS)) + "\n")
        for row in range(20):
            file.write(",".join(str(row * number) for number in range(COLUMNS)) + "\n")

    pane = show(window, path, qtbot)

    assert pane.model.columnCount() == COLUMNS
    pane.grid.go_to(19, f"c{COLUMNS - 1}")
    at = pane.model.index(19, COLUMNS - 1)
    qtbot.waitUntil(lambda: at.data() == str(19 * (COLUMNS - 1)), timeout=5_000)
    assert pane.grid.visualRect(at).intersects(pane.grid.viewport().rect())
    pane.queries.filter(f"c{COLUMNS - 1} > 90000")
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1, timeout=10_000)


# --- more rows than Qt has pixels


class FarRows:
    """Rows with a single cell, their number."""

    row_count = FAR_ROWS

    def page(self, offset: int, limit: int) -> Sequence[Sequence[str]]:
        return [(str(number),) for number in range(offset, min(offset + limit, FAR_ROWS))]


@pytest.fixture
def far(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> Grid:
    """A window's grid, with its scroll bar for huge tables."""
    path = tmp_path / "short.csv"
    path.write_text("n,m\n1,2\n", encoding="utf-8")
    pane = show(window, path, qtbot)
    pane.model.show_table(("n",), FarRows())
    pane.grid.setFocus()
    return pane.grid


def seen(grid: Grid, qtbot: QtBot) -> tuple[int, int]:
    """Numbers of the first and the last visible row."""
    model, bottom = grid.table_model, grid.rowAt(grid.viewport().height() - 2)
    last = bottom if bottom >= 0 else model.rowCount() - 1
    cells = model.index(grid.rowAt(1), 0), model.index(last, 0)
    qtbot.waitUntil(lambda: "…" not in (cells[0].data(), cells[1].data()), timeout=5_000)
    return int(cells[0].data()), int(cells[1].data())


def test_the_far_end_is_reached_by_bar_and_by_keyboard(far: Grid, qtbot: QtBot) -> None:
    assert far.far.isVisible()
    assert far.table_model.rowCount() == MOST_ROWS

    far.far.setValue(far.far.maximum())
    qtbot.waitUntil(lambda: far.table_model.first_row == FAR_ROWS - MOST_ROWS, timeout=5_000)
    first, last = seen(far, qtbot)
    assert last == FAR_ROWS - 1
    assert first > FAR_ROWS - 100
    assert far.table_model.headerData(far.rowAt(1), Qt.Orientation.Vertical) == first + 1

    far.far.setValue(FAR_ROWS // 2)
    assert seen(far, qtbot)[0] == FAR_ROWS // 2
    far.far.setValue(0)
    assert seen(far, qtbot)[0] == 0

    far.setCurrentIndex(far.table_model.index(5, 0))
    qtbot.keyClick(far, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert seen(far, qtbot)[1] == FAR_ROWS - 1
    assert far.table_model.first_row + far.currentIndex().row() == FAR_ROWS - 1
    qtbot.keyClick(far, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert seen(far, qtbot)[0] == 0


def test_page_down_goes_over_the_edge_of_what_qt_is_told_of(far: Grid, qtbot: QtBot) -> None:
    edge = MOST_ROWS - 3
    far.go_to(edge, "n")
    rows = []
    for _ in range(4):
        qtbot.keyClick(far, Qt.Key.Key_PageDown)
        rows.append(far.table_model.first_row + far.currentIndex().row())

    assert rows == sorted(rows)
    assert rows[0] > edge
    assert rows[-1] > MOST_ROWS + 20
    first, last = seen(far, qtbot)
    assert first <= rows[-1] <= last + 1
    for _ in range(4):
        qtbot.keyClick(far, Qt.Key.Key_PageUp)
    assert abs(far.table_model.first_row + far.currentIndex().row() - edge) <= 4


def test_a_short_table_after_a_far_one_has_qt_s_own_bar(far: Grid, qtbot: QtBot) -> None:
    far.table_model.show_table(("n",), FirstRows([("1",), ("2",)]))
    assert not far.far.isVisible()
    assert far.table_model.rowCount() == 2


@pytest.mark.parametrize("name", ["koi_cumulative.csv", "k2pandc.csv", "toi.csv"])
def test_the_archive_s_catalogs(
    window: MainWindow, shared_data: Path, qtbot: QtBot, qtmodeltester: ModelTester, name: str
) -> None:
    pane = show(window, shared_data / name, qtbot)
    assert pane.model.columnCount() == len(pane.queries.table.columns)
    (label,) = pane._classes
    at = pane.model.columns.index(label)
    assert pane.model.class_of(pane.model.index(0, at)) in ("CONFIRMED", "CANDIDATE", "FALSE POSITIVE")
    pane.grab()

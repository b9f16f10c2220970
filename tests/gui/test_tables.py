"""The table model and the grid, on real and on nasty tables."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, recognise
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.tables.column_facts import ColumnFacts
from exoplanet_desktop.gui.tables.grid import Grid
from exoplanet_desktop.gui.tables.model import LONGEST_SHOWN, TableModel
from exoplanet_desktop.gui.tables.pages import PAGE_ROWS, FirstRows
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.wire.vocabulary import Satellite

NASTY = {
    "one cell": "a\n1\n",
    "all missing": "a,b\nNA,\n,-\n",
    "one class": "koi_disposition\nCONFIRMED\nCONFIRMED\n",
    "not ASCII": "Größe,行星\nα,β\n",
    "long cell": "a,b\n" + "x" * 1_000_000 + ",1\n",
    "big integers": "a\n9007199254740993\n",
    "hash in a cell": 'a,b\n"&#x131;",2\n',
}


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers(count=2)
    yield workers
    workers.close()


@pytest.mark.parametrize("name", NASTY)
def test_nasty_tables(
    loop: QEventLoop, workers: Workers, qtbot: QtBot, qtmodeltester: ModelTester, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "nasty.csv"
    path.write_text(NASTY[name], encoding="utf-8")
    with Table.open(path) as table:
        model = TableModel(workers)
        model.show_table(table.columns, table.select(), numeric=table.numeric)
        model.index(0, 0).data()
        qtbot.waitUntil(lambda: model.index(0, 0).data() != "…", timeout=5_000)
        shown = [model.index(row, 0).data() for row in range(model.rowCount())]
        assert [text.rstrip("…") for text in shown] == [
            (text or "")[:LONGEST_SHOWN] for text in table.texts(table.columns[0])
        ]
        qtmodeltester.check(model)


def test_pages_come_as_they_are_looked_at(loop: QEventLoop, workers: Workers, qtbot: QtBot) -> None:
    asked: list[int] = []

    class Source(FirstRows):
        def page(self, offset: int, limit: int) -> object:
            asked.append(offset)
            return super().page(offset, limit)

    model = TableModel(workers)
    model.show_table(("n",), Source([(str(number),) for number in range(10 * PAGE_ROWS)]))
    last = model.index(10 * PAGE_ROWS - 1, 0)

    assert last.data() == "…"
    qtbot.waitUntil(lambda: last.data() == str(10 * PAGE_ROWS - 1), timeout=5_000)
    assert asked == [9 * PAGE_ROWS]


def test_probabilities_have_two_decimals_and_the_file_s_own_in_the_tooltip(
    loop: QEventLoop, workers: Workers, qtbot: QtBot
) -> None:
    model = TableModel(workers)
    model.show_table(("Confidence", "koi_period"), FirstRows([("0.988654839", "9.488035570")]))

    model.index(0, 0).data()
    qtbot.waitUntil(lambda: model.index(0, 0).data() == "0.99", timeout=5_000)
    assert "0.988654839" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert model.index(0, 1).data() == "9.488035570"


def test_the_header_tells_unit_meaning_missing_share_and_range(
    loop: QEventLoop, workers: Workers, qtbot: QtBot, shared_data: Path
) -> None:
    model, facts = TableModel(workers), ColumnFacts(workers)
    model.describe = facts.describe
    across, role = Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
    with Table.open(shared_data / "koi_cumulative.csv") as table:
        view = table.select()
        facts.show_layout(table.layout, recognise(table.columns))
        facts.show_view(view)
        model.show_table(table.columns, view, (), table.layout.units)
        column = list(model.columns).index("koi_teq")

        assert model.headerData(column, across) == "koi_teq (K)"
        with qtbot.waitSignal(facts.learnt, timeout=5_000):
            assert "Equilibrium Temperature" in model.headerData(column, across, role)
        told = model.headerData(column, across, role)

        missing = table.texts("koi_teq").count(None)
        assert f"Missing: {100 * missing / table.row_count:.0f} %" in told
        assert "Range: 25.0 to 14667.0" in told


def test_an_archive_s_own_disposition_has_the_mark_of_its_class(
    loop: QEventLoop, workers: Workers, qtbot: QtBot
) -> None:
    model = TableModel(workers)
    classes = {"tfopwg_disp": {text: str(label) for text, label in SATELLITES[Satellite.TOI].label_map.items()}}
    model.show_table(("toi", "tfopwg_disp"), FirstRows([("PC", "PC"), ("1", "CP"), ("2", "?")]), classes=classes)
    model.index(0, 0).data()
    qtbot.waitUntil(lambda: model.index(0, 0).data() == "PC", timeout=5_000)

    assert model.class_of(model.index(0, 0)) is None
    assert [model.class_of(model.index(row, 1)) for row in range(3)] == ["CANDIDATE", "CONFIRMED", None]
    assert not model.index(0, 1).data(Qt.ItemDataRole.DecorationRole).isNull()
    assert "counts as CANDIDATE" in model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)


def test_copying_gives_tab_separated_text(loop: QEventLoop, workers: Workers, qtbot: QtBot) -> None:
    model = TableModel(workers)
    grid = Grid(model, workers, Notices())
    qtbot.addWidget(grid)
    model.show_table(("a", "b"), FirstRows([("1", "x"), ("2", None)]))
    QApplication.clipboard().clear()

    grid.selectAll()
    qtbot.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: QApplication.clipboard().text() == "1\tx\n2\t", timeout=5_000)


class LateRows:
    """Rows that cannot be read before they are released."""

    row_count = 5_000

    def __init__(self) -> None:
        self.may = threading.Event()

    def page(self, offset: int, limit: int) -> list[tuple[str]]:
        if offset:
            assert self.may.wait(10)
        return [(f"row {number}",) for number in range(offset, offset + limit)]


def test_a_jump_keeps_what_is_on_screen_until_its_rows_are_there_or_are_late(
    loop: QEventLoop, workers: Workers, qtbot: QtBot
) -> None:
    model = TableModel(workers)
    grid = Grid(model, workers, Notices())
    qtbot.addWidget(grid)
    rows = LateRows()
    model.show_table(("name",), rows)
    grid.resize(300, 400)
    grid.show()
    qtbot.waitUntil(lambda: model.text(0, 0) == "row 0", timeout=5_000)
    parts = grid.viewport(), grid.verticalHeader().viewport(), grid.frozen.viewport()

    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum() // 2)
    assert not any(part.updatesEnabled() for part in parts)
    qtbot.waitUntil(lambda: all(part.updatesEnabled() for part in parts), timeout=5_000)  # they are late
    first, last = grid.rowAt(0), grid.rowAt(grid.viewport().height() - 1)
    assert model.text(first, 0) is None
    rows.may.set()
    qtbot.waitUntil(lambda: model.text(first, 0) is not None and model.text(last, 0) is not None, timeout=5_000)

    grid.verticalScrollBar().setValue(0)
    assert all(part.updatesEnabled() for part in parts)  # its rows were available


def test_rows_that_could_not_be_read_are_told_once_and_read_when_they_are_looked_at_again(
    loop: QEventLoop, workers: Workers, qtbot: QtBot
) -> None:
    class Broken(FirstRows):
        broken = True

        def page(self, offset: int, limit: int) -> object:
            if offset and self.broken:
                raise UnavailableError("The disk is gone.")
            return super().page(offset, limit)

    model, told = TableModel(workers), []
    model.page_failed.connect(told.append)
    grid = Grid(model, workers, Notices())
    qtbot.addWidget(grid)
    rows = Broken([(str(number),) for number in range(10 * PAGE_ROWS)])
    model.show_table(("n",), rows)
    grid.resize(300, 400)
    grid.show()
    bar = grid.verticalScrollBar()

    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: bool(told), timeout=5_000)
    for _ in range(3):
        grid.viewport().repaint()
    assert list(map(str, told)) == ["The disk is gone."]
    rows.broken = False
    bar.setValue(0)
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: model.text(10 * PAGE_ROWS - 1, 0) == str(10 * PAGE_ROWS - 1), timeout=5_000)


def test_rows_grow_with_the_text(styled: QApplication, workers: Workers, qtbot: QtBot) -> None:
    grid = Grid(TableModel(workers), workers, Notices())
    qtbot.addWidget(grid)
    before = grid.verticalHeader().defaultSectionSize()
    font = grid.font()
    font.setPointSizeF(2 * font.pointSizeF())
    grid.setFont(font)

    assert grid.verticalHeader().defaultSectionSize() > grid.fontMetrics().lineSpacing() > before

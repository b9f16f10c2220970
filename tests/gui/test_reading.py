"""The user's reading options; unreadable lines; remembered table views."""

import asyncio
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.catalogs.tables.view import ColumnFilter
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.tables import kept_json
from exoplanet_desktop.gui.tables.kept import ColumnLayout, Kept
from exoplanet_desktop.gui.tables.kept_json import MOST_FILES
from exoplanet_desktop.gui.tables.memory import TableMemory
from exoplanet_desktop.gui.tables.notes import NotesDialog
from exoplanet_desktop.gui.tables.reading import ReadingDialog
from exoplanet_desktop.wire.reading_options import ReadingOptions

SEMICOLONS = "name;id;value\na,1;007;1,5\nb;008;2,5\nbroken\n"


def open_file(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.predict.view.opened, timeout=20_000):
        window.predict.open_files([path])


def ask(window: MainWindow, qtbot: QtBot) -> ReadingDialog:
    view = window.predict.view
    view.pane.heading.reading.click()
    qtbot.waitUntil(lambda: bool(view.findChildren(ReadingDialog)), timeout=5_000)
    dialog = view.findChildren(ReadingDialog)[-1]
    qtbot.waitUntil(lambda: dialog.preview.columnCount() > 0 or dialog.problem.isVisible(), timeout=5_000)
    return dialog


def heads(dialog: ReadingDialog) -> list[str]:
    return [dialog.preview.horizontalHeaderItem(at).text() for at in range(dialog.preview.columnCount())]


def test_the_reading_is_shown_changed_and_remembered(start: Callable[[], object], tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "strange.csv"
    path.write_text(SEMICOLONS, encoding="latin-1")
    first = start()
    window = first.window
    open_file(window, path, qtbot)
    pane = window.predict.view.pane
    assert pane.model.columns == ["name", "id", "value"]
    assert {"id", "value"} <= pane.model.numeric

    dialog = ask(window, qtbot)
    assert heads(dialog) == ["name\ntext", "id\nwhole numbers", "value\nnumbers"]
    dialog.preview.selectColumn(1)
    dialog.as_text.click()
    dialog.delimiter.setCurrentIndex(dialog.delimiter.findData(","))
    qtbot.waitUntil(lambda: heads(dialog)[0].startswith("name;id;value"), timeout=5_000)
    dialog.delimiter.setCurrentIndex(dialog.delimiter.findData(";"))
    qtbot.waitUntil(lambda: len(heads(dialog)) == 3, timeout=5_000)
    assert heads(dialog)[1] == "id\ntext (your choice)"
    with qtbot.waitSignal(window.predict.view.opened, timeout=20_000):
        dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    assert pane.model.numeric == {"value"}
    assert "with your settings" in pane.notes.toolTip()
    first.close()

    second = start()
    open_file(second.window, path, qtbot)
    assert second.window.predict.view.pane.model.numeric == {"value"}


def test_a_header_block_is_skipped_as_long_as_nobody_says_otherwise(
    window: MainWindow, sample: Callable[..., Path], qtbot: QtBot
) -> None:
    open_file(window, sample(), qtbot)

    dialog = ask(window, qtbot)

    assert heads(dialog)[0] == "kepid\nwhole numbers"
    assert dialog.skip.text() == "as found: 53 lines"
    assert dialog.choice() == ReadingOptions()


def test_a_file_that_is_not_what_the_user_says_is_refused_in_the_dialog(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes("name,n\nZoë,1\n".encode("latin-1"))
    open_file(window, path, qtbot)
    dialog = ask(window, qtbot)

    dialog.encoding.setCurrentIndex(dialog.encoding.findData("utf-8"))

    qtbot.waitUntil(dialog.problem.isVisible, timeout=5_000)
    assert "not UTF-8" in dialog.problem.text()
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()
    dialog.reject()


def test_lines_that_could_not_be_read_are_listed_and_can_be_copied(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "ragged.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n3\n4,5\n6,7,8\n"))
    open_file(window, path, qtbot)
    pane = window.predict.view.pane
    assert pane.model.rowCount() == 2

    pane.notes.click()
    (dialog,) = pane.findChildren(NotesDialog)
    QApplication.clipboard().clear()
    dialog.copy.click()

    copied = QApplication.clipboard().text().split("\n")
    assert copied[0] == "line\treason\ttext"
    assert [line.split("\t")[0] for line in copied[1:]] == ["3", "5"]
    assert [line.split("\t")[2] for line in copied[1:]] == ["3", "6,7,8"]
    assert dialog.lines.rowCount() == 2


@pytest.fixture(scope="module")
def long_file(sample: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog that takes a moment to read."""
    head, _, rows = sample().read_text(encoding="utf-8").partition("\n")
    while head.startswith("#"):
        head, _, rows = rows.partition("\n")
    path = tmp_path_factory.mktemp("long") / "long.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(head + "\n")
        for _ in range(300):
            file.write(rows)
    return path


def test_a_stopped_reading_keeps_its_rows_and_says_that_there_are_more(
    window: MainWindow, long_file: Path, qtbot: QtBot
) -> None:
    view = window.predict.view
    pane = view.pane
    view._read_so_far.connect(lambda _request, share: share > 0.25 and pane.heading.stop.click())

    open_file(window, long_file, qtbot)

    shown = view.shown
    assert shown is not None
    assert shown.partial
    assert 0 < shown.row_count < 600 * 300
    assert pane.model.rowCount() == shown.row_count
    assert "the file has more" in pane.size_label.text()
    assert "Training and prediction use the whole file" in pane.notes.toolTip()
    assert pane.heading.stop.isHidden()


def test_filter_sort_and_look_come_back_with_the_file(
    start: Callable[[], object], sample: Callable[..., Path], qtbot: QtBot
) -> None:
    first = start()
    open_file(first.window, sample(), qtbot)
    pane = first.window.predict.view.pane
    at = pane.model.columns.index("koi_score")
    pane.grid.setColumnHidden(at, True)
    pane.grid.setColumnWidth(pane.model.columns.index("koi_period"), 222)
    pane.grid.freeze(["kepoi_name"])
    pane.tools.filter_line.setText("koi_period < 20")
    qtbot.keyClick(pane.tools.filter_line, Qt.Key.Key_Return)
    pane.queries.add_filter(ColumnFilter("koi_disposition", "one of", ("CANDIDATE",)))
    pane.queries.sort((("koi_period", True),))
    qtbot.waitUntil(lambda: bool(pane.model.order) and not pane.chips.isHidden(), timeout=5_000)
    rows = pane.model.rowCount()
    first.close()

    second = start()
    open_file(second.window, sample(), qtbot)
    pane = second.window.predict.view.pane
    qtbot.waitUntil(lambda: pane.model.order == (("koi_period", True),), timeout=5_000)
    assert pane.model.rowCount() == rows
    assert pane.tools.filter_line.text() == "koi_period < 20"
    assert not pane.chips.isHidden()
    assert pane.grid.isColumnHidden(at)
    assert pane.grid.columnWidth(pane.model.columns.index("koi_period")) == 222
    assert pane.grid.frozen_columns() == ["kepoi_name"]
    # Another file of the same satellite inherits the view, not the rows.
    open_file(second.window, sample(rows=300), qtbot)
    assert pane.grid.frozen_columns() == ["kepoi_name"]
    assert pane.model.rowCount() == 300


# --- the store


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers(count=2)
    yield workers
    workers.close()


def test_what_is_remembered_survives_damage_and_stays_small(
    loop: QEventLoop, workers: Workers, tmp_path: Path, qtbot: QtBot
) -> None:
    def wait(work: object) -> object:
        task = asyncio.ensure_future(work)
        qtbot.waitUntil(task.done, timeout=5_000)
        return task.result()

    path = tmp_path / "tables.json"
    for damage in ("{", "[]", '{"version": 1}', '{"version": 1, "files": {"x": 3}, "groups": []}', "\x00"):
        path.write_text(damage, encoding="utf-8")
        memory = TableMemory(workers, path)
        assert wait(memory.find(Path("x"), "catalog KOI")) == Kept()
        assert wait(memory.choice(Path("x"))) is None

    kept = Kept(
        ColumnLayout(hidden=("b",), widths={"a": 90}),
        "a > 1",
        (ColumnFilter("a", "between", ("1", "")),),
        (("a", True),),
    )
    for number in range(MOST_FILES + 50):
        memory.keep(Path(f"/catalogs/{number}.csv"), "catalog KOI", kept)
    memory.keep_choice(Path("/catalogs/3.csv"), ReadingOptions(delimiter=";", skip=0))
    wait(memory.close())

    assert len(json.loads(path.read_text(encoding="utf-8"))["files"]) == MOST_FILES
    again = TableMemory(workers, path)
    assert wait(again.find(Path("/catalogs/249.csv"), "")) == kept
    assert wait(again.choice(Path("/catalogs/3.csv"))) == ReadingOptions(delimiter=";", skip=0)
    assert wait(again.find(Path("/catalogs/0.csv"), "catalog KOI")) == Kept(kept.look)


def test_what_is_remembered_is_put_into_words_beside_the_window(
    loop: QEventLoop, workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    bounded, threads = kept_json._bounded, []

    def watched(data: dict[str, Any]) -> dict[str, Any]:
        threads.append(threading.current_thread())
        return bounded(data)

    monkeypatch.setattr(kept_json, "_bounded", watched)

    async def remember() -> None:
        memory = TableMemory(workers, tmp_path / "tables.json")
        await memory.find(Path("/a.csv"), "")
        memory.keep(Path("/a.csv"), "", Kept(where="a > 1"))
        await memory.close()

    task = asyncio.ensure_future(remember())
    qtbot.waitUntil(task.done, timeout=5_000)
    task.result()
    assert "a > 1" in (tmp_path / "tables.json").read_text(encoding="utf-8")
    assert threads
    assert threading.main_thread() not in threads

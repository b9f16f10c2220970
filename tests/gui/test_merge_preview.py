"""A merge is previewed before it happens; for the user it makes no difference who merges."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exoplanet_desktop.client.profiles.engine import EmbeddedEngine
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.widgets.options import choose
from exoplanet_desktop.wire.prediction_columns import LABEL_SOURCE
from exoplanet_desktop.wire.vocabulary import Duplicates

Sample = Callable[..., Path]
JOB_MS = 60_000


def rows_of(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return [row for row in csv.reader(file) if not row[0].startswith("#")]


@pytest.fixture
def changed(sample: Sample, tmp_path: Path) -> Path:
    """The first 100 rows of the sample: one differs about its object, the first half has no label."""
    header, *rows = rows_of(sample())[:101]
    rows[42][header.index("koi_prad")] = "11.5"
    path = tmp_path / "changed.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def texts(table: Any) -> list[list[str]]:
    columns, lines = range(table.columnCount()), range(table.rowCount())
    return [[table.item(line, column).text() for column in columns] for line in lines]


def test_a_preview_shows_rows_and_conflicts_side_by_side(
    window: MainWindow, sample: Sample, changed: Path, qtbot: QtBot
) -> None:
    tab = window.merge
    window.tabs.setCurrentWidget(tab)
    with qtbot.waitSignal(tab.preview.shown, timeout=20_000):
        tab.open_files([sample(), changed])
    pane = tab.preview.pane
    assert pane.headline.text() == "601 rows, 49 columns"
    assert pane.sum.text() == "600 + 100 rows, minus 99 dropped by the rule."
    assert [line[1:3] for line in texts(pane.files)] == [["600", "0"], ["100", "99"]]
    assert pane.objects.text() == "100 objects have several rows (by `kepoi_name`). Where they differ:"
    ((_, column, first, second, stays),) = texts(pane.conflicts)
    assert (column, second, stays) == ("koi_prad", "11.5", "both") and first != second
    assert pane.conflicts.horizontalHeaderItem(3).text() == "changed.csv"
    assert "row 43" in pane.conflicts.item(0, 3).toolTip()

    with qtbot.waitSignal(tab.preview.shown, timeout=20_000):
        choose(tab.form.rule, Duplicates.BY_IDENTIFIER_LAST)
    assert pane.headline.text().startswith("600 rows")
    assert texts(pane.conflicts)[0][4] == "second"
    tab.form.picker.list.setCurrentRow(1)
    with qtbot.waitSignal(tab.preview.shown, timeout=20_000):
        qtbot.mouseClick(tab.form.picker.up, Qt.MouseButton.LeftButton)
    assert tab.form.picker.paths == [changed, sample()]
    assert pane.conflicts.horizontalHeaderItem(3).text() == sample().name
    tab.form.picker.remove_current()
    qtbot.waitUntil(tab.preview.empty.isVisible, timeout=5_000)


def test_what_cannot_be_merged_so_is_said_with_a_way_out(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text("name,x\np,1\nq,2\n")
    (tmp_path / "c.csv").write_text("y\n1\n")
    tab = window.merge
    window.tabs.setCurrentWidget(tab)
    choose(tab.form.rule, Duplicates.BY_IDENTIFIER_FIRST)
    tab.open_files([tmp_path / "a.csv", tmp_path / "b.csv"])
    qtbot.waitUntil(tab.preview.failed.isVisible, timeout=10_000)
    assert tab.form.identifier.isVisible()
    assert [tab.form.identifier.itemData(place) for place in range(3)] == ["", "name", "x"]
    with qtbot.waitSignal(tab.preview.shown, timeout=20_000):
        tab.form.identifier.setCurrentIndex(1)
    assert tab.preview.pane.headline.text() == "2 rows, 2 columns"
    tab.open_files([tmp_path / "a.csv", tmp_path / "c.csv"])
    qtbot.waitUntil(tab.preview.failed.isVisible, timeout=10_000)
    assert not window.notices.failures()


def test_by_a_rule_and_three_files_in_the_engine(live: MainWindow, sample: Sample, changed: Path, qtbot: QtBot) -> None:
    tab = live.merge
    live.tabs.setCurrentWidget(tab)
    tab.open_files([sample(), changed, sample(rows=500)])
    choose(tab.form.rule, Duplicates.BY_IDENTIFIER_LAST)
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=5_000)
    with qtbot.waitSignal(tab.merged, timeout=JOB_MS) as merged:
        tab.go.button.click()
    reply = merged.args[0]
    assert (reply.rule, reply.merged_rows) == ("last", 600)
    (told,) = live.notices.texts()
    assert "from 600 + 100 + 500" in told and "Merged by the embedded engine" in told


@pytest.fixture
def plain(live: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window on a plain-contract backend: an engine whose health reply lists no extensions."""
    lab = EmbeddedEngine(tmp_path / "lab")
    backend = lab.start()
    health = backend.health()
    assert health is not None
    health.extensions.clear()
    monkeypatch.setattr(backend, "health", lambda: health)
    live.services.session.adopt(Connection(backend, "The lab", embedded=False, health=health))
    live.tabs.setCurrentWidget(live.merge)
    yield live
    lab.stop()


def test_a_backend_that_knows_no_rules_leaves_the_merge_to_this_machine(
    plain: MainWindow, sample: Sample, changed: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    tab = plain.merge
    choose(tab.form.rule, Duplicates.BY_IDENTIFIER_LAST)
    tab.open_files([sample(), changed])
    tab.form.name.setText("here")
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=5_000)
    with qtbot.waitSignal(tab.merged, timeout=JOB_MS):
        tab.go.button.click()
    assert "Merged by this machine" in plain.notices.texts()[-1]
    assert tab.files.names() == ["here.csv"]
    assert "600 rows" in tab.files.item(0).text() and "this machine" in tab.files.item(0).text()

    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.use_button.click()
    qtbot.waitUntil(tab.using.train_button.isEnabled, timeout=5_000)
    with qtbot.waitSignal(tab.training_ended, timeout=JOB_MS) as ended:
        tab.using.train_button.click()
    assert ended.args[0].failure == ""

    tab.listing.save(tab.files.current, str(tmp_path / "kept.csv"))
    qtbot.waitUntil((tmp_path / "kept.csv").exists, timeout=5_000)
    tab.form.name.setText("here")
    tab.go.button.click()
    qtbot.waitUntil(lambda: "already" in "".join(plain.notices.failures()), timeout=10_000)
    tab.listing.delete(tab.files.current)
    qtbot.waitUntil(lambda: tab.files.names() == [], timeout=5_000)
    assert tab.view.shown is None


def test_labels_that_a_model_made_stay_known_and_out_of_the_training(
    plain: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path
) -> None:
    header, *rows = rows_of(sample())
    label = header.index("koi_disposition")
    predicted = [[*row, row[label], "0.9"] for row in rows]
    for row in predicted[:40]:
        row[label] = ""
    with (tmp_path / "predicted.csv").open("w", newline="") as file:
        csv.writer(file).writerows([[*header, "Predicted_Class", "Prob_CONFIRMED"], *predicted[:100]])
    tab = plain.merge
    with qtbot.waitSignal(tab.preview.shown, timeout=20_000):
        tab.open_files([tmp_path / "predicted.csv", sample()])
    assert texts(tab.preview.pane.files)[0][5] == "40"
    with qtbot.waitSignal(tab.merged, timeout=JOB_MS):
        tab.go.button.click()
    with qtbot.waitSignal(tab.view.opened, timeout=20_000) as opened:
        tab.use_button.click()
    assert LABEL_SOURCE in opened.args[0].columns
    assert tab.using.options.labels_note.text() == "40 rows have labels made by a model and are left out."
    with qtbot.waitSignal(tab.training_ended, timeout=JOB_MS) as ended:
        tab.using.train_button.click()
    run = ended.args[0]
    assert run.failure == ""
    assert "40 rows are left out: their labels were made by a model." in run.snapshot.log_text
    assert run.result.evaluation.rows_used == 560

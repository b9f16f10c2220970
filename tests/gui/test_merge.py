"""The Merge tab in use."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from exoplanet_desktop.client.profiles.engine import EmbeddedEngine
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.run_views.training_options import TrainingOptions
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.widgets.labels import ElidedLabel

Sample = Callable[..., Path]
JOB_MS = 90_000


def test_merge_use_train_and_delete(live: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path) -> None:
    tab = live.merge
    live.tabs.setCurrentWidget(tab)
    assert not tab.go.button.isEnabled()
    tab.open_files([sample(rows=600), sample(rows=500)])
    tab.form.name.setText("both")
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=5_000)

    with qtbot.waitSignal(tab.merged, timeout=JOB_MS) as merged:
        qtbot.mouseClick(tab.go.button, Qt.MouseButton.LeftButton)
    (reply,) = merged.args
    assert tab.files.names() == [reply.merged_filename]
    assert "both" in reply.merged_filename
    assert 600 <= reply.merged_rows <= 1100

    with qtbot.waitSignal(tab.view.opened, timeout=20_000) as opened:
        qtbot.mouseClick(tab.use_button, Qt.MouseButton.LeftButton)
    assert opened.args[0].row_count == reply.merged_rows
    qtbot.waitUntil(tab.using.train_button.isEnabled, timeout=5_000)
    assert tab.using.bar.isVisible()

    with qtbot.waitSignal(tab.training_ended, timeout=JOB_MS) as ended:
        qtbot.mouseClick(tab.using.train_button, Qt.MouseButton.LeftButton)
    assert ended.args[0].failure == ""

    target = tmp_path / "kept.csv"
    tab.listing.save(tab.files.current, str(target))
    qtbot.waitUntil(target.exists, timeout=5_000)
    qtbot.mouseClick(tab.listing.delete_button, Qt.MouseButton.LeftButton)
    (box,) = tab.listing.findChildren(QMessageBox)
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    (delete,) = [button for button in box.buttons() if button.text() == "Delete"]
    qtbot.mouseClick(delete, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.files.names() == [], timeout=5_000)
    assert not tab.using.bar.isVisible()


def test_an_empty_file_is_told_and_the_button_works_again(
    live: MainWindow, qtbot: QtBot, tmp_path: Path, sample: Sample
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    tab = live.merge
    live.tabs.setCurrentWidget(tab)
    tab.open_files([sample(), empty])
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=5_000)

    tab.go.button.click()

    qtbot.waitUntil(lambda: bool(live.notices.failures()), timeout=20_000)
    assert "empty" in live.notices.failures()[0]
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=5_000)


def test_what_a_merge_did_is_told(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    tab = live.merge
    tab.open_files([sample(rows=600), sample(rows=500)])
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=5_000)

    with qtbot.waitSignal(tab.merged, timeout=JOB_MS):
        tab.go.button.click()

    (told,) = live.notices.texts()
    assert "has 600 rows, from 600 + 500, minus 500 duplicates. Merged by the embedded engine." in told


def test_another_backend_has_other_files(live: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path) -> None:
    tab = live.merge
    tab.open_files([sample(rows=600), sample(rows=500)])
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=5_000)
    with qtbot.waitSignal(tab.merged, timeout=JOB_MS):
        tab.go.button.click()
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.use_button.click()

    lab = EmbeddedEngine(tmp_path / "lab")
    backend = lab.start()
    try:
        lab_server = Connection(backend, "Lab", embedded=False, health=backend.health())
        live.services.session.adopt(lab_server)

        assert tab.files.names() == []
        assert tab.view.shown is None
        assert not tab.using.bar.isVisible()
        qtbot.waitUntil(lambda: not [task for task in aio._tasks if not task.done()], timeout=10_000)
    finally:
        lab.stop()


@pytest.mark.parametrize(("width", "lines"), [(1100, 1), (600, 2), (280, 4)])
def test_the_options_beside_a_merged_file_fold_before_a_word_is_cut(
    styled: QApplication, qtbot: QtBot, width: int, lines: int
) -> None:
    options = TrainingOptions(slim=True)
    qtbot.addWidget(options)
    options.resize(width, 200)
    options.show()
    boxes = (options.satellite, options.model, options.features, options.balance)

    assert options.width() == width
    qtbot.waitUntil(lambda: len({box.y() for box in boxes}) == lines, timeout=5_000)
    for box in boxes:
        box.setCurrentIndex(box.count() - 1)
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box)
        assert box.fontMetrics().horizontalAdvance(box.currentText()) <= room.width()
    options.offer_extensions(lambda extension: False)
    assert [box.isVisible() for box in boxes] == [True, True, False, False]
    options.resize(1100, 200)
    qtbot.waitUntil(lambda: options.satellite.y() == options.model.y(), timeout=5_000)


def test_a_title_too_long_for_its_line_is_shortened_in_its_middle(styled: QApplication, qtbot: QtBot) -> None:
    name = "merged__koi_cumulative__koi_observed_later__20261129-151744.csv"
    title = ElidedLabel(name, "heading")
    qtbot.addWidget(title)
    title.resize(title.sizeHint())
    title.show()
    whole = title.grab().toImage()
    title.resize(title.width() // 2, title.height())

    half = title.grab().toImage()
    assert title.text() == name
    assert name in title.toolTip()
    assert half.copy(0, 0, 40, half.height()) == whole.copy(0, 0, 40, whole.height())  # same beginning as before
    assert half != whole.copy(0, 0, half.width(), half.height())  # and not clipped

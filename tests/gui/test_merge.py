"""The Merge tab, as a user has it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.main_window import MainWindow

Sample = Callable[..., Path]
JOB_MS = 90_000


def test_merge_use_train_and_delete(live: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path) -> None:
    tab = live.merge
    live.tabs.setCurrentWidget(tab)
    assert not tab.go.button.isEnabled()
    tab.open_files([sample(rows=600), sample(rows=500)])
    tab.name.setText("both")
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
    qtbot.waitUntil(tab.train_button.isEnabled, timeout=5_000)
    assert tab.bar.isVisible()

    with qtbot.waitSignal(tab.training_ended, timeout=JOB_MS) as ended:
        qtbot.mouseClick(tab.train_button, Qt.MouseButton.LeftButton)
    assert ended.args[0].failure == ""

    target = tmp_path / "kept.csv"
    tab.save(str(target))
    qtbot.waitUntil(target.exists, timeout=5_000)
    tab.delete()
    qtbot.waitUntil(lambda: tab.files.names() == [], timeout=5_000)
    assert not tab.bar.isVisible()


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

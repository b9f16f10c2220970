"""A file that lacks columns: its cost, the note beside a saved file, and one click to train on the rest."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exoplanet_desktop.client.jobs.saved_note import note_path
from exoplanet_desktop.gui.shell.main_window import MainWindow

Sample = Callable[..., Path]
JOB_MS = 90_000
ABSENT = ("koi_score", "koi_fpflag_nt", "koi_fpflag_ss", "koi_fpflag_co", "koi_fpflag_ec")


@pytest.fixture
def less(sample: Sample, tmp_path: Path) -> Path:
    """A catalog without the verdict columns."""
    path = tmp_path / "less.csv"
    with sample().open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [name for name in rows[0] if name not in ABSENT], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_one_press_trains_on_the_columns_that_are_there_and_nothing_old_is_seen_meanwhile(
    live: MainWindow, sample: Sample, less: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    tab = live.predict
    live.tabs.setCurrentWidget(tab)
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([less])
    tab.training_picker.set_paths([sample()])
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=10_000)
    with qtbot.waitSignal(tab.predicted, timeout=JOB_MS) as first:
        qtbot.mouseClick(tab.go.button, Qt.MouseButton.LeftButton)
    assert first.args[0].reply.worth.is_felt
    assert set(tab.summary.worth.names.text().split(", ")) == set(ABSENT)

    target = tmp_path / "kept.csv"
    tab.save(str(target))
    qtbot.waitUntil(lambda: note_path(target).name in " ".join(live.notices.texts()), timeout=10_000)
    assert tab.summary.worth.sentence.text() in note_path(target).read_text(encoding="utf-8")

    tab.training_picker.set_paths([])
    with qtbot.waitSignal(tab.predicted, timeout=JOB_MS) as second:
        qtbot.mouseClick(tab.summary.worth.button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not tab.summary.isVisible(), timeout=5_000)
    assert second.args[0].reply.worth is None
    assert tab.summary.worth.isHidden()
    assert tab.model.currentText().count("without 5 columns") == 1
    tab.save(str(target))
    qtbot.waitUntil(lambda: not note_path(target).exists(), timeout=10_000)

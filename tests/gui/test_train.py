"""The Train tab in use."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.wire.vocabulary import Satellite

Sample = Callable[..., Path]
JOB_MS = 90_000


def open_catalog(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.train.view.opened, timeout=20_000):
        window.train.open_files([path])


def test_a_catalog_is_shown_and_recognised(window: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    open_catalog(window, sample(Satellite.TOI), qtbot)

    tab = window.train
    assert tab.options.satellite.currentData() == "TOI"
    assert tab.view.pane.size_label.text() == "600 × 65"
    assert "pl_orbper < 10" in tab.view.pane.tools.filter_line.placeholderText()  # a column that this catalog has
    qtbot.waitUntil(lambda: tab.view.grid.model().index(0, 0).data() not in ("", "…"), timeout=5_000)


def test_training_shows_metrics_pictures_and_log(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    open_catalog(live, sample(), qtbot)

    with qtbot.waitSignal(live.train.training_ended, timeout=JOB_MS) as ended:
        qtbot.mouseClick(live.train.go.button, Qt.MouseButton.LeftButton)

    (run,) = ended.args
    dialog = live.dialogs[run]
    assert run.failure == ""
    qtbot.waitUntil(lambda: dialog.results.complete, timeout=5_000)
    assert set(dialog.results.pictures.pictures) == {"counts", "shares"}
    assert dialog.results.isVisible()
    assert dialog.log.toPlainText().strip()
    assert dialog.predict_button.isVisible()
    assert not dialog.cancel_button.isVisible()
    assert "±" in " ".join(label.text() for label in dialog.results.findChildren(PlainLabel))


def test_the_model_and_a_picture_can_be_saved(live: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path) -> None:
    open_catalog(live, sample(), qtbot)
    with qtbot.waitSignal(live.train.training_ended, timeout=JOB_MS) as ended:
        live.train.go.button.click()
    dialog = live.dialogs[ended.args[0]]
    qtbot.waitUntil(lambda: dialog.results.complete, timeout=5_000)
    model, picture = tmp_path / "kept.exomodel", tmp_path / "kept.png"

    dialog.save_model(str(model))
    dialog.save_picture(str(picture))

    qtbot.waitUntil(lambda: len(dialog.notice_bar.texts()) == 2, timeout=10_000)
    assert model.read_bytes()[:2] == b"PK"
    assert picture.read_bytes()[:4] == b"\x89PNG"


def test_two_catalogs_are_merged_first(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    open_catalog(live, sample(), qtbot)
    live.train.picker.add_paths([sample(rows=500)])
    qtbot.waitUntil(live.train.go.button.isEnabled, timeout=10_000)
    assert "merged first" in live.train.several.text()

    live.train.go.button.click()
    boxes = live.train.findChildren
    qtbot.waitUntil(lambda: any(box.isVisible() for box in boxes(QMessageBox)), timeout=30_000)
    (box,) = [one for one in boxes(QMessageBox) if one.isVisible()]
    assert box.text() == "500 objects are in both catalogs, with the same dispositions."
    with qtbot.waitSignal(live.train.training_ended, timeout=JOB_MS) as ended:
        next(button for button in box.buttons() if "All" in button.text()).click()

    (run,) = ended.args
    assert run.failure == ""
    # The shorter sample repeats rows of the longer one, and the merge drops exact duplicates.
    assert run.result.evaluation.rows_used == 600


def test_cancel_ends_the_run_and_frees_the_window(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    open_catalog(live, sample(rows=20_000), qtbot)

    with qtbot.waitSignal(live.train.training_ended, timeout=JOB_MS) as ended:
        live.train.go.button.click()
        qtbot.waitUntil(lambda: bool(live.services.runs.all), timeout=5_000)
        run = live.services.runs.all[0]
        qtbot.waitUntil(lambda: run.snapshot.status == "RUNNING", timeout=30_000)
        live.dialogs[run].cancel_button.click()

    assert ended.args[0].snapshot.status == "CANCELLED"
    assert live.train.go.button.isEnabled()
    assert "cancel" in live.dialogs[run].words.text().lower()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"kepid,koi_period\n", "no rows"),
        (b"\x00\x01\x02\xff" * 100, "not"),
    ],
)
def test_a_file_that_is_no_catalog_is_told_in_the_window(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)

    window.train.open_files([path])

    qtbot.waitUntil(lambda: bool(window.notices.failures()), timeout=10_000)
    (text,) = window.notices.failures()
    assert words in text.lower()
    assert "bad.csv" in text
    assert window.train.picker.choose.isEnabled()
    window.services.session.state = State.READY
    window.train.update_enabled()
    assert window.train.go.reason.text() == text
    good = tmp_path / "good.csv"
    good.write_text("kepid,koi_period\n1,2.5\n")
    with qtbot.waitSignal(window.train.view.opened, timeout=10_000):
        window.train.open_files([good])
    assert window.notices.failures() == []


def test_a_missing_column_is_named_beside_the_button(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    path.write_text("kepid,koi_period,koi_duration,koi_depth,koi_prad\n1,2.5,3,100,1.1\n2,3.5,3,100,1.1\n")
    window.services.session.state = State.READY

    open_catalog(window, path, qtbot)

    assert not window.train.go.button.isEnabled()
    assert "`koi_disposition`" in window.train.go.reason.text()


def test_one_class_only_fails_with_a_sentence(live: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "one_class.csv"
    rows = "".join(f"{n},CONFIRMED,{n}.5,3,100,1.1\n" for n in range(1, 60))
    path.write_text("kepid,koi_disposition,koi_period,koi_duration,koi_depth,koi_prad\n" + rows)
    open_catalog(live, path, qtbot)

    with qtbot.waitSignal(live.train.training_ended, timeout=JOB_MS) as ended:
        live.train.go.button.click()

    (run,) = ended.args
    assert run.snapshot.status == "FAILED"
    assert "class" in run.failure
    assert "Traceback" not in run.failure
    assert live.dialogs[run].log.isVisible()


def test_an_engine_that_was_killed_is_started_again(live: MainWindow, qtbot: QtBot) -> None:
    import os
    import signal

    session = live.services.session
    engine = session.engine.engine
    assert engine is not None and engine.pid is not None
    before = engine.pid

    os.kill(engine.pid, signal.SIGKILL)

    qtbot.waitUntil(lambda: engine.pid not in (None, before), timeout=20_000)
    qtbot.waitUntil(lambda: session.state.value == "ready", timeout=20_000)
    assert any("was restarted" in text for text in live.notices.texts())


def test_a_second_click_does_not_queue_the_very_same_training(live: MainWindow, sample: Sample, qtbot: QtBot) -> None:
    tab = live.train
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([sample()])
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=5_000)

    with qtbot.waitSignal(tab.training_ended, timeout=JOB_MS):
        tab.go.button.click()
        tab.go.button.click()
        qtbot.waitUntil(lambda: "already running" in tab.go.reason.text(), timeout=10_000)
        assert not tab.go.button.isEnabled()
        qtbot.mouseClick(tab.go.button, Qt.MouseButton.LeftButton)
        tab.start()
        tab.options.model.setCurrentText("Decision tree")
        assert tab.go.button.isEnabled()  # another one may be queued
        tab.options.model.setCurrentText("XGBoost")

    assert len(live.services.runs.all) == 1
    assert tab.go.button.isEnabled()


def test_labels_that_a_model_made_are_counted_and_left_out_unless_asked_for(
    live: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path
) -> None:
    lines = [line for line in sample().read_text().splitlines() if not line.startswith("#")]
    marked = tmp_path / "marked.csv"
    rows = [f"{line},{'model' if number % 2 else 'catalog'}" for number, line in enumerate(lines[1:])]
    marked.write_text("\n".join([f"{lines[0]},label_source", *rows, ""]))
    tab = live.train
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([marked])
    assert tab.options.labels_note.text() == "300 rows have labels made by a model and are left out."
    assert not tab.options.use_model_labels.isChecked()

    used = []
    for wish in (False, True):
        tab.options.use_model_labels.setChecked(wish)
        with qtbot.waitSignal(tab.training_ended, timeout=JOB_MS) as ended:
            tab.go.button.click()
        used.append(ended.args[0].result.evaluation.rows_used)
    assert used == [300, 600]

    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([sample()])
    assert tab.options.labels_note.isHidden() and not tab.options.use_model_labels.isChecked()


def test_values_that_nobody_knows_are_told_before_a_training(
    live: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path
) -> None:
    classes = {"CANDIDATE": "0", "CONFIRMED": "1", "FALSE POSITIVE": "2"}
    coded, half = tmp_path / "coded.csv", tmp_path / "half.csv"
    lines = [line for line in sample().read_text().splitlines() if not line.startswith("#")]
    place = lines[0].split(",").index("koi_disposition")
    rows = [line.split(",") for line in lines[1:]]
    coded.write_text("\n".join([lines[0], *(",".join([*r[:place], classes[r[place]], *r[place + 1 :]]) for r in rows)]))
    half.write_text("\n".join([lines[0], *(",".join(row) for row in rows if row[place] != "CANDIDATE")]))
    tab = live.train
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([coded])
    assert "600 rows have an unknown disposition" in tab.doubt.words.text()
    assert not tab.doubt.names.isHidden()
    qtbot.waitUntil(lambda: "No row has a known disposition" in tab.go.reason.text(), timeout=5_000)
    assert not tab.go.button.isEnabled()

    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([half])
    assert "is CANDIDATE" in tab.doubt.words.text() and "unknown" not in tab.doubt.words.text()
    qtbot.waitUntil(tab.go.button.isEnabled, timeout=5_000)

    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([sample()])
    assert tab.doubt.isHidden()

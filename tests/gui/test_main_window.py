"""The window as a whole: names for every control, dropping, choosing a backend, closing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMessageBox,
    QPlainTextEdit,
    QRubberBand,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.backends.dialog import BackendDialog
from exoplanet_desktop.gui.base import aio, theme
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.tables.view import CatalogView
from exoplanet_desktop.gui.widgets.picker import CatalogPicker
from exoplanet_desktop.record.record import Record
from exoplanet_desktop.wire.vocabulary import Model, Satellite

CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QListWidget, QTableView, QPlainTextEdit)


def name_of(control: QWidget) -> str:
    text = control.text() if isinstance(control, QAbstractButton) else ""
    return control.accessibleName() or text


def test_every_control_has_a_name(window: MainWindow, qtbot: QtBot) -> None:
    window.complete()
    for view in window.findChildren(CatalogView):
        assert view.pane.isAncestorOf(view.grid)  # which creates it
    dialog = BackendDialog(window.services.session)
    qtbot.addWidget(dialog)
    nameless = []
    for top in (window, dialog):
        for control in (control for kind in CONTROLS for control in top.findChildren(kind)):
            # Qt names its own parts of a control (a spin box's field, a table's corner) after the control.
            own_part = control.objectName().startswith("qt_") or isinstance(
                control.parent(), QComboBox | QAbstractSpinBox | QLineEdit | QTableView
            )
            if not own_part and not name_of(control):
                nameless.append(control)
    assert not nameless


@pytest.mark.parametrize("where", ["window", "filter line", "floating dock", "dialog of a run"])
def test_a_dropped_catalog_is_opened_in_the_tab_in_front(
    window: MainWindow, sample: Callable[..., Path], qtbot: QtBot, where: str
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(sample()))])

    with qtbot.waitSignal(window.train.view.opened, timeout=20_000):
        drop(_under_the_mouse(window, where), data)

    assert window.train.picker.paths == [sample()]
    assert window.status.rows_label.text() == "600 rows"


def drag(widget: QWidget, data: QMimeData) -> None:
    """The event that a window system sends when a drag comes onto a widget."""
    entering = QDragEnterEvent(
        QPoint(2, 2), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, entering)


def drop(widget: QWidget, data: QMimeData) -> None:
    """The events that a window system sends for a drag onto a widget and a drop there."""
    drag(widget, data)
    dropping = QDropEvent(
        QPointF(2, 2), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, dropping)


def _under_the_mouse(window: MainWindow, where: str) -> QWidget:
    if where == "filter line":
        return window.train.view.pane.tools.filter_line
    if where == "floating dock":
        window.runs_dock.setFloating(True)
        return window.runs_dock
    if where == "dialog of a run":
        run = window.services.runs._run(TrainTask(Satellite.KOI, Model.XGB), None)
        window.run_dialogs.show(run)
        return window.dialogs[run]
    return window


def test_a_drop_on_the_training_catalog_goes_there_and_is_marked(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.complete()
    window.tabs.setCurrentIndex(1)
    tab = window.predict
    catalog = tmp_path / "to_learn_from.csv"
    catalog.write_bytes(b"kepid,koi_disposition\n1,CONFIRMED\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(catalog))])

    def marked(picker: CatalogPicker) -> bool:
        return any(band.isVisible() for band in picker.list.findChildren(QRubberBand))

    for place in (tab.training_box, *tab.training_box.findChildren(QLineEdit)):
        drag(place, data)
        assert marked(tab.training_picker) and not marked(tab.picker)
        drop(place, data)
        qtbot.waitUntil(lambda: tab.training_picker.paths == [catalog])
        assert not marked(tab.training_picker)
        assert tab.picker.paths == []
        tab.training_picker.remove_current()
    drag(window, data)
    assert marked(tab.picker) and not marked(tab.training_picker)
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not marked(tab.picker)


def test_words_that_are_dropped_on_a_field_stay_words(window: MainWindow) -> None:
    tools = window.train.view.pane.tools
    tools.setEnabled(True)
    data = QMimeData()
    data.setText("koi_period < 10")
    drop(tools.filter_line, data)
    assert tools.filter_line.text() == "koi_period < 10"
    assert window.train.picker.paths == []


def test_the_tabs_have_their_keys(window: MainWindow) -> None:
    keys = {action.shortcut().toString() for action in window.findChildren(type(window.menuBar().actions()[0]))}
    wanted = ["Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+Return", QKeySequence(QKeySequence.StandardKey.Open).toString()]
    assert keys.issuperset(wanted)


def test_closing_on_running_work_asks(live: MainWindow, sample: Callable[..., Path], qtbot: QtBot) -> None:
    with qtbot.waitSignal(live.train.view.opened, timeout=20_000):
        live.train.open_files([sample(rows=20_000)])
    with qtbot.waitSignal(live.train.training_ended, timeout=60_000):
        live.train.go.button.click()
        qtbot.waitUntil(lambda: bool(live.services.runs.live), timeout=5_000)

        live.close()

        qtbot.waitUntil(lambda: bool(live.findChildren(QMessageBox)), timeout=5_000)
        (box,) = live.findChildren(QMessageBox)
        assert "still running" in box.text()
        box.reject()
        assert live.isVisible()
        live.dialogs[live.services.runs.live[0]].cancel_button.click()


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_both_schemes_paint(window: MainWindow, styled: QApplication, colours: theme.Tokens) -> None:
    theme.dress(styled, colours)
    try:
        picture = window.grab().toImage()
        assert picture.pixelColor(5, window.height() // 2).name() == colours.window
        assert picture.pixelColor(window.width() - 60, window.height() // 2).name() == colours.base
    finally:
        theme.dress(styled, theme.tokens())


def test_a_long_message_is_shown_whole(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(900, 600)
    window.services.notices.information("These words take more than one line of the window. " * 6)

    def cut() -> bool:
        (text,) = window.notices.findChildren(QLabel, "text")
        return text.height() < text.heightForWidth(text.width())

    qtbot.waitUntil(lambda: not cut(), timeout=5_000)


def test_an_exported_run_is_taken_into_the_list_where_it_is_dropped(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    record = tmp_path / "elsewhere"
    exported = tmp_path / "run.zip"
    with Record(record) as kept:
        run_id = kept.new("train", "KOI · XGBoost", {"satellite": "KOI"}, "Lab", "http://lab")
        kept.update(run_id, status="FAILED", error="The data ended.")
        kept.export(run_id, exported)

    window.open_files([exported])

    qtbot.waitUntil(lambda: any("imported" in text for text in window.notices.texts()), timeout=20_000)
    assert window.runs_dock.isVisible()


def test_what_nobody_can_open_is_told(window: MainWindow, tmp_path: Path) -> None:
    window.open_files([tmp_path / "paper.pdf"])

    (told,) = window.notices.failures()
    assert "paper.pdf" in told
    assert ".csv" in told


def test_the_marks_of_classes_follow_the_scheme(window: MainWindow, styled: QApplication) -> None:
    bar = window.train.view.pane.classes
    bar.show_counts({"CONFIRMED": 3})

    def colours() -> set[str]:
        marks = [label.pixmap().toImage() for label in bar.findChildren(QLabel) if not label.pixmap().isNull()]
        return {mark.pixelColor(mark.width() // 2, mark.height() // 2).name() for mark in marks}

    before = colours()
    theme.theme().choose(Qt.ColorScheme.Dark)
    try:
        assert theme.DARK.confirmed in colours()
        assert theme.LIGHT.confirmed in before
        assert window.palette().window().color().name() == theme.DARK.window
    finally:
        theme.theme().choose(Qt.ColorScheme.Unknown)
    assert theme.tokens() is theme.LIGHT


def test_work_of_another_backend_may_be_left_running(
    live: MainWindow, sample: Callable[..., Path], qtbot: QtBot
) -> None:
    """The engine behind a second connection acts like a lab's backend: its jobs do not end with the window."""
    connection = live.services.session.connection
    assert connection is not None
    connection.embedded = False
    with qtbot.waitSignal(live.train.view.opened, timeout=20_000):
        live.train.open_files([sample(rows=20_000)])
    live.train.go.button.click()
    qtbot.waitUntil(
        lambda: bool(live.services.runs.live) and live.services.runs.live[0].outlives_window, timeout=20_000
    )
    run = live.services.runs.live[0]

    live.close()
    qtbot.waitUntil(lambda: bool(live.findChildren(QMessageBox)), timeout=5_000)
    (box,) = live.findChildren(QMessageBox)
    assert "training continues" in box.informativeText()
    assert [button.text() for button in box.buttons()] == ["&Leave it running", "Cancel"]
    box.reject()
    connection.embedded = True
    assert not run.outlives_window
    with qtbot.waitSignal(run.ended, timeout=60_000):
        aio.background(run.cancel())

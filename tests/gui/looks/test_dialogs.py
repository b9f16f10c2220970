"""Dialogs with large text, in other colours, and by keyboard."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextTable
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.backends.dialog import BackendDialog
from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.charts.view import FigureView
from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
from exoplanet_desktop.gui.run_views.matrix_page import shade_combo
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.shell.help.window import HelpWindow
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.shell.palette import CommandPalette
from exoplanet_desktop.gui.shell.settings_dialog import SettingsDialog
from exoplanet_desktop.gui.shell.support.crash import Crash
from exoplanet_desktop.gui.shell.support.crash_dialog import CrashDialog
from exoplanet_desktop.gui.tables.catalog_columns import CatalogColumns
from exoplanet_desktop.gui.tables.columns import ColumnsDialog
from exoplanet_desktop.gui.tables.distribution import DistributionDialog
from exoplanet_desktop.gui.tables.filtering import FilterDialog
from exoplanet_desktop.gui.tables.notes import NotesDialog
from exoplanet_desktop.gui.tables.pane import TablePane
from exoplanet_desktop.gui.tables.reading import ReadingDialog
from exoplanet_desktop.gui.widgets.combo import ElidedCombo
from exoplanet_desktop.gui.widgets.notices import NoticeAction
from exoplanet_desktop.wire.vocabulary import Model, Satellite

Look = Callable[..., None]
SOON_MS = 10_000


@pytest.fixture
def usual(window: MainWindow) -> Iterator[MainWindow]:
    """A window with the usual look before and after."""
    window.preferences.change(theme="light", text_percent=100)
    yield window
    window.preferences.change(theme="system", text_percent=100)


@pytest.fixture
def pane(usual: MainWindow, sample: Callable[..., Path], qtbot: QtBot) -> TablePane:
    with qtbot.waitSignal(usual.train.view.opened, timeout=20_000):
        usual.train.open_files([sample(rows=300)])
    return usual.train.view.pane


def test_the_settings_show_what_is_changed_elsewhere_and_keep_what_the_user_has_changed(
    usual: MainWindow, qtbot: QtBot
) -> None:
    dialog = SettingsDialog(usual.preferences, usual)
    qtbot.addWidget(dialog)
    dialog.poll_ms.setValue(700)

    usual.preferences.change(theme="dark", text_percent=125, save_folder="/results")

    assert dialog.theme.currentText() == "Dark"
    assert dialog.text_percent.value() == 125
    assert dialog.save_folder.text() == "/results"
    assert dialog.poll_ms.value() == 700
    dialog.accept()
    assert (usual.preferences.now.theme, usual.preferences.now.poll_ms) == ("dark", 700)
    usual.preferences.change(poll_ms=300, save_folder="")


def test_a_message_leaves_its_buttons_whole_in_the_least_window(usual: MainWindow, qtbot: QtBot) -> None:
    usual.resize(1024, 640)
    usual.preferences.change(text_percent=200)
    name = "merged__simulated_KOI__new_candidates_predicted__another_one__20261129-194459.csv"
    told = f"{name} has 2,400 rows, from 2,000 + 480, less 80 duplicates. Merged by the embedded engine."
    usual.services.notices.information(told, NoticeAction("Undo", lambda: None))
    buttons = [button for button in usual.notices.findChildren(QToolButton) if button.text() == "Dismiss"]

    def whole() -> bool:
        (words,) = [label for label in usual.notices.findChildren(QWidget, "text") if label.isVisible()]
        return (
            words.height() >= words.heightForWidth(words.width())
            and words.width() >= words.sizeHint().width() * 0.3
            and all(button.visibleRegion().boundingRect() == button.rect() for button in buttons)
            and all(words.fontMetrics().horizontalAdvance(word) <= words.width() for word in words.text().split(" "))
        )

    qtbot.waitUntil(whole, timeout=SOON_MS)
    assert usual.width() == 1024
    assert usual.notices.texts() == [told]


def test_no_dialog_has_a_box_that_cuts_through_a_letter(pane: TablePane, usual: MainWindow, qtbot: QtBot) -> None:
    pane.ask_filter("koi_disposition")
    pane.choose_columns()
    usual.train.view.pane.heading.reading.click()
    kinds = (FilterDialog, ReadingDialog, CatalogColumns)
    qtbot.waitUntil(lambda: all(usual.findChildren(kind) for kind in kinds), timeout=SOON_MS)
    dialogs = [one for kind in kinds for one in usual.findChildren(kind)]
    boxes = [box for box in usual.findChildren(QComboBox) if box.isVisibleTo(usual) or box.window() is not usual]
    assert len(boxes) >= 8
    assert all(isinstance(box, ElidedCombo) for box in [*boxes, shade_combo(usual)])
    for dialog in dialogs:
        dialog.reject()


def test_the_marks_of_a_condition_follow_scheme_and_text(pane: TablePane, usual: MainWindow, qtbot: QtBot) -> None:
    pane.ask_filter("koi_disposition")
    (dialog,) = pane.findChildren(FilterDialog)
    qtbot.waitUntil(lambda: dialog.values.count() == 3, timeout=SOON_MS)
    for scheme, percent in (("dark", 100), ("light", 200)):
        usual.preferences.change(theme=scheme, text_percent=percent)
        (item,) = [item for item in map(dialog.values.item, range(3)) if item.text().startswith("CONFIRMED")]
        size = dialog.values.iconSize()
        picture = item.icon().pixmap(size).toImage()
        middle = picture.pixelColor(picture.width() // 2, picture.height() // 2).name()
        assert middle == theme.tokens().confirmed
        assert size.height() == theme.mark_px(dialog.fontMetrics().lineSpacing())
    dialog.reject()


def test_enter_in_the_search_for_columns_shows_none_and_no_text_is_cut(styled: QApplication, qtbot: QtBot) -> None:
    hidden = {1}
    meaning = "Area under the ROC curve, one class against the rest, on the hold-out, and so on for two lines or three"
    dialog = ColumnsDialog(
        ["AUC", "b"], {"AUC": meaning}, hidden.__contains__, lambda at, hide: hidden.add(at) if hide else None
    )
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.search.setFocus()
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert hidden == {1}
    assert dialog.list.item(1).checkState() is Qt.CheckState.Unchecked
    assert dialog.list.horizontalScrollBar().maximum() == 0
    first, second = (dialog.list.visualItemRect(dialog.list.item(row)) for row in range(2))
    assert first.height() > 1.5 * second.height()


def test_the_commands_stand_as_far_apart_when_they_are_first_seen_as_later(usual: MainWindow, qtbot: QtBot) -> None:
    palette = CommandPalette(usual.commands, usual)
    qtbot.addWidget(palette)
    palette.show()

    def apart() -> int:
        return palette.list.visualItemRect(palette.list.topLevelItem(0)).height()

    before = apart()
    usual.preferences.change(theme="dark")
    qtbot.waitUntil(lambda: apart() > 0)
    assert apart() == before >= palette.list.fontMetrics().height() + 6


def test_what_is_told_of_a_crash_grows_with_the_text(look: Look, qtbot: QtBot) -> None:
    from datetime import UTC, datetime

    dialog = CrashDialog(Crash(datetime.now(UTC), "Fatal Python error"))
    qtbot.addWidget(dialog)
    dialog.show()
    before = dialog.text.fontMetrics().height()
    look(text_percent=200)
    assert dialog.text.fontMetrics().height() >= 1.8 * before


def test_the_backends_have_no_gaps_and_stay_on_the_screen_with_large_text(usual: MainWindow, qtbot: QtBot) -> None:
    usual.preferences.change(text_percent=200)
    dialog = BackendDialog(usual.services.session, usual)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: bool(dialog.form.place.text()), timeout=SOON_MS)
    dialog.add_button.click()
    room = dialog.screen().availableSize()
    assert dialog.width() <= room.width() * 9 // 10
    assert dialog.height() <= room.height() * 8 // 10 + 1
    place = dialog.form.place
    qtbot.waitUntil(lambda: place.isVisible() and place.height() == place.heightForWidth(place.width()))

    def gap() -> int:
        above = dialog.form.token.mapTo(dialog.form, QPoint(0, dialog.form.token.height())).y()
        return place.mapTo(dialog.form, QPoint(0, 0)).y() - above

    qtbot.waitUntil(lambda: 0 < gap() <= 16, timeout=SOON_MS)
    dialog.close()


def test_the_list_of_help_pages_follows_the_text_and_no_name_of_a_column_is_broken(
    usual: MainWindow, qtbot: QtBot
) -> None:
    shown = HelpWindow(usual.services.workers, usual)
    qtbot.addWidget(shown)
    shown.resize(1300, 700)
    shown.show()
    shown.load("columns-koi.md")
    qtbot.waitUntil(lambda: shown.browser.page is not None, timeout=SOON_MS)
    before = shown.list.minimumWidth()
    usual.preferences.change(text_percent=200)
    shown.resize(1300, 700)
    qtbot.waitUntil(lambda: shown.list.minimumWidth() >= 1.8 * before)
    table = next(frame for frame in shown.browser.document().rootFrame().childFrames() if isinstance(frame, QTextTable))

    def lines() -> set[int]:
        names = (table.cellAt(row, 0).firstCursorPosition().block() for row in range(table.rows()))
        return {name.layout().lineCount() for name in names}

    qtbot.waitUntil(lambda: lines() == {1}, timeout=SOON_MS)

    def cut() -> list[str]:
        metrics, flags, told = shown.list.fontMetrics(), Qt.TextFlag.TextWordWrap, []
        for item in map(shown.list.item, range(shown.list.count())):
            room = shown.list.visualItemRect(item).adjusted(3, 3, -3, -3)
            if metrics.boundingRect(room, flags, item.text()).height() > room.height():
                told.append(item.text())
        return told

    qtbot.waitUntil(lambda: cut() == [], timeout=SOON_MS)
    field, button = shown.field, shown.back
    ends = [widget.mapTo(shown, QPoint(0, widget.height())).y() for widget in (field, button)]
    assert abs(ends[0] - ends[1]) <= 1
    shown.close()


def test_a_distribution_has_short_numbers_and_takes_the_room_that_there_is(pane: TablePane, qtbot: QtBot) -> None:
    pane.show_distribution("koi_period")
    (dialog,) = pane.findChildren(DistributionDialog)
    qtbot.waitUntil(lambda: "From " in dialog.figures.text(), timeout=SOON_MS)
    numbers = [word for word in dialog.figures.text().replace(";", " ").split() if any(map(str.isdigit, word))]
    assert max(sum(map(str.isdigit, word)) for word in numbers) <= 6
    qtbot.waitUntil(lambda: dialog.findChild(FigureView) is not None, timeout=SOON_MS)
    strips = dialog.findChild(FigureView)
    dialog.resize(700, 640)
    qtbot.waitUntil(lambda: strips.height() > strips.sizeHint().height() + 60, timeout=SOON_MS)
    assert dialog.note.mapTo(dialog, QPoint(0, 0)).y() - strips.mapTo(dialog, QPoint(0, strips.height())).y() <= 16
    dialog.close()


def test_a_preview_has_numbers_at_the_right_and_texts_at_the_left(
    usual: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "some.csv"
    path.write_text("name,depth\nK1,84.5\nK2,3.5\n")
    dialog = ReadingDialog(usual.services.workers, path, None, usual)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.preview.rowCount() == 2, timeout=SOON_MS)

    def sides() -> list[bool]:
        heads = (dialog.preview.horizontalHeaderItem, lambda at: dialog.preview.item(0, at))
        return [bool(of(at).textAlignment() & Qt.AlignmentFlag.AlignRight) for of in heads for at in range(2)]

    assert sides() == [False, True, False, True]
    dialog.preview.selectColumn(1)
    dialog.as_text.click()
    qtbot.waitUntil(lambda: sides() == [False] * 4)
    dialog.reject()


def test_lines_that_could_not_be_read_are_shown_as_far_as_there_is_room(
    usual: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n1,2\n3 with some words,and more of them,too many\n")
    with qtbot.waitSignal(usual.predict.view.opened, timeout=20_000):
        usual.predict.open_files([path])
    pane = usual.predict.view.pane
    pane.notes.click()
    (dialog,) = pane.findChildren(NotesDialog)
    assert not dialog.lines.wordWrap()
    sides = [dialog.lines.horizontalHeaderItem(at).textAlignment() for at in range(3)]
    assert [bool(side & Qt.AlignmentFlag.AlignRight) for side in sides] == [True, False, False]
    before = dialog.lines.rowHeight(0)
    usual.preferences.change(text_percent=200)
    assert dialog.lines.rowHeight(0) >= 1.5 * before
    dialog.close()


@pytest.mark.parametrize("percent", [100, 200])
def test_what_a_run_says_is_seen_whole_however_long_it_is(
    usual: MainWindow, sample: Callable[..., Path], qtbot: QtBot, percent: int
) -> None:
    usual.preferences.change(text_percent=percent)
    services = usual.services
    asked = TrainTask(Satellite.KOI, Model.DT, paths=(sample(),))
    run = TrainingRun(asked, None, False, services.workers, services.poller, services.recorder)
    dialog = ProgressDialog(run, services.workers, usual)
    qtbot.addWidget(dialog)
    dialog.show()
    run.say_waiting("No row has a known disposition. " * 8)
    words = dialog.words
    assert words.text().startswith("No row")
    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()), timeout=5_000)
    qtbot.waitUntil(lambda: dialog.rect().contains(words.geometry()), timeout=5_000)

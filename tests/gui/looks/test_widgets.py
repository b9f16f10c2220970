"""This program's widgets with large text, in narrow spaces and in other colours."""

from collections.abc import Callable
from datetime import datetime

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow, QSplitter, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.placement import place_splitters
from exoplanet_desktop.gui.base.settings import Settings
from exoplanet_desktop.gui.base.text import clock_time
from exoplanet_desktop.gui.charts.figure import screen_style
from exoplanet_desktop.gui.merge.files import MergedFiles
from exoplanet_desktop.gui.run_views.comparing import signed
from exoplanet_desktop.gui.run_views.score_table import ScoreTable
from exoplanet_desktop.gui.widgets.column import COLUMN_PX, skeleton
from exoplanet_desktop.gui.widgets.combo import combo, whole_parts
from exoplanet_desktop.gui.widgets.dock_title import DockTitle
from exoplanet_desktop.gui.widgets.empty import EmptyPage
from exoplanet_desktop.gui.widgets.fields import FoldingFields
from exoplanet_desktop.gui.widgets.labels import FittedLabel, NarrowLabel
from exoplanet_desktop.gui.widgets.side import Side
from exoplanet_desktop.wire.payloads import MergedFile

Look = Callable[..., None]


@pytest.fixture
def metrics(styled: QApplication) -> QFontMetrics:
    return QFontMetrics(styled.font())


@pytest.mark.parametrize("letters", range(4, 60))
def test_no_number_is_cut_through(letters: int, metrics: QFontMetrics) -> None:
    text = "XGBoost · vetted · 0.895 ± 0.012 · 11/29/26"
    said = whole_parts(metrics, text, letters * metrics.averageCharWidth())
    assert metrics.horizontalAdvance(said) <= letters * metrics.averageCharWidth()
    parts = said.removesuffix("…").rstrip().split(" · ")
    numbers = [part for part in parts if any(letter.isdigit() for letter in part)]
    assert numbers == ["0.895 ± 0.012", "11/29/26"][: len(numbers)]


def test_a_name_is_shortened_where_nothing_else_can_be(metrics: QFontMetrics) -> None:
    text = "0.895 ± 0.012 · 7:45 PM · merged_2026_of_many.csv"
    room = metrics.horizontalAdvance("0.895 ± 0.012 · 7:45 PM · merged_2026_o…")
    assert whole_parts(metrics, text, room) == "0.895 ± 0.012 · 7:45 PM …"
    assert whole_parts(metrics, text, room, name_last=True).startswith("0.895 ± 0.012 · 7:45 PM · merged_20")
    assert whole_parts(metrics, "KOI · Kepler objects of interest", room // 2).startswith("KOI · Kepler")


def test_what_is_told_of_a_merged_file_is_told_whole_or_not(look: Look, qtbot: QtBot) -> None:
    files = MergedFiles()
    qtbot.addWidget(files)
    files.resize(280, 200)
    files.show()
    files.show_files(
        [MergedFile(filename="a.csv", url="/a.csv", size_bytes=800_000, modified="2026-11-28T12:00:00", rows=2400)]
    )

    def facts() -> list[str]:
        return files.item(0).text().split("\n")[1].removesuffix(" …").split(" · ")

    assert facts() == ["2,400 rows", "0.8 MB", "11/28/26"]
    look(text_percent=200)
    files.resize(281, 200)
    assert facts() == ["2,400 rows"]
    assert "0.8 MB" in files.item(0).toolTip()


def test_a_box_without_a_choice_says_why(look: Look, qtbot: QtBot) -> None:
    box = combo("Model", [])
    qtbot.addWidget(box)
    box.resize(200, 30)
    empty = box.grab().toImage()
    box.setPlaceholderText("none trained yet")
    assert box.grab().toImage() != empty


def test_the_title_of_a_dock_follows_the_text_and_its_buttons_do_as_qt_s_own(look: Look, qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    dock = QDockWidget("Runs", window)
    title = DockTitle(dock)
    dock.setTitleBarWidget(title)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.show()
    high, button = title.words.fontMetrics().height(), title.close_button.sizeHint().height()

    look(text_percent=200)
    assert title.words.fontMetrics().height() >= 1.8 * high
    assert title.close_button.sizeHint().height() >= 1.6 * button
    assert title.float_button.accessibleName() == "Move Runs to a separate window"

    qtbot.mouseClick(title.float_button, Qt.MouseButton.LeftButton)
    assert dock.isFloating()
    assert title.float_button.accessibleName() == "Dock Runs in the main window"
    qtbot.mouseClick(title.float_button, Qt.MouseButton.LeftButton)
    assert not dock.isFloating()
    qtbot.mouseClick(title.close_button, Qt.MouseButton.LeftButton)
    assert not dock.isVisible()


def test_the_options_get_wider_with_the_text_and_come_back(look: Look, qtbot: QtBot) -> None:
    splitter = QSplitter(Qt.Orientation.Horizontal)
    qtbot.addWidget(splitter)
    for _ in range(2):
        splitter.addWidget(QWidget())
    splitter.setStretchFactor(1, 1)
    splitter.resize(1200, 300)
    splitter.setSizes([300, 900])
    splitter.show()
    Side(splitter, 0.4, 300)
    before = splitter.sizes()[0]

    look(text_percent=125)
    qtbot.waitUntil(lambda: splitter.sizes()[0] > 1.1 * before)
    look(text_percent=200)
    qtbot.waitUntil(lambda: abs(splitter.sizes()[0] - 0.4 * sum(splitter.sizes())) <= 2)
    look()
    qtbot.waitUntil(lambda: abs(splitter.sizes()[0] - before) <= 2)

    splitter.handle(1).moveSplitter(200)  # as the user does
    moved = splitter.sizes()[0]
    assert moved == 200
    look(text_percent=125)
    qtbot.waitUntil(lambda: abs(splitter.sizes()[0] / moved - 1.25) < 0.15)


@pytest.mark.parametrize("kept", [{}, {"train": (420, 780)}])
def test_options_that_were_not_seen_yet_have_their_width_after_the_text_was_large(
    kept: dict[str, tuple[int, ...]], look: Look, qtbot: QtBot
) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    splitter = skeleton("train", QWidget(), QWidget())
    QVBoxLayout(page).addWidget(splitter)
    place_splitters(page, Settings(splitters=kept))
    look(text_percent=200)
    QApplication.processEvents()
    look()
    page.resize(1400, 300)
    page.show()
    wanted = kept["train"][0] if kept else COLUMN_PX
    qtbot.waitUntil(lambda: abs(splitter.sizes()[0] - wanted) <= 4)


def test_words_in_a_form_are_as_high_as_they_must_be_and_no_higher(look: Look, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    words = FittedLabel("Some words that take several lines in a narrow place. " * 4)
    layout = QVBoxLayout(page)
    layout.addWidget(words)
    layout.addStretch(1)
    page.resize(600, 400)
    page.show()
    for percent, width in ((100, 600), (200, 600), (200, 300)):
        look(text_percent=percent)
        page.resize(width, 700)
        qtbot.waitUntil(lambda: words.height() == words.heightForWidth(words.width()))
    high = words.height()
    words.setText("Few.")
    qtbot.waitUntil(lambda: words.height() == words.heightForWidth(words.width()) < high / 3)


def test_a_name_that_no_line_holds_is_shortened_and_costs_no_other_word(look: Look, qtbot: QtBot) -> None:
    name = "merged__" + "simulated_KOI__" * 8 + "20261129.csv"
    words = NarrowLabel(f"The file {name} is saved; nothing else was changed.")
    qtbot.addWidget(words)
    words.resize(300, 200)
    words.show()
    look(text_percent=200)
    words.resize(301, 200)

    assert name not in words.text()
    assert words.text().endswith("nothing else was changed.")
    assert all(words.fontMetrics().horizontalAdvance(word) <= words.width() for word in words.text().split(" "))
    assert words.whole.split(" ")[2] == name
    assert name in words.toolTip()
    words.resize(8000, 200)
    assert words.text() == words.whole
    assert words.toolTip() == ""


def test_fields_stand_in_two_lines_before_they_take_the_room_of_the_table(look: Look, qtbot: QtBot) -> None:
    boxes = [combo(name, [("A long entry of a box", 1), ("short", 2)]) for name in "abcd"]
    fields = FoldingFields([(QLabel(name), box) for name, box in zip("abcd", boxes, strict=True)])
    qtbot.addWidget(fields)
    fields.show()
    longest = fields.fontMetrics().horizontalAdvance("A long entry of a box")

    def lines(width: int) -> int:
        fields.resize(width, 300)
        fields.layout().activate()
        return len({box.mapTo(fields, QPoint(0, 0)).y() for box in boxes})

    assert lines(6 * longest) == 1
    assert lines(round(2.2 * longest)) == 2  # an entry may be elided with “…” there
    assert lines(longest) == 4


def test_classes_have_their_marks_in_the_table_of_scores_in_each_scheme(look: Look, qtbot: QtBot) -> None:
    table = ScoreTable(("Class", "F1"), [("CONFIRMED", "0.9"), ("other", "0.1")])
    qtbot.addWidget(table)
    for scheme in ("light", "dark"):
        look(scheme, 200)
        icon, size = table.item(0, 0).icon(), table.iconSize()
        middle = icon.pixmap(size).toImage()
        colour = middle.pixelColor(middle.width() // 2, middle.height() // 2).name()
        assert colour == theme.tokens().confirmed
        assert size.height() > 16
    assert table.item(1, 0).icon().isNull()


def test_the_marks_of_figures_grow_with_their_words(look: Look) -> None:
    before = screen_style().mark
    look(text_percent=200)
    assert screen_style().mark >= 1.8 * before


def test_the_words_of_an_empty_page_have_as_many_letters_in_a_line_at_any_size(look: Look, qtbot: QtBot) -> None:
    page = EmptyPage("Nothing", "Words. " * 40)
    qtbot.addWidget(page)
    before = page._words.maximumWidth()
    look(text_percent=200)
    assert page._words.maximumWidth() >= 1.8 * before


def test_a_difference_that_is_none_has_no_direction() -> None:
    assert [signed(value) for value in (-0.0004, 0.0, 0.0004, -0.001)] == ["±0.000", "±0.000", "±0.000", "−0.001"]


def test_a_time_of_day_is_written_as_the_user_s_numbers_are(styled: QApplication) -> None:
    when = datetime(2026, 11, 29, 19, 44, 5).astimezone()
    before = QLocale()
    try:
        QLocale.setDefault(QLocale("de_DE"))
        assert (clock_time(when), clock_time(when, seconds=True)) == ("19:44", "19:44:05")
        QLocale.setDefault(QLocale("en_US"))
        assert clock_time(when).replace("\u202f", " ") == "7:44 PM"
        assert clock_time(when, seconds=True).replace("\u202f", " ") == "7:44:05 PM"
    finally:
        QLocale.setDefault(before)

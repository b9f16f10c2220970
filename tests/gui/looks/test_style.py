"""The effect of the style sheet on controls, in each scheme and at double text size."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QSlider,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionTab,
    QStyleOptionViewItem,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.shell.closing import ask_before_closing
from exoplanet_desktop.gui.widgets.combo import combo

Look = Callable[..., None]
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def shown(widget: QWidget, qtbot: QtBot) -> QWidget:
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def pixels(image: QImage, room: QRect, colour: str) -> int:
    """The number of pixels of a colour."""
    room = room.intersected(image.rect())
    return sum(
        image.pixelColor(x, y).name() == colour
        for x in range(room.left(), room.right() + 1)
        for y in range(room.top(), room.bottom() + 1)
    )


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_no_tab_cuts_what_reaches_below_the_line(percent: int, look: Look, qtbot: QtBot) -> None:
    look(text_percent=percent)
    bar = QTabBar()
    for text in ("Catalog", "Figures", "Merge"):
        bar.addTab(text)
    shown(bar, qtbot)
    for place in range(bar.count()):
        option = QStyleOptionTab()
        bar.initStyleOption(option, place)
        room = bar.style().subElementRect(QStyle.SubElement.SE_TabBarTabText, option, bar)
        assert room.height() >= bar.fontMetrics().height()


@SCHEMES
def test_the_chosen_tab_is_told_from_the_others(scheme: str, look: Look, qtbot: QtBot) -> None:
    look(scheme)
    bar = QTabBar()
    bar.addTab("Train")
    bar.addTab("Predict")
    shown(bar, qtbot)
    picture, accent = bar.grab().toImage(), theme.tokens().accent
    assert pixels(picture, bar.tabRect(0), accent) >= bar.tabRect(0).width()
    assert pixels(picture, bar.tabRect(1), accent) == 0


@SCHEMES
def test_a_box_of_a_list_that_is_not_ticked_is_seen_and_grows_with_the_text(
    scheme: str, look: Look, qtbot: QtBot
) -> None:
    boxes = QListWidget()
    boxes.setProperty("roomy", True)
    item = QListWidgetItem("kepid", boxes)
    item.setCheckState(Qt.CheckState.Unchecked)
    shown(boxes, qtbot)

    def box() -> QRect:
        option = QStyleOptionViewItem()
        boxes.initViewItemOption(option)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        option.rect, option.widget = boxes.visualItemRect(item), boxes
        return boxes.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, boxes)

    sizes = []
    for percent in (100, 200):
        look(scheme, percent)
        picture = boxes.viewport().grab().toImage()
        assert pixels(picture, box(), theme.tokens().edge) >= 2 * box().width()
        sizes.append(box().height())
    assert sizes[1] >= 1.8 * sizes[0]


@SCHEMES
def test_a_field_for_a_number_has_an_edge(scheme: str, look: Look, qtbot: QtBot) -> None:
    look(scheme)
    other = QPushButton()  # takes the focus
    shown(other, qtbot)
    number = QSpinBox()
    shown(number, qtbot)
    number.clearFocus()
    upper = QRect(0, 0, number.width(), 1)
    assert pixels(number.grab().toImage(), upper, theme.tokens().edge) >= number.width() - 8


def test_arrows_grow_with_the_text(look: Look, qtbot: QtBot) -> None:
    box = combo("Model", [("XGBoost", 1)])
    shown(box, qtbot)

    def arrow() -> int:
        option, part = QStyleOptionComboBox(), QStyle.SubControl.SC_ComboBoxArrow
        box.initStyleOption(option)
        return box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box).width()

    before = arrow()
    look(text_percent=200)
    assert arrow() >= 1.8 * before


def test_other_colours_leave_the_focus_where_nothing_is_lost(look: Look, qtbot: QtBot) -> None:
    window, closed = QWidget(), []
    shown(window, qtbot)
    ask_before_closing(window, [], ["the prediction"], lambda: closed.append(True))
    (box,) = window.findChildren(QMessageBox)
    qtbot.waitUntil(box.isVisible)
    cancel = next(button for button in box.buttons() if button.text() == "Cancel")
    qtbot.waitUntil(cancel.hasFocus)

    look("dark")
    look("dark", 200)

    assert cancel.isDefault()
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert closed == []


@SCHEMES
def test_a_slider_shows_its_line_and_its_handle(scheme: str, look: Look, qtbot: QtBot) -> None:
    look(theme=scheme)
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setValue(50)
    slider.resize(300, slider.sizeHint().height())
    shown(slider, qtbot).clearFocus()
    picture = slider.grab().toImage()
    left, right = QRect(0, 0, 100, picture.height()), QRect(200, 0, 90, picture.height())
    middle = QRect(140, 0, 20, picture.height())
    colours = theme.tokens()
    assert pixels(picture, left, colours.accent) >= 2 * left.width()
    assert pixels(picture, right, colours.edge) >= 2 * right.width()
    assert pixels(picture, middle, colours.base) >= 20, "the handle"


@SCHEMES
@pytest.mark.parametrize("percent", [100, 200])
def test_a_list_to_choose_from_shows_each_choice_whole_and_the_chosen_one_by_colour(
    scheme: str, percent: int, look: Look, qtbot: QtBot
) -> None:
    look(scheme, percent)
    box = combo("Known rows", [("As if unseen", 1), ("By the full model", 2)])
    shown(box, qtbot)
    box.showPopup()
    rows, colours = box.view(), theme.tokens()
    qtbot.waitUntil(rows.isVisible)
    seen = rows.viewport().rect()
    for row in range(box.count()):
        place = rows.visualRect(box.model().index(row, 0))
        assert seen.contains(place) and place.height() > rows.fontMetrics().height()
    image = rows.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    chosen, other = (rows.visualRect(box.model().index(row, 0)).topLeft() + QPoint(1, 1) for row in (0, 1))
    assert image.pixelColor(chosen).name() == colours.accent
    assert image.pixelColor(other).name() == colours.base
    box.hidePopup()

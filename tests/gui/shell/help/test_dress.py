"""What Markdown leaves open: backgrounds of code, tables, and a readable line length."""

import pytest
from PySide6.QtGui import QFont, QImage, QTextBlock, QTextTable
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.theme import tokens
from exoplanet_desktop.gui.shell.help.browser import PageBrowser
from exoplanet_desktop.gui.shell.help.dress import MARGIN_PX, is_code
from exoplanet_desktop.gui.shell.help.pages import HelpPages, Page, read_pages

TEXT = """# Title

Some words.

```sh
one
two
```

| first | second |
| --- | --- |
| a | b |

![picture](images/wide.png)
"""


@pytest.fixture
def browser(qtbot: QtBot) -> PageBrowser:
    shown = PageBrowser()
    qtbot.addWidget(shown)
    picture = QImage(2000, 100, QImage.Format.Format_RGB32)
    picture.fill(0)
    shown.use(HelpPages({}, {"images/wide.png": picture}))
    shown.resize(700, 500)
    shown.show()
    shown.show_page(Page("a.md", "Title", TEXT))
    return shown


def blocks(browser: PageBrowser) -> list[QTextBlock]:
    document = browser.document()
    return [document.findBlockByNumber(number) for number in range(document.blockCount())]


def test_code_stands_on_a_ground_of_its_own(browser: PageBrowser) -> None:
    code = [block for block in blocks(browser) if is_code(block)]
    assert [block.text() for block in code] == ["one", "two"]
    assert {block.blockFormat().background().color().name() for block in code} == {tokens().window}


def test_a_table_has_a_heading_also_behind_code(browser: PageBrowser) -> None:
    (table,) = [frame for frame in browser.document().rootFrame().childFrames() if isinstance(frame, QTextTable)]
    for column in range(2):
        cell = table.cellAt(0, column)
        cursor = cell.lastCursorPosition()
        assert cursor.charFormat().fontWeight() == QFont.Weight.DemiBold
        assert cursor.blockFormat().topMargin() == 0
        assert cell.format().background().color().name() == tokens().window


def test_lines_do_not_run_on_in_a_wide_window_and_pictures_follow_its_width(browser: PageBrowser, qtbot: QtBot) -> None:
    def right_margin() -> float:
        return browser.document().rootFrame().frameFormat().rightMargin()

    assert right_margin() == MARGIN_PX
    assert browser.document().idealWidth() <= browser.viewport().width()
    browser.resize(3000, 500)
    assert right_margin() > 500
    browser.resize(420, 500)
    qtbot.waitUntil(lambda: browser.document().idealWidth() <= browser.viewport().width(), timeout=2000)
    assert right_margin() == MARGIN_PX


@pytest.mark.parametrize("letters", [130, 160, 250])
def test_no_page_needs_to_be_pushed_aside(letters: int, qtbot: QtBot) -> None:
    pages = read_pages()
    shown = PageBrowser()
    qtbot.addWidget(shown)
    shown.use(pages)
    shown.resize(letters * shown.fontMetrics().averageCharWidth() + 3 * MARGIN_PX, 600)
    shown.show()
    wide = []
    for page in pages.pages.values():
        shown.show_page(page)
        if shown.document().size().width() > shown.viewport().width():
            wide.append(page.name)
    assert wide == []


def test_a_page_begins_at_its_top(browser: PageBrowser) -> None:
    browser.resize(700, 120)
    browser.verticalScrollBar().setValue(10_000)
    assert browser.verticalScrollBar().value() > 0
    browser.show_page(Page("b.md", "Other", TEXT))
    assert browser.verticalScrollBar().value() == 0

"""Help pages need no network, can be searched, and leave the program only with the user's consent."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.shell.help.pages import read_pages
from exoplanet_desktop.gui.shell.help.window import HelpWindow
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.resources import docs

SCIENCE = "science.md"


@pytest.fixture
def help_window(window: MainWindow, qtbot: QtBot) -> HelpWindow:
    QTest.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    shown = window.findChild(HelpWindow)
    assert shown is not None
    qtbot.waitUntil(lambda: shown.browser.page is not None, timeout=20_000)
    return shown


def titles(shown: HelpWindow) -> list[str]:
    return [shown.list.item(row).text() for row in range(shown.list.count())]


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = read_pages()
    for page in pages.pages.values():
        document = QTextDocument()
        document.setMarkdown(page.text)
        block = document.begin()
        while block.isValid():
            for part in block.textFormats():
                link, picture = QUrl(part.format.anchorHref()), part.format.toImageFormat().name()
                if not link.isEmpty() and not link.scheme() and link.path():
                    assert link.path() in pages.pages, f"{page.name} links to {link.path()}"
                if part.format.isImageFormat():
                    assert picture in pages.pictures, f"{page.name} shows {picture}"
            block = block.next()


def test_the_pages_of_docs_and_the_columns_of_each_satellite_are_listed(help_window: HelpWindow) -> None:
    names = {file.name for file in docs().glob("*.md")}
    assert SCIENCE in names
    assert help_window.list.count() == len(names) + 3
    assert titles(help_window)[-3:] == ["Columns of KOI", "Columns of K2", "Columns of TOI"]


def test_a_search_lists_the_pages_that_have_the_words(help_window: HelpWindow, qtbot: QtBot) -> None:
    QTest.keyClicks(help_window.field, "koi_period orbital")
    assert titles(help_window) == ["Columns of KOI"]
    QTest.keyClick(help_window.field, Qt.Key.Key_Return)
    page = help_window.browser.page
    assert page is not None
    help_window.field.setText("koi_period")
    QTest.keyClick(help_window.field, Qt.Key.Key_Return)
    assert help_window.browser.textCursor().selectedText() == "koi_period"
    help_window.field.setText("zzzz")
    assert help_window.answer.isVisible()


def test_links_and_back(help_window: HelpWindow) -> None:
    first = help_window.browser.page
    help_window.browser.anchorClicked.emit(QUrl(f"{SCIENCE}#vetted-and-blind"))
    assert help_window.browser.page is not None
    assert help_window.browser.page.name == SCIENCE
    assert help_window.browser.textCursor().block().text() == "Vetted and blind"
    if first is not help_window.browser.page:
        help_window.back.click()
        assert help_window.browser.page is first


def test_nothing_out_of_the_program_is_loaded_or_followed(
    help_window: HelpWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    kind = QTextDocument.ResourceType.ImageResource.value
    assert help_window.browser.loadResource(kind, QUrl("file:///etc/passwd")) is None
    assert help_window.browser.loadResource(kind, QUrl("http://elsewhere/x.png")) is None

    for number, address in enumerate(("https://exoplanetarchive.ipac.caltech.edu/", "file:///bin/sh")):
        help_window.browser.anchorClicked.emit(QUrl(address))
        box = help_window.findChildren(QMessageBox)[-1]
        assert address in box.informativeText()
        assert not opened
        assert box.buttons()[0].isEnabled() is (number == 0)
        box.reject()


def test_pages_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="missing"):
        read_pages(tmp_path)


def test_a_page_with_markup_of_a_stranger_loads_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# One\n\n![picture](http://elsewhere/x.png) <img src='file:///etc/passwd'>\n")
    pages = read_pages(tmp_path)
    workers = Workers(1)
    shown = HelpWindow(workers)
    qtbot.addWidget(shown)
    shown.browser.use(pages)
    shown.browser.show_page(pages.pages["index.md"])
    shown.show()
    shown.grab()
    workers.close()

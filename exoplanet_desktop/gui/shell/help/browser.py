"""Shows one page. It reads no file and contacts no server: pictures come from memory, and links are only reported."""

from typing import Any

from PySide6.QtCore import Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QResizeEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.theme import theme, tokens
from exoplanet_desktop.gui.shell.help.dress import MARGIN_PX, dress, fit, room
from exoplanet_desktop.gui.shell.help.pages import HelpPages, Page, slug

SETTLED_MS = 150  # after the last resize of the window


class PageBrowser(QTextBrowser):
    """Signals:
    page_wanted: name of a page, and the heading to go to.
    elsewhere_wanted: an address outside the pages.
    """

    page_wanted = Signal(str, str)
    elsewhere_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = HelpPages({})
        self._page: Page | None = None
        self.setOpenLinks(False)
        self.setAccessibleName(tr("Help page"))
        self.setTabChangesFocus(False)  # Tab moves from link to link
        self.anchorClicked.connect(self._follow)
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._show_again)
        theme().changed.connect(self._show_again)

    @property
    def page(self) -> Page | None:
        return self._page

    def use(self, pages: HelpPages) -> None:
        self._pages = pages

    def show_page(self, page: Page, heading: str = "") -> None:
        self._page = page
        # Built completely before it is shown: a visible page would be laid out at each change.
        document = QTextDocument(self)  # the previous page is stored with its scroll position
        document.setDefaultFont(self.font())
        document.setDocumentMargin(MARGIN_PX)
        document.setMarkdown(page.text)
        dress(document, tokens(), page.is_glossary)
        fit(document, self.viewport().width(), self.fontMetrics().averageCharWidth())
        self.setDocument(document)
        if not heading or not self._go_to(heading):
            self.moveCursor(QTextCursor.MoveOperation.Start)
            self.verticalScrollBar().setValue(0)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Pictures of the pages; loads nothing else."""
        picture = self._pages.pictures.get(QUrl(name).toString())
        if kind == QTextDocument.ResourceType.ImageResource.value and picture is not None:
            width = room(self.viewport().width(), self.fontMetrics().averageCharWidth())
            smooth = Qt.TransformationMode.SmoothTransformation
            return picture if picture.width() <= width else picture.scaledToWidth(width, smooth)
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if event.size().width() != event.oldSize().width():
            self._settled.start()  # pictures get the current width

    def _fit(self) -> None:
        fit(self.document(), self.viewport().width(), self.fontMetrics().averageCharWidth())

    def find_on(self, words: str) -> bool:
        """Go to the next match of a text, wrapping around at the end; False if there is none."""
        if not words or self.find(words):
            return bool(words)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        return self.find(words)

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        name = link.path()
        if not link.scheme() and not link.host() and (not name or name in self._pages.pages):
            self.page_wanted.emit(name, link.fragment())
        else:
            self.elsewhere_wanted.emit(link.toString())

    @Slot()
    def _show_again(self) -> None:
        """Link colours are written into the page when it is made."""
        if self._page is not None:
            place = self.verticalScrollBar().value()
            self.show_page(self._page)
            self.verticalScrollBar().setValue(place)

    def _go_to(self, heading: str) -> bool:
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and slug(block.text()) == slug(heading):
                cursor = QTextCursor(block)
                self.setTextCursor(cursor)
                self.verticalScrollBar().setValue(
                    self.verticalScrollBar().value() + self.cursorRect(cursor).top() - MARGIN_PX
                )
                return True
            block = block.next()
        return False

"""The help window: a list of pages, a search over all of them, and the page."""

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.theme import theme
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.shell.help.browser import PageBrowser
from exoplanet_desktop.gui.shell.help.pages import HelpPages, Page, read_pages
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.row import measured, size_in_text, with_text
from exoplanet_desktop.gui.widgets.side import Side

LIST_LETTERS = 18  # the longest word in a title


class HelpWindow(QDialog):
    """Not modal: it may stay open next to the window."""

    def __init__(self, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._pages = HelpPages({})
        self._past: list[str] = []
        self.setWindowTitle(tr("Help"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.field = QLineEdit(self)
        self.field.setClearButtonEnabled(True)
        self.field.setPlaceholderText(tr("Search all pages"))
        self.field.setAccessibleName(tr("Search all pages"))
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._find)
        self.back = QPushButton(tr("&Back"), self)
        self.back.setShortcut(QKeySequence(QKeySequence.StandardKey.Back))
        self.back.setAutoDefault(False)
        self.back.clicked.connect(self.go_back)
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Pages"))
        self.list.setProperty("wraps", True)
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        # If its scroll bar appears, words wrap sooner.
        self.list.verticalScrollBar().rangeChanged.connect(self.list.scheduleDelayedItemsLayout)
        with_text(self.list, lambda: self.list.setMinimumWidth(measured(self.list, LIST_LETTERS, 1)[0]))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._choose)
        self.answer = PlainLabel("", "muted")
        self.browser = PageBrowser(self)
        self.browser.page_wanted.connect(self.go_to)
        self.browser.elsewhere_wanted.connect(self._ask_elsewhere)
        self._lay_out()

    def report_error(self, error: AppError) -> None:
        self._say(str(error))

    @aio.slot(str)
    async def load(self, name: str = "") -> None:
        """Read the pages, if that has not been done yet, and show one of them; the first if `name` is empty."""
        if not self._pages.pages:
            self._say(tr("Reading the pages …"))
            self._pages = await self._workers.call(read_pages)
            self.browser.use(self._pages)
            self._say("")
        self._fill(self.field.text())
        self.go_to(name or next(iter(self._pages.pages)), "")

    @Slot(str, str)
    def go_to(self, name: str, heading: str = "") -> None:
        """Show a page, or scroll to a heading of the current one."""
        current = self.browser.page
        page = self._pages.pages.get(name) or current
        if page is None:
            return
        if current is not None and page is not current:
            self._past.append(current.name)
        self._show(page, heading)

    @Slot()
    def go_back(self) -> None:
        if self._past:
            self._show(self._pages.pages[self._past.pop()], "")

    def _show(self, page: Page, heading: str) -> None:
        self.browser.show_page(page, heading)
        self.back.setEnabled(bool(self._past))
        self._mark()

    @Slot(str)
    def _fill(self, words: str) -> None:
        """List the pages that match the search."""
        self.list.blockSignals(True)
        self.list.clear()
        for page in self._pages.holding(words):
            item = QListWidgetItem(page.title)
            item.setData(Qt.ItemDataRole.UserRole, page.name)
            self.list.addItem(item)
        self._mark()
        self.list.blockSignals(False)
        if self._pages.pages:
            self._say("" if self.list.count() else tr("No pages match."))

    def _mark(self) -> None:
        """Select the current page in the list."""
        shown = self.browser.page
        self.list.blockSignals(True)
        self.list.setCurrentRow(-1)
        for row in range(self.list.count()):
            if shown is not None and self.list.item(row).data(Qt.ItemDataRole.UserRole) == shown.name:
                self.list.setCurrentRow(row)
        self.list.blockSignals(False)

    @Slot()
    def _find(self) -> None:
        """Go to the next match in the current page, or else to the first page that matches."""
        words = self.field.text().strip()
        if words and not self.browser.find_on(words) and self.list.count():
            self.go_to(self.list.item(0).data(Qt.ItemDataRole.UserRole))
            self.browser.find_on(words)

    @Slot()
    def _choose(self) -> None:
        if (item := self.list.currentItem()) is not None:
            self.go_to(item.data(Qt.ItemDataRole.UserRole))

    @Slot(str)
    def _ask_elsewhere(self, address: str) -> None:
        """Open a link out of the program only if the user agrees, with the address visible."""
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Leave the program?"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(tr("This link opens outside the program:"))
        box.setInformativeText(address)
        button = box.addButton(tr("&Open in the browser"), QMessageBox.ButtonRole.AcceptRole)
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(address)))
        box.setStandardButtons(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Only addresses for a browser: no link starts a program.
        button.setEnabled(QUrl(address).scheme() in ("http", "https"))
        box.open()

    def _say(self, text: str) -> None:
        self.answer.setText(text)
        self.answer.setVisible(bool(text))

    def _lay_out(self) -> None:
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(8, 8, 0, 8)
        for part in (self.field, self.list, self.answer):
            column.addWidget(part)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        right = QWidget(self)
        beside = QVBoxLayout(right)
        beside.setContentsMargins(0, 8, 8, 8)
        row = QHBoxLayout()
        row.addWidget(self.back)
        row.addStretch(1)
        beside.addLayout(row)
        beside.addWidget(self.browser, 1)
        self.splitter.addWidget(left)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        size_in_text(self, 140, 44)
        self.splitter.setSizes([self.width() // 4, self.width() * 3 // 4])
        Side(self.splitter, 1 / 4, self.width() // 4)
        self._align()
        theme().changed.connect(self._align)

    @Slot()
    def _align(self) -> None:
        """Align the right edge of the left field with the button, so that the widgets below start in line."""
        self.field.setMinimumHeight(self.back.sizeHint().height())

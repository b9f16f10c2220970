"""About the program: its purpose, its data sources, and its components."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop import __version__
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.shell.support.parts import Part, parts
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.row import size_in_text

ICON_PX = 64


class AboutDialog(QDialog):
    """Two pages: the program, and the licences of all its parts."""

    def __init__(self, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self.setWindowTitle(tr("About Exoplanet Desktop"))
        self.answer = PlainLabel(tr("Reading the licences …"), "muted")
        self.list = QTreeWidget(self)
        self.list.setAccessibleName(tr("Parts of the program"))
        self.list.setHeaderLabels([tr("Part"), tr("Version"), tr("Licence")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setTabKeyNavigation(False)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.list.setProperty("roomy", True)
        self.list.currentItemChanged.connect(self._show_text)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Text of the licence"))
        tabs = QTabWidget(self)
        tabs.addTab(self._program(), tr("&Program"))
        tabs.addTab(self._licences(), tr("&Licences"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(tabs)
        layout.addWidget(buttons)
        size_in_text(self, 100, 28)

    def report_error(self, error: AppError) -> None:
        self.answer.setText(str(error))

    @aio.slot()
    async def load(self) -> None:
        """Read the licences and list them."""
        found: list[Part] = await self._workers.call(parts)
        for part in found:
            item = QTreeWidgetItem(self.list, [part.name, part.version, part.licence or tr("see its text")])
            item.setData(0, Qt.ItemDataRole.UserRole, part)
        if found:
            self.list.setCurrentIndex(self.list.model().index(0, 0))
        self.answer.hide()

    @Slot(object)
    def _show_text(self, item: QTreeWidgetItem | None) -> None:
        part: Part | None = item.data(0, Qt.ItemDataRole.UserRole) if item else None
        text = part.text if part else ""
        self.text.setPlainText(
            text or tr("This component comes without the text of its licence; the licence is named above.")
        )

    def _program(self) -> QWidget:
        page = QWidget(self)
        icon = QLabel(page)
        icon.setPixmap(self.windowIcon().pixmap(ICON_PX, ICON_PX))
        title = PlainLabel(tr("Exoplanet Desktop {version}", version=__version__), "heading")
        words = [PlainLabel(text, selectable=True) for text in (_purpose(), _acknowledgement(), _licence())]
        beside = QVBoxLayout()
        beside.setSpacing(12)
        for part in (title, *words):
            beside.addWidget(part)
        beside.addStretch(1)
        layout = QHBoxLayout(page)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(beside, 1)
        return page

    def _licences(self) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.addWidget(self.answer)
        layout.addWidget(self.list, 2)
        layout.addWidget(self.text, 3)
        return page


def _purpose() -> str:
    return tr(
        "Trains classifiers on the NASA Exoplanet Archive's catalogs of Kepler, K2 and TESS, predicts dispositions, "
        "and merges catalogs."
    )


def _acknowledgement() -> str:
    return tr(
        "This program is for catalogs of the NASA Exoplanet Archive, which is operated by the California Institute of "
        "Technology, under contract with the National Aeronautics and Space Administration under the Exoplanet "
        "Exploration Program. KOI table: DOI 10.26133/NEA4."
    )


def _licence() -> str:
    return tr("MIT licence. Built with Qt for Python (LGPL), XGBoost, scikit-learn, DuckDB and others.")

"""Reports at the next start that the program ended unexpectedly."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.text import moment, tr
from exoplanet_desktop.gui.base.theme import theme
from exoplanet_desktop.gui.shell.support.crash import Crash
from exoplanet_desktop.gui.shell.support.logs import open_log_folder
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.row import size_in_text


class CrashDialog(QDialog):
    """What happened, for copying into a report; nothing is sent automatically."""

    def __init__(self, crash: Crash, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("The last session ended unexpectedly"))
        words = PlainLabel(
            tr(
                "The program ended unexpectedly, {when}. Your runs and files are kept. The text below shows where it "
                "stopped; it was not sent to anyone. It helps the maintainers find the fault.",
                when=moment(crash.when),
            )
        )
        self.text = QPlainTextEdit(crash.text, self)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Where the program stopped"))
        self.answer = PlainLabel("", "muted")
        self.answer.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy_button = buttons.addButton(tr("&Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.folder_button = buttons.addButton(tr("Open the &log folder"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(self._copy)
        self.folder_button.clicked.connect(self._open_folder)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        for part in (words, self.text, self.answer, buttons):
            layout.addWidget(part)
        size_in_text(self, 84, 24)
        self._size_text()
        # After the style sheet, which would restore the font that it has found.
        theme().changed.connect(self._size_text)

    @Slot()
    def _size_text(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(QApplication.font().pointSizeF())
        self.text.setFont(font)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self._say(tr("Copied to the clipboard."))

    @Slot()
    def _open_folder(self) -> None:
        try:
            open_log_folder()
        except UnavailableError as error:
            self._say(str(error))

    def _say(self, text: str) -> None:
        self.answer.setText(text)
        self.answer.show()

"""Choosing who answers: the embedded engine, or a backend at an address."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui import aio
from exoplanet_desktop.gui.session import EMBEDDED, PRESETS, Session
from exoplanet_desktop.gui.widgets.words import Words


class BackendDialog(QDialog):
    """Signals:
    chosen: the address in use now; empty for the embedded engine.
    """

    chosen = Signal(str)

    def __init__(self, session: Session, address: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("Choose a backend")
        self.setModal(True)
        self.embedded = QRadioButton(f"&{EMBEDDED}: on this machine, without a network", self)
        self.remote = QRadioButton("A backend at an &address", self)
        self.address = QComboBox(self)
        self.address.setEditable(True)
        self.address.addItems(PRESETS)
        self.address.setAccessibleName("Address of the backend")
        self.token = QLineEdit(self)
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText("only where the backend wants one")
        self.token.setAccessibleName("Token")
        self.answer = Words(parent=self)
        self.answer.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.use_button: QPushButton = self.buttons.addButton("&Use", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.use)
        self.buttons.rejected.connect(self.reject)
        self.remote.toggled.connect(self._settle)
        hint = Words("The token is sent to this address alone, and forgotten when the program closes.", "muted")
        form = QFormLayout()
        form.setContentsMargins(24, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("A&ddress", self.address)
        form.addRow("&Token", self.token)
        form.addRow(hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.embedded)
        layout.addWidget(self.remote)
        layout.addLayout(form)
        layout.addWidget(self.answer)
        layout.addWidget(self.buttons)
        (self.remote if address else self.embedded).setChecked(True)
        if address:
            self.address.setEditText(address)
        self.setMinimumWidth(460)
        self._settle()

    def tell(self, error: AppError) -> None:
        self.answer.setProperty("reason", True)
        self._say(str(error))

    @aio.slot()
    async def use(self) -> None:
        """Ask who answers there; only then is it taken into use."""
        self.use_button.setEnabled(False)
        self.answer.setProperty("reason", False)
        self._say("Asking who answers there …")
        try:
            if self.embedded.isChecked():
                address = ""
                await self._session.start_embedded()
            else:
                address = self.address.currentText().strip()
                found = await self._session.probe(address, self.token.text().strip())
                if not self.isVisible():
                    return  # cancelled while it was asked
                self._session.adopt(found)
        finally:
            self.use_button.setEnabled(True)
        self.chosen.emit(address)
        self.accept()

    def _say(self, text: str) -> None:
        self.answer.style().unpolish(self.answer)
        self.answer.style().polish(self.answer)
        self.answer.setText(text)

    @Slot()
    def _settle(self) -> None:
        for widget in (self.address, self.token):
            widget.setEnabled(self.remote.isChecked())

"""The fields of one backend: name, address, token, CA file, timeouts."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from exoplanet_desktop.client.profiles.profiles import Profile
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.charts.pages import SideBySide
from exoplanet_desktop.gui.widgets.labels import FittedLabel

FIELD_PX = 280
EXAMPLE = "http://203.190.12.138:8001"


class ProfileForm(QWidget):
    """Signals:
    edited: the fields now differ from the saved profile, or no longer do.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: Profile | None = None
        self._forget = False
        self.name = QLineEdit(self)
        self.name.setMaxLength(80)
        self.address = QLineEdit(self)
        self.address.setPlaceholderText(tr("such as {address}", address=EXAMPLE))
        self.exposed = FittedLabel("", "warning", parent=self)
        self.exposed.hide()
        self.token = QLineEdit(self)
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.forget_button = QPushButton(tr("&Forget"), self)
        self.forget_button.setToolTip(tr("Delete the stored token"))
        self.forget_button.clicked.connect(self._forget_token)
        self.place = FittedLabel("", "muted", parent=self)
        for words in (self.exposed, self.place):
            policy = words.sizePolicy()  # its own policy: narrower text wraps and needs more height
            policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
            words.setSizePolicy(policy)
            words.setMinimumWidth(FIELD_PX)
        self.ca_file = QLineEdit(self)
        self.ca_file.setPlaceholderText(tr("only if your lab has its own certificate authority"))
        self.ca_button = QPushButton(tr("C&hoose…"), self)
        self.ca_button.setAccessibleName(tr("Choose the CA file"))
        self.ca_button.clicked.connect(self._ask_ca_file)
        self.connect_s = _seconds(self, 1, 120)
        self.silence_s = _seconds(self, 1, 600)
        self._lay_out()
        for field in (self.name, self.address, self.token, self.ca_file):
            field.textEdited.connect(self._tell)
        for box in (self.connect_s, self.silence_s):
            box.valueChanged.connect(self._tell)

    def show_profile(self, profile: "Profile", has_token: bool) -> None:
        """Fill the fields with the saved values."""
        self._kept = None  # so that filling does not count as editing
        self.name.setText(profile.name)
        self.address.setText(profile.address)
        self.ca_file.setText(profile.ca_file)
        self.connect_s.setValue(profile.connect_s)
        self.silence_s.setValue(profile.silence_s)
        self.token.clear()
        self.exposed.hide()
        self._kept, self._forget = profile, False
        self.show_token(has_token)

    def show_token(self, has_token: bool) -> None:
        """Show whether a token is stored. Known only after a moment: a keyring may first ask for its password."""
        kept = tr("one is stored; type another to replace it")
        none = tr("only if the backend requires one")
        self.token.setPlaceholderText(kept if has_token else none)
        self.forget_button.setVisible(has_token)

    @property
    def is_edited(self) -> bool:
        return self._kept is not None and (self.draft() != self._kept or self.new_token() is not None)

    def draft(self) -> "Profile":
        """The values of the fields, not validated."""

        return Profile(
            self.name.text(),
            self.address.text().strip(),
            self.ca_file.text().strip(),
            self.connect_s.value(),
            self.silence_s.value(),
        )

    def new_token(self) -> str | None:
        """The token as typed; "" to delete the stored one; None to leave it."""
        typed = self.token.text().strip()
        return typed or ("" if self._forget else None)

    def show_exposed(self, exposed: bool) -> None:
        """Warn of plain HTTP to a public address."""
        self.exposed.setText(
            tr(
                "⚠ This is a public address without encryption: catalogs, models and the token can be read and "
                "changed in transit. Use https:// if the backend offers it."
            )
            if exposed
            else ""
        )
        self.exposed.setVisible(exposed)

    @Slot()
    def _tell(self) -> None:
        if self._kept is not None:
            self.edited.emit()

    @Slot()
    def _forget_token(self) -> None:
        self._forget = True
        self.token.clear()
        self.token.setPlaceholderText(tr("deleted when you save"))
        self.forget_button.hide()
        self.token.setFocus()
        self._tell()

    @Slot()
    def _ask_ca_file(self) -> None:
        dialog = QFileDialog(self, tr("Choose the CA file"), self.ca_file.text())
        dialog.setNameFilters([tr("Certificates (*.pem *.crt *.cer)"), tr("All files (*)")])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_ca_file)
        dialog.open()

    @Slot(str)
    def _take_ca_file(self, path: str) -> None:
        self.ca_file.setText(path)
        self._tell()

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("&Name"), self.name)
        form.addRow(tr("A&ddress"), self.address)
        form.addRow("", self.exposed)
        _add(form, tr("To&ken"), self.token, self.forget_button)
        form.addRow("", self.place)
        _add(form, tr("CA fi&le"), self.ca_file, self.ca_button)
        until = QLabel(tr("for an ans&wer"))
        until.setBuddy(self.silence_s)
        connecting = _beside(self.connect_s, QLabel(tr("to connect,")))
        times = SideBySide((connecting, _beside(self.silence_s, until)), grow=False)
        waiting = QLabel(tr("Timeou&t"))
        waiting.setBuddy(self.connect_s)
        form.addRow(waiting, times)
        names = {
            self.name: tr("Name of the backend"),
            self.address: tr("Address of the backend"),
            self.token: tr("Token"),
            self.ca_file: tr("CA file"),
            self.connect_s: tr("Seconds to wait for a connection"),
            self.silence_s: tr("Seconds to wait for the answer to a short request"),
        }
        for widget, name in names.items():
            widget.setAccessibleName(name)


def _seconds(parent: QWidget, least: float, most: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox(parent)
    box.setRange(least, most)
    box.setDecimals(0)
    box.setSuffix(tr(" s"))
    box.setMinimumHeight(QLineEdit().sizeHint().height())
    return box


def _beside(box: QWidget, text: QLabel) -> QWidget:
    pair = QWidget()
    line = QHBoxLayout(pair)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    line.addWidget(box)
    line.addWidget(text)
    line.addStretch(1)
    return pair


def _add(form: QFormLayout, text: str, field: QLineEdit, button: QPushButton) -> None:
    """A row with a button beside its field."""
    line = QHBoxLayout()
    line.setSpacing(8)
    line.addWidget(field, 1)
    line.addWidget(button)
    label = QLabel(text)
    label.setBuddy(field)
    form.addRow(label, line)

"""A doubt about a catalog, shown next to the satellite that the user chooses, and the way to resolve it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.labels import PlainLabel


class Doubt(QWidget):
    """Takes no space if there is none.

    Signals:
        settled: the user has chosen the satellite.
        names_wanted: the user wants to say what the columns are.
    """

    settled = Signal()
    names_wanted = Signal()

    def __init__(self, satellite: QComboBox, parent: QWidget | None = None) -> None:
        """`satellite`: a choice in this box resolves the doubt."""
        super().__init__(parent)
        self._asked = False
        self.words = PlainLabel("", "warning", selectable=True, parent=self)
        self.names = QPushButton(tr("Names and labels…"), self)
        self.names.clicked.connect(self.names_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.words)
        layout.addWidget(self.names)
        satellite.activated.connect(self._settle)
        self.hide()

    @property
    def why_not(self) -> str:
        """The question that must be answered before work can continue."""
        return tr("Choose the satellite of this catalog first.") if self._asked else ""

    def ask(self, sentence: str, unknown: bool) -> None:
        """Show a sentence, if there is one; if the satellite is `unknown`, the user has to choose one."""
        self._asked = unknown
        self.words.setText(sentence)
        self.setVisible(bool(sentence))

    @Slot()
    def _settle(self) -> None:
        if self._asked:
            self._asked = False
            self.settled.emit()

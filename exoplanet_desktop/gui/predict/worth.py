"""The line above a prediction that shows the cost of absent columns, and offers a model without them."""

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QToolButton, QVBoxLayout, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.predict.words import worth_sentence
from exoplanet_desktop.gui.widgets.flow import FlowLayout
from exoplanet_desktop.gui.widgets.labels import PlainLabel, tip
from exoplanet_desktop.wire.payloads import Worth


class WorthLine(QFrame):
    """Signals:
    training_wanted: names (tuple) of the columns to leave out of the training that the user asked for.
    """

    training_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._absent: tuple[str, ...] = ()
        self.sentence = PlainLabel("", "heading", selectable=True, parent=self)
        self.sentence.setProperty("warning", True)
        self.columns = QToolButton(self)
        self.columns.setText(tr("Which columns"))
        self.columns.setCheckable(True)
        self.columns.setProperty("folds", True)
        self.columns.setAutoRaise(True)
        self.columns.setArrowType(Qt.ArrowType.RightArrow)
        self.columns.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.columns.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button = QPushButton(tr("Train on this file's columns"), self)
        self.button.setToolTip(
            tr("Trains the same kind of model again, on the same catalog, without these columns, and predicts with it")
        )
        self.names = PlainLabel("", "muted", selectable=True, parent=self)
        line = QWidget(self)
        flow = FlowLayout(line, spacing=8)
        flow.addWidget(self.columns)
        flow.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(4)
        for widget in (self.sentence, line, self.names):
            layout.addWidget(widget)
        self.columns.toggled.connect(self._show_names)
        self.button.clicked.connect(lambda: self.training_wanted.emit(self._absent))
        self.hide()

    def show_worth(self, worth: "Worth | None", there: Collection[str]) -> None:
        """Hide the line if little is lost. `there`: the columns of the file."""
        self.setVisible(worth is not None and worth.is_felt)
        if worth is None:
            return
        self._absent = tuple(worth.absent)
        self.sentence.setText(worth_sentence(worth, there))
        self.sentence.setToolTip(tip("\n".join(self._absent)))
        self.names.setText(", ".join(self._absent))
        self.columns.setChecked(False)
        self._show_names(False)

    def offer_training(self, can: bool) -> None:
        """Offer a training without these columns if the backend supports it."""
        self.button.setVisible(can)

    @Slot(bool)
    def _show_names(self, shown: bool) -> None:
        self.columns.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self.names.setVisible(shown)

"""The strip above a prediction: classes, agreement, what is uncertain, what deviates, and the way to save it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from exoplanet_desktop.gui.predict.request import UNCERTAIN_BELOW, Prediction
from exoplanet_desktop.gui.widgets.classbar import ClassBar
from exoplanet_desktop.wire.vocabulary import Model


class Summary(QFrame):
    """Shows one Prediction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.headline = QLabel(self)
        self.headline.setProperty("heading", True)
        self.agreement = QLabel(self)
        self.uncertain = QLabel(self)
        self.notes = QLabel(self)
        self.notes.setProperty("warning", True)
        self.notes.setWordWrap(True)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.classes = ClassBar(self)
        self.save_button = QPushButton("Save CSV…", self)
        line = QHBoxLayout()
        line.setSpacing(24)
        line.addWidget(self.headline)
        line.addWidget(self.agreement)
        line.addWidget(self.uncertain)
        line.addStretch(1)
        line.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self.notes)
        layout.addWidget(self.classes)

    def show_prediction(self, prediction: Prediction, name: str) -> None:
        reply = prediction.reply
        model = _title(reply.model_type)
        self.headline.setText(f"{reply.total_predicted:,} rows of {name} predicted with {model}")
        if prediction.known:
            share = prediction.matches / prediction.known
            self.agreement.setText(
                f"{prediction.matches:,} of {prediction.known:,} known dispositions agree ({share:.1%})"
            )
        else:
            self.agreement.setText("No disposition is known to compare with")
        self.uncertain.setText(
            "" if prediction.uncertain is None else f"{prediction.uncertain:,} uncertain (below {UNCERTAIN_BELOW:.2f})"
        )
        self.notes.setText("\n".join(f"⚠ {note}" for note in prediction.notes))
        self.notes.setVisible(bool(prediction.notes))
        self.classes.show_counts(prediction.counts)


def _title(model: str | None) -> str:
    """A model's name for a reader; as the backend writes it where it is none of the contract's."""
    if not model:
        return "a model that the backend does not name"
    try:
        return Model(model).display_name
    except ValueError:
        return model

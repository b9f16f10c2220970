"""The strip above a prediction: classes, agreement, what is uncertain, what deviates, and the way to save it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from exoplanet_desktop.gui.predict.request import UNCERTAIN_BELOW, Prediction
from exoplanet_desktop.gui.widgets.classbar import ClassBar
from exoplanet_desktop.gui.widgets.words import Words
from exoplanet_desktop.wire.vocabulary import Model


class Summary(QFrame):
    """Shows one Prediction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.headline = Words("", "heading")
        self.agreement = Words()
        self.notes = Words("", "warning", selectable=True)
        self.classes = ClassBar(self)
        self.save_button = QPushButton("Save CSV…", self)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.headline)
        words.addWidget(self.agreement)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addLayout(words, 1)
        line.addWidget(self.save_button, 0, Qt.AlignmentFlag.AlignTop)
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
        facts = [_agreement(prediction)]
        if prediction.uncertain is not None:
            facts.append(f"{prediction.uncertain:,} uncertain (highest probability below {UNCERTAIN_BELOW:.2f})")
        self.agreement.setText("  ·  ".join(facts))
        self.notes.setText("\n".join(f"⚠ {note}" for note in prediction.notes))
        self.notes.setVisible(bool(prediction.notes))
        self.classes.show_counts(prediction.counts)


def _agreement(prediction: Prediction) -> str:
    if not prediction.known:
        return "No disposition is known to compare with"
    share = prediction.matches / prediction.known
    return f"{prediction.matches:,} of {prediction.known:,} known dispositions agree ({share:.1%})"


def _title(model: str | None) -> str:
    """A model's name for a reader; as the backend writes it where it is none of the contract's."""
    if not model:
        return "a model that the backend does not name"
    try:
        return Model(model).display_name
    except ValueError:
        return model

"""The options of a training as a form, shared by the tabs."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QComboBox, QGridLayout, QLabel, QWidget

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.gui.base.rows_used import RowsUsed
from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.fields import FoldingFields
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.options import balance_title, chosen, feature_choice, satellite_combo
from exoplanet_desktop.gui.widgets.row import in_order
from exoplanet_desktop.wire.vocabulary import Balance, Features, Model, ModelLabels, Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import MergedFile, MergeReply
    from exoplanet_desktop.wire.reading_options import ReadingOptions


class TrainingOptions(QWidget):
    """Satellite, model, features and class balance of a training, stacked or side by side (`slim`).

    Signals:
        changed: the options have changed.
    """

    changed = Signal()

    def __init__(self, slim: bool = False, satellite: bool = True, parent: QWidget | None = None) -> None:
        """`satellite`: whether to include this choice."""
        super().__init__(parent)
        self.satellite = satellite_combo(short=slim)
        self.model = combo(tr("Model"), [(model.display_name, model) for model in Model])
        self.features = combo(tr("Features"), [(feature_choice(features), features) for features in Features])
        self.balance = combo(tr("Class balance"), [(balance_title(value), value) for value in Balance])
        self.balance.setToolTip(
            tr("How rows are weighted in training: all equally, or so that each class counts the same")
        )
        self.sentinel = QCheckBox(tr("Also score &without them"), self)
        self.sentinel.setChecked(True)
        self.sentinel.setToolTip(
            tr("Evaluates a second time without the columns of the human verdict, to show how much they contribute")
        )
        self.labels_note = PlainLabel("", "warning", parent=self)
        self.use_model_labels = QCheckBox(tr("A&lso train on them"), self)
        self.use_model_labels.setToolTip(
            tr("Mistakes in these labels are learnt again, and count as correct in the score")
        )
        self.hint = PlainLabel("", "muted", parent=self)
        self.features.currentIndexChanged.connect(self._explain)
        self._rows: dict[QComboBox, QLabel] = {}
        self._verdict = SATELLITES[chosen(self.satellite, Satellite)].verdict
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        fields = {
            tr("Satell&ite"): self.satellite,
            tr("M&odel"): self.model,
            tr("Feat&ures"): self.features,
            tr("Wei&ghts"): self.balance,
        }
        for place, (text, box) in enumerate(fields.items()):
            label = QLabel(text, self)
            label.setBuddy(box)
            self._rows[box] = label
            if not slim:
                row = place + 2 * (place > 2)
                grid.addWidget(label, row, 0)
                grid.addWidget(box, row, 1)
        self._fields = FoldingFields([(label, box) for box, label in self._rows.items()]) if slim else None
        if self._fields is not None:
            # The line below the features explains them; in the side-by-side layout their tooltip does.
            grid.addWidget(self._fields, 0, 0, 1, 2)
            self.hint.hide()
            self.sentinel.hide()
        else:
            grid.addWidget(self.hint, 3, 1)
            grid.addWidget(self.sentinel, 4, 1)
        grid.setColumnStretch(1, 1)
        labels = QBoxLayout(QBoxLayout.Direction.LeftToRight if slim else QBoxLayout.Direction.TopToBottom)
        labels.addWidget(self.labels_note, 1)
        labels.addWidget(self.use_model_labels)
        grid.addLayout(labels, 6, 0, 1, grid.columnCount())
        self.tell_model_labels(0)
        for box in self._rows:
            box.currentIndexChanged.connect(self.changed)
        for check in (self.sentinel, self.use_model_labels):
            check.toggled.connect(self.changed)
        self._show(self.satellite, satellite)
        self._slim, self._grid = slim, grid
        in_order(self.satellite, self.model, self.features, self.sentinel, self.balance)
        self._explain()

    def add_row(self, text: str, field: QWidget) -> None:
        """Add a field below the others."""
        label = QLabel(text, self)
        label.setBuddy(field)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field, row, 1)

    def offer_extensions(self, has: Callable[[str], bool], satellite: Satellite | None = None) -> None:
        """Show only what the backend in use understands (`has`); others would ignore it in silence.

        The feature sets are offered only for a catalog with verdict columns, which are all they differ in; `satellite`
        is needed only if it is not chosen here.
        """
        self._verdict = SATELLITES[satellite or chosen(self.satellite, Satellite)].verdict
        offered = has("features") and bool(self._verdict)
        self._show(self.features, offered)
        self.hint.setVisible(offered and not self._slim)
        self._show(self.balance, has("balance"))
        self._explain()
        if self._fields is not None:
            self._fields.fold()

    def tell_model_labels(self, rows: int) -> None:
        """Show how many of the catalog's rows have labels made by a model, and ask whether to use them."""
        one = tr("row has a label made by a model and is left out.")
        many = tr("rows have labels made by a model and are left out.")
        self.labels_note.setText(counted(rows, one, many))
        for widget in (self.labels_note, self.use_model_labels):
            widget.setVisible(rows > 0)
        self.use_model_labels.setChecked(False)

    def request(
        self,
        satellite: Satellite | None = None,
        paths: Sequence[Path] = (),
        merged: "MergedFile | MergeReply | None" = None,
        readings: "Sequence[ReadingOptions | None]" = (),
        rows: RowsUsed | None = None,
    ) -> TrainTask:
        """The training that the options describe, on local files or on a merged file of the backend."""
        return TrainTask(
            satellite=satellite or chosen(self.satellite, Satellite),
            model=chosen(self.model, Model),
            features=None if self.features.isHidden() else chosen(self.features, Features),
            balance=None if self.balance.isHidden() else chosen(self.balance, Balance),
            sentinel=None if self.sentinel.isHidden() else self.sentinel.isChecked(),
            model_labels=ModelLabels.USE if self.use_model_labels.isChecked() else ModelLabels.LEAVE_OUT,
            paths=tuple(paths),
            merged=merged,
            readings=tuple(readings),
            rows=rows,
        )

    def _show(self, box: QComboBox, shown: bool) -> None:
        box.setVisible(shown)
        self._rows[box].setVisible(shown)

    def _explain(self) -> None:
        features = chosen(self.features, Features)
        self.sentinel.setVisible(features is Features.VETTED and not self._slim and not self.features.isHidden())
        hint = _hint(features, self._verdict)
        self.hint.setText(hint)
        self.features.setToolTip(hint)


def _hint(features: Features, verdict: Sequence[str]) -> str:
    """What a feature set means for what the score says; `verdict`: the catalog's verdict columns."""
    columns = counted(len(verdict), tr("column"), tr("columns"))
    example = verdict[0] if verdict else ""
    if features is Features.VETTED:
        return tr(
            "Also learns from {columns} of the archive's verdict, such as {example}.", columns=columns, example=example
        )
    return tr("Leaves out {columns} of the archive's verdict, such as {example}.", columns=columns, example=example)

"""What to merge, and how: the catalogs in their order, the rule for duplicates, the name."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QPushButton, QWidget

from exoplanet_desktop.client.jobs.merges import MergeTask
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.merge.words import RULES
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.labels import tip
from exoplanet_desktop.gui.widgets.options import chosen
from exoplanet_desktop.gui.widgets.picker import CatalogPicker
from exoplanet_desktop.gui.widgets.row import in_order, inside
from exoplanet_desktop.wire.vocabulary import Duplicates


class MergeForm(QWidget):
    """Signals:
    changed: the description of the merge changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picker = CatalogPicker(tr("&Catalogs (rows are kept in this order)"), many=True, ordered=True)
        self.rule = combo(tr("Duplicates"), [(tr(short), rule) for rule, (short, _) in RULES.items()])
        for place, (_, whole) in enumerate(RULES.values()):
            self.rule.setItemData(place, tip(tr(whole)), Qt.ItemDataRole.ToolTipRole)
        self.identifier = combo(tr("Objects by"), [])
        self.identifier.setToolTip(tr("The column with the object identifier"))
        self._identifier_label = QLabel(tr("Ob&jects by"), self)
        self._identifier_label.setBuddy(self.identifier)
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("from the catalogs' names"))
        self.name.setAccessibleName(tr("Name of the merged file"))
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.reading_button = QPushButton(tr("Read as…"), self)
        self.reading_button.setToolTip(tr("How the selected catalog is read: delimiter, encoding, header"))
        layout.addRow(self.picker)
        layout.addRow(self.reading_button)
        layout.addRow(tr("&Duplicates"), self.rule)
        layout.addRow(self._identifier_label, self.identifier)
        layout.addRow(tr("&Name"), self.name)
        in_order(*inside(self.picker), self.reading_button, self.rule, self.identifier, self.name)
        self.offer_identifiers(())
        self.picker.changed.connect(self.changed)
        self.picker.changed.connect(self._offer_reading)
        self._offer_reading()
        self.rule.currentIndexChanged.connect(self._show_identifier)
        self.rule.currentIndexChanged.connect(self.changed)
        self.identifier.currentIndexChanged.connect(self.changed)
        self._show_identifier()

    def request(self) -> "MergeTask | None":
        """The merge requested; None with fewer than two catalogs."""

        paths = tuple(self.picker.paths)
        if len(paths) < 2:
            return None
        rule = chosen(self.rule, Duplicates)
        identifier = self.identifier.currentData() if rule.by_identifier else None
        name = self.name.text().strip() or None
        return MergeTask(paths, rule=rule, identifier=identifier or None, output_name=name)

    def add(self, paths: Sequence[Path]) -> None:
        """Several catalogs replace the current ones; a single one is added."""
        if len(paths) > 1:
            self.picker.set_paths(paths)
        else:
            self.picker.add_paths(paths)

    def offer_identifiers(self, columns: Sequence[str]) -> None:
        """The columns that all catalogs have: one of them may identify the object if the satellite's own does not."""
        before = self.identifier.currentData()
        self.identifier.blockSignals(True)
        self.identifier.clear()
        self.identifier.addItem(tr("the satellite's identifier"), "")
        for column in columns:
            self.identifier.addItem(column, column)
        self.identifier.setCurrentIndex(max(0, self.identifier.findData(before)))
        self.identifier.blockSignals(False)

    @Slot()
    def _offer_reading(self) -> None:
        self.reading_button.setEnabled(bool(self.picker.paths))

    @Slot()
    def _show_identifier(self) -> None:
        rule = chosen(self.rule, Duplicates)
        by_identifier = rule.by_identifier
        self.rule.setToolTip(tip(tr(RULES[rule][1])))
        for widget in (self._identifier_label, self.identifier):
            widget.setVisible(by_identifier)

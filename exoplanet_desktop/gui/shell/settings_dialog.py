"""The user's settings."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QDate, QLocale, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from exoplanet_desktop.gui.base.preferences import Preferences
from exoplanet_desktop.gui.base.settings import NUMBER_FORMATS, POLL_MS, TABLE_MEMORY_MB, TEXT_PERCENT, Scheme, Settings
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.column import scrolled
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.options import choose
from exoplanet_desktop.gui.widgets.row import in_order


class SettingsDialog(QDialog):
    """Signals:
    backends_wanted: the user wants to see the backends.
    """

    backends_wanted = Signal()

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.setWindowTitle(tr("Settings"))
        self.setModal(True)
        self.theme = combo(tr("Colours"), _schemes())
        self.numbers = combo(tr("Numbers and dates"), [(_example(name), name) for name in NUMBER_FORMATS])
        self.text_percent = _spin(tr("Text size"), TEXT_PERCENT, 25, " %")
        self.restore = QCheckBox(tr("Re&open files from the last session"), self)
        self.poll_ms = _spin(tr("Check running jobs every"), POLL_MS, 100, " ms")
        self.table_memory_mb = _spin(tr("Memory for reading a table"), TABLE_MEMORY_MB, 128, " MB")
        self.save_folder = QLineEdit(self)
        self.save_folder.setAccessibleName(tr("Folder for results"))
        self.save_folder.setPlaceholderText(tr("the last folder used"))
        self.choose_folder = QPushButton(tr("&Choose…"), self)
        self.choose_folder.setAccessibleName(tr("Choose the folder for results"))
        self.choose_folder.clicked.connect(self._ask_folder)
        self.backends = QPushButton(tr("&Backends…"), self)
        self.backends.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.backends.clicked.connect(self.backends_wanted)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel | kinds.RestoreDefaults, self)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(kinds.RestoreDefaults).clicked.connect(lambda: self.show_settings(Settings()))
        self._lay_out()
        self._shown = preferences.now
        self.show_settings(preferences.now)
        preferences.changed.connect(self._follow)

    def show_settings(self, settings: Settings) -> None:
        """Fill the form; the settings apply only after OK."""
        choose(self.theme, settings.theme)
        choose(self.numbers, settings.numbers)
        self.text_percent.setValue(settings.text_percent)
        self.restore.setChecked(settings.restore)
        self.poll_ms.setValue(settings.poll_ms)
        self.table_memory_mb.setValue(settings.table_memory_mb)
        self.save_folder.setText(settings.save_folder)

    def values(self) -> dict[str, Any]:
        """The form's values, by the names of the settings."""
        return {
            "theme": str(self.theme.currentData()),
            "numbers": str(self.numbers.currentData()),
            "text_percent": self.text_percent.value(),
            "restore": self.restore.isChecked(),
            "poll_ms": self.poll_ms.value(),
            "table_memory_mb": self.table_memory_mb.value(),
            "save_folder": self.save_folder.text().strip(),
        }

    @Slot()
    def _follow(self) -> None:
        """Show settings that were changed elsewhere, unless the user has changed them here as well."""
        mine = {name: value for name, value in self.values().items() if value != getattr(self._shown, name)}
        self._shown = self._preferences.now
        self.show_settings(replace(self._shown, **mine))

    @Slot()
    def accept(self) -> None:
        self._preferences.change(**self.values())
        super().accept()

    @Slot()
    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, tr("Folder for results"), self.save_folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.save_folder.setText)
        dialog.open()

    def _lay_out(self) -> None:
        folder = QWidget(self)
        row = QHBoxLayout(folder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.save_folder, 1)
        row.addWidget(self.choose_folder)
        folder.setFocusProxy(self.save_folder)
        page = QWidget(self)
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(tr("Co&lours"), self.theme)
        form.addRow(tr("&Numbers and dates"), self.numbers)
        form.addRow(tr("Text &size"), self.text_percent)
        form.addRow(self.restore)
        form.addRow(tr("&Folder for results"), folder)
        form.addRow(tr("Check running &jobs every"), self.poll_ms)
        form.addRow(tr("&Memory for reading a table"), self.table_memory_mb)
        form.addRow(PlainLabel(tr("More memory speeds up reading long tables; showing them takes little."), "muted"))
        form.addRow(tr("Back&end"), self.backends)
        in_order(
            *(self.theme, self.numbers, self.text_percent, self.restore, self.save_folder, self.choose_folder),
            *(self.poll_ms, self.table_memory_mb, self.backends),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(scrolled(page), 1)
        layout.addWidget(self.buttons)
        kinds = QDialogButtonBox.StandardButton
        in_order(self.backends, *map(self.buttons.button, (kinds.RestoreDefaults, kinds.Ok, kinds.Cancel)))
        self.theme.setFocus()


def _schemes() -> Sequence[tuple[str, str]]:
    return [
        (tr("Follow the system"), Scheme.SYSTEM),
        (tr("Light"), Scheme.LIGHT),
        (tr("Dark"), Scheme.DARK),
    ]


def _example(name: str) -> str:
    """How numbers and dates look in a locale."""
    if not name:
        return tr("Follow the system")
    locale = QLocale(name)
    date = locale.toString(QDate(2026, 12, 31), QLocale.FormatType.ShortFormat)
    country = QLocale.territoryToString(locale.territory())
    return f"{locale.toString(1234567.5, 'f', 1)}  ·  {date}  ·  {country}"


def _spin(name: str, bounds: tuple[int, int], step: int, unit: str) -> QSpinBox:
    box = QSpinBox()
    box.setAccessibleName(name)
    box.setRange(*bounds)
    box.setSingleStep(step)
    box.setSuffix(unit)
    box.setGroupSeparatorShown(True)
    return box

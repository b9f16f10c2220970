"""The list of backends in the dialog: saved ones and new, unsaved ones."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from exoplanet_desktop.client.profiles.profiles import Profile
from exoplanet_desktop.gui.backends.session import EMBEDDED
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.labels import tip

ROLE = Qt.ItemDataRole.UserRole
ROW_PADDING_PX = 12


class ProfileList(QListWidget):
    """Two lines per backend: its name, and its address or state."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Backends"))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)

    @property
    def shown(self) -> "Profile | None":
        """The selected profile, as last saved."""
        item = self.currentItem()
        return item.data(ROLE)[0] if item else None

    @property
    def is_new(self) -> bool:
        """Whether the selected profile has never been saved."""
        item = self.currentItem()
        return bool(item and item.data(ROLE)[1])

    def append(self, profile: "Profile", in_use: str, *, new: bool) -> QListWidgetItem:
        """A row for a profile; `in_use` is the name of the one in use, empty for the embedded engine."""
        item = QListWidgetItem()
        item.setSizeHint(QSize(0, 2 * self.fontMetrics().lineSpacing() + ROW_PADDING_PX))
        self.addItem(item)
        dress(item, profile, in_use, new=new)
        return item

    def row_of(self, name: str) -> QListWidgetItem | None:
        """The row with a name; the embedded engine's if the name is empty."""
        rows = (self.item(row) for row in range(self.count()))
        return next((item for item in rows if item.data(ROLE)[0].name == (name or EMBEDDED)), None)

    def go_quietly(self, item: QListWidgetItem) -> None:
        """Select a row without emitting signals."""
        self.blockSignals(True)
        self.setCurrentItem(item)
        self.blockSignals(False)

    def free_name(self, name: str) -> str:
        """A name based on another one that no row has yet."""
        taken = {self.item(row).data(ROLE)[0].name for row in range(self.count())}
        number, found = 1, name
        while found in taken:
            number += 1
            found = f"{name} {number}"
        return found


def dress(item: QListWidgetItem, profile: "Profile", in_use: str, *, new: bool) -> None:
    """Update a row to show a profile as it is now."""
    used = not new and profile.name == (in_use or EMBEDDED)
    item.setData(ROLE, (profile, new))
    state = tr("in use") if used else tr("not saved yet") if new else profile.address or tr("on this machine")
    item.setText(f"{'●' if used else '○'} {profile.name}\n    {state}")
    item.setToolTip(tip(profile.address))

"""The menu of recent files; missing ones are marked."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.shell.open_files import OpenFiles


class RecentMenu(QMenu):
    """Signals:
    chosen: the Path to open.
    """

    chosen = Signal(object)

    def __init__(self, files: OpenFiles, parent: QWidget | None = None) -> None:
        super().__init__(tr("Open &recent"), parent)
        self._files = files
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._look)
        files.recent_known.connect(self._fill)
        self._fill([])

    @Slot()
    def _look(self) -> None:
        """Show the files at once, and mark the missing ones as soon as they are known."""
        self._fill([(path, True) for path in self._files.recent])
        self._files.look_up_recent()

    @Slot(object)
    def _fill(self, files: Sequence[tuple[Path, bool]]) -> None:
        self.clear()
        for number, (path, is_there) in enumerate(files, start=1):
            name = f"&{number} " if number < 10 else ""
            # An ampersand in a name is not a mnemonic.
            name += path.name.replace("&", "&&")
            action = self.addAction(name if is_there else tr("{name}  (missing)", name=name))
            action.setToolTip(str(path))
            action.setEnabled(is_there)
            action.triggered.connect(lambda _=False, path=path: self.chosen.emit(path))
        if not files:
            self.addAction(tr("No recent files")).setEnabled(False)
            return
        self.addSeparator()
        self.addAction(tr("&Clear this list")).triggered.connect(self._files.forget_recent)

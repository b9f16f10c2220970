"""The actions on runs in the list: each a QAction with a label, and a shortcut if a handy key is free."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.run_views.rows import Row
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.wire.vocabulary import RunKind

Keys = str | QKeySequence.StandardKey | Qt.Key | None


class Actions:
    """The actions, as attributes. They belong to `owner`, so their shortcuts work in its children."""

    def __init__(self, owner: QWidget) -> None:
        self._owner = owner
        self.open = self._make(tr("&Open"))
        self.unfold = self._make(tr("Show its &runs"), "Ctrl+Right")
        self.predict = self._make(tr("&Use in Predict"), "Ctrl+U")
        self.compare = self._make(tr("&Compare side by side"), "Ctrl+K")
        self.cancel = self._make(tr("Ca&ncel"))
        self.star = self._make(tr("&Star"), "Ctrl+D")
        self.rename = self._make(tr("Re&name"), "F2")
        self.command = self._make(tr("Copy as c&ommand"), "Ctrl+Shift+C")
        self.python = self._make(tr("Copy as &Python"), "Ctrl+Shift+Y")
        self.report = self._make(tr("Repor&t…"))
        self.export = self._make(tr("&Export…"))
        self.import_ = self._make(tr("&Import a run…"))
        self.delete = self._make(tr("&Delete"), QKeySequence.StandardKey.Delete)
        self.undo = self._make(tr("Undo the last deletion"), QKeySequence.StandardKey.Undo)
        self.bin = self._make(tr("Show the &bin…"))

    def update_enabled(self, rows: Sequence[Row], undo: bool) -> None:
        """Enable the actions that the selected rows allow."""
        one = rows[0] if len(rows) == 1 else None
        trained = [row for row in rows if row.entry.kind == RunKind.TRAIN and row.state is RunState.SUCCEEDED]
        self.open.setEnabled(one is not None)
        self.unfold.setEnabled(one is not None and one.is_group)
        self.predict.setEnabled(one is not None and len(trained) == 1)
        self.compare.setEnabled(len(rows) > 1 and len(trained) == len(rows))
        self.cancel.setEnabled(any(row.is_live for row in rows))
        self.star.setEnabled(bool(rows) and all(row.entry.run_id for row in rows))
        self.star.setText(tr("Remove the &star") if rows and all(r.entry.starred for r in rows) else tr("&Star"))
        self.rename.setEnabled(one is not None and bool(one.entry.run_id))
        for action in (self.command, self.python):
            action.setEnabled(one is not None and bool(one.entry.run_id) and not one.is_group)
        whole = one is not None and bool(one.entry.run_id) and not one.is_live and not one.is_group
        self.export.setEnabled(whole)  # a group consists of its parts, which are exported one by one
        self.report.setEnabled(whole and len(trained) == 1)
        self.delete.setEnabled(bool(rows) and not any(row.is_live for row in rows))
        self.undo.setEnabled(undo)

    def menu(self, rows: Sequence[Row]) -> QMenu:
        """The context menu for the selected rows."""
        menu = QMenu(self._owner)
        groups: tuple[tuple[QAction, ...], ...] = (
            (self.open, self.unfold, self.predict, self.compare, self.cancel),
            (self.star, self.rename),
            (self.command, self.python),
            (self.report, self.export, self.import_),
            (self.delete, self.undo, self.bin),
        )
        if not rows:
            groups = ((self.import_,), (self.undo, self.bin))
        for actions in groups:
            for action in actions:
                if action not in (self.unfold, self.cancel) or action.isEnabled():
                    menu.addAction(action)
            menu.addSeparator()
        return menu

    def _make(self, text: str, keys: Keys = None) -> QAction:
        action = QAction(text, self._owner)
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setShortcutVisibleInContextMenu(True)
        self._owner.addAction(action)
        return action


def connect(action: QAction, slot: Callable[[], object]) -> None:
    """Connect a slot without the `checked` argument of `triggered`."""
    action.triggered.connect(lambda: slot())

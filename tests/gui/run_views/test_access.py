"""The room's windows by keyboard and screen reader: every control has a name, is reachable, and shares no mnemonic."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.run_views.bin import BinDialog
from exoplanet_desktop.gui.run_views.columns import Column
from exoplanet_desktop.gui.run_views.compare_dialog import CompareDialog
from tests.gui import walk

SOON_MS = 5_000
CHECKS = (walk.nameless, walk.unreachable, walk.traps, walk.backwards, walk.clashes)


def opened(dock: Any, which: str, qtbot: QtBot) -> QDialog:
    if which == "compare":
        dock.view.in_front.selectAll()
        dock.actions_of_runs.compare.trigger()
        qtbot.waitUntil(lambda: bool(dock.view.findChildren(CompareDialog)), timeout=SOON_MS)
        return dock.view.findChildren(CompareDialog)[0]
    if which == "bin":
        dock.commands.show_bin()
        return dock.view.findChildren(BinDialog)[0]
    dock.opener._show_ranking("0" * 32, "KOI · all models", None)
    (dialog,) = dock.opener.rankings.values()
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 6, timeout=SOON_MS)
    return dialog


@pytest.mark.parametrize("which", ["compare", "bin", "ranking"])
def test_a_dialog_is_used_by_keyboard_and_by_ear(dock: Any, filled: Any, qtbot: QtBot, which: str) -> None:
    for title in ("a", "b"):
        filled.run(title)
    filled.record.delete(filled.run("gone"))
    dialog = opened(dock(), which, qtbot)
    dialog.show()
    qtbot.waitExposed(dialog)
    assert {check.__name__: check(dialog) for check in CHECKS} == {check.__name__: [] for check in CHECKS}
    dialog.close()


def test_the_dock_is_too(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run("a")
    dock = dock()
    window = dock.window()
    qtbot.waitUntil(lambda: dock.view.list.isVisible(), timeout=SOON_MS)
    own = [control for control in walk.controls(window) if dock.isAncestorOf(control)]
    assert dock.search in own
    assert [walk.described(control) for control in own if not walk.name_of(control)] == []
    assert [told for told in walk.unreachable(window) if "Runs" in told] == []
    assert walk.clashes(window) == []
    spoken = dock.model.index(0, Column.NAME).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("a, done, 0.931 ± 0.004")

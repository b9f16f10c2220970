"""Runs side by side, as a user sees them."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.run_views.compare_dialog import CompareDialog

SOON_MS = 5_000
EVALUATION = {
    "protocol": "p", "folds": 5, "holdout": 0.2, "groups": "kepid", "group_count": 90, "seed": 42, "rows_used": 100,
}  # fmt: skip


def scored(folds: list[float], digest: str = "abc", **more: Any) -> dict[str, Any]:
    return {
        "accuracy": folds[0],
        "cv_mean": sum(folds) / len(folds),
        "cv_std": 0.004,
        "data_digest": digest,
        "evaluation": {**EVALUATION, "fold_accuracy": folds},
        **more,
    }


def compared(dock: Any, qtbot: QtBot) -> CompareDialog:
    dock.view.in_front.selectAll()
    qtbot.mouseClick(dock.compare_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(dock.findChildren(CompareDialog)), timeout=SOON_MS)
    (dialog,) = dock.findChildren(CompareDialog)
    return dialog


def shown(dialog: CompareDialog) -> dict[str, list[str]]:
    table = dialog.table
    return {
        table.item(row, 0).text(): [table.item(row, column).text() for column in range(1, table.columnCount())]
        for row in range(table.rowCount())
    }


def test_what_differs_is_shown_and_judged(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run(
        "forest", scored([0.90, 0.904, 0.896, 0.90, 0.90], brier=0.2, intervals={"brier": [0.1, 0.3]}), model="rf"
    )
    filled.run("boosted", scored([0.94, 0.945, 0.935, 0.94, 0.94], brier=0.1, intervals={"brier": [0.0, 0.2]}))
    dialog = compared(dock(), qtbot)
    lines = shown(dialog)
    assert lines["Model"] == ["XGBoost", "Random forest"]
    assert "Satellite" not in lines
    assert lines["Accuracy over the folds"][0] == "0.940 ± 0.004"
    assert lines["Accuracy over the folds"][1].startswith("0.900 ± 0.004\n−0.040 (−0.04")
    assert lines["Accuracy over the folds"][1].endswith("▼ worse")
    assert lines["Brier score (smaller is better)"][1].endswith("+0.100 (−0.041 to +0.241) ≈ within noise")
    assert "Nadeau & Bengio 2003" in dialog.methods.text()
    assert dialog.reasons.isHidden()

    dialog.base.setCurrentIndex(1)
    assert shown(dialog)["Accuracy over the folds"][0].endswith("▲ better")
    dialog.same.setChecked(True)
    assert shown(dialog)["Satellite"] == ["KOI", "KOI"]
    qtbot.keyClick(dialog.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text().splitlines()[0] == "\tboosted\tforest"
    dialog.close()


def test_verdicts_take_the_colours_of_another_scheme(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run("forest", scored([0.90, 0.904, 0.896, 0.90, 0.90]), model="rf")
    filled.run("boosted", scored([0.94, 0.945, 0.935, 0.94, 0.94]))
    dialog = compared(dock(), qtbot)

    def colours() -> set[str]:
        cells = [dialog.table.item(row, column) for row in range(dialog.table.rowCount()) for column in (1, 2)]
        return {cell.foreground().color().name() for cell in cells if "▼" in cell.text()}

    try:
        for scheme, tokens in ((Qt.ColorScheme.Light, theme.LIGHT), (Qt.ColorScheme.Dark, theme.DARK)):
            theme.theme().choose(scheme)
            assert colours() == {QColor(tokens.candidate).name()}
    finally:
        theme.theme().choose(Qt.ColorScheme.Unknown)
    dialog.close()


def test_runs_of_other_data_are_not_compared(dock: Any, filled: Any, qtbot: QtBot) -> None:
    filled.run("one", scored([0.9] * 5))
    filled.run("two", scored([0.8] * 5, digest="other"))
    filled.run("three", {"accuracy": 0.7, "cv_mean": 0.7})
    dialog = compared(dock(), qtbot)
    said = dialog.reasons.text()
    assert "“three” and" not in said  # it is the base
    assert "Whether “one” and “three” were trained on the same data is unknown" in said
    dialog.base.setCurrentIndex(1)
    assert "“one” and “two” were trained on different data" in dialog.reasons.text()
    assert shown(dialog)["Accuracy over the folds"] == [
        "0.700\n−0.100 ? cannot be judged",
        "0.800 ± 0.004",
        "0.900 ± 0.004",
    ]
    assert dialog.methods.isHidden()
    dialog.close()

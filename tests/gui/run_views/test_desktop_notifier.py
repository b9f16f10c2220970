"""A user who is elsewhere is notified of finished work; one who is watching is not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.run_views.desktop_notifier import DesktopNotifier, Messages
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.record.entry import RunEntry


def test_the_end_of_a_training_and_of_a_prediction_is_told(
    live: MainWindow, sample: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    told: list[tuple[str, str]] = []
    away = [True]

    def message(title: str, text: str, window: QWidget) -> None:
        assert window is live
        told.append((title, text))

    notifier = DesktopNotifier(live.services.runs, lambda: live, lambda _: away[0], message)
    path = sample(rows=300)
    live.tabs.setCurrentWidget(live.predict)
    live.predict.training_picker.set_paths([path])
    with qtbot.waitSignal(live.predict.view.opened, timeout=20_000):
        live.predict.open_files([path])
    with qtbot.waitSignal(live.predict.predicted, timeout=90_000):
        live.predict.go.button.click()
    qtbot.waitUntil(lambda: len(told) == 2, timeout=10_000)
    (training, scored), (prediction, done) = told
    assert training == "KOI · XGBoost"
    assert scored.startswith("done, 0.")
    assert prediction.startswith("Predict · KOI")
    assert done == "done"

    away[0] = False
    qtbot.waitUntil(lambda: not live.predict.is_busy, timeout=10_000)
    live.predict.training_picker.set_paths([])
    live.predict.models.refresh()
    qtbot.waitUntil(live.predict.go.button.isEnabled, timeout=10_000)
    with qtbot.waitSignal(live.predict.predicted, timeout=90_000):
        live.predict.go.button.click()
    qtbot.waitUntil(lambda: not live.predict.is_busy, timeout=10_000)
    assert len(told) == 2
    notifier.deleteLater()


def test_an_end_is_told_once_and_without_markup(window: MainWindow) -> None:
    told: list[tuple[str, str]] = []
    notifier = DesktopNotifier(
        window.services.runs, lambda: window, lambda _: True, lambda title, text, _: told.append((title, text))
    )
    entry = RunEntry(
        "a" * 32, "predict", "Predict · <b>mine</b>", "FAILED", False, "Lab", "http://lab:8001", None,
        "2026-11-24T08:00:00+00:00", "", None, '<img src="http://elsewhere/x.png"> failed', None, False,
    )  # fmt: skip
    for again in (entry, replace(entry, starred=True)):
        window.services.runs.recorded.emit(again)
    assert told == [("Predict · ‹b›mine‹/b›", '‹img src="http://elsewhere/x.png"› failed')]
    notifier.deleteLater()


def test_a_desktop_without_messages_is_no_trouble(window: MainWindow) -> None:
    Messages(window).show("KOI · XGBoost", "done", window)

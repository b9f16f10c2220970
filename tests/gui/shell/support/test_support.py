"""Log, diagnostics, traces of a crash, and the licences."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.settings import Settings
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.shell.support import logs
from exoplanet_desktop.gui.shell.support.about import AboutDialog
from exoplanet_desktop.gui.shell.support.crash import Crash, CrashRecord
from exoplanet_desktop.gui.shell.support.crash_dialog import CrashDialog
from exoplanet_desktop.gui.shell.support.diagnostics import diagnostics, packages
from exoplanet_desktop.gui.shell.support.parts import parts

CRASH = """
import ctypes, pathlib, sys
from exoplanet_desktop.gui.shell.support.crash import CrashRecord
record = CrashRecord(pathlib.Path(sys.argv[1]))
record.begin()
def deep_in_the_program():
    ctypes.string_at(0)
deep_in_the_program()
"""


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "logs" / "exoplanet-desktop.log"
    file.parent.mkdir()
    handler = RotatingFileHandler(file)
    logger = logging.getLogger("exoplanet_desktop")
    logger.addHandler(handler)
    yield file
    logger.removeHandler(handler)
    handler.close()


def test_a_crash_is_told_at_the_next_start(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CRASH, str(tmp_path)], capture_output=True, timeout=60)
    assert done.returncode != 0

    crash = CrashRecord(tmp_path).take_last()

    assert crash is not None
    assert "deep_in_the_program" in crash.text
    assert CrashRecord(tmp_path).take_last() is None, "it is told once"
    assert (tmp_path / "crash-last.txt").exists(), "and kept"


def test_an_orderly_end_leaves_nothing(tmp_path: Path) -> None:
    record = CrashRecord(tmp_path)
    record.begin()
    record.note(ValueError("told to the user already"))
    record.end()

    assert list(tmp_path.iterdir()) == []
    assert record.take_last() is None


def test_an_uncaught_error_before_a_crash_is_in_it(tmp_path: Path) -> None:
    record = CrashRecord(tmp_path)
    record.begin()
    try:
        raise ValueError("the last thing that went wrong")
    except ValueError as error:
        record.note(error)

    crash = CrashRecord(tmp_path).take_last()
    record.end()

    assert crash is not None
    assert "the last thing that went wrong" in crash.text


def test_a_kill_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "crash.txt").write_text("")
    assert CrashRecord(tmp_path).take_last() is None


def test_the_dialog_copies_and_opens_the_folder(log_file: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    dialog = CrashDialog(Crash(datetime(2026, 5, 1, tzinfo=UTC), "Fatal Python error: <b>here</b>"))
    qtbot.addWidget(dialog)
    dialog.show()

    dialog.copy_button.click()
    dialog.folder_button.click()

    assert QGuiApplication.clipboard().text() == "Fatal Python error: <b>here</b>"
    assert [url.toLocalFile() for url in opened] == [str(log_file.parent)]


def test_without_a_log_it_is_said(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exoplanet_desktop.gui.shell.support.logs.log_file", lambda: None)
    window.assistance.open_log_folder()
    assert any("does not keep a log" in text for text in window.notices.failures())


def test_diagnostics_tell_versions_and_no_secrets(window: MainWindow, qtbot: QtBot) -> None:
    window.preferences.change(
        backend="http://ann:secret@lab:8001/",
        recent=("/home/ann/mine.csv",),
        files={"train.0": ("/home/ann/mine.csv",)},
    )
    QGuiApplication.clipboard().clear()
    window.commands.action("help.diagnostics").trigger()
    qtbot.waitUntil(lambda: bool(QGuiApplication.clipboard().text()), timeout=5_000)

    text = QGuiApplication.clipboard().text()
    for word in ("Qt 6", "PySide6-Essentials", "duckdb", "Screen", '"poll_ms": 300', "Embedded engine"):
        assert word in text
    for word in ("secret", "ann", "mine.csv"):
        assert word not in text


@pytest.mark.parametrize(("home", "told"), [("ann", "Log: ~/logs/exo"), ("bob", "Log: …/exo")])
def test_diagnostics_tell_where_the_log_is_and_not_whose(
    log_file: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, home: str, told: str
) -> None:
    monkeypatch.setattr(Path, "home", lambda: log_file.parents[1] if home == "ann" else Path("/home/bob"))
    text = diagnostics(Settings(), "Lab", {})
    assert told in text
    assert str(log_file.parents[1]) not in text


def test_settings_in_diagnostics_are_json(qtbot: QtBot) -> None:
    lines = diagnostics(Settings(theme="dark"), "none", packages()).splitlines()
    settings = json.loads(lines[-1].partition(": ")[2])
    assert settings["theme"] == "dark"


def test_every_part_has_a_licence() -> None:
    found = parts()
    names = {part.name.lower().replace("_", "-") for part in found}
    assert {"pyside6-essentials", "duckdb", "xgboost-cpu", "scikit-learn", "requests", "certifi"} <= names
    assert "pytest" not in names, "what only develops it is no part of it"
    assert all(part.version for part in found)
    assert not [part.name for part in found if not part.licence and not part.text]


def test_about_lists_them(window: MainWindow, qtbot: QtBot) -> None:
    window.commands.action("help.about").trigger()
    dialog = window.findChild(AboutDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() > 20, timeout=20_000)
    qtbot.waitUntil(lambda: bool(dialog.text.toPlainText()), timeout=5_000)


def test_the_log_is_the_one_of_this_process(log_file: Path) -> None:
    assert logs.log_file() == log_file

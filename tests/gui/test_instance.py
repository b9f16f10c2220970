"""A second start passes its files to the first and exits."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.shell import instance as instances
from exoplanet_desktop.gui.shell.instance import Instance
from exoplanet_desktop.gui.shell.main_window import MainWindow

KILLED = """
import os, pathlib, sys
from PySide6.QtCore import QCoreApplication
from exoplanet_desktop.gui.shell.instance import Instance
application = QCoreApplication([])
instance = Instance(pathlib.Path(sys.argv[1]))
assert instance.is_first
instance.listen()
os._exit(9)
"""


@pytest.fixture
def first(tmp_path: Path, qtbot: QtBot) -> Iterator[Instance]:
    instance = Instance(tmp_path)
    instance.listen()
    yield instance
    instance.close()


def test_a_second_start_ends_at_once_and_its_files_are_opened(
    window: MainWindow, first: Instance, sample: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    assert first.is_first
    first.called.connect(window.take_files)
    command = [sys.executable, "-m", "exoplanet_desktop", str(sample()), "--data-dir", str(tmp_path)]
    command = [*command[:3], "gui", *command[3:]]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as second:
        with qtbot.waitSignal(window.train.view.opened, timeout=30_000):
            pass
        assert second.wait(10) == 0, second.stderr and second.stderr.read()

    assert window.train.picker.paths == [sample()]


def test_a_second_start_without_files_only_shows_the_window(
    window: MainWindow, first: Instance, tmp_path: Path, qtbot: QtBot
) -> None:
    first.called.connect(window.take_files)
    window.showMinimized()
    command = [sys.executable, "-m", "exoplanet_desktop", "gui", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command) as second:
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=30_000)
    assert second.returncode == 0
    assert not window.isMinimized()
    assert window.train.picker.paths == []


def test_what_a_killed_start_left_is_taken_over(tmp_path: Path, qtbot: QtBot) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 9, done.stderr

    instance = Instance(tmp_path)
    try:
        assert instance.is_first
        instance.listen()
        assert instance._server.isListening()
    finally:
        instance.close()


def test_a_user_without_a_name_can_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances.getpass, "getuser", lambda: {}["no such user"])
    instance = Instance(tmp_path)
    assert instance.is_first
    instance.close()


def test_another_folder_is_another_window(first: Instance, tmp_path: Path) -> None:
    other = Instance(tmp_path / "other")
    (tmp_path / "other").mkdir()
    other = Instance(tmp_path / "other")
    assert other.is_first
    other.close()


def test_a_first_start_that_is_silent_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(instances, "ANSWER_MS", 300)
    first = Instance(tmp_path)  # has the lock but does not listen
    try:
        second = Instance(tmp_path)
        assert not second.is_first
        with pytest.raises(UnavailableError, match="does not answer"):
            second.hand_over([])
    finally:
        first.close()


def test_a_start_while_the_first_closes_becomes_the_first_with_its_files(
    start: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    first = Instance(tmp_path)
    first.listen()
    started = start()
    started.window.leaving.connect(first.stop_listening)
    taken: list[object] = []
    first.called.connect(taken.append)
    started.close()
    second = Instance(tmp_path)
    assert not second.is_first, "the first is still there, though its window has gone"
    # What the second waits for ends while it waits.
    monkeypatch.setattr(instances, "QThread", SimpleNamespace(msleep=lambda _ms: first.close()))
    try:
        assert second.hand_over([tmp_path / "koi.csv"]) is False, "its files went to a window that closes"
        assert second.is_first
        assert not taken
    finally:
        second.close()


@pytest.mark.parametrize("message", [b"{}\n", b"[1]\n", b"\xff\n", b"[" + b'"a",' * 300 + b'"a"]\n'])
def test_nonsense_opens_nothing(first: Instance, message: bytes, qtbot: QtBot) -> None:
    called: list[object] = []
    first.called.connect(called.append)
    stranger = QLocalSocket()
    stranger.connectToServer(first._name)
    stranger.write(message)

    qtbot.waitUntil(lambda: stranger.state() is QLocalSocket.LocalSocketState.UnconnectedState, timeout=5_000)

    assert not called

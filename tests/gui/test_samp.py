"""The shown table goes to another program over a real SAMP hub; without one, a message says what to start."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.shell.main_window import MainWindow

WAIT_MS = 30_000


@pytest.fixture
def samp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    samp = pytest.importorskip("pyvo.samp", reason="needs the extra vo")
    monkeypatch.setenv("SAMP_HUB", f"std-lockurl:{(tmp_path / 'hub').as_uri()}")
    samp.conf.use_internet = False
    return samp


@pytest.fixture
def received(samp: Any, tmp_path: Path) -> Iterator[list[dict[str, str]]]:
    """What another program is asked to load."""
    hub = samp.SAMPHubServer(web_profile=False, lockfile=str(tmp_path / "hub"))
    hub.start()
    other = samp.SAMPIntegratedClient(name="Another program")
    told: list[dict[str, str]] = []
    try:
        other.connect()
        other.bind_receive_notification(
            "table.load.votable", lambda key, sender, kind, params, extra: told.append(params)
        )
        yield told
        other.disconnect()
    finally:
        hub.stop()


@pytest.fixture
def opened(window: MainWindow, sample: Callable[..., Path], qtbot: QtBot) -> MainWindow:
    with qtbot.waitSignal(window.train.view.opened, timeout=WAIT_MS):
        window.open_files([sample()])
    return window


def told(window: MainWindow) -> str:
    return " ".join(window.notices.texts())


def test_the_rows_that_a_filter_leaves_arrive(received: list[dict[str, str]], opened: MainWindow, qtbot: QtBot) -> None:
    from astropy.table import Table

    pane = opened.train.view.pane
    with qtbot.waitSignal(pane.queries.selected, timeout=WAIT_MS):
        pane.queries.filter("koi_period < 10")
    rows = pane.queries.view.row_count
    assert 0 < rows < 600

    opened.commands.action("file.send").trigger()

    qtbot.waitUntil(lambda: len(received) == 1, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: f"{rows} rows were sent to 1 program." in told(opened), timeout=WAIT_MS)
    table = Table.read(url2pathname(urlsplit(received[0]["url"]).path), format="votable")
    assert len(table) == rows
    assert max(table["koi_period"]) < 10
    assert str(table["koi_period"].unit) == "d"
    assert table["koi_depth"].unit is None  # parts per million, which the format cannot express
    assert "[ppm]" in table["koi_depth"].description
    assert list(table.colnames) == list(pane.grid.shown_columns())


def test_where_nobody_takes_it_the_window_says_what_to_start(samp: Any, opened: MainWindow, qtbot: QtBot) -> None:
    opened.commands.action("file.send").trigger()
    qtbot.waitUntil(lambda: "Start one, such as TOPCAT or Aladin, and send again." in told(opened), timeout=WAIT_MS)


def test_without_the_extra_the_remedy_is_named(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyvo", "pyvo.samp"):
        monkeypatch.setitem(sys.modules, name, None)
    opened.commands.action("file.send").trigger()
    qtbot.waitUntil(lambda: "pip install exoplanet-desktop[vo]" in told(opened), timeout=WAIT_MS)


def test_without_a_table_there_is_nothing_to_send(window: MainWindow, qtbot: QtBot) -> None:
    window.commands.action("file.send").trigger()
    qtbot.waitUntil(lambda: "There is no table to send yet" in told(window), timeout=WAIT_MS)

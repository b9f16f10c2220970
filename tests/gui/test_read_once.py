"""A file that stays the same is sniffed and hashed once, however often the window needs to know what it is."""

import asyncio
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from exoplanet_desktop.catalogs.base import file_memo
from exoplanet_desktop.catalogs.reading import layout
from exoplanet_desktop.gui.shell.main_window import MainWindow

JOB_MS = 90_000


@pytest.fixture
def catalog(sample: Callable[..., Path], tmp_path: Path) -> Path:
    """A catalog that nobody has written to for an hour."""
    path = tmp_path / "koi.csv"
    shutil.copyfile(sample(), path)
    an_hour_ago = path.stat().st_mtime - 3_600
    os.utime(path, (an_hour_ago, an_hour_ago))
    return path


def test_from_opening_to_a_training_and_a_prediction_a_file_is_sniffed_and_hashed_once(
    live: MainWindow, catalog: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sniffed, hashed = Counter[str](), Counter[str]()
    sniff, read_digest = layout._sniffed, file_memo._read_digest
    monkeypatch.setattr(layout, "_sniffed", lambda path, said: (sniffed.update([path.name]), sniff(path, said))[1])
    monkeypatch.setattr(
        file_memo, "_read_digest", lambda path, stop: (hashed.update([path.name]), read_digest(path, stop))[1]
    )

    with qtbot.waitSignal(live.train.view.opened, timeout=20_000):
        live.train.open_files([catalog])
    with qtbot.waitSignal(live.train.training_ended, timeout=JOB_MS) as ended:
        live.train.go.button.click()
    assert sniffed["koi.csv"] == 1

    for number in (2, 3, 5):  # rows of the run, clicked in the figures of its results
        work = asyncio.ensure_future(live.train.run_rows.go_to(ended.args[0], number))
        qtbot.waitUntil(work.done, timeout=10_000)
        work.result()
    assert hashed["koi.csv"] == 1

    live.tabs.setCurrentWidget(live.predict)
    with qtbot.waitSignal(live.predict.view.opened, timeout=20_000):
        live.predict.open_files([catalog])
    qtbot.waitUntil(live.predict.go.button.isEnabled, timeout=10_000)
    with qtbot.waitSignal(live.predict.predicted, timeout=JOB_MS):
        live.predict.go.button.click()
    assert (sniffed["koi.csv"], hashed["koi.csv"]) == (1, 1)

    with catalog.open("a") as file:
        file.write(catalog.read_text().splitlines()[-1] + "\n")
    assert layout.sniff(catalog) == layout.sniff(catalog)
    assert sniffed["koi.csv"] > 1, "another content is looked at again"

"""A run's held-out rows on their way into the record."""

import asyncio
import shutil
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts.matrix import MatrixFigure
from exoplanet_desktop.gui.run_views.matrix_page import MatrixPage
from exoplanet_desktop.gui.run_views.results import Results
from exoplanet_desktop.gui.runs.held_out import HeldOutStore
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.record.record import Record
from exoplanet_desktop.stats.held_rows import FILE_NAME


def test_they_are_fetched_without_the_window_waiting_for_the_disk(
    loop: QEventLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    touched: list[threading.Thread] = []

    def watched(work: Any) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            touched.append(threading.current_thread())
            return work(*args, **named)

        return call

    monkeypatch.setattr(tempfile, "mkdtemp", watched(tempfile.mkdtemp))
    monkeypatch.setattr(shutil, "rmtree", watched(shutil.rmtree))
    backend = SimpleNamespace(download=lambda _url, target: target.write_text("row,star\n"))
    workers, recorder = Workers(count=1), RunRecorder(tmp_path / "record", Notices())

    async def fetch() -> str:
        await recorder.open()
        run_id = await recorder.begin("KOI", {}, "Lab", "http://lab:8001")
        connection: Any = SimpleNamespace(backend=backend)
        await HeldOutStore(workers, recorder).fetch(connection, run_id, "/rows.csv")
        await recorder.close()
        return run_id

    task = asyncio.ensure_future(fetch())
    qtbot.waitUntil(task.done, timeout=10_000)
    run_id = task.result()
    workers.close()
    with Record(tmp_path / "record") as record:
        assert record.files(run_id) == [FILE_NAME]
    assert touched
    assert threading.main_thread() not in touched


def test_rows_that_cannot_be_read_are_looked_for_no_longer(loop: QEventLoop, tmp_path: Path, qtbot: QtBot) -> None:
    workers = Workers(count=1)
    damaged = tmp_path / FILE_NAME
    damaged.write_text("row,star\n1,a\n", encoding="utf-8")

    async def there(_run_id: str) -> Path:
        return damaged

    async def no_threshold(_run_id: str) -> None:
        return None

    notices, told = Notices(), list[str]()
    notices.open()
    notices.told.connect(lambda notice: told.append(notice.text))
    results = Results(workers, notices)
    qtbot.addWidget(results)
    page = MatrixPage(MatrixFigure(("A", "B"), [[1, 0], [0, 1]]), workers, notices, parent=results)
    assert page.note.text().startswith("Loading")
    run = SimpleNamespace(run_id="a", held_out=SimpleNamespace(path=there, threshold=no_threshold))
    results._load_held_out(page, run)
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert "does not have the expected columns" in told[0]
    assert page.note.text().startswith("This run's held-out rows are not available")
    workers.close()

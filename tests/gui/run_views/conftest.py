"""A record with runs in it, created without a backend."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.record.record import Record
from exoplanet_desktop.wire.vocabulary import Status

REQUEST = {"satellite": "KOI", "model": "xgb", "features": "vetted", "files": ["koi.csv"]}
RESULT = {"accuracy": 0.93, "cv_mean": 0.931, "cv_std": 0.004, "auc_score": 0.985, "elapsed_sec": 3.2}


class Filled:
    """Writes runs into the record of a data folder before the window opens it."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def run(self, title: str = "KOI · XGBoost", result: Any = RESULT, error: str = "", **request: Any) -> str:
        run_id = self.record.new(
            "train", title, {**REQUEST, **request}, "Embedded engine", "http://127.0.0.1:1", status="RUNNING"
        )
        status = Status.FAILED if error else Status.SUCCEEDED
        self.record.update(run_id, status=status, result=None if error else result, error=error or None)
        return run_id


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    """The record in the folder used by `start`; closed when the test closes it, or at the end."""
    record = Record(tmp_path / "data" / "record")
    yield Filled(record)
    record.close()


@pytest.fixture
def dock(start: Callable[[], Any], filled: Filled) -> Callable[[], Any]:
    """The dock of a newly started window, in front."""

    def begin() -> Any:
        window = start().window
        window.runs_dock.show()
        return window.runs_dock

    return begin

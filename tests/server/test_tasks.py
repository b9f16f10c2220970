"""The tasks of job processes, called as a job process calls them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.catalogs.simulate.catalog import simulate
from exoplanet_desktop.errors import NotFound
from exoplanet_desktop.server import tasks
from exoplanet_desktop.server.worker import TaskContext


@pytest.fixture
def context(tmp_path: Path) -> Iterator[TaskContext]:
    with ThreadPoolExecutor(2) as executor:
        yield TaskContext(tmp_path, executor, lambda share, stage: None, lambda: False)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "koi.csv"
    simulate("KOI", 300, 7, path)
    return path


def trained(csv: Path, features: str, context: TaskContext) -> Path:
    words = {"satellite": "KOI", "model": "dt", "features": features, "balance": "none", "sentinel": False}
    words |= {"model_labels": "leave out", "data_digest": None, "without": [], "reading": None}
    tasks.train({"csv": str(csv), "places": {}, **words}, context)
    return context.work / tasks.MODEL_FILE


def predicted(csv: Path, model: Path, context: TaskContext) -> dict[str, Any]:
    wish = {
        "from_row": None,
        "to_row": None,
        "results_limit": None,
        "explain": 0,
        "satellite": "KOI",
        "model": "dt",
        "stamps": {},
        "known_rows": "held-out",
        "reading": None,
    }
    head = {"satellite": "KOI", "model_type": "dt", "csv_file": "", "features": "", "model_version": ""}
    reply, _ = tasks.predict({"csv": str(csv), "model_path": str(model), **wish, "reply": head}, context)
    return reply


def test_a_model_is_read_once_as_long_as_its_file_is_the_same(csv: Path, context: TaskContext) -> None:
    model = trained(csv, "vetted", context)
    tasks._loaded.cache_clear()
    first, second = predicted(csv, model, context), predicted(csv, model, context)
    assert first["results"] == second["results"]
    assert (tasks._loaded.cache_info().misses, tasks._loaded.cache_info().hits) == (1, 1)

    trained(csv, "blind", context)  # another model under the same name
    assert predicted(csv, model, context)["results"] != first["results"]
    assert tasks._loaded.cache_info().misses == 2


def test_a_model_that_is_gone_is_told_though_it_was_read_before(csv: Path, context: TaskContext) -> None:
    model = trained(csv, "vetted", context)
    predicted(csv, model, context)
    model.unlink()
    with pytest.raises(NotFound, match="no model file"):
        predicted(csv, model, context)

"""Results with any value in any field, and of any size: each page is shown, and the window never stands still."""

import json
import math
import random
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pydantic
import pytest
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from exoplanet_desktop.client.calls.check_values import check_training
from exoplanet_desktop.client.jobs.jobs import judge
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.run_views.results import Results
from exoplanet_desktop.gui.widgets.labels import PlainLabel
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.wire.bounds import bounded
from exoplanet_desktop.wire.payloads import JobStatus
from exoplanet_desktop.wire.vocabulary import Model, Satellite
from tests.gui.misbehaviour_calls import Heartbeat

SOON_MS = 20_000
TRIES = 50
PAUSE_S = 0.06  # of processor time in the window's thread
LABELS = ("CANDIDATE", "CONFIRMED", "FALSE POSITIVE")
CURVE = [0.0, 0.1, 0.4, 1.0]
WILD = (
    2**63,
    -(2**63),
    10**400,
    1e300,
    math.inf,
    -math.inf,
    math.nan,
    -1,
    0,
    1e14,
    "",
    "inf",
    None,
    [],
    {},
    [[]],
    True,
)
GOOD: dict[str, Any] = {
    "accuracy": 0.9,
    "cv_mean": 0.9,
    "cv_std": 0.01,
    "auc_score": 0.98,
    "elapsed_sec": 3.1,
    "labels": list(LABELS),
    "confusion_matrix": [[30, 5, 1], [4, 50, 0], [2, 0, 90]],
    "per_class": {label: {"precision": 0.9, "recall": 0.8, "f1": 0.85, "support": 36} for label in LABELS},
    "intervals": {"accuracy": [0.8, 0.95]},
    "ece": 0.02,
    "curves": {
        "roc": {label: {"fpr": CURVE, "tpr": [0.0, 0.6, 0.9, 1.0]} for label in LABELS},
        "pr": {label: {"recall": CURVE, "precision": [1.0, 0.9, 0.8, 0.4]} for label in LABELS},
        "reliability": [{"confidence": 0.55, "accuracy": 0.5, "count": 10}],
    },
    "importance": [{"feature": f"column_{n}", "mean": 0.1 / (n + 1), "std": 0.01} for n in range(3)],
    "leaks": {"single_columns": [{"feature": "koi_score", "auc": 0.99}], "notes": ["It leaks."]},
    "blind": {"sentence": "0.9 with, 0.8 without"},
    "evaluation": {
        "protocol": "5 folds", "folds": 5, "holdout": 0.2, "groups": "kepid", "seed": 1, "rows_used": 182,
        "rows_left_out": [{"reason": "no label", "count": 3}], "notes": ["A note."],
    },
    "cells": [{"column": "a", "kind": "unread", "count": 2, "line": 7, "example": "x", "sentence": "2 cells."}],
}  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def spoilt(value: Any, path: tuple[Any, ...], wild: Any) -> Any:
    if not path:
        return wild
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = spoilt(value[path[0]], path[1:], wild)
    return copy


class Viewer:
    """Shows one result after the other, as the progress dialog does."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot, self._workers = qtbot, Workers(count=2)
        self.heartbeat = Heartbeat()

    def close(self) -> None:
        self.heartbeat.end()
        self._workers.close()

    def show(self, result: Any, pictures: dict[str, bytes] | None = None) -> list[str]:
        """The texts of the pages; [] if the reply was refused."""
        try:
            status = JobStatus.model_validate(bounded({"job_id": "j", "status": "SUCCEEDED", "result": result}))
        except (pydantic.ValidationError, RecursionError):
            return []
        judged = judge(status).result
        if judged is None:
            return []
        check_training(judged, Satellite.KOI, Model.XGB)
        self.heartbeat.begin()
        results = Results(self._workers, Notices())
        self._qtbot.addWidget(results)
        results.resize(1000, 900)
        results.show()
        request = SimpleNamespace(satellite=Satellite.KOI, model=Model.XGB)
        held_out = SimpleNamespace(path=_nothing, threshold=_nothing)
        run = SimpleNamespace(result=judged, request=request, pictures=pictures or {}, held_out=held_out, run_id="r")
        results.show_run(run)
        self._qtbot.waitUntil(lambda: results.complete, timeout=SOON_MS)
        for page in range(results.tabs.count()):
            results.tabs.setCurrentIndex(page)
            self._qtbot.wait(1)  # paints it
        texts = [label.text() for label in results.findChildren(PlainLabel)]
        results.hide()
        return texts


async def _nothing(_run_id: str) -> None:
    return None


@pytest.fixture
def viewer(loop: QEventLoop, no_threads_left: None, qtbot: QtBot) -> Iterator[Viewer]:
    viewer = Viewer(qtbot)
    yield viewer
    viewer.close()


def test_any_value_in_any_field(viewer: Viewer) -> None:
    every = [(path, wild) for path in places(GOOD) for wild in WILD]
    shown = 0
    for path, wild in random.Random(7).sample(every, TRIES):
        texts = viewer.show(spoilt(GOOD, path, wild))
        assert not [text for text in texts if "cannot be shown" in text], (path, wild, texts)
        shown += bool(texts)
    assert shown > TRIES // 2


def ramp(points: int, shape: Callable[[float], float]) -> list[float]:
    return [shape(place / (points - 1)) for place in range(points)]


def curves(classes: int, points: int) -> dict[str, Any]:
    rise, zigzag = ramp(points, lambda x: x), ramp(points, lambda x: 0.5 + 0.5 * math.sin(1000 * x))
    return {
        "roc": {f"C{n}": {"fpr": rise, "tpr": zigzag} for n in range(classes)},
        "pr": {f"C{n}": {"recall": zigzag, "precision": rise} for n in range(classes)},
    }


MANY = [f"C{n}" for n in range(20_000)]
LONG = "A sentence of some length. " * 60
LEAKS = [{"feature": "x" * 3000, "auc": 0.5}] * 10_000
NAMES = {
    "labels": ["x" * 100_000, "y y " * 9000, ""],
    "importance": [{"feature": "z" * 9**6, "mean": 1, "std": 0}],
}
EXCESSES: dict[str, dict[str, Any]] = {
    "12 classes of 10,000 points": {"curves": curves(12, 10_000)},
    "45 curves of 10,000 points": {"curves": curves(45, 10_000)},
    "20,000 classes": {"labels": MANY, "per_class": {name: {"recall": 0.5, "support": 1} for name in MANY}},
    "20,000 curves": {"curves": {"roc": {name: {"fpr": [0, 1], "tpr": [0, 1]} for name in MANY}}},
    "10,000 notes": {"evaluation": {**GOOD["evaluation"], "notes": [LONG] * 10_000}},
    "10,000 cells": {"cells": [{**GOOD["cells"][0], "sentence": LONG}] * 10_000},
    "10,000 leaks": {"leaks": {"single_columns": LEAKS, "notes": ["y"] * 9999}},
    "10,000 bins": {"curves": {"reliability": [{"confidence": 0.5, "accuracy": 0.5, "count": 10**14}] * 10_000}},
    "long names": NAMES,
    "classes of the same name": {"labels": ["A", "A", "A"]},
    "deep": {"curves": json.loads("[" * 900 + "]" * 900)},
}


@pytest.mark.parametrize("name", EXCESSES)
def test_any_size(viewer: Viewer, name: str) -> None:
    viewer.show(GOOD)  # what is made once, such as fonts, takes its time
    viewer.show(GOOD)
    usual = viewer.heartbeat.worked_s
    texts = viewer.show({**GOOD, **EXCESSES[name]})
    assert not [text for text in texts if "cannot be shown" in text]
    assert viewer.heartbeat.worked_s < max(PAUSE_S, 3 * usual), (
        f"{viewer.heartbeat.worked_s:.3f} s, usually {usual:.3f} s"
    )

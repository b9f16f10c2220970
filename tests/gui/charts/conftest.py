"""Numbers to draw, and held-out rows with a known truth."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from qasync import QEventLoop

from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.wire.payloads import ClassScore, Importance, TrainResult

LABELS = ["CANDIDATE", "CONFIRMED", "FALSE POSITIVE"]
CURVE = [0.0, 0.1, 0.4, 1.0]


@pytest.fixture
def workers(loop: QEventLoop, no_threads_left: None) -> Iterator[Workers]:
    workers = Workers(count=2)
    yield workers
    workers.close()


@pytest.fixture
def notices() -> Notices:
    notices = Notices()
    notices.open()
    return notices


@pytest.fixture
def result() -> TrainResult:
    return TrainResult(
        accuracy=0.9,
        labels=LABELS,
        confusion_matrix=[[30, 5, 1], [4, 50, 0], [2, 0, 90]],
        per_class={label: ClassScore(precision=0.9, recall=0.8, f1=0.85, support=36) for label in LABELS},
        ece=0.02,
        curves={
            "roc": {label: {"fpr": CURVE, "tpr": [0.0, 0.6, 0.9, 1.0]} for label in LABELS},
            "pr": {label: {"recall": CURVE, "precision": [1.0, 0.9, 0.8, 0.4]} for label in LABELS},
            "reliability": [
                {"confidence": 0.55, "accuracy": 0.5, "count": 10},
                {"confidence": 0.95, "accuracy": 0.97, "count": 90},
            ],
        },
        importance=[Importance(feature=f"column_{n}", mean=0.1 / (n + 1), std=0.01) for n in range(30)],
    )


@pytest.fixture
def held_out(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CSV like the engine's, with some errors and three rows or so per star; the first fold is held out."""

    def write(rows: int = 400, seed: int = 1, folds: int = 5) -> Path:
        random = np.random.default_rng(seed)
        actual = random.integers(0, 3, rows)
        weights = random.exponential(1.0, (rows, 3))
        weights[np.arange(rows), actual] += random.exponential(3.0, rows)
        probabilities = (weights / weights.sum(axis=1, keepdims=True)).round(9)
        stars = np.sort(random.integers(0, max(rows // 3, folds), rows))
        path = tmp_path / "held_out.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            head = ["row", "object", "star", "fold", "hold_out", "actual", "predicted"]
            writer.writerow([*head, *(f"Prob_{label}" for label in LABELS)])
            for row in range(rows):
                fold = int(stars[row]) % folds + 1
                said = int(probabilities[row].argmax())
                place = [row * 2, f"K{row:05}.01", f"star {stars[row]}", fold, "yes" if fold == 1 else "no"]
                cells = [f"{value:.9f}" for value in probabilities[row]]
                writer.writerow([*place, LABELS[actual[row]], LABELS[said], *cells])
        return path

    return write

"""The reference recipe for `train`: six fits of XGBoost on all cores, with the job's own matrix and folds.

Runs as a separate process (`python -m tests.benchmarks.recipe CATALOG`): for each input line it does the next fit and
prints `[seconds, accuracy on the fold]`; the last fit, on all rows, has no accuracy.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean
from typing import Any

FITS = 6
PARAMETERS = {
    "n_estimators": 600,
    "max_depth": 6,
    "learning_rate": 0.05,
    "subsample": 0.9,
    "colsample_bytree": 0.9,
    "tree_method": "hist",
}


class Recipe:
    """The recipe's process, asked for one fit at a time so that fits and jobs can alternate."""

    def __init__(self, csv: Path) -> None:
        self.seconds: list[float] = []
        self._accuracies: list[float] = []
        # OpenMP threads wait for each other by spinning. On a machine busy with other work, this makes the recipe up to
        # fifteen times slower, and every ratio to it too good.
        environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
        command = [sys.executable, "-m", "tests.benchmarks.recipe", str(csv)]
        self._process = subprocess.Popen(
            command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> "Recipe":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def fit_next(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write("fit\n")
        self._process.stdin.flush()
        seconds, accuracy = json.loads(self._process.stdout.readline())
        self.seconds.append(seconds)
        if accuracy is not None:
            self._accuracies.append(accuracy)

    @property
    def accuracy(self) -> float:
        """The mean over the folds."""
        return mean(self._accuracies)


def _serve(csv: Path) -> None:
    import xgboost  # noqa: F401 - keep its import out of the first fit

    from exoplanet_desktop.catalogs.tables.table import Table
    from exoplanet_desktop.classify.dataset import read_dataset
    from exoplanet_desktop.classify.features import feature_set
    from exoplanet_desktop.classify.protocol import star_folds
    from exoplanet_desktop.classify.training import SEED
    from exoplanet_desktop.wire.vocabulary import Features, Satellite

    with Table.open(csv) as table:
        data = read_dataset(table, feature_set(Satellite.KOI, Features.VETTED), model_labels=False, folds=FITS - 1)
    splits: list[Any] = [*star_folds(data.y, data.groups, FITS - 1, SEED), None]
    for _, split in zip(sys.stdin, splits, strict=False):
        print(json.dumps(_fit(data, split, SEED)), flush=True)


def _fit(data: Any, split: Any, seed: int) -> tuple[float, float | None]:
    from xgboost import XGBClassifier

    rows = split.train if split else slice(None)
    matrix, y = data.matrix[rows], data.y[rows]
    model = XGBClassifier(**PARAMETERS, random_state=seed, n_jobs=os.cpu_count())
    started = time.perf_counter()
    model.fit(matrix, y)
    seconds = time.perf_counter() - started
    if split is None:
        return seconds, None
    return seconds, float((model.predict(data.matrix[split.test]) == data.y[split.test]).mean())


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))

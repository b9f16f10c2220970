"""`cluster`: the cost of running jobs on a local Dask cluster for KOI, compared with threads on the same machine.

No bound: a cluster pays off only with several machines. On a single one, the bench measures its messaging overhead.
"""

import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from exoplanet_desktop.wire.requests import PredictRequest
from tests.benchmarks import lab
from tests.benchmarks.figures import Figure, Skipped
from tests.benchmarks.runner import Say

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend

CATALOG = "koi_train.csv"
ROUNDS = 5
KINDS = ("threads", "cluster")


def measure(say: Say) -> Sequence[Figure]:
    for name in ("distributed", "cryptography"):
        if importlib.util.find_spec(name) is None:
            raise Skipped(f"the package {name} of the extra `cluster` is not installed")
    csv = lab.catalog(CATALOG)
    training: dict[str, list[float]] = {kind: [] for kind in KINDS}
    predicting: dict[str, list[float]] = {kind: [] for kind in KINDS}
    accuracies: set[float | None] = set()
    with (
        lab.folder() as one,
        lab.folder() as two,
        _server(one) as threads,
        _server(two, "--cluster", "local") as cluster,
    ):
        backends = dict(zip(KINDS, (threads, cluster), strict=True))
        for turn in range(ROUNDS + 1):
            for kind, backend in backends.items():
                seconds, result = lab.trained(backend, csv, sentinel=True)
                predicted = _predicted(backend, csv)
                accuracies.add(result.cv_mean)
                if turn:  # the first round loads libraries, here and on the workers
                    training[kind].append(seconds)
                    predicting[kind].append(predicted)
            say(f"round {turn} of {ROUNDS}: training {training}, prediction {predicting}")
    if len(accuracies) != 1:
        raise AssertionError(f"the same training gave different accuracies: {accuracies}")
    return [
        _figure("KOI training with the second pass", training),
        _figure("prediction of 9,464 rows", predicting),
    ]


def _figure(name: str, times: dict[str, list[float]]) -> Figure:
    threads, cluster = (times[kind] for kind in KINDS)
    detail = f"cluster {lab.middle(cluster)} against threads {lab.middle(threads)}"
    return Figure(f"{name}, cluster / threads", median(cluster) / median(threads), detail=detail)


def _predicted(backend: "Backend", csv: Path) -> float:
    from exoplanet_desktop.wire.payloads import PredictReply
    from exoplanet_desktop.wire.vocabulary import Model, Satellite

    started = time.perf_counter()
    accepted = backend.predict(csv, PredictRequest(Satellite.KOI, Model.XGB, results_limit=0))
    if not isinstance(accepted, PredictReply):
        status = lab.ended(backend, accepted)
        if status.error:
            raise RuntimeError(status.error)
    return time.perf_counter() - started


@contextmanager
def _server(data_dir: Path, *options: str) -> "Iterator[Backend]":
    """The engine, served from the command line."""
    from exoplanet_desktop.client.calls.backend import Backend

    command = [sys.executable, "-m", "exoplanet_desktop", "serve", "--port", "0", "--no-auth"]
    with subprocess.Popen(
        [*command, "--data-dir", str(data_dir), *options], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            if words[:2] != ["Listening", "on"]:
                raise RuntimeError("the server did not start")
            yield Backend(words[2])
        finally:
            process.terminate()
            process.wait(30)

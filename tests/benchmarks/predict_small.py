"""`predict-small`: a catalog of 9,464 rows through the engine, compared with the bare model on a ready matrix."""

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.wire.requests import PredictRequest
from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.runner import Say

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend

CATALOG = "koi_train.csv"
ROUNDS = 9


def measure(say: Say) -> Sequence[Figure]:
    csv = lab.catalog(CATALOG)
    bare: list[float] = []
    table: list[float] = []
    rows: list[float] = []
    with lab.folder() as data_dir, lab.folder() as work, lab.warm_engine(data_dir) as (_, backend):
        say("training the model")
        _, result = lab.trained(backend, csv, sentinel=False)
        backend.download(str(result.model_url), work / "model.exomodel")
        model = _Bare(work / "model.exomodel", csv)
        for turn in range(ROUNDS):
            bare.append(model.seconds())
            table.append(_seconds(backend, _fresh(csv, work, 2 * turn), work, len(model.matrix), limit=0))
            bare.append(model.seconds())
            rows.append(_seconds(backend, _fresh(csv, work, 2 * turn + 1), work, len(model.matrix), limit=None))
    against = f"bare model {median(bare) * 1000:.1f} ms"
    return [
        Figure(
            "CSV to CSV over HTTP / bare inplace_predict",
            median(table) / median(bare),
            at_most=12,
            detail=f"{lab.middle(table)} against {against}",
        ),
        Figure(
            "the same, with every row in the reply as well",
            median(rows) / median(bare),
            detail=f"{lab.middle(rows)} against {against}",
        ),
    ]


def _seconds(backend: "Backend", csv: Path, work: Path, rows: int, limit: int | None) -> float:
    """Seconds from a local file to its predictions in a local file; `limit` bounds the rows in the reply."""
    from exoplanet_desktop.client.jobs.jobs import prediction_of
    from exoplanet_desktop.wire.payloads import PredictReply
    from exoplanet_desktop.wire.vocabulary import Model, Satellite

    target = work / "out.csv"
    started = time.perf_counter()
    reply = backend.predict(csv, PredictRequest(Satellite.KOI, Model.XGB, results_limit=limit))
    if not isinstance(reply, PredictReply):
        reply = prediction_of(lab.ended(backend, reply))
    backend.download(reply.csv_file, target)
    seconds = time.perf_counter() - started
    with target.open("rb") as file:
        lines = sum(1 for _ in file)
    if (reply.total_predicted, lines - 1, len(reply.results)) != (rows, rows, rows if limit is None else limit):
        raise AssertionError(f"{reply.total_predicted} rows predicted, {lines - 1} in the file, {rows} expected")
    csv.unlink()
    target.unlink()
    return seconds


def _fresh(csv: Path, work: Path, turn: int) -> Path:
    """The same rows, rotated: a file that the engine has not seen."""
    header, *lines = csv.read_bytes().splitlines(keepends=True)
    turn += 1
    path = work / f"catalog-{turn}.csv"
    path.write_bytes(b"".join([header, *lines[turn:], *lines[:turn]]))
    return path


class _Bare:
    """The engine's own model with nothing around it."""

    def __init__(self, model: Path, csv: Path) -> None:
        from exoplanet_desktop.catalogs.tables.table import Table
        from exoplanet_desktop.classify.modelfile import load

        classifier = load(model)
        with Table.open(csv) as table:
            texts = {name: table.texts(name) for name in classifier.features.texts}
            self.matrix: Any = classifier.matrix(table.numbers(classifier.features.numbers), texts)
        self._booster: Any = classifier.estimator.booster  # type: ignore[attr-defined]

    def seconds(self) -> float:
        """Median of five calls, on one thread or on all cores, whichever is faster at the moment."""
        return min(self._median(threads) for threads in (1, 0))

    def _median(self, threads: int) -> float:
        self._booster.set_param({"nthread": threads})
        times = []
        for _ in range(5):
            started = time.perf_counter()
            self._booster.inplace_predict(self.matrix)
            times.append(time.perf_counter() - started)
        return median(times)

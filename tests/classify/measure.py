"""Measures the figures in docs/science.md: `python tests/classify/measure.py [models|features|published|epoch] …`.

Prints Markdown tables. Reads the real catalogs beside the project; takes a few minutes on two cores.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas

from exoplanet_desktop.catalogs.base.progress import never, silent
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.classify import engineered
from exoplanet_desktop.classify.dataset import Dataset, read_dataset
from exoplanet_desktop.classify.estimators import Recipe
from exoplanet_desktop.classify.features import feature_set
from exoplanet_desktop.classify.metrics import HeldOut, scores
from exoplanet_desktop.classify.protocol import star_folds
from exoplanet_desktop.classify.training import Outputs, TrainOptions, train
from exoplanet_desktop.wire.payloads import TrainResult
from exoplanet_desktop.wire.vocabulary import Balance, Features, Model, Satellite

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FILES = {Satellite.KOI: "koi_train.csv", Satellite.K2: "k2pandc.csv", Satellite.TOI: "toi.csv"}
SEEDS = (42, 1, 2)


def trained(csv: Path, options: TrainOptions) -> tuple[TrainResult, float]:
    """A training, and its duration in seconds."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as executor:
        outputs = Outputs(Path(folder, "m.exomodel"), Path(folder, "m.png"), Path(folder, "n.png"))
        started = time.perf_counter()
        result = train(csv, options, outputs, executor=executor, report=silent, should_stop=never)
        return result, time.perf_counter() - started


def models() -> None:
    """Six models, three catalogs, both feature sets."""
    print("| catalog | features | model | accuracy | 95 % | AUC | 95 % | macro-F1 | log loss | ECE | s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for satellite, name in FILES.items():
        for features in Features:
            if satellite is Satellite.TOI and features is Features.BLIND:
                continue  # its catalog has no verdict columns: both feature sets are the same
            for model in Model:
                result, seconds = trained(DATA / name, TrainOptions(satellite, model, features, sentinel=False))
                print(model_row(satellite, features, model, result, seconds), flush=True)


def model_row(satellite: Satellite, features: Features, model: Model, result: TrainResult, seconds: float) -> str:
    ranges = result.intervals or {}
    cells = (
        satellite,
        features,
        model.display_name,
        f"{result.cv_mean:.4f} ± {result.cv_std:.4f}",
        "{:.3f} to {:.3f}".format(*ranges["cv_mean"]),
        f"{result.auc_score:.3f}",
        "{:.3f} to {:.3f}".format(*ranges["auc_score"]),
        f"{result.f1_macro:.3f}",
        f"{result.log_loss:.3f}",
        f"{result.ece:.3f}",
        f"{seconds:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def dataset(satellite: Satellite, features: Features) -> Dataset:
    with Table.open(DATA / FILES[satellite]) as table:
        return read_dataset(table, feature_set(satellite, features), model_labels=False, folds=5)


def without(data: Dataset, *names: str) -> np.ndarray:
    keep = [index for index, name in enumerate(data.features.names) if name not in names]
    return np.ascontiguousarray(data.matrix[:, keep])


def folded(data: Dataset, matrix: np.ndarray, model: Model = Model.XGB) -> tuple[float, float]:
    """Accuracy and log loss on held-out rows, averaged over three draws of five star-grouped folds."""
    accuracy, loss = [], []
    for seed in SEEDS:
        recipe = Recipe(data.features.satellite, data.features.features, model, len(data.labels), Balance.NONE, 42)
        said = np.zeros((len(data.y), len(data.labels)))
        for split in star_folds(data.y, data.groups, 5, seed):
            estimator = recipe.fit(matrix[split.train], data.y[split.train], never)
            said[split.test] = estimator.probabilities(matrix[split.test])
        found = scores(HeldOut(data.y, said, data.groups, data.labels))
        accuracy.append(found["accuracy"] or 0.0)
        loss.append(found["log_loss"] or 0.0)
    return float(np.mean(accuracy)), float(np.mean(loss))


def features() -> None:
    """The gain from each engineered feature, alone and combined with the others."""
    print("| catalog | feature | accuracy, log loss with it alone | and without it alone |")
    print("| --- | --- | --- | --- |")
    for satellite, own in engineered.ENGINEERED.items():
        if not own:
            continue
        data = dataset(satellite, Features.BLIND)
        names = [feature.name for feature in own]
        for label, left_out in gains(names):
            print(f"| {satellite} | {label} | {' | '.join(score(data, out) for out in left_out)} |", flush=True)


def gains(names: list[str]) -> Iterator[tuple[str, tuple[list[str], ...]]]:
    """Row labels, and the columns to leave out in each cell of the row."""
    yield "none / all", (names, [])
    for name in names:
        yield f"`{name}`", ([other for other in names if other != name], [name])


def score(data: Dataset, left_out: list[str]) -> str:
    return "{:.4f}, {:.4f}".format(*folded(data, without(data, *left_out)))


def epoch() -> None:
    """TOI without the transit epoch, which dates the object."""
    data = dataset(Satellite.TOI, Features.BLIND)
    dating = [name for name in data.features.names if name.startswith("pl_tranmid")]
    for names in ([], ["pl_tranmid"], [*dating, "x_error_ratio"]):
        print(f"TOI without {names or 'nothing'}: {score(data, names)}")


def published() -> None:
    """CANDIDATE against CONFIRMED on KOI, like Luz et al. 2024: balanced, no koi_score, 10 folds; but by star."""
    frame = pandas.read_csv(DATA / FILES[Satellite.KOI])
    kept = frame[frame["koi_disposition"] != "FALSE POSITIVE"].drop(columns="koi_score")
    smaller = int(kept["koi_disposition"].value_counts().min())
    equal = kept.groupby("koi_disposition").sample(smaller, random_state=42).sort_index()
    with tempfile.TemporaryDirectory() as folder:
        for what, rows in (("class weights, all rows", kept), ("as many rows of each class", equal)):
            csv = Path(folder, "two_classes.csv")
            rows.to_csv(csv, index=False)
            for features in Features:
                options = TrainOptions(
                    Satellite.KOI, Model.XGB, features, Balance.BALANCED, folds=10, holdout=0.1, sentinel=False
                )
                result, _ = trained(csv, options)
                interval = "{:.3f} to {:.3f}".format(*(result.intervals or {})["cv_mean"])
                print(f"{what}, {features}: {result.cv_mean:.4f} ± {result.cv_std:.4f} ({interval})", flush=True)


if __name__ == "__main__":
    for task in sys.argv[1:] or ["models", "features", "epoch", "published"]:
        {"models": models, "features": features, "epoch": epoch, "published": published}[task]()

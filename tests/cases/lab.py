"""A model trained on a real table, and its predictions for other files."""

from concurrent.futures import Executor
from pathlib import Path

from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.classify.classifier import Classifier
from exoplanet_desktop.classify.dataset import Dataset, read_dataset
from exoplanet_desktop.classify.features import feature_set
from exoplanet_desktop.classify.modelfile import load
from exoplanet_desktop.classify.prediction import Prediction, predict
from exoplanet_desktop.classify.training import Outputs, TrainOptions, train
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Features, Model, Satellite

PROBABILITIES = ("Prob_CANDIDATE", "Prob_CONFIRMED", "Prob_FALSE POSITIVE")


def trained(
    csv: Path, satellite: Satellite, executor: Executor, folder: Path, reading: ReadingOptions | None = None
) -> Classifier:
    outputs = Outputs(folder / "m.exomodel", folder / "m.png", folder / "n.png")
    train(
        *(csv, TrainOptions(satellite, Model.XGB, sentinel=False), outputs),
        executor=executor,
        report=lambda *_: None,
        should_stop=lambda: False,
        reading=reading,
    )
    return load(outputs.model)


def told(
    csv: Path, classifier: Classifier, executor: Executor, out: Path, reading: ReadingOptions | None = None
) -> Prediction:
    return predict(
        *(csv, classifier, PredictRequest(classifier.features.satellite, classifier.model), out),
        executor=executor,
        report=lambda *_: None,
        should_stop=lambda: False,
        reading=reading,
    )


class Lab:
    """A model, and the small file with which the others are compared."""

    def __init__(self, classifier: Classifier, executor: Executor, base: Path, folder: Path) -> None:
        self.classifier, self.executor, self.base, self.folder = classifier, executor, base, folder
        self.columns = sniff(base).columns
        self.base_rows = self.predicted(base)
        with Table.open(base) as table:
            self.numeric = [name for name in self.columns if name in table.numeric]
            self.numbers = table.numbers(self.numeric)
            self.dataset = dataset_of(table)

    def predicted(self, path: Path) -> list[dict[str, str | None]]:
        """The prediction columns, one dictionary per row."""
        out = self.folder / "out.csv"
        self.said = told(path, self.classifier, self.executor, out)
        with Table.open(out) as table:
            names = [name for name in table.columns if name.startswith("Predicted") or name in PROBABILITIES]
            rows = zip(*(table.texts(name) for name in names), strict=True)
            return [dict(zip(names, row, strict=True)) for row in rows]


def dataset_of(table: Table) -> Dataset:
    return read_dataset(table, feature_set(Satellite.KOI, Features.VETTED), model_labels=False, folds=2)

"""Small catalogs whose class depends on the columns, so that training is quick and learns something."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas
import pytest

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.classify.modelfile import load
from exoplanet_desktop.classify.prediction import Prediction, predict
from exoplanet_desktop.classify.training import Outputs, TrainOptions, train
from exoplanet_desktop.wire.payloads import TrainResult
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Model, Satellite

STARS = {Satellite.KOI: 10_000_000, Satellite.TOI: 50_000_000}
RAW_LABELS = {Satellite.TOI: {"CANDIDATE": "PC", "CONFIRMED": "CP", "FALSE POSITIVE": "FP"}}


def catalog(satellite: Satellite, rows: int = 400, seed: int = 1) -> pandas.DataFrame:
    """A catalog with the satellite's columns; four rows in five reveal their class, one cell in ten is missing."""
    info = SATELLITES[satellite]
    random = np.random.default_rng(seed)
    labels = random.choice(["CANDIDATE", "CONFIRMED", "FALSE POSITIVE"], rows, p=[0.3, 0.3, 0.4])
    shown = np.where(random.random(rows) < 0.8, labels, random.permutation(labels))
    level = pandas.Series(shown).map({"CANDIDATE": 1.0, "CONFIRMED": 2.0, "FALSE POSITIVE": 4.0}).to_numpy()
    columns: dict[str, object] = {}
    for name in (*info.measured, *info.verdict_numbers):
        columns[name] = np.round(level * random.uniform(0.5, 1.5, rows), 4)
    frame = pandas.DataFrame(columns)
    frame = frame.mask(random.random(frame.shape) < 0.1)
    for name in info.verdict_texts:
        frame[name] = random.choice(["Transit", "Radial Velocity", "Imaging"], rows)
    stars = np.sort(random.integers(0, rows * 4 // 5, rows))
    base = STARS.get(satellite)
    frame[info.host] = [f"K2-{star}" for star in stars] if base is None else base + stars
    for number, name in enumerate(info.identifiers):
        if name not in frame:
            frame[name] = [f"{name} {number}.{row}" for row in range(rows)]
    frame[info.label] = pandas.Series(labels).replace(RAW_LABELS.get(satellite, {})).to_numpy()
    return frame


@dataclass
class Lab:
    """Trains and predicts in its own folder."""

    folder: Path
    executor: Executor
    reports: list[tuple[float, str]] = field(default_factory=list)

    def write(self, frame: pandas.DataFrame, name: str = "catalog.csv") -> Path:
        path = self.folder / name
        frame.to_csv(path, index=False)
        return path

    def outputs(self, name: str = "model") -> Outputs:
        return Outputs(
            self.folder / f"{name}.exomodel",
            self.folder / f"{name}.png",
            self.folder / f"{name}_normalised.png",
            self.folder / f"{name}_held_out.csv",
        )

    def train(self, csv: Path, options: TrainOptions, should_stop: Callable[[], bool] = lambda: False) -> TrainResult:
        self.reports.clear()
        return train(
            csv,
            options,
            self.outputs(),
            executor=self.executor,
            report=lambda share, stage: self.reports.append((share, stage)),
            should_stop=should_stop,
        )

    def predict(self, csv: Path, name: str = "out.csv", model: Path | None = None, **options: object) -> Prediction:
        classifier = load(model or self.outputs().model)
        return predict(
            csv,
            classifier,
            PredictRequest(classifier.features.satellite, classifier.model, **options),  # type: ignore[arg-type]
            self.folder / name,
            executor=self.executor,
            report=lambda share, stage: None,
            should_stop=lambda: False,
        )

    def frame(self, name: str = "out.csv") -> pandas.DataFrame:
        return pandas.read_csv(self.folder / name)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with ThreadPoolExecutor(2) as executor:
        yield Lab(tmp_path, executor)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A KOI classifier (xgb, vetted), trained once; tests must not train in this lab."""
    with ThreadPoolExecutor(2) as executor:
        made = Lab(tmp_path_factory.mktemp("trained"), executor)
        made.train(made.write(catalog(Satellite.KOI)), TrainOptions(Satellite.KOI, Model.XGB, sentinel=False))
        yield made


@pytest.fixture
def make_catalog() -> Callable[..., pandas.DataFrame]:
    return catalog

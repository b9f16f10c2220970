"""Model files: a `.exomodel` zip that holds no pickle and is proven each time it is loaded.

card.json      what it is, and the feature set
model.ubj      XGBoost's own format, or
model.skops    a scikit-learn pipeline, of types from a fixed list alone
parity.json    50 training rows with their probabilities; replayed on each load
"""

import io
import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from exoplanet_desktop.catalogs.files import whole
from exoplanet_desktop.classify.classifier import Classifier, Parity
from exoplanet_desktop.classify.estimators import Estimator, Pipeline, Trees
from exoplanet_desktop.classify.features import FeatureSet
from exoplanet_desktop.classify.inspection import check_booster, check_pipeline
from exoplanet_desktop.errors import InputError, NotFound
from exoplanet_desktop.wire.vocabulary import Features, Model, Satellite

FORMAT = 1
CARD, PARITY, XGB, SKOPS = "card.json", "parity.json", "model.ubj", "model.skops"
SIZE_LIMITS = {CARD: 2_000_000, PARITY: 2_000_000, XGB: 200_000_000, SKOPS: 400_000_000}
PARITY_TOLERANCE = 1e-6

# What skops meets in our own five pipelines beyond what it trusts by itself; nothing else is ever built.
TRUSTED_TYPES = (
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
)


def save(classifier: Classifier, path: Path) -> None:
    """Writes a model file, whole or not at all."""
    features = classifier.features
    card = {
        **classifier.card,
        "format": FORMAT,
        "feature_set": {
            "satellite": features.satellite,
            "features": features.features,
            "numbers": list(features.numbers),
            "texts": {name: list(seen) for name, seen in features.texts.items()},
        },
        "labels": list(classifier.labels),
        "model": classifier.model,
        "background": _numbers(classifier.background),
    }
    if isinstance(classifier.estimator, Pipeline):
        card["empty_columns"] = classifier.estimator.empty.tolist()
    parity = {
        "rows": [_numbers(row) for row in classifier.parity.matrix],
        "probabilities": classifier.parity.probabilities.tolist(),
    }
    with whole(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(CARD, json.dumps(card, indent=1))
        archive.writestr(PARITY, json.dumps(parity))
        name, content = _estimator_bytes(classifier.estimator)
        archive.writestr(name, content)


def load(path: Path) -> Classifier:
    """Reads a model file and proves it.

    Raises InputError for whatever is not a sound model file, and where the model does not say of its own training rows
    what it said when it was made.
    """
    members = _members(path)
    try:
        classifier = _classifier(members)
    except InputError:
        raise
    except Exception as error:  # whatever a hostile or damaged file makes a library raise
        raise InputError(f"{path.name} is not a sound model file ({type(error).__name__}). Train again.") from error
    _prove(classifier, path.name)
    return classifier


def _members(path: Path) -> dict[str, bytes]:
    """The known members of the zip, none beyond its limit of size, whatever the zip says of itself."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: _bounded(archive, name, path.name) for name in SIZE_LIMITS if name in archive.namelist()}
    except InputError:
        raise
    except FileNotFoundError:
        raise NotFound(f"There is no model file {path.name}. Train a model first.") from None
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError(f"{path.name} is not a model file, or it is damaged. Train again.") from error
    except Exception as error:  # zlib.error and its like
        raise InputError(f"{path.name} is damaged ({type(error).__name__}). Train again.") from error


def _bounded(archive: zipfile.ZipFile, name: str, file_name: str) -> bytes:
    limit = SIZE_LIMITS[name]
    with archive.open(name) as member:
        content = member.read(limit + 1)
    if len(content) > limit:
        raise InputError(f"{file_name} is not a model file: its {name} is larger than {limit // 1_000_000} MB.")
    return content


def _classifier(members: Mapping[str, bytes]) -> Classifier:
    if CARD not in members or PARITY not in members:
        raise InputError("This is not a model file: its card or its parity sample is missing. Train again.")
    card = json.loads(members[CARD])
    if card["format"] != FORMAT:
        raise InputError(f"This model file has format {card['format']}; this program reads {FORMAT}. Train again.")
    described = card["feature_set"]
    features = FeatureSet(
        Satellite(described["satellite"]),
        Features(described["features"]),
        tuple(described["numbers"]),
        {name: tuple(seen) for name, seen in described["texts"].items()},
    )
    parity = json.loads(members[PARITY])
    return Classifier(
        model=Model(card["model"]),
        features=features,
        labels=tuple(card["labels"]),
        estimator=_estimator(members, card, len(features.names)),
        background=_row(card["background"]),
        parity=Parity(
            np.array([_row(row) for row in parity["rows"]], dtype=np.float32), np.array(parity["probabilities"])
        ),
        card=card,
    )


def _estimator_bytes(estimator: Estimator) -> tuple[str, bytes]:
    if isinstance(estimator, Trees):
        return XGB, bytes(estimator.booster.save_raw("ubj"))
    assert isinstance(estimator, Pipeline)
    import skops.io

    buffer = io.BytesIO()
    skops.io.dump(estimator.pipeline, buffer)
    return SKOPS, buffer.getvalue()


def _estimator(members: Mapping[str, bytes], card: Mapping[str, Any], columns: int) -> Estimator:
    if XGB in members:
        import xgboost

        check_booster(members[XGB], columns, len(card["labels"]))
        booster = xgboost.Booster()
        booster.load_model(bytearray(members[XGB]))
        return Trees(booster)
    if SKOPS not in members:
        raise InputError("This model file holds no model. Train again.")
    import skops.io

    if strangers := sorted(set(skops.io.get_untrusted_types(data=members[SKOPS])) - set(TRUSTED_TYPES)):
        raise InputError(
            f"This model file holds {strangers[0]}, which no model of this program does. It was not opened."
        )
    pipeline = skops.io.loads(members[SKOPS], trusted=list(TRUSTED_TYPES))
    check_pipeline(pipeline, columns)
    return Pipeline(pipeline, np.array(card["empty_columns"], dtype=np.int64))


def _prove(classifier: Classifier, name: str) -> None:
    parity = classifier.parity
    try:
        said = classifier.probabilities(parity.matrix)
        same = said.shape == parity.probabilities.shape and bool(np.isfinite(said).all())
        gap = float(np.abs(said - parity.probabilities).max()) if same else math.inf
    except Exception as error:  # an inconsistent file fails wherever it likes
        raise InputError(f"{name} cannot be used: its model fails on its own training rows. Train again.") from error
    if not gap <= PARITY_TOLERANCE:
        raise InputError(
            f"{name} was refused: of {len(parity.matrix)} of its own training rows it now says something else than "
            f"when it was made (by up to {gap:.2g}). Train again with this version of the program."
        )


def _numbers(values: Any) -> list[float | None]:
    return [None if math.isnan(value) else float(value) for value in values]


def _row(values: list[float | None]) -> Any:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float32)

"""Model files: a `.exomodel` zip without pickles that is verified on each load.

card.json      its description, and the feature set
model.ubj      XGBoost's own format, or
model.skops    a scikit-learn pipeline, only of types from a fixed list
parity.json    50 training rows with their probabilities; predicted again on each load
fold_0.…       the models of the folds, in the same two formats
known.json     the objects and stars of the training rows; with arrays beside it (see memory)
held_….npy     the rows of the hold-out
"""

import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from exoplanet_desktop.classify.classifier import Classifier, ReplaySample
from exoplanet_desktop.classify.estimators import Estimator
from exoplanet_desktop.classify.features import FeatureSet
from exoplanet_desktop.classify.memoryfile import LIMITS as MEMORY_LIMITS
from exoplanet_desktop.classify.memoryfile import memory_members, read_memory
from exoplanet_desktop.classify.packing import SIZE_LIMITS as MODEL_LIMITS
from exoplanet_desktop.classify.packing import SKOPS, Packed, pack, unpack
from exoplanet_desktop.errors import InputError, NotFound
from exoplanet_desktop.files.whole import whole
from exoplanet_desktop.wire.vocabulary import Features, Model, Satellite

FORMAT = 1
CARD, PARITY, MODEL = "card.json", "parity.json", "model"
SIZE_LIMITS = {CARD: 2_000_000, PARITY: 2_000_000, **{f"{MODEL}.{kind}": most for kind, most in MODEL_LIMITS.items()}}
MOST_BYTES = 600_000_000  # for all members together: the largest model with all that it may store
PARITY_TOLERANCE = 1e-6


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
            "left_out": list(features.left_out),
        },
        "labels": list(classifier.labels),
        "model": classifier.model,
        "background": _numbers(classifier.background),
    }
    packed = pack(classifier.estimator)
    if packed.kind == SKOPS:
        card["empty_columns"] = list(packed.empty)
    parity = {
        "rows": [_numbers(row) for row in classifier.parity.matrix],
        "probabilities": classifier.parity.probabilities.tolist(),
    }
    with whole(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(CARD, json.dumps(card, indent=1))
        archive.writestr(PARITY, json.dumps(parity))
        archive.writestr(f"{MODEL}.{packed.kind}", packed.content)
        for name, content in memory_members(classifier.memory):
            archive.writestr(name, content)


def load(path: Path) -> Classifier:
    """Reads a model file and verifies it.

    Raises InputError for anything that is not a valid model file, and if the model does not reproduce the probabilities
    stored for its own training rows.
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
    """The known members of the zip, each within its size limit, whatever the zip declares."""
    try:
        with zipfile.ZipFile(path) as archive:
            there = set(archive.namelist())
            limits = {**SIZE_LIMITS, **MEMORY_LIMITS}
            members: dict[str, bytes] = {}
            room = MOST_BYTES
            for name in (name for name in limits if name in there):
                members[name] = _bounded(archive, name, path.name, min(limits[name], room))
                room -= len(members[name])
            return members
    except InputError:
        raise
    except FileNotFoundError:
        raise NotFound(f"There is no model file {path.name}. Train a model first.") from None
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError(f"{path.name} is not a model file, or it is damaged. Train again.") from error
    except Exception as error:  # zlib.error and the like
        raise InputError(f"{path.name} is damaged ({type(error).__name__}). Train again.") from error


def _bounded(archive: zipfile.ZipFile, name: str, file_name: str, limit: int) -> bytes:
    with archive.open(name) as member:
        content = member.read(limit + 1)
    if len(content) > limit:
        raise InputError(f"{file_name} is not a model file: its {name} is larger than {limit:,} bytes. Train again.")
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
        tuple(described.get("left_out") or ()),
    )
    labels = tuple(card["labels"])
    parity = json.loads(members[PARITY])
    return Classifier(
        model=Model(card["model"]),
        features=features,
        labels=labels,
        estimator=_estimator(members, card, len(features.names)),
        background=_row(card["background"]),
        parity=ReplaySample(
            np.array([_row(row) for row in parity["rows"]], dtype=np.float32), np.array(parity["probabilities"])
        ),
        card=card,
        memory=read_memory(members, features, len(labels)),
    )


def _estimator(members: Mapping[str, bytes], card: Mapping[str, Any], columns: int) -> Estimator:
    kind = next((kind for kind in MODEL_LIMITS if f"{MODEL}.{kind}" in members), None)
    if kind is None:
        raise InputError("This model file contains no model. Train again.")
    empty = card["empty_columns"] if kind == SKOPS else ()
    return unpack(Packed(kind, members[f"{MODEL}.{kind}"], tuple(empty)), columns, len(card["labels"]))


def _prove(classifier: Classifier, name: str) -> None:
    parity = classifier.parity
    try:
        said = classifier.probabilities(parity.matrix)
        same = said.shape == parity.probabilities.shape and bool(np.isfinite(said).all())
        gap = float(np.abs(said - parity.probabilities).max()) if same else math.inf
    except Exception as error:  # an inconsistent file can fail anywhere
        raise InputError(f"{name} cannot be used: its model fails on its own training rows. Train again.") from error
    if not gap <= PARITY_TOLERANCE:
        raise InputError(
            f"{name} was refused: on {len(parity.matrix)} of its own training rows, its output differs from when it "
            f"was made (by up to {gap:.2g}). Train again with this version of the program."
        )


def _numbers(values: Any) -> list[float | None]:
    return [None if math.isnan(value) else float(value) for value in values]


def _row(values: list[float | None]) -> Any:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float32)
